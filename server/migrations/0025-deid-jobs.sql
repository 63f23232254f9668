-- De-identification of many texts (docs/formats/deid.md): jobs, and their texts in parts. Input and result are sealed, stand in the same
-- row one after the other, and go when the job expires; plain columns hold ids, counts and states only.

CREATE TABLE deid_job (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('receiving', 'queued', 'running', 'done', 'failed')),
  -- mode and what may stay
  settings jsonb NOT NULL,
  problem text,
  actor_type text NOT NULL,
  actor_id uuid NOT NULL,
  -- raised by whoever receives it anew under the same id: an earlier receiver then stores nothing more
  receipt integer NOT NULL DEFAULT 1,
  lines integer NOT NULL DEFAULT 0,
  lines_done integer NOT NULL DEFAULT 0,
  lines_refused integer NOT NULL DEFAULT 0,
  replaced bigint NOT NULL DEFAULT 0,
  characters bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX deid_job_by_actor ON deid_job (tenant, actor_type, actor_id, created_at);
CREATE INDEX deid_job_by_expiry ON deid_job (tenant, expires_at);

CREATE TABLE deid_part (
  tenant uuid NOT NULL,
  job uuid NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal > 0),
  state text NOT NULL CHECK (state IN ('waiting', 'done')),
  lines integer NOT NULL CHECK (lines > 0),
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, job, ordinal),
  FOREIGN KEY (tenant, job) REFERENCES deid_job (tenant, id) ON DELETE CASCADE
);

DO $$
DECLARE walled text;
BEGIN
  FOREACH walled IN ARRAY ARRAY['deid_job', 'deid_part']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format('CREATE POLICY tenant_wall ON %I TO cordon_app USING (tenant = current_setting(''cordon.tenant'')::uuid) '
      'WITH CHECK (tenant = current_setting(''cordon.tenant'')::uuid)', walled);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON deid_job TO cordon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON deid_part TO cordon_app;
