// A state change and the entries that speak of it: one transaction, both or neither (spec walks.md, "A visit").
import { isProblem, ProblemError } from '@cordon/contract';
import type { TenantId } from '#kernel/ids.ts';
import type { Store, Transaction } from '#platform/store/store.ts';
import type { AppendRequest, Ledger } from './ledger.ts';
import { ledgerState } from './state.queries.ts';

export type RecordEntry = (request: Omit<AppendRequest, 'tenant'>) => Promise<void>;

export interface RecordingParts {
  readonly store: Store;
  readonly ledger: Ledger;
}

/**
 * What two people need to do to reopen a ledger that is read-only after a restore: sign in and approve. These entries
 * wait, durable, in the inbox and get their index when the ledger is open again; everything else is refused until then.
 */
const MAY_WAIT: ReadonlySet<string> = new Set([
  'session.opened',
  'session.closed',
  'person.reauthenticated',
  'person.locked',
  'approval.requested',
  'approval.decided',
]);

/**
 * Runs `work` in a transaction of the tenant. Entries recorded in it are committed with it; the promise resolves when
 * each has its index. Errors: what `work` throws (nothing is kept), every store and ledger error.
 */
export async function recorded<T>(
  parts: RecordingParts,
  tenant: TenantId,
  work: (tx: Transaction, record: RecordEntry) => Promise<T>,
): Promise<T> {
  const entries: { readonly id: string; readonly kind: string }[] = [];
  const result = await parts.store.asTenant(tenant, (tx) => {
    entries.length = 0;
    return work(tx, async (request) => {
      if (!MAY_WAIT.has(request.kind)) await mustBeOpen(tx);
      const { entryId } = await parts.ledger.enqueue(tx, { tenant, ...request });
      entries.push({ id: entryId, kind: request.kind });
    });
  });
  for (const { id, kind } of entries) await settleOrWait(parts.ledger, tenant, id, kind);
  return result;
}

/** A stopped ledger refuses before the state changes: nothing is done that could only be recorded later. */
async function mustBeOpen(tx: Transaction): Promise<void> {
  const state = await ledgerState(tx);
  if (state === 'read_only') throw new ProblemError('ledger_read_only');
  if (state === 'diverged') throw new ProblemError('ledger_diverged');
}

async function settleOrWait(ledger: Ledger, tenant: TenantId, id: string, kind: string): Promise<void> {
  try {
    await ledger.settle(tenant, id);
  } catch (error) {
    if (!MAY_WAIT.has(kind) || !isProblem(error) || error.code !== 'ledger_read_only') throw error;
  }
}
