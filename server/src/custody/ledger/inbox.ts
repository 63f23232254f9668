// The inbox: an entry is written in the transaction of the state it speaks of, and moved into the tree right after
// (docs/decisions/0031). Whoever dies in between leaves a row that the next process drains.
import { isProblem, ProblemError } from '@cordon/contract';
import { canonicalText } from '@cordon/proofs';
import type { Json } from '@cordon/proofs';
import type { TenantId } from '#kernel/ids.ts';
import type { Store, Transaction } from '#platform/store/store.ts';
import type { EntryDraft } from './draft.ts';
import { findEntry, findWaitingTenants, holdProcessAsTenant, insertInbox } from './inbox.queries.ts';
import type { Appended } from './ledger.ts';
import { appended } from './plan.ts';
import type { Sequencer } from './sequencer.ts';

/** Puts the entry into the caller's transaction. Errors: `ledger_unavailable` when this process was declared dead. */
export async function enqueueDraft(tx: Transaction, process: string, draft: EntryDraft): Promise<void> {
  const [held] = await Promise.all([
    // Only the outcome of a call can collide with what another process does about the dead.
    draft.intentId === null ? true : holdProcessAsTenant(tx, process),
    insertInbox(tx, {
      tenant: draft.tenant,
      entryId: draft.entryId,
      kind: draft.kind,
      intentId: draft.intentId,
      draft: canonicalText(draft.members as unknown as Json),
      facts: draft.facts?.json ?? null,
      salt: draft.facts?.salt ?? null,
      ciphertext: draft.sealed?.ciphertext ?? null,
      erasureKey: draft.sealed?.wrap.erasureKey ?? null,
      wrap: draft.sealed?.wrap.wrapped ?? null,
    }),
  ]);
  if (!held) throw new ProblemError('ledger_unavailable');
}

export interface InboxParts {
  readonly store: Store;
  readonly sequencer: Sequencer;
}

/** Waits until the entry has its place. Errors: `not_found` when no such entry was committed; those of the ledger. */
export async function settleEntry(parts: InboxParts, tenant: TenantId, entryId: string): Promise<Appended> {
  for (;;) {
    const { settled, more } = await parts.sequencer.drain(tenant);
    const outcome = settled.get(entryId);
    if (isProblem(outcome)) throw outcome;
    if (outcome !== undefined) return outcome;
    // Another process, or an earlier drain, was faster.
    const standing = await readEntry(parts.store, tenant, entryId);
    if (standing !== null) return standing;
    if (!more) throw new ProblemError('not_found');
  }
}

async function readEntry(store: Store, tenant: TenantId, entryId: string): Promise<Appended | null> {
  try {
    const row = await store.asLedger((tx) => findEntry(tx, tenant, entryId));
    return row === null ? null : appended(row);
  } catch (error) {
    throw new ProblemError('ledger_unavailable', {}, error);
  }
}

/** Drains every tenant that has something waiting: at start and by timer, for those whose process died before `settle`. */
export async function drainAll(parts: InboxParts): Promise<void> {
  const tenants = await parts.store.asLedger(findWaitingTenants);
  await Promise.all(
    tenants.map(async (tenant) => {
      for (;;) if (!(await parts.sequencer.drain(tenant)).more) return;
    }),
  );
}
