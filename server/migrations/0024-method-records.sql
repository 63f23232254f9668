-- Method records of de-identification (spec boundary §4.6, docs/formats/method-record.md): in clear what policy and upkeep read, sealed beside
-- it what people stated and what was measured. Each step is a version; nothing is rewritten. Documents are rows of registry_document.

CREATE TABLE deid_method (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  recorded_at timestamptz NOT NULL DEFAULT now(),
  row jsonb NOT NULL,
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id, version)
);

ALTER TABLE deid_method ENABLE ROW LEVEL SECURITY;
ALTER TABLE deid_method FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON deid_method TO cordon_app USING (tenant = current_setting('cordon.tenant')::uuid)
  WITH CHECK (tenant = current_setting('cordon.tenant')::uuid);

GRANT SELECT, INSERT ON deid_method TO cordon_app;
-- Re-wrapping moves a data key under another erasure key; what was recorded stays as it is.
GRANT UPDATE (erasure_key, wrap) ON deid_method TO cordon_app;

CREATE TRIGGER changes_rulebook AFTER INSERT ON deid_method FOR EACH ROW EXECUTE FUNCTION count_rulebook_change();
