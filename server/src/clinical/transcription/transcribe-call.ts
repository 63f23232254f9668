// A transcription as the spine takes it: what is asked, what is public about it, what it leaves behind.
import { gzipSync } from 'node:zlib';
import { ProblemError } from '@cordon/contract';
import type { Intent } from '#boundary/policy/intent.ts';
import type { Decided, KeepContext, KeptCall, OutcomeRecord } from '#boundary/calls/call.ts';
import { holdStored } from '#clinical/audio/recordings.queries.ts';
import type { Recording } from '#clinical/audio/recordings.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { Sealer } from '#custody/keys/sealer.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { Heard } from './speech.ts';
import type { Transcript } from './transcript.ts';
import { insertTranscript, type TranscriptMeta } from './transcripts.queries.ts';
import { sealTranscript, type TranscriptContent } from './transcripts.ts';
import {
  deleteSegments,
  markDone,
  type CallSummary,
  type TranscriptionRow,
  type TranscriptionWish,
} from './transcriptions.queries.ts';

export interface TranscribeWish {
  readonly row: TranscriptionRow;
  readonly tenant: TenantId;
  readonly recording: Recording;
  /** Keyed digest of the patient's reference, hex: a pseudonym within the tenant. */
  readonly patient: string;
  readonly sealer: Sealer;
  readonly now: Date;
  readonly recognise: (made: Decided) => Promise<Heard>;
}

interface Asking {
  readonly requested: Omit<TranscriptionWish, 'stream'>;
  readonly tenant: TenantId;
  readonly actor: ActorRef;
  readonly encounter: string | null;
  readonly patient: string | null;
  readonly now: Date;
}

/** What a transcription asks policy for, of a recording or of somebody who is speaking. */
export function transcribeIntent({ requested, tenant, actor, encounter, patient, now }: Asking): Intent {
  return {
    v: 1,
    at: now.toISOString(),
    tenant,
    actor,
    onBehalfOf: requested.onBehalfOf === null ? null : { id: requested.onBehalfOf, proven: false },
    purpose: requested.purpose,
    patient,
    encounter,
    dataClass: 'phi',
    tags: ['voiceprint', ...requested.tags],
    capability: 'transcribe',
    modality: 'audio',
    residency: requested.residency,
    requestedService: requested.service,
    features: [],
    scope: requested.scope,
  };
}

export function transcribeCall(wish: TranscribeWish): KeptCall<null, Heard> {
  const { row, recording } = wish;
  const { requested } = row;
  const transcript = newId();
  const actor: ActorRef = { type: row.actor_type, id: row.actor_id };
  // A repeated attempt is a call of its own (spec boundary §5), so it gets an id of its own.
  const intentId = row.attempt === 1 ? requested.request : null;
  return {
    ...(intentId === null ? {} : { intentId }),
    intent: transcribeIntent({ ...wish, requested, actor, encounter: row.encounter }),
    request: Phi.of(Buffer.from(JSON.stringify({ recording: recording.id, requested }))),
    objects: [
      { type: 'encounter', id: row.encounter },
      { type: 'recording', id: recording.id },
      { type: 'transcription', id: row.id },
    ],
    requestDetail: {
      capability: 'transcribe',
      attempt: row.attempt,
      audio: { durationMs: recording.durationMs, channels: recording.channels, sampleRate: recording.sampleRate },
    },
    facts: { encounter: row.encounter, patient: wish.patient, application: actor.id },
    content: null,
    steps: () => [],
    lookAgain: () => undefined,
    carry: wish.recognise,
    describe: describeHeard,
    keep: (context, heard) => keepTranscript(wish, context, transcript, actor, heard),
  };
}

/** Bytes. A visit's words are some hundred kilobytes; ten hours of them are ten megabytes, and an entry holds sixteen. */
const PACKED_FROM_BYTES = 4 * 1024 * 1024;

