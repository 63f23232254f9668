-- The visit: encounters, consent, recordings, transcripts, drafts, reviews, notes (spec clinical).
-- Everything a person said, typed or is called is sealed; plain columns hold ids, times, states and counts only.

CREATE TABLE encounter (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  purpose text NOT NULL,
  demo boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  -- keyed digests of the caller's opaque references, for look-up by equality
  patient_digest bytea,
  reference_digest bytea,
  created_by uuid NOT NULL,
  -- the person who will sign
  clinician uuid,
  created_at timestamptz NOT NULL,
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX encounter_by_patient ON encounter (tenant, patient_digest);
CREATE INDEX encounter_by_reference ON encounter (tenant, reference_digest);
CREATE INDEX encounter_by_time ON encounter (tenant, created_at DESC, id DESC);

CREATE TABLE encounter_person (
  tenant uuid NOT NULL,
  encounter uuid NOT NULL,
  person uuid NOT NULL,
  relation text NOT NULL CHECK (relation IN ('clinician', 'reviewer', 'creator')),
  added_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, encounter, person),
  FOREIGN KEY (tenant, encounter) REFERENCES encounter (tenant, id)
);
CREATE INDEX encounter_person_by_person ON encounter_person (tenant, person);

CREATE TABLE consent (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  encounter uuid NOT NULL,
  manner text NOT NULL CHECK (manner IN ('verbal', 'written', 'dictation', 'caller-attests')),
  recorded_by uuid NOT NULL,
  obtained_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  jurisdiction text,
  withdrawn_at timestamptz,
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, encounter) REFERENCES encounter (tenant, id)
);
CREATE INDEX consent_by_encounter ON consent (tenant, encounter);

CREATE TABLE recording (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  encounter uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('receiving', 'stored', 'quarantined')),
  content_type text NOT NULL,
  bytes bigint NOT NULL DEFAULT 0,
  duration_ms bigint,
  sample_rate integer,
  channels integer,
  codec text,
  consent uuid NOT NULL,
  created_at timestamptz NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, encounter) REFERENCES encounter (tenant, id)
);
CREATE INDEX recording_by_encounter ON recording (tenant, encounter);

-- One recognition of one recording: its state for people and its finished segments for resumption.
CREATE TABLE transcription (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  encounter uuid NOT NULL,
  recording uuid NOT NULL,
  transcript uuid,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
  attempt integer NOT NULL DEFAULT 0,
  -- codes and ledger positions of the call, for the answer's headers
  call jsonb,
  problem text,
  progress_ms bigint NOT NULL DEFAULT 0,
  duration_ms bigint,
  requested jsonb NOT NULL,
  actor_type text NOT NULL,
  actor_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, recording) REFERENCES recording (tenant, id)
);
CREATE INDEX transcription_by_encounter ON transcription (tenant, encounter);

CREATE TABLE transcription_segment (
  tenant uuid NOT NULL,
  transcription uuid NOT NULL,
  ordinal integer NOT NULL,
  end_ms bigint NOT NULL,
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, transcription, ordinal),
  FOREIGN KEY (tenant, transcription) REFERENCES transcription (tenant, id)
);

CREATE TABLE transcript (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  encounter uuid NOT NULL,
  recording uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('machine', 'corrected')),
  accuracy text NOT NULL CHECK (accuracy IN ('standard', 'low')),
  author_type text NOT NULL,
  author_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id, version),
  FOREIGN KEY (tenant, recording) REFERENCES recording (tenant, id)
);
CREATE INDEX transcript_by_encounter ON transcript (tenant, encounter);

CREATE TABLE draft (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  encounter uuid NOT NULL,
  transcript uuid NOT NULL,
  transcript_version integer NOT NULL,
  template text NOT NULL,
  drafter text NOT NULL,
  flagged integer NOT NULL,
  created_at timestamptz NOT NULL,
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, transcript, transcript_version) REFERENCES transcript (tenant, id, version)
);
CREATE INDEX draft_by_encounter ON draft (tenant, encounter);

-- A note from the opening of its review on; every version of it is kept, sealed (spec clinical §6).
CREATE TABLE note (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  encounter uuid NOT NULL,
  draft uuid NOT NULL,
  template text NOT NULL,
  demo boolean NOT NULL,
  -- the signed note that this one replaces once it is signed
  amends uuid,
  state text NOT NULL CHECK (state IN ('in_review', 'signed', 'amended', 'rejected')),
  version integer NOT NULL CHECK (version > 0),
  open_sentences integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- what stands beside the versions (signatures, rejection, amendment), sealed anew at each change
  seal_version integer NOT NULL CHECK (seal_version > 0),
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, encounter) REFERENCES encounter (tenant, id),
  FOREIGN KEY (tenant, draft) REFERENCES draft (tenant, id)
);
-- one review per draft, and one amendment at a time
CREATE UNIQUE INDEX note_by_draft ON note (tenant, draft) WHERE amends IS NULL;
CREATE UNIQUE INDEX note_amendment ON note (tenant, amends) WHERE amends IS NOT NULL AND state <> 'rejected';
CREATE INDEX note_by_time ON note (tenant, created_at DESC, id DESC);

CREATE TABLE note_version (
  tenant uuid NOT NULL,
  note uuid NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  author uuid NOT NULL,
  changes integer NOT NULL,
  created_at timestamptz NOT NULL,
  ciphertext bytea NOT NULL,
  erasure_key text NOT NULL,
  wrap bytea NOT NULL,
  PRIMARY KEY (tenant, note, version),
  FOREIGN KEY (tenant, note) REFERENCES note (tenant, id)
);

-- Who took responsibility for which exact version. Insert only; one per note (I7).
CREATE TABLE note_signature (
  tenant uuid NOT NULL,
  note uuid NOT NULL,
  version integer NOT NULL,
  signer uuid NOT NULL,
  signed_at timestamptz NOT NULL,
  entry uuid NOT NULL,
  PRIMARY KEY (tenant, note),
  FOREIGN KEY (tenant, note, version) REFERENCES note_version (tenant, note, version)
);

DO $$
DECLARE walled text;
BEGIN
  FOREACH walled IN ARRAY ARRAY['encounter', 'encounter_person', 'consent', 'recording', 'transcription',
    'transcription_segment', 'transcript', 'draft', 'note', 'note_version', 'note_signature']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format('CREATE POLICY tenant_wall ON %I TO cordon_app USING (tenant = current_setting(''cordon.tenant'')::uuid) '
      'WITH CHECK (tenant = current_setting(''cordon.tenant'')::uuid)', walled);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON encounter, consent, recording, transcription, note TO cordon_app;
GRANT SELECT, INSERT, DELETE ON encounter_person, transcription_segment TO cordon_app;
-- an upload that broke off leaves nothing behind
GRANT DELETE ON recording TO cordon_app;
-- what was acknowledged cannot be deleted by any code of the application, right or wrong
CREATE POLICY stored_stays ON recording AS RESTRICTIVE FOR DELETE TO cordon_app USING (state <> 'stored');
GRANT SELECT, INSERT ON transcript, draft, note_version, note_signature TO cordon_app;
-- Re-wrapping moves an object's data key under another erasure key; ciphertext and content stay as they are (spec custody §2).
GRANT UPDATE (erasure_key, wrap) ON transcript, transcription_segment, draft, note_version TO cordon_app;
