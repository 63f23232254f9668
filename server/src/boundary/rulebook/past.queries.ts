// Past decisions from the ledger's facts. As cordon_app. Nothing sealed is read; a pseudonym never leaves the database here.
import type { DecidedFacts } from '#boundary/policy/facts.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface Range {
  /** Indexes, `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly since: Date | null;
  readonly until: Date | null;
}

/** First and last index, the last exclusive, of entries in a window of time. */
export async function rangeOf(
  tx: Transaction,
  since: Date | null,
  until: Date | null,
): Promise<{ readonly from: number; readonly to: number }> {
  // Entries are in order of time, so both ends are found by walking the primary key by halves.
  const size = (await tx.query<{ size: number }>('SELECT size FROM ledger_head'))[0]?.size ?? 0;
  const first = async (moment: Date | null, otherwise: number): Promise<number> => {
    if (moment === null) return otherwise;
    let [low, high] = [0, size];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const rows = await tx.query<{ later: boolean }>('SELECT time >= $2 AS later FROM ledger_entry WHERE index = $1', [
        middle,
        moment,
      ]);
      if (rows[0]?.later === false) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return { from: await first(since, 0), to: await first(until, size) };
}

/** Calls that are decided alike: the same facts between the same two edges. Null: the facts are destroyed, or older than this form. */
export interface Alike extends Omit<DecidedFacts, 'decided'> {
  readonly decided: DecidedFacts['decided'] | null;
  readonly span: number;
  readonly count: number;
  /** The first of them. */
  readonly intentId: string;
  readonly at: Date;
}

/** `edges`: moments between which no record begins or ends, ascending. */
export async function groupAlike(tx: Transaction, range: Range, edges: readonly Date[]): Promise<Alike[]> {
  return tx.query<Alike>(
    `SELECT facts ->> 'purpose' AS purpose, facts ->> 'class' AS class, facts -> 'tags' AS tags, facts ->> 'zone' AS zone,
            facts -> 'decided' AS decided, width_bucket(time, $3::timestamptz[]) AS span,
            count(*) AS count, (array_agg(entry_id))[1] AS "intentId", min(time) AS at
       FROM ledger_entry
      WHERE index >= $1 AND index < $2 AND kind = 'call.intent'
        AND ($4::timestamptz IS NULL OR time >= $4) AND ($5::timestamptz IS NULL OR time < $5)
      GROUP BY facts ->> 'purpose', facts ->> 'class', facts -> 'tags', facts ->> 'zone', facts -> 'decided', 6`,
    [range.from, range.to, edges, range.since, range.until],
  );
}

export interface PastCall {
  readonly index: number;
  readonly entryId: string;
  readonly header: Uint8Array;
  readonly facts: (DecidedFacts & { readonly at: string }) | null;
}

export async function pastCalls(tx: Transaction, range: Range): Promise<PastCall[]> {
  return tx.query<PastCall>(
    `SELECT index, entry_id AS "entryId", header, CASE WHEN facts ? 'decided' THEN facts - 'patient' END AS facts
       FROM ledger_entry
      WHERE index >= $1 AND index < $2 AND kind = 'call.intent'
        AND ($3::timestamptz IS NULL OR time >= $3) AND ($4::timestamptz IS NULL OR time < $4)
      ORDER BY index`,
    [range.from, range.to, range.since, range.until],
  );
}
