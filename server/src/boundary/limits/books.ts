// What a holder may use and has used, for people (spec boundary §5).
import { dollarText } from '#boundary/costs/money.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Allowances, Limit } from './allowances.ts';
import type { Budget, Holder } from './budget.ts';
import type { Budgets } from './budgets.ts';
import type { SharedPlaces } from './shared-places.ts';

export interface BudgetBooks {
  readonly budgets: Budgets;
  readonly allowances: Allowances;
  readonly shared: SharedPlaces;
}

/** What is not limited is not counted: null. What other processes hold ready and have not used counts as used. */
export interface BudgetUse {
  readonly limits: Budget;
  readonly used: {
    readonly callsThisMinute: number | null;
    readonly underWay: number | null;
    /** Decimal US dollars. */
    readonly dollarsThisMonth: string | null;
    readonly tokensThisMonth: number | null;
  };
}

export async function useOf(
  { allowances, shared }: BudgetBooks,
  tenant: TenantId,
  { name: holder, budget: limits }: Holder,
): Promise<BudgetUse> {
  const used = async (limit: number | null, unit: Limit['unit']): Promise<number | null> =>
    limit === null ? null : allowances.used({ tenant, holder, unit });
  const nano = await used(limits.centsPerMonth, 'nano-dollars');
  return {
    limits,
    used: {
      callsThisMinute: await used(limits.callsPerMinute, 'calls'),
      underWay: limits.concurrent === null ? null : await shared.underWay(tenant, holder),
      dollarsThisMonth: nano === null ? null : dollarText(BigInt(Math.round(nano))),
      tokensThisMonth: await used(limits.tokensPerMonth, 'tokens'),
    },
  };
}
