// A transcription: a job that takes one stored recording through the spine to one transcript (spec clinical §2, walks.md).
// Idempotent by its id: a finished one is not run again, a second result is dropped, finished stretches are kept (I9).
import { isProblem, ProblemError, PROBLEMS, type ProblemCode } from '@cordon/contract';
import { readEncounter } from '#clinical/encounters/encounters.ts';
import { openAudio, readRecording, type AudioParts } from '#clinical/audio/recordings.ts';
import type { Decided } from '#boundary/calls/call.ts';
import type { RemoteSpeech } from '#boundary/calls/speech-call.ts';
import { callModel, type SpineParts } from '#boundary/calls/spine.ts';
import { streamModel } from '#boundary/calls/stream.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { RecordEntry } from '#custody/ledger/recorded.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import type { JobInHand, Jobs } from '#platform/jobs/jobs.ts';
import type { Transaction } from '#platform/store/store.ts';
import { NO_WORDS, type TenantWords, type WordsOf } from '#clinical/vocabulary/tenant-words.ts';
import { keepStretches, type StretchKeeper } from './stretches.ts';
import type { TextRules } from './assemble.ts';
import { hearAnywhere } from './anywhere.ts';
import type { Heard, Recognise, SpeechJob } from './speech.ts';
import { streamedCall, type HearStretches } from './streamed.ts';
import { transcribeCall } from './transcribe-call.ts';
import {
  beginAttempt,
  deleteSegments,
  insertTranscription,
  markFailed,
  setProgress,
  transcriptionById,
  transcriptionOfRecording,
  type Begun,
  type TranscriptionRow,
  type TranscriptionWish,
} from './transcriptions.queries.ts';

export const TRANSCRIBE_QUEUE = 'transcribe';

/** Milliseconds between two notes of progress in the database: a person looks once a second at most. */
const PROGRESS_EVERY_MS = 1_000;

/** Milliseconds between looks of a follower. */
const FOLLOW_EVERY_MS = 400;

const UNREADABLE: ReadonlySet<ProblemCode> = new Set(['content_destroyed', 'sealed_object_invalid', 'key_unavailable']);

export interface TranscriptionParts extends AudioParts, SpineParts {
  readonly jobs: Jobs;
  readonly recognise: Recognise;
  /** Services outside this process. */
  readonly remote: RemoteSpeech;
  readonly wordsOf: WordsOf;
}

export interface TranscriptionRequest {
  readonly encounter: string;
  readonly recording: string;
  readonly wish: TranscriptionWish;
  readonly actor: ActorRef;
}

/** In the caller's transaction: row and job exist exactly if it commits. Returns the transcription's id, which is the job's. */
export async function requestTranscription(
  parts: TranscriptionParts,
  tenant: TenantId,
  tx: Transaction,
  request: TranscriptionRequest,
  id: string = newId(),
): Promise<string> {
  await insertTranscription(tx, { id, ...request, at: parts.clock.now() });
  await parts.jobs.enqueue(tx, TRANSCRIBE_QUEUE, id, { tenant, transcription: id });
  return id;
}

/** For `receiveRecording`'s `alongside`. */
export function transcribeOnArrival(
  parts: TranscriptionParts,
  tenant: TenantId,
  request: Omit<TranscriptionRequest, 'recording'>,
): (tx: Transaction, record: RecordEntry, recording: string) => Promise<void> {
  return async (tx, _record, recording) => {
    await requestTranscription(parts, tenant, tx, { ...request, recording });
  };
}

/** Errors: `not_found`. */
export async function readTranscription(
  parts: TranscriptionParts,
  tenant: TenantId,
  id: string,
): Promise<TranscriptionRow> {
  const row = await parts.store.asTenant(tenant, (tx) => transcriptionById(tx, id));
  if (row === null) throw new ProblemError('not_found');
  return row;
}

export function newestOfRecording(
  parts: TranscriptionParts,
  tenant: TenantId,
  recording: string,
): Promise<TranscriptionRow | null> {
  return parts.store.asTenant(tenant, (tx) => transcriptionOfRecording(tx, recording));
}

/** The row whenever it changed, ending with `done` or `failed`. */
export async function* followTranscription(
  parts: TranscriptionParts,
  tenant: TenantId,
  id: string,
  signal: AbortSignal,
): AsyncIterable<TranscriptionRow> {
  let seen = '';
  while (!signal.aborted) {
    const row = await readTranscription(parts, tenant, id);
    const look = `${row.state} ${row.progress_ms} ${row.attempt}`;
    if (look !== seen) yield row;
    if (row.state === 'done' || row.state === 'failed') return;
    seen = look;
    await pause(FOLLOW_EVERY_MS, signal);
  }
}

/** The job's handler. */
export async function runTranscription(parts: TranscriptionParts, job: JobInHand): Promise<void> {
  const { tenant } = job.payload;
  const row = await parts.store.asTenant(tenant, (tx) => beginAttempt(tx, job.id, parts.clock.now()));
  if (row === null) return;
  try {
    await transcribe(parts, tenant, row, job.signal);
  } catch (error) {
    if (isFinal(error)) await failTranscription(parts, tenant, row.id, codeOf(error));
    throw error;
  }
}

