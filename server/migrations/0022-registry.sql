-- The registry beyond what policy reads (spec boundary §1, docs/formats/registry.md): texts that people typed are sealed beside the row,
-- claims, and documents of agreements, whose bytes lie sealed in the blob store.

ALTER TABLE registry_service
  ADD COLUMN ciphertext bytea,
  ADD COLUMN erasure_key text,
  ADD COLUMN wrap bytea,
  ADD CONSTRAINT registry_service_sealed CHECK (num_nulls(ciphertext, erasure_key, wrap) IN (0, 3));
ALTER TABLE registry_agreement
  ADD COLUMN ciphertext bytea,
  ADD COLUMN erasure_key text,
  ADD COLUMN wrap bytea,
  ADD CONSTRAINT registry_agreement_sealed CHECK (num_nulls(ciphertext, erasure_key, wrap) IN (0, 3));

CREATE TABLE registry_claim (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  recorded_at timestamptz NOT NULL DEFAULT now(),
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id, version)
);

-- A row stands before the first byte is stored, so that an upload that breaks off leaves nothing that nobody knows of.
CREATE TABLE registry_document (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('receiving', 'stored')),
  created_at timestamptz NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id)
);

DO $$
DECLARE walled text;
BEGIN
  FOREACH walled IN ARRAY ARRAY['registry_claim', 'registry_document']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format('CREATE POLICY tenant_wall ON %I TO cordon_app USING (tenant = current_setting(''cordon.tenant'')::uuid) '
      'WITH CHECK (tenant = current_setting(''cordon.tenant'')::uuid)', walled);
  END LOOP;
END $$;

GRANT SELECT, INSERT ON registry_claim TO cordon_app;
GRANT SELECT, INSERT, DELETE ON registry_document TO cordon_app;
GRANT UPDATE (state, erasure_key, wrap) ON registry_document TO cordon_app;
-- Re-wrapping moves a data key under another erasure key; what was recorded stays as it is.
GRANT UPDATE (erasure_key, wrap) ON registry_service, registry_agreement, registry_claim TO cordon_app;
-- What an agreement names is never taken away.
CREATE POLICY stored_stays ON registry_document AS RESTRICTIVE FOR DELETE TO cordon_app USING (state = 'receiving');
