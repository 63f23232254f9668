// Models and health on the wire.
import { z } from 'zod';
import { Accuracy } from './context.ts';
import { Count, PageQuery, pageOf, Time } from './fields.ts';
import type { Route } from './route.ts';

export const Model = z
  .strictObject({
    id: z.string(),
    engine: z.string(),
    family: z.string(),
    languages: z.array(z.string()),
    accuracy: Accuracy,
    licence: z.string(),
    bytes: Count,
    state: z.enum(['verified', 'unverified', 'invalid', 'missing']),
    verifiedAt: Time.nullable(),
    chosen: z.boolean().meta({ description: 'Whether the speech engine uses it now.' }),
  })
  .meta({ id: 'Model' });
export type Model = z.infer<typeof Model>;

export const Health = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });

/** The speech engine is acquired in the background: `ready` does not wait for it (spec surfaces §1). */
export const SPEECH_STATES = ['acquiring', 'ready', 'missing', 'failed'] as const;

export const Readiness = z
  .strictObject({
    status: z.enum(['ready', 'starting', 'stopping']),
    version: z.string(),
    database: z.enum(['up', 'down']),
    ledger: z.enum(['open', 'read-only', 'diverged', 'down']),
    keys: z.enum(['up', 'down']),
    speech: z.strictObject({
      state: z.enum(SPEECH_STATES),
      engine: z.string().nullable(),
      model: z.string().nullable(),
      accuracy: Accuracy.nullable(),
      progress: z.number().min(0).max(1).nullable(),
    }),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof Readiness>;

export const operateRoutes = {
  listSpeechModels: {
    method: 'GET',
    path: '/api/models',
    summary: 'List the speech models on this machine',
    tag: 'operate',
    audience: 'both',
    permission: 'model.read',
    query: PageQuery,
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(Model) }] }],
    errors: [],
    ledger: { none: 'Configuration, no patient content.' },
  },
  verifySpeechModel: {
    method: 'POST',
    path: '/api/models/verify',
    summary: 'Compare a model’s files with their recorded digests',
    tag: 'operate',
    audience: 'both',
    permission: 'model.manage',
    body: { kind: 'json', schema: z.strictObject({ id: z.string().min(1).max(200) }) },
    replies: [{ status: 200, description: 'The model.', content: [{ kind: 'json', schema: Model }] }],
    errors: ['not_found', 'model_unverified', 'model_invalid'],
    ledger: { none: 'Compares files with their recorded digests and changes nothing.' },
  },
  health: {
    method: 'GET',
    path: '/healthz',
    summary: 'The process answers',
    tag: 'operate',
    audience: 'public',
    permission: null,
    replies: [{ status: 200, description: 'It does.', content: [{ kind: 'json', schema: Health }] }],
    errors: [],
    ledger: { none: 'State of the process.' },
  },
  readiness: {
    method: 'GET',
    path: '/readyz',
    summary: 'The server can serve; names the state of the speech engine',
    tag: 'operate',
    audience: 'public',
    permission: null,
    replies: [
      { status: 200, description: 'Serving.', content: [{ kind: 'json', schema: Readiness }] },
      { status: 503, description: 'Not serving now.', content: [{ kind: 'json', schema: Readiness }] },
    ],
    errors: [],
    ledger: { none: 'State of the process.' },
  },
  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    tag: 'operate',
    audience: 'public',
    permission: null,
    replies: [
      {
        status: 200,
        description: 'OpenAPI 3.1.',
        content: [{ kind: 'json', schema: z.looseObject({ openapi: z.literal('3.1.1') }) }],
      },
    ],
    errors: [],
    ledger: { none: 'A public document.' },
  },
  getReference: {
    method: 'GET',
    path: '/docs',
    summary: 'The readable reference',
    tag: 'operate',
    audience: 'public',
    permission: null,
    replies: [
      { status: 200, description: 'A page.', content: [{ kind: 'text', contentType: 'text/html; charset=utf-8' }] },
    ],
    errors: [],
    ledger: { none: 'A public document.' },
  },
} as const satisfies Record<string, Route>;
