// What became of a call (docs/formats/decision.md).
import { z } from 'zod';
import { Pattern } from './context.ts';
import { Id, IdParams, LedgerIndex, Time } from './fields.ts';
import type { Route } from './route.ts';

/** What became of a call. `outcome` is null while it runs. */
export const RequestRecord = z
  .strictObject({
    id: Id,
    decision: z.string(),
    service: z.string().nullable(),
    pattern: Pattern.nullable(),
    startedAt: Time,
    intentIndex: LedgerIndex,
    outcome: z
      .strictObject({
        status: z.enum(['complete', 'refused', 'failed', 'aborted', 'interrupted', 'unknown']),
        index: LedgerIndex,
        endedAt: Time,
      })
      .nullable(),
  })
  .meta({ id: 'RequestRecord' });

export const boundaryRoutes = {
  getRequest: {
    method: 'GET',
    path: '/api/requests/{id}',
    summary: 'What became of a call, by its Cordon-Request-Id',
    tag: 'boundary',
    audience: 'both',
    permission: 'request.read',
    params: IdParams,
    replies: [{ status: 200, description: 'The record.', content: [{ kind: 'json', schema: RequestRecord }] }],
    errors: [],
    ledger: { none: 'Decision and ledger positions, no content.' },
  },
} as const satisfies Record<string, Route>;
