// Rate limits and budgets that hold over all server processes (spec boundary §5). A process leases a part of what a limit leaves and
// spends it in memory: the limit is never passed, and a call costs no query. What a killed process had leased is lost to its window,
// a hundredth of the limit at most (docs/decisions/0131).
import type { TenantId } from '#kernel/ids.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Store } from '#platform/store/store.ts';
import { leaseAllowance, returnAllowance, takenOf, type Account } from './allowance.queries.ts';

/** Parts of a limit that are leased at a time. */
const LEASES_PER_LIMIT = 100;
/** Accounts of a process at one time; those of windows that have passed are dropped first. */
const MOST_ACCOUNTS = 20_000;

/** What is limited: whole calls, nano-dollars or tokens in a window. */
export interface Limit {
  readonly tenant: TenantId;
  /** `key:<id>` or `tenant`. */
  readonly holder: string;
  readonly unit: Account['unit'];
  readonly most: number;
}

/** A part of a limit that was taken for one call. */
export interface Taken {
  readonly limit: Limit;
  readonly windowStart: string;
  readonly amount: number;
}

interface Lease {
  readonly tenant: TenantId;
  readonly account: Account;
  left: number;
  /** One process asks for one lease of an account at a time. */
  asking: Promise<number> | null;
}

export class Allowances {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #leases = new Map<string, Lease>();

  constructor(parts: { readonly store: Store; readonly clock: Clock }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
  }

  /** All of them or none; of the first that does not hold its amount `refuse` makes what is thrown. */
  async takeAll(
    wanted: readonly { readonly limit: Limit; readonly amount: number }[],
    refuse: (limit: Limit) => Error,
  ): Promise<readonly Taken[]> {
    const taken: Taken[] = [];
    for (const { limit, amount } of wanted) {
      const part = await this.take(limit, amount);
      if (part === null) {
        for (const earlier of taken) this.giveBack(earlier, earlier.amount);
        throw refuse(limit);
      }
      taken.push(part);
    }
    return taken;
  }

  /** Null when the limit does not hold the amount. */
  async take(limit: Limit, amount: number): Promise<Taken | null> {
    const windowStart = windowOf(limit.unit, this.#clock.now());
    const lease = this.#leaseOf(limit, windowStart);
    while (lease.left < amount) {
      const wanted = Math.max(amount - lease.left, Math.ceil(limit.most / LEASES_PER_LIMIT));
      lease.asking ??= this.#lease(limit, lease, wanted);
      const got = await lease.asking;
      if (got === 0 && lease.left < amount) return null;
    }
    lease.left -= amount;
    return { limit, windowStart, amount };
  }

  /** What was taken and not needed; negative when more was needed than was taken. */
  giveBack({ limit, windowStart }: Taken, amount: number): void {
    this.#leaseOf(limit, windowStart).left += amount;
  }

  /** Seconds until the window of this unit ends. */
  secondsLeft(unit: Account['unit']): number {
    const now = this.#clock.now();
    const end =
      unit === 'calls'
        ? Math.floor(now.getTime() / 60_000) * 60_000 + 60_000
        : Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
    return Math.max(1, Math.ceil((end - now.getTime()) / 1000));
  }

  /** Used in the present window; what other processes have leased and not used counts as used. */
  async used({ tenant, holder, unit }: Omit<Limit, 'most'>): Promise<number> {
    const windowStart = windowOf(unit, this.#clock.now());
    const taken = await this.#store.asTenant(tenant, (tx) => takenOf(tx, { holder, unit, windowStart }));
    const left = this.#leases.get(nameOf({ tenant, holder, unit }, windowStart))?.left ?? 0;
    return Math.max(0, taken - left);
  }

  /** Before the process ends: what it leased and did not use is for others. */
  async returnAll(): Promise<void> {
    const held = [...this.#leases.values()].filter((lease) => lease.left > 0);
    this.#leases.clear();
    for (const { tenant, account, left } of held) {
      await this.#store.asTenant(tenant, (tx) => returnAllowance(tx, account, left)).catch(() => undefined);
    }
  }

  #leaseOf({ tenant, holder, unit }: Limit, windowStart: string): Lease {
    const name = nameOf({ tenant, holder, unit }, windowStart);
    const known = this.#leases.get(name);
    if (known !== undefined) return known;
    if (this.#leases.size >= MOST_ACCOUNTS) this.#dropPassed();
    const lease: Lease = { tenant, account: { holder, unit, windowStart }, left: 0, asking: null };
    this.#leases.set(name, lease);
    return lease;
  }

  async #lease(limit: Limit, lease: Lease, wanted: number): Promise<number> {
    try {
      const got = await this.#store.asTenant(limit.tenant, (tx) =>
        leaseAllowance(tx, lease.account, limit.most, wanted),
      );
      lease.left += got;
      return got;
    } finally {
      lease.asking = null;
    }
  }

  #dropPassed(): void {
    const now = this.#clock.now();
    for (const [name, { account }] of this.#leases)
      if (account.windowStart !== windowOf(account.unit, now)) this.#leases.delete(name);
  }
}

function nameOf({ tenant, holder, unit }: Omit<Limit, 'most'>, windowStart: string): string {
  return `${tenant}/${holder}/${unit}/${windowStart}`;
}

function windowOf(unit: Account['unit'], now: Date): string {
  return now.toISOString().slice(0, unit === 'calls' ? 16 : 7);
}
