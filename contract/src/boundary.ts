// What became of a call (docs/formats/decision.md).
import { z } from 'zod';
import { Pattern } from './context.ts';
import { Count, Id, IdParams, LedgerIndex, Time } from './fields.ts';
import type { Route } from './route.ts';

/** One try of one service for a call: `ok`, the code of what went wrong, or `breaker_open` where it was passed over. */
const Attempt = z.strictObject({ service: z.string(), code: z.string(), ms: Count });

/** What became of a call: facts of its two ledger entries. What an entry does not say is null. `outcome` is null while it runs. */
export const RequestRecord = z
  .strictObject({
    id: Id,
    decision: z.string(),
    service: z
      .string()
      .nullable()
      .meta({ description: 'The first choice; `outcome.service` is the one that was asked last.' }),
    pattern: Pattern.nullable(),
    capability: z.string().nullable(),
    policy: z.string().nullable().meta({ description: 'Policy and version that decided.' }),
    registry: z.string().nullable().meta({ description: 'Version of services and agreements that it decided over.' }),
    obligations: z.array(z.string()),
    routes: z
      .array(z.strictObject({ service: z.string(), pattern: Pattern }))
      .meta({ description: 'Every way that was allowed, in order.' }),
    startedAt: Time,
    intentIndex: LedgerIndex,
    outcome: z
      .strictObject({
        status: z.enum(['complete', 'refused', 'failed', 'aborted', 'interrupted', 'unknown']),
        code: z.string(),
        service: z.string().nullable(),
        httpStatus: Count.nullable().meta({
          description: 'Where the service refused the request: its answer’s status.',
        }),
        index: LedgerIndex,
        endedAt: Time,
        ms: Count.meta({ description: 'Milliseconds between the two entries.' }),
        attempts: z.array(Attempt).meta({ description: 'Retries and fallbacks in order.' }),
        usage: z.strictObject({
          inputTokens: Count.nullable(),
          cachedInputTokens: Count.nullable(),
          outputTokens: Count.nullable(),
          audioMs: Count.nullable(),
        }),
        cost: z.string().nullable().meta({ description: 'Decimal US dollars.' }),
        stream: z
          .strictObject({ frames: Count, bytes: Count })
          .nullable()
          .meta({ description: 'Of an answer that left in segments: what of it is recorded.' }),
      })
      .nullable(),
  })
  .meta({ id: 'RequestRecord' });
export type RequestRecord = z.infer<typeof RequestRecord>;

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
