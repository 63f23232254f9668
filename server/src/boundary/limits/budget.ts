// What a key or a whole tenant may use, and who is held to which (spec boundary §5). Pure.

export interface Budget {
  /** Calls begun in a minute of the clock; null: no limit, as in every member. */
  readonly callsPerMinute: number | null;
  /** Calls under way at one time, over all processes. */
  readonly concurrent: number | null;
  /** Integer cents of a US dollar in a calendar month (UTC). */
  readonly centsPerMonth: number | null;
  /** Tokens of language models, in and out, in a calendar month (UTC). */
  readonly tokensPerMonth: number | null;
}

export const UNLIMITED: Budget = {
  callsPerMinute: null,
  concurrent: null,
  centsPerMonth: null,
  tokensPerMonth: null,
};

export const NANO_PER_CENT = 10_000_000;

/** One who is held to a budget. */
export interface Holder {
  /** `key:<id>` or `tenant`. */
  readonly name: string;
  readonly budget: Budget;
}

export const TENANT_HOLDER = 'tenant';

export function keyHolder(id: string): string {
  return `key:${id}`;
}

/** Rows and callers of an earlier version name fewer limits: what is not named is none. */
export function budgetOf(named: Partial<Budget>): Budget {
  return { ...UNLIMITED, ...named };
}
