-- Registry and policy (spec boundary §1, §3). Every version of every row is kept: a past decision is recomputed from them.
-- Nothing here is PHI: services, agreements and policies describe organisations.

CREATE TABLE registry_service (
  tenant uuid NOT NULL,
  id text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  row jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, id, version)
);

CREATE TABLE registry_agreement (
  tenant uuid NOT NULL,
  id text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  row jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, id, version)
);

CREATE TABLE policy_version (
  tenant uuid NOT NULL,
  id text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  document jsonb NOT NULL,
  activated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, id, version)
);

ALTER TABLE registry_service ENABLE ROW LEVEL SECURITY;
ALTER TABLE registry_service FORCE ROW LEVEL SECURITY;
ALTER TABLE registry_agreement ENABLE ROW LEVEL SECURITY;
ALTER TABLE registry_agreement FORCE ROW LEVEL SECURITY;
ALTER TABLE policy_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE policy_version FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant_wall ON registry_service TO cordon_app
  USING (tenant = current_setting('cordon.tenant')::uuid) WITH CHECK (tenant = current_setting('cordon.tenant')::uuid);
CREATE POLICY tenant_wall ON registry_agreement TO cordon_app
  USING (tenant = current_setting('cordon.tenant')::uuid) WITH CHECK (tenant = current_setting('cordon.tenant')::uuid);
CREATE POLICY tenant_wall ON policy_version TO cordon_app
  USING (tenant = current_setting('cordon.tenant')::uuid) WITH CHECK (tenant = current_setting('cordon.tenant')::uuid);

-- Insert only: what a decision was made of is never rewritten.
GRANT SELECT, INSERT ON registry_service, registry_agreement, policy_version TO cordon_app;
