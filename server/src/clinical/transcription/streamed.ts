// A transcription whose text leaves while the recording is still being recognised (`stream=true`). The job may run in another process than
// the request: each stretch is durable in the ledger's stream first, then among the finished stretches, from where the request tells it.
import { ProblemError } from '@cordon/contract';
import type { Decided, KeptCall, StreamCall } from '#boundary/calls/call.ts';
import { readRecording, type AudioParts } from '#clinical/audio/recordings.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Stretch } from './engines/messages.ts';
import { settledText, settledWriting, type SettledWriting } from './settled-text.ts';
import type { Heard } from './speech.ts';
import { readStretches } from './stretches.ts';
import { beginningOf } from './transcribe-call.ts';
import {
  noteBegun,
  transcriptionById,
  type Begun,
  type CallSummary,
  type TranscriptionRow,
} from './transcriptions.queries.ts';
import { readTranscript } from './transcripts.ts';
import type { WordsOf } from '#clinical/vocabulary/tenant-words.ts';

/** Milliseconds between looks for new stretches. */
const LOOK_EVERY_MS = 150;

/** What the recogniser finishes goes through `emit` before `kept` may have it. */
export type HearStretches = (made: Decided, onStretch: (stretch: Stretch) => Promise<void>) => Promise<Heard>;

export interface Streaming {
  /** The transcription's id. */
  readonly id: string;
  /** How its text is written, whoever writes it. */
  readonly rules: Pick<Begun, 'vocabulary' | 'dictation'>;
  readonly hear: HearStretches;
  /** Stores a stretch that is durable in the ledger. */
  readonly keep: (stretch: Stretch) => Promise<void>;
}

/** The same call as `transcribeCall`'s, answered stretch by stretch. */
export function streamedCall(
  parts: AudioParts,
  call: KeptCall<null, Heard>,
  { id, rules, hear, keep }: Streaming,
): StreamCall<null, Heard> {
  const { tenant } = call.intent;
  let emitted: Stretch | null = null;
  return {
    ...call,
    steps: () => [],
    begun: (context) => {
      const begun = { ...beginningOf(context), ...rules };
      return parts.store.asTenant(tenant, (tx) => noteBegun(tx, id, begun, parts.clock.now()));
    },
    carry: (made, _content, emit) =>
      hear(made, (stretch) => {
        emitted = stretch;
        return emit(Buffer.from(`${JSON.stringify(stretch)}\n`));
      }),
    release: async () => {
      if (emitted !== null) await keep(emitted);
    },
    describe: (heard) => {
      // The frames are the body, and they are not packed.
      const { bodyEncoding: _packed, ...detail } = call.describe(heard).detail;
      return detail;
    },
    keep: ({ intent, outcome, decision }, heard) =>
      recorded(parts, tenant, (tx, record) =>
        call.keep({ tx, record: (request) => record(request), intent, outcomeId: outcome.entryId, decision }, heard),
      ),
  };
}

export type TextEvent =
  | { readonly type: 'delta'; readonly delta: string }
  /** `text` is all deltas together. */
  | {
      readonly type: 'done';
      readonly text: string;
      readonly seconds: number;
      /** Id of the transcript. */
      readonly transcript: string;
      readonly accuracy: 'standard' | 'low';
      readonly call: CallSummary;
    };

export interface FollowParts extends AudioParts {
  readonly wordsOf: WordsOf;
}

/** The text as it settles. Errors: the transcription's problem; `shutting_down` when the signal is aborted. */
export async function* followText(
  parts: FollowParts,
  tenant: TenantId,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<TextEvent, void, void> {
  const sealer = await parts.keys.forTenant(tenant);
  const heard: Stretch[] = [];
  let writing: SettledWriting | null = null;
  let told = '';
  let seen = 0;
  while (!signal.aborted) {
    const row = await parts.store.asTenant(tenant, (tx) => transcriptionById(tx, id));
    if (row === null) throw new ProblemError('not_found');
    if (row.state === 'done') {
      yield* ending(parts, tenant, row, told);
      return;
    }
    if (row.state === 'failed') throw new FailedTranscription(row.problem);
    const { stretches, last } = await readStretches(parts, tenant, sealer, id, seen);
    seen = last;
    heard.push(...stretches);
    if (stretches.length > 0) {
      writing ??= await writingOf(parts, tenant, row);
      const settled = settledText(heard, writing);
      if (settled.length > told.length && settled.startsWith(told)) {
        yield { type: 'delta', delta: settled.slice(told.length) };
        told = settled;
      }
    }
    await pause(signal);
  }
  throw new ProblemError('shutting_down');
}

/** As the job writes it: the version of the vocabulary that it began with, not one that came since. */
async function writingOf(parts: FollowParts, tenant: TenantId, row: TranscriptionRow): Promise<SettledWriting> {
  if (row.begun === null) throw new ProblemError('internal', { reason: 'stream_not_begun' });
  const { channels } = await readRecording(parts, tenant, row.recording);
  const { names } = await parts.wordsOf(tenant, row.begun.vocabulary);
  return settledWriting(channels, { names, dictation: row.begun.dictation });
}

/** Until the next look, or the signal is aborted. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, LOOK_EVERY_MS);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** The job failed; `problem` is its code. */
export class FailedTranscription extends Error {
  readonly problem: string | null;

  constructor(problem: string | null) {
    super('the transcription failed');
    this.name = 'FailedTranscription';
    this.problem = problem;
  }
}

async function* ending(
  parts: AudioParts,
  tenant: TenantId,
  row: TranscriptionRow,
  told: string,
): AsyncGenerator<TextEvent, void, void> {
  if (row.transcript === null || row.call === null) throw new ProblemError('internal');
  const { content, meta } = await readTranscript(parts, tenant, row.transcript, 1);
  const { text, duration } = content.reveal().transcript;
  if (!text.startsWith(told)) throw new ProblemError('internal', { reason: 'text_changed' });
  if (text.length > told.length) yield { type: 'delta', delta: text.slice(told.length) };
  const { transcript, call } = row;
  yield { type: 'done', text, seconds: duration, transcript, accuracy: meta.accuracy, call };
}
