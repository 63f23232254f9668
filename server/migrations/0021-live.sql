-- What a streamed transcription was begun with: the call that was allowed and how its text is written, so that whoever tells it and
-- whoever takes it up write the same (docs/formats/live.md §6). Codes, positions and numbers only.
ALTER TABLE transcription ADD COLUMN begun jsonb;

-- Sessions whose consent was withdrawn: after a time what came of them is deleted, and the row says so (docs/decisions/0093).
ALTER TABLE live_session DROP CONSTRAINT live_session_state_check;
ALTER TABLE live_session ADD CONSTRAINT live_session_state_check CHECK (state IN ('open', 'closed', 'quarantined', 'deleted'));
DROP POLICY open_stays ON live_sound;
CREATE POLICY open_stays ON live_sound AS RESTRICTIVE FOR DELETE TO cordon_app
  USING (EXISTS (SELECT 1 FROM live_session s
                 WHERE s.tenant = live_sound.tenant AND s.id = live_sound.session AND s.state IN ('closed', 'deleted')));