/** The sealed body is the transcript as JSON; a very long one is packed, which its header says. */
function describeHeard({ transcript, modelDigest, speakerDigests, punctuationDigests, carried }: Heard): OutcomeRecord {
  const json = Buffer.from(JSON.stringify(transcript));
  const packed = json.length >= PACKED_FROM_BYTES;
  return {
    detail: {
      engine: token(transcript.engine),
      model: token(transcript.model),
      ...carried,
      ...(modelDigest === null ? {} : { modelDigest }),
      ...(speakerDigests === undefined ? {} : { speakerDigests: [...speakerDigests] }),
      ...(punctuationDigests === undefined ? {} : { punctuationDigests: [...punctuationDigests] }),
      audioMs: Math.round(transcript.duration * 1000),
      words: transcript.words.length,
      ...(packed ? { bodyEncoding: 'gzip' } : {}),
    },
    body: Phi.of(packed ? gzipSync(json) : json),
  };
}

async function keepTranscript(
  wish: TranscribeWish,
  context: KeepContext,
  id: string,
  author: ActorRef,
  heard: Heard,
): Promise<void> {
  const { tx, record } = context;
  const { row, tenant, recording, sealer, now } = wish;
  // Consent may have been withdrawn while the engine listened: then nothing is kept of what it heard (spec clinical §1).
  if (!(await holdStored(tx, recording.id))) throw new ProblemError('consent_withdrawn');
  const durationMs = heard.transcript.duration * 1000;
  const open = await markDone(tx, row.id, { transcript: id, durationMs, call: summaryOf(context), at: now });
  if (!open) return; // another worker's result stands; this one's outcome is recorded all the same
  await insertMachineTranscript(
    { tx, record, tenant, sealer },
    {
      id,
      encounter: row.encounter,
      recording: recording.id,
      accuracy: heard.accuracy,
      author,
      at: now,
      transcript: heard.transcript,
    },
  );
  await deleteSegments(tx, row.id);
}

export interface MachineTranscript {
  readonly id: string;
  readonly encounter: string;
  readonly recording: string;
  readonly accuracy: 'standard' | 'low';
  readonly author: ActorRef;
  readonly at: Date;
  readonly transcript: Transcript;
}

/** The first version of a transcript and the entry that speaks of it, in the caller's transaction. */
export async function insertMachineTranscript(
  desk: Pick<KeepContext, 'tx' | 'record'> & { readonly tenant: TenantId; readonly sealer: Sealer },
  { id, encounter, recording, accuracy, author, at, transcript }: MachineTranscript,
): Promise<void> {
  const { tx, record, tenant, sealer } = desk;
  const meta: TranscriptMeta = { id, version: 1, encounter, recording, kind: 'machine', accuracy, created_at: at };
  const content: TranscriptContent = { transcript, speakers: [] };
  await insertTranscript(tx, meta, author, sealTranscript(sealer, tenant, meta, content));
  await record({
    kind: 'transcript.created',
    actor: author,
    objects: [{ type: 'transcript', id, version: 1 }],
    detail: { transcript: id, version: 1, encounter, recording, accuracy },
  });
}

function summaryOf(context: KeepContext): CallSummary {
  return { ...beginningOf(context), outcome: context.outcomeId };
}

/** What is known of a call when it was allowed. */
export function beginningOf({
  decision,
  intent,
}: Pick<KeepContext, 'decision' | 'intent'>): Omit<CallSummary, 'outcome'> {
  return {
    decision: decision.code,
    service: decision.route?.service ?? '',
    pattern: decision.route?.pattern ?? 'on-prem',
    obligations: decision.obligations.map((obligation) => obligation.kind),
    review: decision.obligations.find((obligation) => obligation.kind === 'review')?.rule ?? 'none',
    intentIndex: intent.index,
  };
}

/** Header strings are tokens: printable ASCII without spaces (docs/formats/entry.md §1). */
export function token(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]+/g, '-').slice(0, 128);
}
