// SQL of new entries: insert them into locked ledgers, or append a whole batch in one statement on the belief that the heads are known.
import type { TenantId } from '#kernel/ids.ts';
import type { SqlValue, Transaction } from '#platform/store/store.ts';
import type { CallRef, Head } from './batch.queries.ts';
import { arrayText, offsets, Packed } from './packed.ts';

/** A row of ledger_entry that came with this batch. */
export interface EntryRow {
  readonly tenant: TenantId;
  readonly index: number;
  readonly entryId: string;
  readonly time: string;
  readonly kind: string;
  readonly header: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly sealed: {
    readonly ciphertext: Uint8Array;
    readonly erasureKey: string;
    readonly wrapped: Uint8Array;
  } | null;
  readonly facts: { readonly json: string; readonly salt: Uint8Array } | null;
}

/** Columns of new entries out of the parameters that `entryValues` gives; the last of them is the concatenation. */
function entryColumns(first: number): { readonly from: string; readonly select: string } {
  const p = (at: number): string => `$${first + at}`;
  const blob = `${p(12)}::bytea`;
  return {
    select: `tenant, index, entry_id, time, kind, erasure_key,
            substring(${blob} FROM at FOR 32),
            substring(${blob} FROM at + 32 FOR h),
            CASE WHEN b > 0 THEN substring(${blob} FROM at + 32 + h FOR b) END,
            CASE WHEN b > 0 THEN substring(${blob} FROM at + 32 + h + b FOR w) END,
            CASE WHEN f > 0 THEN substring(${blob} FROM at + 32 + h + b + w FOR s) END,
            CASE WHEN f > 0 THEN convert_from(substring(${blob} FROM at + 32 + h + b + w + s FOR f), 'UTF8')::jsonb END`,
    from: `unnest(${p(0)}::uuid[], ${p(1)}::bigint[], ${p(2)}::uuid[], ${p(3)}::timestamptz[], ${p(4)}::text[], ${p(5)}::text[],
                  ${p(6)}::int[], ${p(7)}::int[], ${p(8)}::int[], ${p(9)}::int[], ${p(10)}::int[], ${p(11)}::int[])
             AS r(tenant, index, entry_id, time, kind, erasure_key, at, h, b, w, s, f)`,
  };
}

function entryValues(rows: readonly EntryRow[]): SqlValue[] {
  const packed = new Packed();
  const numbers: readonly [number[], number[], number[], number[], number[], number[]] = [[], [], [], [], [], []];
  const [at, header, ciphertext, wrap, salt, facts] = numbers;
  for (const row of rows) {
    at.push(packed.next);
    packed.push(row.leafHash);
    header.push(packed.push(row.header));
    ciphertext.push(packed.push(row.sealed?.ciphertext ?? null));
    wrap.push(packed.push(row.sealed?.wrapped ?? null));
    salt.push(packed.push(row.facts?.salt ?? null));
    facts.push(packed.push(row.facts === null ? null : Buffer.from(row.facts.json)));
  }
  return [
    arrayText(rows.map((row) => row.tenant)),
    arrayText(rows.map((row) => row.index)),
    arrayText(rows.map((row) => row.entryId)),
    arrayText(rows.map((row) => row.time)),
    arrayText(rows.map((row) => row.kind)),
    rows.map((row) => row.sealed?.erasureKey ?? null),
    ...numbers.map(arrayText),
    packed.bytes(),
  ];
}

const INTO_ENTRY = `INSERT INTO ledger_entry
            (tenant, index, entry_id, time, kind, erasure_key, leaf_hash, header, ciphertext, wrap, salt, facts)`;
const INSERT_ENTRIES = `${INTO_ENTRY} SELECT ${entryColumns(1).select} FROM ${entryColumns(1).from}`;

export async function insertEntries(tx: Transaction, rows: readonly EntryRow[]): Promise<void> {
  await tx.query(INSERT_ENTRIES, entryValues(rows));
}

