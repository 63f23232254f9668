// A transcription whose text leaves while the recording is still being recognised (`stream=true`). The job may run in another process than
// the request: each stretch is durable in the ledger's stream first, then among the finished stretches, from where the request tells it.
import { ProblemError } from '@cordon/contract';
import type { KeptCall, StreamCall } from '#boundary/calls/call.ts';
import { readRecording, type AudioParts } from '#clinical/audio/recordings.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Stretch } from './engines/messages.ts';
import { settledText } from './settled-text.ts';
import type { Heard } from './speech.ts';
import { readStretches } from './stretches.ts';
import { transcriptionById, type TranscriptionRow } from './transcriptions.queries.ts';
import { readTranscript } from './transcripts.ts';

/** Milliseconds between looks for new stretches. */
const LOOK_EVERY_MS = 150;

/** What the recogniser finishes goes through `emit` before `kept` may have it. */
export type HearStretches = (service: string, onStretch: (stretch: Stretch) => Promise<void>) => Promise<Heard>;

/** The same call as `transcribeCall`'s, answered stretch by stretch. `keep` stores a stretch that is durable in the ledger. */
export function streamedCall(
  parts: AudioParts,
  call: KeptCall<null, Heard>,
  hear: HearStretches,
  keep: (stretch: Stretch) => Promise<void>,
): StreamCall<null, Heard> {
  const { tenant } = call.intent;
  let emitted: Stretch | null = null;
  return {
    ...call,
    steps: () => [],
    carry: ({ route }, _content, emit) =>
      hear(route.service, (stretch) => {
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
  | { readonly type: 'done'; readonly text: string; readonly seconds: number; readonly row: TranscriptionRow };

/** The text as it settles. Errors: the transcription's problem; `shutting_down` when the signal is aborted. */
export async function* followText(
  parts: AudioParts,
  tenant: TenantId,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<TextEvent, void, void> {
  const sealer = await parts.keys.forTenant(tenant);
  const heard: Stretch[] = [];
  let channels: number | null = null;
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
    channels ??= (await readRecording(parts, tenant, row.recording)).channels;
    const { stretches, last } = await readStretches(parts, tenant, sealer, id, seen);
    seen = last;
    heard.push(...stretches);
    const settled = stretches.length === 0 ? told : settledText(heard, channels);
    if (settled.length > told.length && settled.startsWith(told)) {
      yield { type: 'delta', delta: settled.slice(told.length) };
      told = settled;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new ProblemError('shutting_down');
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
  const { transcript } = (await readTranscript(parts, tenant, row.transcript, 1)).content.reveal();
  const { text, duration } = transcript;
  if (!text.startsWith(told)) throw new ProblemError('internal', { reason: 'text_changed' });
  if (text.length > told.length) yield { type: 'delta', delta: text.slice(told.length) };
  yield { type: 'done', text, seconds: duration, row };
}
