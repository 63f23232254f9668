// A state change and the entries that speak of it: one transaction, both or neither (spec walks.md, "A visit").
import type { TenantId } from '#kernel/ids.ts';
import type { Store, Transaction } from '#platform/store/store.ts';
import type { AppendRequest, Ledger } from './ledger.ts';

export type RecordEntry = (request: Omit<AppendRequest, 'tenant'>) => Promise<void>;

export interface RecordingParts {
  readonly store: Store;
  readonly ledger: Ledger;
}

/**
 * Runs `work` in a transaction of the tenant. Entries recorded in it are committed with it; the promise resolves when
 * each has its index. Errors: what `work` throws (nothing is kept), every store and ledger error.
 */
export async function recorded<T>(
  parts: RecordingParts,
  tenant: TenantId,
  work: (tx: Transaction, record: RecordEntry) => Promise<T>,
): Promise<T> {
  const entries: string[] = [];
  const result = await parts.store.asTenant(tenant, (tx) => {
    entries.length = 0;
    return work(tx, async (request) => {
      const { entryId } = await parts.ledger.enqueue(tx, { tenant, ...request });
      entries.push(entryId);
    });
  });
  for (const entryId of entries) await parts.ledger.settle(tenant, entryId);
  return result;
}
