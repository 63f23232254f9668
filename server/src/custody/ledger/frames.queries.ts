// SQL of streams: the journal of frames that are durable before they are released, and the streams they belong to.
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';

/** Member `stream` of an outcome's header (docs/formats/entry.md §1). */
export interface StreamSummary {
  readonly bytes: number;
  readonly digest: string;
  readonly frames: number;
  readonly id: string;
}

/** What an outcome entry makes final. */
export interface ClosedStream {
  readonly summary: StreamSummary;
  readonly intentId: string;
  readonly outcomeId: string;
  readonly erasureKey: string;
  readonly wrapped: Uint8Array;
  /** The stream bytes (docs/formats/stream.md). */
  readonly bytes: Uint8Array;
}

export interface OpenedStream {
  readonly tenant: TenantId;
  readonly streamId: string;
  readonly intentId: string;
  readonly outcomeId: string;
  readonly erasureKey: string;
  readonly wrapped: Uint8Array;
  /** The 72 bytes before the first frame. */
  readonly header: Uint8Array;
}

/** One row for all frames that waited. */
export async function insertFrames(tx: Transaction, process: string, frames: Uint8Array): Promise<void> {
  await tx.query('INSERT INTO ledger_frame (process, frames) VALUES ($1, $2)', [process, frames]);
}

export async function insertStream(tx: Transaction, process: string, stream: OpenedStream): Promise<void> {
  await tx.query(
    `INSERT INTO ledger_stream (tenant, stream_id, intent_id, process, outcome_id, erasure_key, wrap, frames)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      stream.tenant,
      stream.streamId,
      stream.intentId,
      process,
      stream.outcomeId,
      stream.erasureKey,
      stream.wrapped,
      stream.header,
    ],
  );
}

/** In the transaction that places the outcome entry. A stream that never had a frame has no row yet. */
export async function closeStreams(
  tx: Transaction,
  process: string,
  streams: readonly (ClosedStream & { readonly tenant: TenantId })[],
): Promise<void> {
  await Promise.all(
    streams.map((stream) =>
      tx.query(
        `INSERT INTO ledger_stream
                (tenant, stream_id, intent_id, process, outcome_id, erasure_key, wrap, frames, frame_count, closed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, true)
         ON CONFLICT (tenant, stream_id) DO UPDATE SET frames = excluded.frames, frame_count = excluded.frame_count, closed = true`,
        [
          stream.tenant,
          stream.summary.id,
          stream.intentId,
          process,
          stream.outcomeId,
          stream.erasureKey,
          stream.wrapped,
          stream.bytes,
          stream.summary.frames,
        ],
      ),
    ),
  );
}
