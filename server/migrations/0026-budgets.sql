-- What a whole tenant may use, and how many calls of a credential or tenant are under way over all processes (spec boundary §5).
-- Nothing here is PHI.

CREATE TABLE budget (
  tenant uuid PRIMARY KEY,
  -- {"callsPerMinute","concurrent","centsPerMonth","tokensPerMonth"}: whole numbers, null for no limit
  limits jsonb NOT NULL,
  changed_at timestamptz NOT NULL
);

-- Calls under way that server processes hold a place for. A process that dies leaves its places to others when the lease ends.
CREATE TABLE allowance_place (
  tenant uuid NOT NULL,
  -- 'key:<id>' or 'tenant', as in allowance
  holder text NOT NULL,
  process uuid NOT NULL,
  held integer NOT NULL CHECK (held > 0),
  lease_until timestamptz NOT NULL,
  PRIMARY KEY (tenant, holder, process)
);

DO $$
DECLARE walled text;
BEGIN
  FOREACH walled IN ARRAY ARRAY['budget', 'allowance_place']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format('CREATE POLICY tenant_wall ON %I TO cordon_app USING (tenant = current_setting(''cordon.tenant'')::uuid) '
      'WITH CHECK (tenant = current_setting(''cordon.tenant'')::uuid)', walled);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON budget TO cordon_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON allowance_place TO cordon_app;
