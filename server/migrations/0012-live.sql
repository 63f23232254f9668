-- Live transcription (docs/formats/live.md): sessions, the sound that came, the events that were told. Sound and events are sealed;
-- plain columns hold ids, times, states and positions only.

CREATE TABLE live_session (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  encounter uuid NOT NULL,
  -- reserved: the recording that the session's sound becomes
  recording uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'closed', 'quarantined')),
  -- raised by whoever takes the session up: an earlier holder then writes nothing more
  epoch integer NOT NULL CHECK (epoch > 0),
  -- format and turn detection as the client set them
  setup jsonb NOT NULL,
  requested jsonb NOT NULL,
  actor_type text NOT NULL,
  actor_id uuid NOT NULL,
  -- bytes of sound that are durable, in the client's format
  bytes bigint NOT NULL DEFAULT 0,
  transcript uuid,
  created_at timestamptz NOT NULL,
  -- when something last came
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, encounter) REFERENCES encounter (tenant, id)
);
CREATE INDEX live_session_by_encounter ON live_session (tenant, encounter);
CREATE INDEX live_session_open ON live_session (tenant, seen_at);

CREATE TABLE live_sound (
  tenant uuid NOT NULL,
  session uuid NOT NULL,
  ordinal integer NOT NULL,
  first_byte bigint NOT NULL,
  bytes integer NOT NULL,
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, session, ordinal),
  FOREIGN KEY (tenant, session) REFERENCES live_session (tenant, id)
);

CREATE TABLE live_event (
  tenant uuid NOT NULL,
  session uuid NOT NULL,
  ordinal integer NOT NULL,
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, session, ordinal),
  FOREIGN KEY (tenant, session) REFERENCES live_session (tenant, id)
);

DO $$
DECLARE walled text;
BEGIN
  FOREACH walled IN ARRAY ARRAY['live_session', 'live_sound', 'live_event']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format('CREATE POLICY tenant_wall ON %I TO cordon_app USING (tenant = current_setting(''cordon.tenant'')::uuid) '
      'WITH CHECK (tenant = current_setting(''cordon.tenant'')::uuid)', walled);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON live_session TO cordon_app;
GRANT SELECT, INSERT, DELETE ON live_sound, live_event TO cordon_app;
GRANT UPDATE (erasure_key, wrap) ON live_sound, live_event TO cordon_app;
-- what was acknowledged goes only when it has become a recording
CREATE POLICY open_stays ON live_sound AS RESTRICTIVE FOR DELETE TO cordon_app
  USING (EXISTS (SELECT 1 FROM live_session s WHERE s.tenant = live_sound.tenant AND s.id = live_sound.session AND s.state = 'closed'));
