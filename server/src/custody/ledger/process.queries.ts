// SQL of the processes that write: who lives, and what the dead left open.
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';

export async function registerProcess(tx: Transaction, id: string): Promise<void> {
  await tx.query('INSERT INTO ledger_process (id) VALUES ($1)', [id]);
}

/** False when another process has declared this one dead. */
export async function beat(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE ledger_process SET heartbeat_at = clock_timestamp() WHERE id = $1 AND alive RETURNING 1',
    [id],
  );
  return rows.length === 1;
}

/** Declares dead who has not been heard of for `leaseMs`, by the database's clock. Waits for batches that still hold them. */
export async function buryProcesses(tx: Transaction, leaseMs: number): Promise<void> {
  await tx.query(
    `UPDATE ledger_process SET alive = false
      WHERE alive AND heartbeat_at < clock_timestamp() - $1 * interval '1 millisecond'`,
    [leaseMs],
  );
}

/** A process that ends in good order says so, so that what it left open is closed at once. */
export async function resign(tx: Transaction, id: string): Promise<void> {
  await tx.query('UPDATE ledger_process SET alive = false WHERE id = $1', [id]);
}

/** The intent of a call or a stream. The limit makes PostgreSQL look it up for each of the few, rather than begin with all entries. */
function entryOf(of: 'c' | 's'): string {
  return `(SELECT index, header FROM ledger_entry WHERE tenant = ${of}.tenant AND entry_id = ${of}.intent_id LIMIT 1)`;
}

export interface OrphanCall {
  readonly tenant: TenantId;
  readonly intentId: string;
  readonly intentHeader: Uint8Array;
}

/** Calls that dead processes left without an outcome, with the header of the intent. */
export async function findOrphanCalls(tx: Transaction, limit: number): Promise<OrphanCall[]> {
  return tx.query<OrphanCall>(
    `SELECT c.tenant, c.intent_id AS "intentId", e.header AS "intentHeader"
       FROM ledger_call c
       JOIN ledger_process p ON p.id = c.process AND NOT p.alive
       JOIN ledger_head h ON h.tenant = c.tenant AND h.state = 'open'
      CROSS JOIN LATERAL ${entryOf('c')} e
      ORDER BY c.tenant, e.index LIMIT $1`,
    [limit],
  );
}

/**
 * Leaves calls of a living process to recovery, as if that process had died before their outcome. Waits for transactions of the
 * process that are still on their way, for one of them may hold the outcome. What has one meanwhile is not touched.
 */
export async function disownCalls(
  tx: Transaction,
  process: string,
  dead: string,
  calls: readonly { readonly tenant: TenantId; readonly intentId: string }[],
): Promise<void> {
  await tx.query('SELECT 1 FROM ledger_process WHERE id = $1 FOR UPDATE', [process]);
  const left = await tx.query<{ tenant: TenantId; intent_id: string }>(
    `DELETE FROM ledger_call WHERE (tenant, intent_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
     RETURNING tenant, intent_id`,
    [calls.map((call) => call.tenant), calls.map((call) => call.intentId)],
  );
  if (left.length === 0) return;
  await tx.query('INSERT INTO ledger_process (id, alive) VALUES ($1, false)', [dead]);
  await tx.query(
    'INSERT INTO ledger_call (tenant, intent_id, process) SELECT t, i, $3 FROM unnest($1::uuid[], $2::uuid[]) AS c (t, i)',
    [left.map((call) => call.tenant), left.map((call) => call.intent_id), dead],
  );
}

export interface OrphanStream {
  readonly tenant: TenantId;
  readonly streamId: string;
  readonly intentId: string;
  readonly process: string;
  readonly outcomeId: string;
  readonly erasureKey: string;
  readonly wrapped: Uint8Array;
  /** The 72 bytes before the first frame. */
  readonly header: Uint8Array;
  readonly intentHeader: Uint8Array;
}

export async function findOrphanStreams(tx: Transaction, limit: number): Promise<OrphanStream[]> {
  return tx.query<OrphanStream>(
    `SELECT s.tenant, s.stream_id AS "streamId", s.intent_id AS "intentId", s.process, s.outcome_id AS "outcomeId",
            s.erasure_key AS "erasureKey", s.wrap AS wrapped, s.frames AS header, e.header AS "intentHeader"
       FROM ledger_stream s
       JOIN ledger_process p ON p.id = s.process AND NOT p.alive
       JOIN ledger_head h ON h.tenant = s.tenant AND h.state = 'open'
      CROSS JOIN LATERAL ${entryOf('s')} e
      WHERE NOT s.closed ORDER BY s.tenant, s.stream_id LIMIT $1`,
    [limit],
  );
}

/** Removes dead processes that left nothing open, and the journal rows of theirs. */
export async function clearDead(tx: Transaction): Promise<void> {
  await tx.query(
    `WITH done AS (
       DELETE FROM ledger_process p
        WHERE NOT p.alive
          AND NOT EXISTS (SELECT 1 FROM ledger_call c WHERE c.process = p.id)
          AND NOT EXISTS (SELECT 1 FROM ledger_stream s WHERE s.process = p.id AND NOT s.closed)
        RETURNING p.id)
     DELETE FROM ledger_frame f USING done WHERE f.process = done.id`,
  );
}

/** No entry will speak of this stream; its frames are kept. */
export async function abandonStream(
  tx: Transaction,
  tenant: TenantId,
  streamId: string,
  frames: Uint8Array,
  frameCount: number,
): Promise<void> {
  await tx.query(
    'UPDATE ledger_stream SET closed = true, frames = $3, frame_count = $4 WHERE tenant = $1 AND stream_id = $2',
    [tenant, streamId, frames, frameCount],
  );
}
