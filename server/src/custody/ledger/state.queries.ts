// Whether this tenant's ledger takes entries, read inside a transaction of the tenant.
import type { Transaction } from '#platform/store/store.ts';
import type { LedgerState } from './batch.queries.ts';

/** `open` for a tenant that has no entry yet. */
export async function ledgerState(tx: Transaction): Promise<LedgerState> {
  const rows = await tx.query<{ state: LedgerState }>(
    "SELECT state FROM ledger_head WHERE tenant = current_setting('cordon.tenant')::uuid",
  );
  return rows[0]?.state ?? 'open';
}
