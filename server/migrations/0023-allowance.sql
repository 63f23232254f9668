-- What credentials and tenants may still use in a window of time (spec boundary §5: rate limits and budgets). Server processes lease parts
-- of a limit and spend them in memory, so that a call costs no row of its own. Nothing here is PHI.

CREATE TABLE allowance (
  tenant uuid NOT NULL,
  -- whose: 'key:<id>' or 'tenant'
  holder text NOT NULL,
  -- of what: 'calls' per minute, 'nano-dollars' per month
  unit text NOT NULL,
  -- the minute or month, RFC 3339 without what follows it, UTC
  window_start text NOT NULL,
  -- leased to processes: never above the limit
  taken bigint NOT NULL CHECK (taken >= 0),
  PRIMARY KEY (tenant, holder, unit, window_start)
);

ALTER TABLE allowance ENABLE ROW LEVEL SECURITY;
ALTER TABLE allowance FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON allowance TO cordon_app
  USING (tenant = current_setting('cordon.tenant')::uuid) WITH CHECK (tenant = current_setting('cordon.tenant')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON allowance TO cordon_app;
