// What this process believes the heads to be after its own batches, those on their way included. A batch planned on belief
// needs one round trip; it is checked under the lock and costs nothing but that trip when another process was faster.
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import { planOnBelief } from './batch.ts';
import type { Head } from './batch.queries.ts';
import type { EntryDraft } from './draft.ts';
import { entryKey } from './plan.ts';
import type { BatchPlan } from './plan.ts';

export interface BelievedPlan {
  readonly plan: BatchPlan;
  readonly heads: readonly Head[];
}

export interface Belief {
  /** Plans on the believed heads and believes the outcome; null when some head is not known. */
  plan(clock: Clock, drafts: readonly EntryDraft[]): BelievedPlan | null;
  /** Runs a batch that reads the true heads, and believes what it leaves. */
  ask(work: () => Promise<BatchPlan>): Promise<BatchPlan>;
  /** Whether this process opened the call and has not closed it. `call`: its key. */
  isOpen(call: string): boolean;
  /** Whether more was once committed than this head holds. */
  isBehind(head: Head): boolean;
  /** Another process writes the same ledgers: for some batches the database is asked at once. */
  mistaken(): void;
  forget(): void;
  /** These heads are committed. */
  note(plan: BatchPlan): void;
}

// After a mistake this many batches do not guess: under contention a guess is mostly wrong and costs a round trip.
const CAUTIOUS_BATCHES = 8;
// Heads kept in memory, about 1 kB each.
const HEADS_KEPT = 10_000;
// Open calls kept in memory, about 100 bytes each; more cost their outcomes a look into the database.
const CALLS_KEPT = 100_000;

export function createBelief(): Belief {
  const heads = new Map<TenantId, Head>();
  const committed = new Map<TenantId, { readonly epoch: number; readonly size: number }>();
  const open = new Set<string>();
  let cautious = 0;

  function plan(clock: Clock, drafts: readonly EntryDraft[]): BelievedPlan | null {
    if (cautious > 0) return null;
    const believed: Head[] = [];
    for (const tenant of new Set(drafts.map((draft) => draft.tenant))) {
      const head = heads.get(tenant);
      if (head === undefined) return null;
      believed.push(head);
    }
    const made = planOnBelief(clock, drafts, believed);
    if (made === null) return null;
    believe(made.heads);
    // At once: a second outcome of the same call must not be planned while this one is on its way.
    for (const { tenant, intentId } of made.closed) open.delete(entryKey(tenant, intentId));
    return { plan: made, heads: believed };
  }

  function believe(after: readonly Head[]): void {
    if (heads.size > HEADS_KEPT) heads.clear();
    for (const head of after) heads.set(head.tenant, head);
  }

  function note(plan: BatchPlan): void {
    if (open.size > CALLS_KEPT) open.clear();
    for (const { tenant, intentId } of plan.opened) open.add(entryKey(tenant, intentId));
    for (const { tenant, intentId } of plan.closed) open.delete(entryKey(tenant, intentId));
    if (committed.size > HEADS_KEPT) committed.clear();
    for (const { tenant, epoch, size } of plan.heads) {
      const seen = committed.get(tenant);
      if (seen === undefined || seen.epoch !== epoch || seen.size < size) committed.set(tenant, { epoch, size });
    }
  }

  return {
    plan,
    ask: async (work) => {
      cautious = Math.max(0, cautious - 1);
      const done = await work();
      believe(done.heads);
      note(done);
      return done;
    },
    note,
    isOpen: (call) => open.has(call),
    isBehind: (head) => {
      const seen = committed.get(head.tenant);
      return seen !== undefined && seen.epoch === head.epoch && seen.size > head.size;
    },
    mistaken: () => {
      heads.clear();
      cautious = CAUTIOUS_BATCHES;
    },
    forget: () => heads.clear(),
  };
}