// Everything hangs on `sure`: it is false when a head is not the expected one, and then nothing at all is written. Expected
// means the same root: another process may have added just as many entries as an earlier batch of ours that came to nothing.
// The heads are locked first and read as they are once the lock is got; a data-modifying WITH runs after what it refers to.
// The calls to close are looked up without a lock: whoever else closes one appends an entry for it, and then the root differs.
// The commit does not wait for the disk (the setting is this transaction's alone), so the heads are free for the next batch while
// this one is being flushed: nothing counts as written before `isDurable` has said so.
const APPEND_ONCE = `
  WITH me AS (SELECT id FROM ledger_process WHERE id = $1 AND alive FOR KEY SHARE),
       closing AS (
         SELECT c.tenant, c.intent_id FROM unnest($12::uuid[], $13::uuid[]) AS w(tenant, id)
           JOIN ledger_call c ON c.tenant = w.tenant AND c.intent_id = w.id),
       next AS (
         SELECT * FROM unnest($2::uuid[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[], $7::int[], $8::int[])
           AS n(tenant, epoch, expected, size, time_ms, at, frontier)),
       locked AS (
         SELECT tenant, epoch, size, root, state FROM ledger_head WHERE tenant = ANY($2::uuid[]) ORDER BY tenant FOR UPDATE),
       sure AS (
         SELECT (SELECT count(*) FROM me) = 1 AND count(*) = cardinality($2::uuid[])
                AND (SELECT count(*) FROM closing) = cardinality($13::uuid[]) AS sure
           FROM locked l JOIN next n ON n.tenant = l.tenant AND n.epoch = l.epoch AND n.expected = l.size
           AND substring($9::bytea FROM n.at FOR 32) = l.root
          WHERE l.state = 'open'),
       moved AS (
         UPDATE ledger_head h
            SET size = n.size, last_time = to_timestamp(n.time_ms / 1000.0),
                root = substring($9::bytea FROM n.at + 32 FOR 32), frontier = substring($9::bytea FROM n.at + 64 FOR n.frontier)
           FROM next n WHERE h.tenant = n.tenant AND (SELECT sure FROM sure)),
       opened AS (
         INSERT INTO ledger_call (tenant, intent_id, process)
         SELECT t, i, $1 FROM unnest($10::uuid[], $11::uuid[]) AS c(t, i) WHERE (SELECT sure FROM sure)),
       closed AS (
         DELETE FROM ledger_call c USING closing w
          WHERE c.tenant = w.tenant AND c.intent_id = w.intent_id AND (SELECT sure FROM sure)),
       written AS (${INTO_ENTRY}
         SELECT ${entryColumns(14).select} FROM ${entryColumns(14).from} WHERE (SELECT sure FROM sure))
  SELECT sure, set_config('synchronous_commit', 'off', true) FROM sure`;

/** A move from a head that this process believes to be the current one. */
export interface ExpectedMove {
  readonly from: Head;
  readonly to: Head;
}

/**
 * A whole batch in one statement that is its own transaction, on the belief that the heads are as this process left them. False,
 * and nothing written, when they are not, or when this process was declared dead. True: visible, and not yet durable.
 */
export async function appendOnce(
  tx: Transaction,
  process: string,
  moves: readonly ExpectedMove[],
  calls: { readonly opened: readonly CallRef[]; readonly closed: readonly CallRef[] },
  rows: readonly EntryRow[],
): Promise<boolean> {
  const heads = moves.map((move) => move.to);
  const [answer] = await tx.query<{ sure: boolean }>(APPEND_ONCE, [
    process,
    heads.map((head) => head.tenant),
    heads.map((head) => head.epoch),
    moves.map((move) => move.from.size),
    heads.map((head) => head.size),
    heads.map((head) => head.lastTime),
    offsets(heads.map((head) => 64 + head.frontier.length)),
    heads.map((head) => head.frontier.length),
    Buffer.concat(moves.flatMap(({ from, to }) => [from.root, to.root, to.frontier])),
    arrayText(calls.opened.map((call) => call.tenant)),
    arrayText(calls.opened.map((call) => call.intentId)),
    arrayText(calls.closed.map((call) => call.tenant)),
    arrayText(calls.closed.map((call) => call.intentId)),
    ...entryValues(rows),
  ]);
  return answer?.sure === true;
}

/**
 * Whether the entry stands, said when it is durable; for a transaction of its own, after that of `appendOnce`. The message gives this
 * transaction a commit record, which PostgreSQL flushes before it answers, and with it all of its log before. Only a transaction that
 * saw the entry vouches for it: had PostgreSQL crashed in between, this one would run, through a pooler, on a server that has lost it.
 */
export async function isDurable(tx: Transaction, entry: EntryRow | undefined): Promise<boolean> {
  if (entry === undefined) return false;
  const rows = await tx.query(
    `SELECT pg_logical_emit_message(true, 'cordon', '') IS NOT NULL FROM ledger_entry
      WHERE tenant = $1 AND index = $2 AND entry_id = $3`,
    [entry.tenant, entry.index, entry.entryId],
  );
  return rows.length === 1;
}
