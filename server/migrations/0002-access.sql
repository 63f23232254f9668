-- Who may come in: tenants, people, sessions, API keys, second opinions (spec custody §1).
-- Names and addresses of people are sealed; credentials stand as keyed digests (HMAC under a key that PostgreSQL never sees).

CREATE TABLE tenant (
  tenant uuid PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE person (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  -- keyed digest of the address, for look-up
  email_digest bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('invited', 'active', 'suspended')),
  roles text[] NOT NULL,
  -- argon2id in the PHC string format, peppered; null until the invitation is accepted
  password_hash text,
  -- the newest time step whose code was accepted: none is accepted twice (RFC 6238 §5.2)
  totp_step bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  last_sign_in_at timestamptz,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, email_digest),
  FOREIGN KEY (tenant) REFERENCES tenant (tenant)
);

-- What is sealed about a person: name and address (`profile`), the authenticator's secret (`totp`).
CREATE TABLE person_secret (
  tenant uuid NOT NULL,
  person uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('profile', 'totp', 'totp-pending')),
  version integer NOT NULL CHECK (version > 0),
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, person, kind),
  FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
);

-- One-time codes for the day the authenticator is lost. Digests; a used one is deleted.
CREATE TABLE recovery_code (
  tenant uuid NOT NULL,
  person uuid NOT NULL,
  digest bytea NOT NULL,
  PRIMARY KEY (tenant, person, digest),
  FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
);

-- A link that lets a person choose a password or enrol an authenticator: first entry, reset, new authenticator.
CREATE TABLE invitation (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  person uuid NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('join', 'password', 'authenticator')),
  digest bytea NOT NULL,
  -- chosen by the person, in force once the code is confirmed
  password_hash text,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, digest),
  FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
);

CREATE TABLE session (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  person uuid NOT NULL,
  digest bytea NOT NULL,
  opened_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  reauthenticated_at timestamptz NOT NULL,
  -- kind of program that signed in, and the keyed digest of its network address when sessions are bound to it
  client text NOT NULL CHECK (client IN ('browser', 'program')),
  address_digest bytea,
  ended_at timestamptz,
  end_reason text,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, digest),
  FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
);
CREATE INDEX session_open ON session (tenant, person) WHERE ended_at IS NULL;

CREATE TABLE api_key (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  digest bytea NOT NULL,
  owner uuid NOT NULL,
  default_purpose text,
  permissions text[] NOT NULL,
  scopes jsonb NOT NULL,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  -- the label
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, digest),
  FOREIGN KEY (tenant, owner) REFERENCES person (tenant, id)
);

-- Where a credential belongs, before it is known who asks. Nothing but keyed digests and tenants.
CREATE TABLE locator (
  tenant uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('email', 'session', 'api-key', 'invitation')),
  digest bytea NOT NULL,
  PRIMARY KEY (digest, tenant),
  FOREIGN KEY (tenant) REFERENCES tenant (tenant)
);

-- Failed sign-ins per address, known or not, so that a lock-out does not tell which addresses exist. Keyed digests.
CREATE TABLE sign_in_attempt (
  digest bytea PRIMARY KEY,
  failures integer NOT NULL,
  locked_until timestamptz,
  last_at timestamptz NOT NULL
);
CREATE INDEX sign_in_attempt_last ON sign_in_attempt (last_at);

-- A time-boxed look at an encounter without a relation to it; reviewed afterwards by the privacy officer.
CREATE TABLE break_glass (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  person uuid NOT NULL,
  encounter uuid NOT NULL,
  reason_code text NOT NULL,
  opened_at timestamptz NOT NULL,
  until timestamptz NOT NULL,
  reviewed_by uuid,
  reviewed_at timestamptz,
  verdict text CHECK (verdict IN ('justified', 'unjustified')),
  -- the reason in the person's words
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
);
CREATE INDEX break_glass_open ON break_glass (tenant, person, encounter, until);

-- Acts that need a second, different person.
CREATE TABLE approval (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  act text NOT NULL,
  requested_by uuid NOT NULL,
  requested_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'done')),
  decided_by uuid,
  decided_at timestamptz,
  -- what exactly is asked for, and why
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id),
  CHECK (decided_by IS NULL OR decided_by <> requested_by),
  FOREIGN KEY (tenant, requested_by) REFERENCES person (tenant, id),
  FOREIGN KEY (tenant, decided_by) REFERENCES person (tenant, id)
);

DO $$
DECLARE walled text;
BEGIN
  FOREACH walled IN ARRAY ARRAY['tenant', 'person', 'person_secret', 'recovery_code', 'invitation', 'session', 'api_key',
    'locator', 'break_glass', 'approval']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format('CREATE POLICY tenant_wall ON %I TO cordon_app USING (tenant = current_setting(''cordon.tenant'')::uuid) '
      'WITH CHECK (tenant = current_setting(''cordon.tenant'')::uuid)', walled);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON tenant, person, session, api_key, break_glass, approval, invitation TO cordon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON person_secret TO cordon_app;
GRANT SELECT, INSERT, DELETE ON recovery_code, locator TO cordon_app;

-- Installation-wide: where a credential belongs, and which tenants there are. No content.
CREATE POLICY everywhere ON locator FOR SELECT TO cordon_access USING (true);
CREATE POLICY everywhere ON tenant FOR SELECT TO cordon_access USING (true);
GRANT SELECT ON locator TO cordon_access;
GRANT SELECT (tenant, created_at) ON tenant TO cordon_access;
ALTER TABLE sign_in_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_attempt FORCE ROW LEVEL SECURITY;
CREATE POLICY everywhere ON sign_in_attempt TO cordon_access USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_attempt TO cordon_access;
