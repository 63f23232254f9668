// The end of a live session: its sound becomes a recording of the encounter like any other, what was heard its transcript. A session
// whose process died becomes a recording with an ordinary transcription, so nothing that was acknowledged is lost.
import { ProblemError } from '@cordon/contract';
import type { StreamKeepContext } from '#boundary/calls/call.ts';
import { MIN_DURATION_SECONDS } from '#clinical/audio/limits.ts';
import { receiveRecording, type Upload } from '#clinical/audio/recordings.ts';
import { assembleTranscript } from '#clinical/transcription/assemble.ts';
import { beginningOf, insertMachineTranscript } from '#clinical/transcription/transcribe-call.ts';
import { beginAttempt, insertTranscription, markDone } from '#clinical/transcription/transcriptions.queries.ts';
import { requestTranscription, type TranscriptionParts } from '#clinical/transcription/transcriptions.ts';
import type { RecordEntry } from '#custody/ledger/recorded.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';
import { newId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import { createDesk, type Desk } from './desk.ts';
import { sealEvent, type LiveEvent, type Numbered } from './events.ts';
import type { LiveHeard } from './live-call.ts';
import { closeSession, insertEvents, type LiveSessionRow } from './live.queries.ts';
import { bytesPerSecond } from './setup.ts';
import { readSound } from './sound.ts';
import { wavHeader } from './wav-header.ts';

interface Ending {
  readonly row: LiveSessionRow;
  /** Bytes of sound. */
  readonly bytes: number;
  readonly numbered: (event: LiveEvent) => readonly Numbered[];
}

/** Recording, transcript and the session's end become durable together. Errors: those of `receiveRecording`; `conflict`. */
export async function keepHeard(
  desk: Desk,
  ending: Ending,
  context: StreamKeepContext,
  heard: LiveHeard,
): Promise<readonly Numbered[]> {
  const { row } = ending;
  if (isTooShort(row, ending.bytes)) return closeEmpty(desk, ending);
  const transcript = newId();
  const told = ending.numbered({ type: 'finished', encounter: row.encounter, recording: row.recording, transcript });
  await receiveRecording(
    desk.parts,
    desk.tenant,
    actorOf(row),
    uploadOf(desk, row, ending.bytes),
    async (tx, record) => {
      await insertEvents(tx, desk.held, sealed(desk, told));
      if (!(await closeSession(tx, row.id, desk.held.epoch, transcript, desk.parts.clock.now())))
        throw new ProblemError('conflict');
      await insertTranscript(desk, { tx, record, row, transcript, heard, context });
    },
  );
  return told;
}

/** For a session whose holder is gone: a recording and a job. Errors: those of `receiveRecording`. */
export async function keepAbandoned(parts: TranscriptionParts, tenant: TenantId, row: LiveSessionRow): Promise<void> {
  const desk = await createDesk(parts, tenant, row.id, row.epoch);
  const { encounter, requested: wish } = row;
  const actor = actorOf(row);
  if (isTooShort(row, row.bytes)) {
    await parts.store.asTenant(tenant, (tx) => closeSession(tx, row.id, row.epoch, null, parts.clock.now()));
    return;
  }
  await receiveRecording(parts, tenant, actor, uploadOf(desk, row, row.bytes), async (tx, _record, recording) => {
    if (!(await closeSession(tx, row.id, row.epoch, null, parts.clock.now()))) throw new ProblemError('conflict');
    await requestTranscription(parts, tenant, tx, { encounter, recording, wish: { ...wish, request: null }, actor });
  });
}

async function closeEmpty(desk: Desk, { row, numbered }: Ending): Promise<readonly Numbered[]> {
  const told = numbered({ type: 'finished', encounter: row.encounter, recording: null, transcript: null });
  const isHeld = await desk.parts.store.asTenant(desk.tenant, async (tx) => {
    if (!(await insertEvents(tx, desk.held, sealed(desk, told)))) return false;
    return closeSession(tx, row.id, desk.held.epoch, null, desk.parts.clock.now());
  });
  await desk.mustHold(isHeld);
  return told;
}

function isTooShort({ setup }: LiveSessionRow, bytes: number): boolean {
  return bytes / bytesPerSecond(setup) < MIN_DURATION_SECONDS;
}

function uploadOf(desk: Desk, row: LiveSessionRow, bytes: number): Upload {
  async function* wav(): AsyncIterable<Uint8Array> {
    yield wavHeader(row.setup, bytes);
    yield* readSound(desk, 0, bytes);
    if (bytes % 2 === 1) yield new Uint8Array(1); // RIFF chunks have even lengths
  }
  return { id: row.recording, encounter: row.encounter, contentType: 'audio/wav', audio: wav() };
}

interface Keeping {
  readonly tx: Transaction;
  readonly record: RecordEntry;
  readonly row: LiveSessionRow;
  /** Id of the transcript. */
  readonly transcript: string;
  readonly heard: LiveHeard;
  readonly context: StreamKeepContext;
}

async function insertTranscript(desk: Desk, { tx, record, row, transcript, heard, context }: Keeping): Promise<void> {
  const { parts, tenant, sealer } = desk;
  const at = parts.clock.now();
  const actor = actorOf(row);
  const { id, encounter, recording, requested: wish } = row;
  await insertTranscription(tx, { id, encounter, recording, wish, actor, at });
  await beginAttempt(tx, id, at);
  const durationMs = heard.audioMs;
  await markDone(tx, id, {
    transcript,
    durationMs,
    call: { ...beginningOf(context), outcome: context.outcome.entryId },
    at,
  });
  const stretches = heard.turns.map(({ words, resumeAt }) => ({ channel: 0, words, resumeAt }));
  const duration = durationMs / 1000;
  await insertMachineTranscript(
    { tx, record, tenant, sealer },
    {
      id: transcript,
      encounter,
      recording,
      accuracy: heard.accuracy,
      author: actor,
      at,
      transcript: assembleTranscript(stretches, {
        engine: heard.engine,
        model: heard.model,
        duration,
        elapsed: duration,
      }),
    },
  );
}

function sealed(desk: Desk, events: readonly Numbered[]) {
  return events.map((one) => ({ ordinal: one.number, sealed: sealEvent(desk, one) }));
}

function actorOf(row: LiveSessionRow): ActorRef {
  return { type: row.actor_type, id: row.actor_id };
}
