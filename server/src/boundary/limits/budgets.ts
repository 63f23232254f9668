// The budget of a whole tenant, as every call asks for it: read at most once a second, so that a change holds everywhere that soon.
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded, type RecordingParts } from '#custody/ledger/recorded.ts';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import { budgetOf, type Budget } from './budget.ts';
import { readBudget, writeBudget } from './budgets.queries.ts';

/** Milliseconds for which what was read is believed: as long as a key is. */
const BELIEVED_MS = 1_000;

interface Known {
  readonly at: number;
  readonly budget: Promise<Budget>;
}

export interface BudgetParts extends RecordingParts {
  readonly store: Store;
  readonly clock: Clock;
}

export class Budgets {
  readonly #parts: BudgetParts;
  readonly #known = new Map<TenantId, Known>();

  constructor(parts: BudgetParts) {
    this.#parts = parts;
  }

  of(tenant: TenantId): Promise<Budget> {
    const { clock, store } = this.#parts;
    const now = clock.monotonicMs();
    const known = this.#known.get(tenant);
    if (known !== undefined && now - known.at < BELIEVED_MS) return known.budget;
    const budget = store.asTenant(tenant, readBudget).then((row) => budgetOf(row ?? {}));
    this.#known.set(tenant, { at: now, budget });
    budget.catch(() => this.#known.delete(tenant)); // the next call asks again
    return budget;
  }

  /** Holds for calls that begin from now on. */
  async set(tenant: TenantId, actor: ActorRef, budget: Budget): Promise<void> {
    await recorded(this.#parts, tenant, async (tx, record) => {
      await writeBudget(tx, budget, this.#parts.clock.now());
      await record({ kind: 'configuration.changed', actor, detail: { setting: 'budget', ...budget } });
    });
    this.#known.delete(tenant);
  }
}
