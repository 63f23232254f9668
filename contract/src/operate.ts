// Models and health on the wire.
import { z } from 'zod';
import { Accuracy } from './context.ts';
import { Count, PageQuery, pageOf, Time } from './fields.ts';
import { MAX_LABEL_CHARS } from './limits.ts';
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

const ModelId = z.string().min(1).max(MAX_LABEL_CHARS);

/** A figure as its publisher states it; we did not measure it. */
const PublishedFigure = z.strictObject({ what: z.string(), source: z.string() });

export const AvailableModel = z
  .strictObject({
    id: z.string(),
    family: z.string(),
    languages: z.array(z.string()),
    licence: z.string(),
    about: z.string(),
    source: z.string(),
    bytes: Count,
    pinned: z.boolean().meta({ description: 'Whether the SHA-256 of every file is known beforehand.' }),
    accuracy: z.array(PublishedFigure),
    speed: z.array(PublishedFigure),
    installed: z.boolean(),
    files: z.array(
      z.strictObject({
        role: z.string(),
        name: z.string(),
        url: z.string(),
        bytes: Count,
        sha256: z.string().nullable(),
      }),
    ),
    manifest: z.string().meta({ description: 'The text of its model.json, for bringing it by hand.' }),
  })
  .meta({ id: 'AvailableModel' });
export type AvailableModel = z.infer<typeof AvailableModel>;

/** `now` where there was no engine before; a running engine stays what it is until the next start. */
const TakesEffect = z.enum(['now', 'next-start']);

export const InstalledModel = z
  .strictObject({
    model: Model,
    pinned: z.boolean().meta({
      description: 'False: nobody had said beforehand what its digests are; those of what came were recorded.',
    }),
    takesEffect: TakesEffect,
  })
  .meta({ id: 'InstalledModel' });
export type InstalledModel = z.infer<typeof InstalledModel>;

export const PULL_STATES = ['fetching', 'done', 'failed'] as const;

export const ModelPull = z
  .strictObject({
    id: z.string(),
    state: z.enum(PULL_STATES),
    bytes: Count,
    total: Count,
    installed: InstalledModel.nullable(),
    problem: z.string().nullable().meta({ description: 'A code of the catalogue, once it failed.' }),
    file: z.string().nullable().meta({ description: 'The file at which it failed.' }),
  })
  .meta({ id: 'ModelPull' });
export type ModelPull = z.infer<typeof ModelPull>;

export const Health = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });

/** The speech engine is acquired in the background: `ready` does not wait for it (spec surfaces §1). */
export const SPEECH_STATES = ['acquiring', 'ready', 'missing', 'failed'] as const;

/** A help beside the recogniser. `unused`: models are there, but this recogniser needs none, or one of a pair is missing. */
const Companion = z
  .strictObject({ state: z.enum(['none', 'used', 'unused', 'failed']), models: z.array(z.string()) })
  .meta({ id: 'SpeechCompanion' });

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
      punctuation: Companion,
      speakers: Companion.meta({ description: 'Telling the speakers of a single channel apart.' }),
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
    body: { kind: 'json', schema: z.strictObject({ id: ModelId }) },
    replies: [{ status: 200, description: 'The model.', content: [{ kind: 'json', schema: Model }] }],
    errors: ['not_found', 'model_unverified', 'model_invalid'],
    ledger: { none: 'Compares files with their recorded digests and changes nothing.' },
  },
  listAvailableSpeechModels: {
    method: 'GET',
    path: '/api/models/available',
    summary: 'List the published speech models that can be pulled',
    tag: 'operate',
    audience: 'both',
    permission: 'model.read',
    query: PageQuery,
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(AvailableModel) }] }],
    errors: [],
    ledger: { none: 'A published list, no patient content.' },
  },
  pullSpeechModel: {
    method: 'POST',
    path: '/api/models/pull',
    summary: 'Fetch a published speech model, going on where an earlier attempt stopped',
    tag: 'operate',
    audience: 'both',
    permission: 'model.manage',
    body: {
      kind: 'json',
      schema: z.strictObject({
        id: ModelId,
        trustFirstUse: z.boolean().default(false).meta({
          description: 'Take a file whose digest nobody published, and record the digest of what came.',
        }),
      }),
    },
    replies: [
      {
        status: 202,
        description: 'It is being fetched; asked for again it is the same pull.',
        content: [{ kind: 'json', schema: ModelPull }],
      },
    ],
    errors: ['not_found', 'air_gapped', 'model_unpinned', 'engine_not_ready'],
    ledger: { kind: 'engine.installed' },
  },
  getSpeechModelPull: {
    method: 'GET',
    path: '/api/models/pull',
    summary: 'See how far a pull is',
    tag: 'operate',
    audience: 'both',
    permission: 'model.manage',
    query: z.strictObject({ id: ModelId }),
    replies: [{ status: 200, description: 'The pull.', content: [{ kind: 'json', schema: ModelPull }] }],
    errors: ['not_found'],
    ledger: { none: 'State of work; no patient content.' },
  },
  importSpeechModel: {
    method: 'POST',
    path: '/api/models/import',
    summary: 'Bring a speech model: a tar archive, plain or gzipped, of its directory with model.json',
    tag: 'operate',
    audience: 'both',
    permission: 'model.manage',
    body: { kind: 'stream', contentTypes: ['application/x-tar', 'application/gzip'] },
    replies: [{ status: 201, description: 'It is there.', content: [{ kind: 'json', schema: InstalledModel }] }],
    errors: ['model_invalid', 'model_unverified', 'conflict', 'storage_full'],
    ledger: { kind: 'engine.installed' },
  },
  removeSpeechModel: {
    method: 'POST',
    path: '/api/models/remove',
    summary: 'Remove a speech model that no engine uses',
    tag: 'operate',
    audience: 'both',
    permission: 'model.manage',
    body: { kind: 'json', schema: z.strictObject({ id: ModelId }) },
    replies: [{ status: 204, description: 'It is gone.', content: [] }],
    errors: ['not_found', 'model_kept', 'engine_not_ready'],
    ledger: { kind: 'engine.removed' },
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
  getStart: {
    method: 'GET',
    path: '/',
    summary: 'Where to go from here, for whoever opens the address in a browser',
    tag: 'operate',
    audience: 'public',
    permission: null,
    replies: [
      { status: 200, description: 'A page.', content: [{ kind: 'text', contentType: 'text/html; charset=utf-8' }] },
    ],
    errors: [],
    ledger: { none: 'A public page.' },
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
