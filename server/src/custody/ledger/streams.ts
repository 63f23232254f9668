// Streams as callers see them: bytes are durable before `write` resolves, and one outcome entry ends the record
// (docs/formats/stream.md). Whatever happens in between, recovery can close the stream without any key.
import { ProblemError } from '@cordon/contract';
import { newId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { draftEntry } from './draft.ts';
import type { DraftParts } from './draft.ts';
import { streamBytes } from './frames.ts';
import type { Journal, JournalStream } from './journal.ts';
import type { AppendRequest, Appended, LedgerStream } from './ledger.ts';
import { outcomeIdOf } from './outcome-ids.ts';
import type { Sequencer } from './sequencer.ts';

export interface StreamParts extends DraftParts {
  readonly journal: Journal;
  readonly sequencer: Sequencer;
  readonly process: () => string;
}

type CloseStatus = Parameters<LedgerStream['close']>[0];
type Outcome = Parameters<LedgerStream['close']>[1];

/** Nothing is stored before the first byte. Errors: `key_unavailable`. */
export async function openLedgerStream(
  parts: StreamParts,
  request: { readonly tenant: TenantId; readonly intentId: string },
): Promise<LedgerStream> {
  const { tenant, intentId } = request;
  const streamId = newId();
  const sealer = await parts.keys.forTenant(tenant);
  const sealing = sealer.sealFrames({ tenant, kind: 'stream', id: streamId, version: 1 }, 'call');
  const { erasureKey, wrapped } = sealing.wrap;
  const outcomeId = outcomeIdOf(intentId);
  const opened = { tenant, streamId, intentId, outcomeId, erasureKey, wrapped, header: sealing.header };
  const process = parts.process();
  const stream: JournalStream = { opened, sealing, process, frames: [], held: 0, firstRow: null, broken: false };
  parts.journal.add(stream);
  let closing = false;
  let last: Promise<unknown> = Promise.resolve();
  return {
    write: (bytes) => {
      if (closing) return Promise.reject(new ProblemError('ledger_unavailable', { stream: 'closed' }));
      const written = parts.journal.write(stream, bytes);
      last = written.catch(() => undefined);
      return written;
    },
    close: async (status, outcome) => {
      closing = true;
      await last;
      return closeStream(parts, stream, status, outcome);
    },
  };
}

/** Repeatable: the outcome has one id for the stream's whole life. */
async function closeStream(
  parts: StreamParts,
  stream: JournalStream,
  status: CloseStatus,
  outcome: Outcome,
): Promise<Appended> {
  const { tenant, intentId, outcomeId, streamId, header, erasureKey, wrapped } = stream.opened;
  const { summary, bytes } = streamBytes(streamId, header, stream.frames);
  const request: AppendRequest = {
    ...outcome,
    tenant,
    kind: 'call.outcome',
    entryId: outcomeId,
    detail: { ...outcome.detail, intent: intentId, status },
  };
  const closed = { summary, intentId, outcomeId, erasureKey, wrapped, bytes };
  const appended = await parts.sequencer.submit(await draftEntry(parts, request, closed));
  parts.journal.remove(stream);
  return appended;
}
