// Budgets on the wire: what a key or the whole tenant may use, and what of it is used (spec boundary §5, docs/formats/costs.md §2).
import { z } from 'zod';
import { Count, IdParams } from './fields.ts';
import type { Route } from './route.ts';

/** A thousand calls for each of a thousand clinicians. */
const MOST_CALLS = 1_000_000;
/** Nine million dollars: in nano-dollars the most that a number holds exactly. */
const MOST_CENTS = 900_000_000;
const MOST_TOKENS = 1_000_000_000_000;

const limit = (least: number, most: number) => z.number().int().min(least).max(most).nullable();

/** What is null is not limited. */
export const Budget = z
  .strictObject({
    callsPerMinute: limit(1, MOST_CALLS).meta({ description: 'Calls begun in a minute of the clock.' }),
    concurrent: limit(1, MOST_CALLS).meta({ description: 'Calls under way at one time, over all server processes.' }),
    centsPerMonth: limit(0, MOST_CENTS).meta({ description: 'Cents of a US dollar in a calendar month (UTC).' }),
    tokensPerMonth: limit(0, MOST_TOKENS).meta({
      description: 'Tokens of language models, in and out, in a calendar month (UTC).',
    }),
  })
  .meta({ id: 'Budget' });

/** What is left out is not limited. */
const { callsPerMinute, concurrent, centsPerMonth, tokensPerMonth } = Budget.shape;
export const BudgetWish = z.strictObject({
  callsPerMinute: callsPerMinute.exactOptional(),
  concurrent: concurrent.exactOptional(),
  centsPerMonth: centsPerMonth.exactOptional(),
  tokensPerMonth: tokensPerMonth.exactOptional(),
});

export const BudgetState = z
  .strictObject({
    limits: Budget,
    used: z
      .strictObject({
        callsThisMinute: Count.nullable(),
        underWay: Count.nullable(),
        dollarsThisMonth: z.string().nullable(),
        tokensThisMonth: Count.nullable(),
      })
      .meta({
        description:
          'Null: not limited, so not counted. What a call under way has set aside, and what other server processes hold ready, counts as used.',
      }),
  })
  .meta({ id: 'BudgetState' });
export type BudgetState = z.infer<typeof BudgetState>;

const state = {
  status: 200,
  description: 'Limits and use.',
  content: [{ kind: 'json', schema: BudgetState }],
} as const;
const CONFIGURATION = { none: 'Configuration and counts, no patient content.' } as const;

export const budgetRoutes = {
  getBudget: {
    method: 'GET',
    path: '/api/budget',
    summary: 'See what the whole tenant may use, and what of it is used',
    tag: 'boundary',
    audience: 'both',
    permission: 'tenant.read',
    replies: [state],
    errors: [],
    ledger: CONFIGURATION,
  },
  setBudget: {
    method: 'PUT',
    path: '/api/budget',
    summary: 'Set what the whole tenant may use',
    tag: 'boundary',
    audience: 'person',
    permission: 'tenant.manage',
    body: { kind: 'json', schema: BudgetWish },
    replies: [state],
    errors: ['reauthentication_required'],
    ledger: { kind: 'configuration.changed' },
  },
  getKeyBudget: {
    method: 'GET',
    path: '/api/api-keys/{id}/budget',
    summary: 'See what an API key may use, and what of it is used',
    tag: 'people',
    audience: 'person',
    permission: 'apikey.read',
    params: IdParams,
    replies: [state],
    errors: [],
    ledger: CONFIGURATION,
  },
  setKeyBudget: {
    method: 'PUT',
    path: '/api/api-keys/{id}/budget',
    summary: 'Set what an API key may use; holds for calls that begin from then on',
    tag: 'people',
    audience: 'person',
    permission: 'apikey.update',
    params: IdParams,
    body: { kind: 'json', schema: BudgetWish },
    replies: [state],
    errors: ['reauthentication_required'],
    ledger: { kind: 'apikey.changed' },
  },
} as const satisfies Record<string, Route>;