/** The last attempt failed or took its workers with it. */
export async function abandonTranscription(parts: TranscriptionParts, job: JobInHand): Promise<void> {
  await failTranscription(parts, job.payload.tenant, job.id, 'engine_failed');
}

async function transcribe(
  parts: TranscriptionParts,
  tenant: TenantId,
  row: TranscriptionRow,
  signal: AbortSignal,
): Promise<void> {
  const sealer = await parts.keys.forTenant(tenant);
  const recording = await readRecording(parts, tenant, row.recording);
  const { identity, purpose } = await readEncounter(parts, tenant, row.encounter);
  const words = await expectedWords(parts, tenant, row.begun);
  const patient = Buffer.from(sealer.lookup('patient', identity.reveal().patient)).toString('hex');
  const stretches = await keepStretches(parts, tenant, sealer, row.id);
  const dictation = row.begun?.dictation ?? purpose === 'dictation';
  const mayRevise = row.requested.stream !== true;
  const silenceOf = mayRevise ? 0 : recording.channels;
  const listening = { terms: words.terms, rules: { names: words.names, dictation }, mayRevise, silenceOf, signal };
  const hearBy = (made: Decided, keeper: StretchKeeper): Promise<Heard> =>
    hearAnywhere(parts, {
      tenant,
      actor: { type: row.actor_type, id: row.actor_id },
      recording,
      made,
      listening,
      stretches: keeper,
      audio: () => audioOf(parts, tenant, recording.id),
      here: (service, telling) => listen(parts, tenant, row, { ...listening, service, stretches: telling }),
    });
  const call = transcribeCall({
    row,
    tenant,
    recording,
    patient,
    sealer,
    now: parts.clock.now(),
    recognise: async (made) => {
      const heard = await hearBy(made, stretches);
      return { ...heard, transcript: await words.suggest(heard.transcript) };
    },
  });
  if (row.requested.stream !== true) await callModel(parts, call);
  else {
    const hear: HearStretches = (made, onStretch) => hearBy(made, { heard: stretches.heard, keep: onStretch });
    await streamModel(
      parts,
      streamedCall(parts, call, {
        id: row.id,
        rules: { vocabulary: words.version, dictation },
        hear,
        keep: (stretch) => stretches.keep(stretch),
      }),
    );
  }
}

interface Listening extends Pick<SpeechJob, 'service' | 'terms' | 'mayRevise' | 'silenceOf' | 'signal'> {
  readonly rules: TextRules;
  readonly stretches: StretchKeeper;
}

function listen(
  parts: TranscriptionParts,
  tenant: TenantId,
  row: TranscriptionRow,
  { stretches, ...job }: Listening,
): ReturnType<Recognise> {
  let noted = 0;
  return parts.recognise({
    ...job,
    audio: () => audioOf(parts, tenant, row.recording),
    heard: stretches.heard,
    onStretch: (stretch) => stretches.keep(stretch),
    onProgress: (seconds) => {
      const now = parts.clock.monotonicMs();
      if (now - noted < PROGRESS_EVERY_MS) return;
      noted = now;
      void noteProgress(parts, tenant, row.id, seconds);
    },
  });
}

/**
 * The vocabulary is a help: one whose keys were destroyed or cannot be read does not cost the transcript. What was told of a stream
 * cannot be written otherwise later, so a further attempt takes the version that the first one began with.
 */
async function expectedWords(parts: TranscriptionParts, tenant: TenantId, begun: Begun | null): Promise<TenantWords> {
  try {
    return await parts.wordsOf(tenant, begun?.vocabulary);
  } catch (error) {
    if (isProblem(error) && UNREADABLE.has(error.code)) return NO_WORDS;
    throw error;
  }
}

async function* audioOf(parts: TranscriptionParts, tenant: TenantId, recording: string): AsyncIterable<Uint8Array> {
  const { audio } = await openAudio(parts, tenant, recording);
  yield* audio;
}

/** A figure for people: losing one is no fault. */
async function noteProgress(parts: TranscriptionParts, tenant: TenantId, id: string, seconds: number): Promise<void> {
  try {
    await parts.store.asTenant(tenant, (tx) => setProgress(tx, id, seconds * 1000, parts.clock.now()));
  } catch {
    // The next figure comes in a second; the result does not depend on it.
  }
}

async function failTranscription(
  parts: TranscriptionParts,
  tenant: TenantId,
  id: string,
  problem: ProblemCode,
): Promise<void> {
  await parts.store.asTenant(tenant, async (tx) => {
    // A further transcription begins anew: what this one had heard is nobody's any more.
    if (await markFailed(tx, id, problem, parts.clock.now())) await deleteSegments(tx, id);
  });
}

/** Repeating helps against what passes by itself (5xx), not against a file that cannot be read or a policy that says no. */
function isFinal(error: unknown): boolean {
  return isProblem(error) && (PROBLEMS[error.code].status < 500 || error.code === 'engine_failed');
}

function codeOf(error: unknown): ProblemCode {
  return isProblem(error) ? error.code : 'internal';
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
