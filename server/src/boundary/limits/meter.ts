// What one call may use, asked before it is made and settled when its cost is known.
import { ProblemError } from '@cordon/contract';
import type { Principal } from '#custody/access/principal.ts';
import type { Allowances, Taken } from './allowances.ts';
import type { Places } from './places.ts';

export const NANO_PER_CENT = 10_000_000;

export interface Meter {
  /** Counts the call. Errors: `rate_limited` with the seconds to wait. */
  begin(principal: Principal): Promise<Running>;
}

/** A call that was let in. */
export interface Running {
  /**
   * Sets aside the most that the call can cost; `null`: nobody knows, and then a budget does not let it pass. Errors: `budget_exhausted`.
   */
  reserve(mostNano: number | null): Promise<void>;
  /** The call is over. `costNano`: what it cost; null: unknown, so what was set aside counts as spent. */
  end(costNano: number | null): void;
}

/** For a call whose place and cost are another's to mind. Errors: `rate_limited`. */
export async function countCall(meter: Meter, principal: Principal): Promise<void> {
  const running = await meter.begin(principal);
  running.end(0);
}

export function createMeter(parts: { readonly allowances: Allowances; readonly places: Places }): Meter {
  return { begin: (principal) => begin(parts, principal) };
}

async function begin(
  { allowances, places }: { readonly allowances: Allowances; readonly places: Places },
  principal: Principal,
): Promise<Running> {
  const { tenant } = principal;
  const leave = places.enter(tenant, principal.actor.id);
  try {
    const calls = principal.kind === 'key' ? principal.scopes.budget.callsPerMinute : null;
    const holder = `key:${principal.actor.id}`;
    if (calls !== null && (await allowances.take({ tenant, holder, unit: 'calls', most: calls }, 1)) === null)
      throw new ProblemError('rate_limited', { retryAfter: allowances.secondsLeft('calls'), limit: 'calls' });
  } catch (error) {
    leave();
    throw error;
  }
  let set: Taken | null = null;
  return {
    reserve: async (mostNano) => {
      set = await reserve(allowances, principal, mostNano);
    },
    end: (costNano) => {
      leave();
      if (set !== null && costNano !== null) allowances.giveBack(set, set.amount - costNano);
      set = null;
    },
  };
}

async function reserve(allowances: Allowances, principal: Principal, mostNano: number | null): Promise<Taken | null> {
  const cents = principal.kind === 'key' ? principal.scopes.budget.centsPerMonth : null;
  if (cents === null) return null;
  const { tenant } = principal;
  const limit = {
    tenant,
    holder: `key:${principal.actor.id}`,
    unit: 'nano-dollars',
    most: cents * NANO_PER_CENT,
  } as const;
  const taken = mostNano === null ? null : await allowances.take(limit, mostNano);
  if (taken === null)
    throw new ProblemError('budget_exhausted', { retryAfter: allowances.secondsLeft('nano-dollars') });
  return taken;
}
