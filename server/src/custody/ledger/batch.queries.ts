// SQL of one batch: one transaction as cordon_ledger that locks the heads it moves, in tenant order (spec custody §3).
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import { offsets } from './packed.ts';

export type LedgerState = 'open' | 'read_only' | 'diverged';

/** The tip of one tenant's tree. */
export interface Head {
  readonly tenant: TenantId;
  readonly epoch: number;
  readonly size: number;
  readonly root: Uint8Array;
  /** Roots of the complete subtrees, largest first. */
  readonly frontier: Uint8Array;
  /** Unix milliseconds of the newest entry; null in an empty ledger. */
  readonly lastTime: number | null;
  readonly state: LedgerState;
}

/** An inbox row gets its place; facts and sealed body are moved inside the database. */
export interface InboxPlacement {
  readonly tenant: TenantId;
  readonly seq: number;
  readonly index: number;
  readonly time: string;
  readonly header: Uint8Array;
  readonly leafHash: Uint8Array;
}

export interface InboxRow {
  readonly tenant: TenantId;
  readonly seq: number;
  readonly entryId: string;
  readonly kind: string;
  /** Header members without epoch, index and time, canonical JSON. */
  readonly draft: string;
  readonly intentId: string | null;
  /** False when it closes a call that is closed already. */
  readonly open: boolean;
  /** Where an entry with this id stands already; null in the ordinary case. */
  readonly placedIndex: number | null;
  readonly placedTime: number | null;
}

export interface PlacedRow {
  readonly tenant: TenantId;
  readonly entryId: string;
  readonly kind: string;
  readonly index: number;
  readonly time: number;
}

/** Holds this process's row until the commit; false when another process has declared this one dead. */
export async function holdProcess(tx: Transaction, process: string): Promise<boolean> {
  const rows = await tx.query('SELECT 1 FROM ledger_process WHERE id = $1 AND alive FOR KEY SHARE', [process]);
  return rows.length === 1;
}

export async function lockHeads(tx: Transaction, tenants: readonly TenantId[]): Promise<Head[]> {
  return tx.query<Head>(
    `SELECT tenant, epoch, size, root, frontier, state,
            (extract(epoch FROM last_time) * 1000)::bigint AS "lastTime"
       FROM ledger_head WHERE tenant = ANY($1::uuid[]) ORDER BY tenant FOR UPDATE`,
    [tenants],
  );
}

export async function createHeads(tx: Transaction, tenants: readonly TenantId[], emptyRoot: Uint8Array): Promise<void> {
  await tx.query(
    `INSERT INTO ledger_head (tenant, root, frontier)
     SELECT tenant, $2, '' FROM unnest($1::uuid[]) AS t(tenant) ORDER BY tenant ON CONFLICT DO NOTHING`,
    [tenants, emptyRoot],
  );
}

/** Moves heads that this transaction has locked. */
export async function moveHeads(tx: Transaction, heads: readonly Head[]): Promise<void> {
  await tx.query(
    `UPDATE ledger_head h
        SET size = n.size, last_time = to_timestamp(n.time_ms / 1000.0),
            root = substring($6::bytea FROM n.at FOR 32), frontier = substring($6::bytea FROM n.at + 32 FOR n.frontier)
       FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::int[], $5::int[]) AS n(tenant, size, time_ms, at, frontier)
      WHERE h.tenant = n.tenant`,
    [
      heads.map((head) => head.tenant),
      heads.map((head) => head.size),
      heads.map((head) => head.lastTime),
      offsets(heads.map((head) => 32 + head.frontier.length)),
      heads.map((head) => head.frontier.length),
      Buffer.concat(heads.flatMap((head) => [head.root, head.frontier])),
    ],
  );
}

/** The next epoch begins, and the ledger takes entries again; its head is locked. */
export async function beginEpoch(tx: Transaction, tenant: TenantId, epoch: number): Promise<void> {
  await tx.query(`UPDATE ledger_head SET epoch = $2, state = 'open' WHERE tenant = $1`, [tenant, epoch]);
}

/** Waiting inbox rows, oldest first per tenant; `open` says whether the call that an outcome closes is still open. */
export async function readInbox(tx: Transaction, tenants: readonly TenantId[], limit: number): Promise<InboxRow[]> {
  return tx.query<InboxRow>(
    `SELECT i.tenant, i.seq, i.entry_id AS "entryId", i.kind, i.draft, i.intent_id AS "intentId",
            (i.intent_id IS NULL OR c.intent_id IS NOT NULL) AS open,
            e.index AS "placedIndex", (extract(epoch FROM e.time) * 1000)::bigint AS "placedTime"
       FROM ledger_inbox i
       LEFT JOIN ledger_call c ON c.tenant = i.tenant AND c.intent_id = i.intent_id
       LEFT JOIN ledger_entry e ON e.tenant = i.tenant AND e.entry_id = i.entry_id
      WHERE i.tenant = ANY($1::uuid[]) AND NOT i.refused ORDER BY i.seq LIMIT $2`,
    [tenants, limit],
  );
}

