// Long work: a job resource and its progress as server-sent events.
import { z } from 'zod';
import { Id, IdParams, Time } from './fields.ts';
import type { Route } from './route.ts';

export const JOB_STATES = ['queued', 'running', 'done', 'failed'] as const;

/** `progress` runs from 0 to 1. On `done`, `result` names what was made; on `failed`, `problem` is a code of the catalogue. */
export const Job = z
  .strictObject({
    id: Id,
    kind: z.enum(['transcribe']),
    state: z.enum(JOB_STATES),
    progress: z.number().min(0).max(1),
    stage: z.string().nullable().meta({ description: 'What it is at: `decoding`, `recognising`, `sealing`…' }),
    createdAt: Time,
    updatedAt: Time,
    result: z.strictObject({ type: z.string(), id: Id }).nullable(),
    problem: z.string().nullable(),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

export const jobRoutes = {
  getJob: {
    method: 'GET',
    path: '/api/jobs/{id}',
    summary: 'Read a job',
    tag: 'operate',
    audience: 'both',
    permission: 'job.read',
    params: IdParams,
    replies: [{ status: 200, description: 'The job.', content: [{ kind: 'json', schema: Job }] }],
    errors: [],
    ledger: { none: 'State of work; no patient content.' },
  },
  followJob: {
    method: 'GET',
    path: '/api/jobs/{id}/events',
    summary: 'Follow a job until it ends',
    tag: 'operate',
    audience: 'both',
    permission: 'job.read',
    params: IdParams,
    replies: [
      {
        status: 200,
        description:
          'Events named `job`; each `data` is the job. Comments keep the connection open. The stream ends after `done` or `failed`.',
        content: [{ kind: 'events', schema: Job }],
      },
    ],
    errors: [],
    ledger: { none: 'State of work; no patient content.' },
  },
} as const satisfies Record<string, Route>;
