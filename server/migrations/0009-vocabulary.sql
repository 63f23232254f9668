-- A tenant's own words: drugs, names of clinicians, places (spec clinical §2). Each version is a whole list and is kept: a transcript
-- names the one it was made with. Names of people are among them, so the list is sealed; plain are counts and times.

CREATE TABLE vocabulary_version (
  tenant uuid NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  terms integer NOT NULL CHECK (terms >= 0),
  author_type text NOT NULL,
  author_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, version)
);

ALTER TABLE vocabulary_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE vocabulary_version FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON vocabulary_version TO cordon_app
  USING (tenant = current_setting('cordon.tenant')::uuid) WITH CHECK (tenant = current_setting('cordon.tenant')::uuid);

GRANT SELECT, INSERT ON vocabulary_version TO cordon_app;
-- Re-wrapping moves a data key under another erasure key; the list stays as it is.
GRANT UPDATE (erasure_key, wrap) ON vocabulary_version TO cordon_app;
