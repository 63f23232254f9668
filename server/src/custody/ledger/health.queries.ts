// How the ledgers of this installation stand, without saying whose (I6).
import type { Transaction } from '#platform/store/store.ts';
import type { LedgerState } from './batch.queries.ts';

/** The worst state of any tenant: `diverged` before `read_only` before `open`. */
export async function worstState(tx: Transaction): Promise<LedgerState> {
  const rows = await tx.query<{ state: LedgerState }>(
    `SELECT state FROM ledger_head WHERE state <> 'open' ORDER BY (state = 'diverged') DESC LIMIT 1`,
  );
  return rows[0]?.state ?? 'open';
}
