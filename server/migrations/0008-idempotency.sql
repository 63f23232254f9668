-- Requests that may be repeated without being done twice (spec boundary §5, I9). One row per key for 24 hours.
-- The caller's key and what was asked stand here as keyed digests only; the answer is sealed.

CREATE TABLE idempotency (
  tenant uuid NOT NULL,
  -- reserved for what the request makes, so that a repetition after a crash meets what the first attempt made
  id uuid NOT NULL,
  -- keyed digest of credential, route and the caller's key
  digest bytea NOT NULL,
  -- keyed digest of what was asked: another request under the same key is refused
  fingerprint bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done')),
  -- the process that works on it, and until when it is believed to
  owner uuid NOT NULL,
  lease_until timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  -- the outcome
  ciphertext bytea,
  erasure_key text,
  wrap bytea,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, digest),
  CHECK ((state = 'done') = (ciphertext IS NOT NULL AND erasure_key IS NOT NULL AND wrap IS NOT NULL))
);
CREATE INDEX idempotency_expires ON idempotency (tenant, expires_at);

ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON idempotency TO cordon_app
  USING (tenant = current_setting('cordon.tenant')::uuid) WITH CHECK (tenant = current_setting('cordon.tenant')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO cordon_app;
