// Budgets stop a call before money is spent (spec boundary §6). Pure arithmetic: what is spent, what calls under way may still cost, and the
// most that the next one can cost. The caller keeps the sums and the order.
import type { NanoDollars } from './money.ts';

/** Calendar spans, UTC. */
export type BudgetSpan = 'day' | 'month';

/** One budget in its present span. A limit that is null is none. */
export interface Budget {
  readonly span: BudgetSpan;
  readonly limit: { readonly nanoDollars: NanoDollars | null; readonly tokens: bigint | null };
  readonly spent: Spending;
  /** Held back for calls under way, each at its worst case. */
  readonly reserved: Spending;
}

export interface Spending {
  readonly nanoDollars: NanoDollars;
  readonly tokens: bigint;
}

/** The most that a call can cost; null where nobody knows. */
export interface WorstCase {
  readonly nanoDollars: NanoDollars | null;
  readonly tokens: bigint | null;
}

export type BudgetAnswer =
  | { readonly allowed: true; readonly reserve: Spending }
  /** `retryAfter`: seconds until the span ends. */
  | { readonly allowed: false; readonly code: 'budget_exhausted'; readonly retryAfter: number };

/** Under every budget that applies, or refused. What a limit is set for must be known: an unknown cost is not below any limit. */
export function admitSpending(budgets: readonly Budget[], worst: WorstCase, now: Date): BudgetAnswer {
  const blocking = budgets.filter((budget) => !fits(budget, worst));
  if (blocking.length > 0) {
    const retryAfter = Math.max(...blocking.map(({ span }) => secondsLeft(span, now)));
    return { allowed: false, code: 'budget_exhausted', retryAfter };
  }
  return { allowed: true, reserve: { nanoDollars: worst.nanoDollars ?? 0n, tokens: worst.tokens ?? 0n } };
}

/** The sums after a call ended: its reservation goes, what it really cost comes; unknown, the reservation stands as spent. */
export function settleSpending(budget: Budget, reserve: Spending, actual: WorstCase): Budget {
  return {
    ...budget,
    spent: {
      nanoDollars: budget.spent.nanoDollars + (actual.nanoDollars ?? reserve.nanoDollars),
      tokens: budget.spent.tokens + (actual.tokens ?? reserve.tokens),
    },
    reserved: {
      nanoDollars: budget.reserved.nanoDollars - reserve.nanoDollars,
      tokens: budget.reserved.tokens - reserve.tokens,
    },
  };
}

/** When the span that holds `at` began; a row of sums is kept per budget and beginning. */
export function spanStart(span: BudgetSpan, at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), span === 'day' ? at.getUTCDate() : 1));
}

function fits({ limit, spent, reserved }: Budget, worst: WorstCase): boolean {
  const within = (most: bigint | null, gone: bigint, held: bigint, next: bigint | null): boolean =>
    most === null || (next !== null && gone + held + next <= most);
  return (
    within(limit.nanoDollars, spent.nanoDollars, reserved.nanoDollars, worst.nanoDollars) &&
    within(limit.tokens, spent.tokens, reserved.tokens, worst.tokens)
  );
}

function secondsLeft(span: BudgetSpan, now: Date): number {
  const start = spanStart(span, now);
  const end =
    span === 'day' ? start.getTime() + 86_400_000 : Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
  return Math.max(1, Math.ceil((end - now.getTime()) / 1000));
}
