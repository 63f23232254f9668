-- Policy (spec boundary §3): versions are recorded, then chosen; what was ever chosen stays. Which rows a registry version was made of is
-- kept, so that a past decision can be made again. Nothing here is PHI.

-- Recording a version and choosing it are two things from now on.
ALTER TABLE policy_version RENAME COLUMN activated_at TO recorded_at;

-- Which version is live, and which runs in its shadow: the newest choice of each role holds.
CREATE TABLE policy_choice (
  tenant uuid NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  role text NOT NULL CHECK (role IN ('live', 'shadow')),
  -- Both null: nothing runs in the shadow any more.
  policy_id text,
  version integer,
  chosen_at timestamptz NOT NULL,
  asked_by text NOT NULL,
  -- The second person; null where the second person was waived, and for the system's own first choice.
  approved_by text,
  waived boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant, seq),
  FOREIGN KEY (tenant, policy_id, version) REFERENCES policy_version (tenant, id, version),
  CHECK ((policy_id IS NULL) = (version IS NULL)),
  CHECK (role = 'shadow' OR policy_id IS NOT NULL)
);
CREATE INDEX policy_choice_newest ON policy_choice (tenant, role, seq);

-- What stood was live. The owner is walled too, unless it may pass every wall.
ALTER TABLE policy_version NO FORCE ROW LEVEL SECURITY;
INSERT INTO policy_choice (tenant, role, policy_id, version, chosen_at, asked_by)
  SELECT tenant, 'live', id, version, recorded_at, 'start' FROM policy_version ORDER BY recorded_at, version;
ALTER TABLE policy_version FORCE ROW LEVEL SECURITY;

-- The rows that a registry version stands for: [["service" | "agreement", id, version], …].
CREATE TABLE registry_snapshot (
  tenant uuid NOT NULL,
  version text NOT NULL,
  rows jsonb NOT NULL,
  PRIMARY KEY (tenant, version)
);

-- Counts changes of what decisions are made of, so that every process sees them by reading one number.
CREATE TABLE rulebook_state (
  tenant uuid PRIMARY KEY,
  changes bigint NOT NULL
) WITH (fillfactor = 50);

-- Decisions that a policy in the shadow would have made otherwise: counted, without content.
CREATE TABLE policy_shadow_difference (
  tenant uuid NOT NULL,
  live text NOT NULL,
  shadow text NOT NULL,
  actor text NOT NULL,
  purpose text NOT NULL,
  live_code text NOT NULL,
  -- Empty: refused.
  live_service text NOT NULL,
  shadow_code text NOT NULL,
  shadow_service text NOT NULL,
  count bigint NOT NULL CHECK (count > 0),
  -- The last call that differed.
  intent_id uuid NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, shadow, live, actor, purpose, live_code, live_service, shadow_code, shadow_service)
);

DO $$
DECLARE walled text;
BEGIN
  FOREACH walled IN ARRAY ARRAY['policy_choice', 'registry_snapshot', 'rulebook_state', 'policy_shadow_difference']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format('CREATE POLICY tenant_wall ON %I TO cordon_app USING (tenant = current_setting(''cordon.tenant'')::uuid) '
      'WITH CHECK (tenant = current_setting(''cordon.tenant'')::uuid)', walled);
  END LOOP;
END $$;

-- Whoever writes a row of these tables says so in the same transaction, also a writer that does not know of it.
CREATE FUNCTION count_rulebook_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cordon.rulebook_state AS state (tenant, changes) VALUES (NEW.tenant, 1)
    ON CONFLICT (tenant) DO UPDATE SET changes = state.changes + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER changes_rulebook AFTER INSERT ON registry_service FOR EACH ROW EXECUTE FUNCTION count_rulebook_change();
CREATE TRIGGER changes_rulebook AFTER INSERT ON registry_agreement FOR EACH ROW EXECUTE FUNCTION count_rulebook_change();
CREATE TRIGGER changes_rulebook AFTER INSERT ON policy_choice FOR EACH ROW EXECUTE FUNCTION count_rulebook_change();

GRANT SELECT, INSERT ON policy_choice, registry_snapshot TO cordon_app;
GRANT SELECT, INSERT, UPDATE ON rulebook_state, policy_shadow_difference TO cordon_app;
