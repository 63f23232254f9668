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

/**
 * One row for all frames that waited, and the streams that begin with them. Gives the row's id; null, and nothing written,
 * when this process was declared dead. Repeatable: a frame carries its number, a stream its id.
 */
export async function insertFrames(
  tx: Transaction,
  process: string,
  frames: Uint8Array,
  opened: readonly OpenedStream[],
): Promise<number | null> {
  const rows = await tx.query<{ id: number }>(
    `WITH me AS (SELECT id FROM ledger_process WHERE id = $1 AND alive FOR KEY SHARE),
          opened AS (
            INSERT INTO ledger_stream (tenant, stream_id, intent_id, process, outcome_id, erasure_key, wrap, frames)
            SELECT o.tenant, o.stream, o.intent, $1, o.outcome, o.erasure_key,
                   substring($8::bytea FROM o.at FOR o.wrap), substring($8::bytea FROM o.at + o.wrap FOR o.header)
              FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $9::int[], $10::int[], $11::int[])
                AS o(tenant, stream, intent, outcome, erasure_key, at, wrap, header)
             WHERE EXISTS (SELECT 1 FROM me)
            ON CONFLICT (tenant, stream_id) DO NOTHING)
     INSERT INTO ledger_frame (process, frames) SELECT $1, $2 WHERE EXISTS (SELECT 1 FROM me) RETURNING id`,
    [
      process,
      frames,
      opened.map((stream) => stream.tenant),
      opened.map((stream) => stream.streamId),
      opened.map((stream) => stream.intentId),
      opened.map((stream) => stream.outcomeId),
      opened.map((stream) => stream.erasureKey),
      Buffer.concat(opened.flatMap((stream) => [stream.wrapped, stream.header])),
      offsets(opened),
      opened.map((stream) => stream.wrapped.length),
      opened.map((stream) => stream.header.length),
    ],
  );
  return rows[0]?.id ?? null;
}

function offsets(streams: readonly OpenedStream[]): number[] {
  let at = 1;
  return streams.map((stream) => {
    const here = at;
    at += stream.wrapped.length + stream.header.length;
    return here;
  });
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
         ON CONFLICT (tenant, stream_id) DO UPDATE
            SET frames = excluded.frames, frame_count = excluded.frame_count, closed = true`,
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

/** Journal rows that no open stream needs any more. */
export async function trimJournal(tx: Transaction, process: string, before: number): Promise<void> {
  await tx.query('DELETE FROM ledger_frame WHERE process = $1 AND id < $2', [process, before]);
}

/** Journal rows of one process in the order they were committed, a page at a time. */
export async function readJournal(
  tx: Transaction,
  process: string,
  after: number,
  limit: number,
): Promise<{ readonly id: number; readonly frames: Uint8Array }[]> {
  return tx.query('SELECT id, frames FROM ledger_frame WHERE process = $1 AND id > $2 ORDER BY id LIMIT $3', [
    process,
    after,
    limit,
  ]);
}