export async function placeInbox(tx: Transaction, rows: readonly InboxPlacement[]): Promise<void> {
  await tx.query(
    `WITH taken AS (
       DELETE FROM ledger_inbox i USING unnest($1::uuid[], $2::bigint[]) AS p(tenant, seq)
        WHERE i.tenant = p.tenant AND i.seq = p.seq RETURNING i.*)
     INSERT INTO ledger_entry
            (tenant, index, entry_id, time, kind, leaf_hash, header, ciphertext, wrap, erasure_key, salt, facts)
     SELECT i.tenant, p.index, i.entry_id, p.time, i.kind, substring($7::bytea FROM p.at FOR 32),
            substring($7::bytea FROM p.at + 32 FOR p.header), i.ciphertext, i.wrap, i.erasure_key, i.salt, i.facts
       FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::int[], $6::int[])
         AS p(tenant, seq, index, time, at, header)
       JOIN taken i ON i.tenant = p.tenant AND i.seq = p.seq`,
    [
      rows.map((row) => row.tenant),
      rows.map((row) => row.seq),
      rows.map((row) => row.index),
      rows.map((row) => row.time),
      offsets(rows.map((row) => 32 + row.header.length)),
      rows.map((row) => row.header.length),
      Buffer.concat(rows.flatMap((row) => [row.leafHash, row.header])),
    ],
  );
}

/** Removes inbox rows whose entry already stands. */
export async function dropInbox(tx: Transaction, rows: readonly { tenant: TenantId; seq: number }[]): Promise<void> {
  await tx.query(
    `DELETE FROM ledger_inbox i USING unnest($1::uuid[], $2::bigint[]) AS p(tenant, seq)
      WHERE i.tenant = p.tenant AND i.seq = p.seq`,
    [rows.map((row) => row.tenant), rows.map((row) => row.seq)],
  );
}

/** Sets rows apart that can never become entries. */
export async function refuseInbox(tx: Transaction, rows: readonly { tenant: TenantId; seq: number }[]): Promise<void> {
  await tx.query(
    `UPDATE ledger_inbox i SET refused = true FROM unnest($1::uuid[], $2::bigint[]) AS p(tenant, seq)
      WHERE i.tenant = p.tenant AND i.seq = p.seq`,
    [rows.map((row) => row.tenant), rows.map((row) => row.seq)],
  );
}

/** Entries that already stand under these ids. */
export async function findPlaced(
  tx: Transaction,
  ids: readonly { readonly tenant: TenantId; readonly entryId: string }[],
): Promise<PlacedRow[]> {
  return tx.query<PlacedRow>(
    `SELECT e.tenant, e.entry_id AS "entryId", e.kind, e.index, (extract(epoch FROM e.time) * 1000)::bigint AS time
       FROM unnest($1::uuid[], $2::uuid[]) AS w(tenant, id) JOIN ledger_entry e ON e.tenant = w.tenant AND e.entry_id = w.id`,
    [ids.map((row) => row.tenant), ids.map((row) => row.entryId)],
  );
}

/** Which of these ids wait in the inbox, set-apart rows not counted. */
export async function findWaiting(
  tx: Transaction,
  ids: readonly { readonly tenant: TenantId; readonly entryId: string }[],
): Promise<{ tenant: TenantId; entryId: string }[]> {
  return tx.query(
    `SELECT i.tenant, i.entry_id AS "entryId"
       FROM unnest($1::uuid[], $2::uuid[]) AS w(tenant, id) JOIN ledger_inbox i ON i.tenant = w.tenant AND i.entry_id = w.id
      WHERE NOT i.refused`,
    [ids.map((row) => row.tenant), ids.map((row) => row.entryId)],
  );
}

export interface CallRef {
  readonly tenant: TenantId;
  readonly intentId: string;
}

export async function findOpenCalls(tx: Transaction, calls: readonly CallRef[]): Promise<CallRef[]> {
  return tx.query<CallRef>(
    `SELECT c.tenant, c.intent_id AS "intentId"
       FROM unnest($1::uuid[], $2::uuid[]) AS w(tenant, id) JOIN ledger_call c ON c.tenant = w.tenant AND c.intent_id = w.id`,
    [calls.map((call) => call.tenant), calls.map((call) => call.intentId)],
  );
}

export async function openCalls(tx: Transaction, process: string, calls: readonly CallRef[]): Promise<void> {
  await tx.query(
    'INSERT INTO ledger_call (tenant, intent_id, process) SELECT t, i, $3 FROM unnest($1::uuid[], $2::uuid[]) AS c(t, i)',
    [calls.map((call) => call.tenant), calls.map((call) => call.intentId), process],
  );
}

export async function closeCalls(tx: Transaction, calls: readonly CallRef[]): Promise<void> {
  await tx.query(
    `DELETE FROM ledger_call c USING unnest($1::uuid[], $2::uuid[]) AS w(tenant, id)
      WHERE c.tenant = w.tenant AND c.intent_id = w.id`,
    [calls.map((call) => call.tenant), calls.map((call) => call.intentId)],
  );
}
