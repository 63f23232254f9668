// De-identification on the wire: texts at once, and jobs over many (docs/formats/deid.md).
import { z } from 'zod';
import { Count, Id, IdParams, Idempotency, PageQuery, pageOf, Time } from './fields.ts';
import { MAX_DEID_CHARS, MAX_DEID_KNOWN, MAX_DEID_TEXTS, MAX_KNOWN_CHARS } from './limits.ts';
import type { Route } from './route.ts';

/** The engine's own list; a test holds the two together. */
export const DEID_TYPES = [
  'NAME',
  'LOCATION',
  'FACILITY',
  'DATE',
  'AGE',
  'PHONE',
  'FAX',
  'EMAIL',
  'SSN',
  'MRN',
  'HEALTH_PLAN',
  'ACCOUNT',
  'LICENSE',
  'VEHICLE',
  'DEVICE',
  'URL',
  'IP',
  'BIOMETRIC',
  'PHOTO',
  'OTHER_ID',
] as const;
const DeidType = z.enum(DEID_TYPES);

export const DEID_MODES = ['placeholder', 'surrogate', 'redact', 'generalise'] as const;
const DeidMode = z.enum(DEID_MODES).default('placeholder').meta({ description: 'What stands in for what was found.' });

const Kept = z.boolean().exactOptional();
const Keeping = z
  .strictObject({ agesUnder90: Kept, years: Kept, states: Kept, facilities: Kept })
  .meta({ description: 'What may stay. By default what Safe Harbor lets stay; facilities go.' });

const Known = z.strictObject({ type: DeidType, value: z.string().min(1).max(MAX_KNOWN_CHARS) });

const DeidRequest = z
  .strictObject({
    text: z.string().max(MAX_DEID_CHARS).exactOptional().meta({ description: 'One text; or `texts`.' }),
    texts: z
      .array(z.string().max(MAX_DEID_CHARS))
      .min(1)
      .max(MAX_DEID_TEXTS)
      .exactOptional()
      .meta({ description: 'Texts that belong together: a value has one token in all of them.' }),
    mode: DeidMode,
    keeping: Keeping.exactOptional(),
    known: z
      .array(Known)
      .max(MAX_DEID_KNOWN)
      .exactOptional()
      .meta({ description: 'Identifiers that the caller knows; found in every disguise.' }),
  })
  .refine(({ text, texts }) => (text === undefined) !== (texts === undefined), { path: ['text'] });

const DeidSpan = z
  .strictObject({
    start: Count.meta({ description: 'UTF-16 code units of the text that was sent.' }),
    end: Count,
    type: DeidType,
    score: z.number().min(0).max(1),
    rule: z.string().meta({ description: 'What fired; stable.' }),
    reason: z.string().meta({ description: 'The same in words, without a word of the text.' }),
    replacement: z.string(),
  })
  .meta({ id: 'DeidSpan' });
export type DeidSpan = z.infer<typeof DeidSpan>;

const DeidAnswer = z
  .strictObject({
    engineVersion: Count,
    mode: z.enum(DEID_MODES),
    texts: z.array(z.strictObject({ text: z.string(), spans: z.array(DeidSpan) })),
  })
  .meta({ id: 'DeidAnswer', description: 'In the order of the texts. Nothing of it is kept.' });

export const DEID_JOB_STATES = ['queued', 'running', 'done', 'failed'] as const;

/** A job over many texts. Only who asked for it knows of it. */
export const DeidJob = z
  .strictObject({
    id: Id,
    state: z.enum(DEID_JOB_STATES),
    mode: z.enum(DEID_MODES),
    progress: z.number().min(0).max(1),
    lines: Count,
    linesDone: Count,
    linesRefused: Count.meta({ description: 'Lines whose answer is an `error`.' }),
    replaced: Count,
    createdAt: Time,
    updatedAt: Time,
    expiresAt: Time.meta({ description: 'Then input and result are gone.' }),
    problem: z.string().nullable(),
  })
  .meta({ id: 'DeidJob' });
export type DeidJob = z.infer<typeof DeidJob>;

const Flag = z.enum(['true', 'false']).exactOptional();

const NDJSON = 'application/x-ndjson';
const OPENING = ['key_unavailable', 'sealed_object_invalid', 'content_destroyed'] as const;
const OWN = 'State of own work; no patient content.';

export const deidRoutes = {
  deidentify: {
    method: 'POST',
    path: '/api/deid',
    summary: 'Find and replace what identifies a person in texts; nothing is kept',
    tag: 'deid',
    audience: 'both',
    permission: 'text.deidentify',
    body: { kind: 'json', schema: DeidRequest },
    replies: [{ status: 200, description: 'The texts.', content: [{ kind: 'json', schema: DeidAnswer }] }],
    errors: ['deid_uncertain'],
    ledger: { kind: 'text.deidentified' },
  },
  createDeidJob: {
    method: 'POST',
    path: '/api/deid/jobs',
    summary: 'Have many texts de-identified: JSON Lines of { id, text, known? }, sealed as they arrive',
    tag: 'deid',
    audience: 'both',
    permission: 'text.deidentify',
    query: z.strictObject({
      mode: DeidMode,
      keepAgesUnder90: Flag,
      keepYears: Flag,
      keepStates: Flag,
      keepFacilities: Flag,
    }),
    headers: Idempotency,
    body: { kind: 'stream', contentTypes: [NDJSON, 'application/jsonl', 'application/octet-stream'] },
    replies: [
      {
        status: 202,
        description: 'Stored and durable; follow the job.',
        content: [{ kind: 'json', schema: DeidJob }],
        headers: { Location: 'Address of the job.' },
      },
    ],
    errors: ['storage_full'],
    ledger: { kind: 'deid.requested' },
  },
  listDeidJobs: {
    method: 'GET',
    path: '/api/deid/jobs',
    summary: 'List own jobs, newest first',
    tag: 'deid',
    audience: 'both',
    permission: 'text.deidentify',
    query: PageQuery,
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(DeidJob) }] }],
    errors: [],
    ledger: { none: OWN },
  },
  getDeidJob: {
    method: 'GET',
    path: '/api/deid/jobs/{id}',
    summary: 'Read an own job',
    tag: 'deid',
    audience: 'both',
    permission: 'text.deidentify',
    params: IdParams,
    replies: [{ status: 200, description: 'The job.', content: [{ kind: 'json', schema: DeidJob }] }],
    errors: [],
    ledger: { none: OWN },
  },
  followDeidJob: {
    method: 'GET',
    path: '/api/deid/jobs/{id}/events',
    summary: 'Follow an own job until it ends',
    tag: 'deid',
    audience: 'both',
    permission: 'text.deidentify',
    params: IdParams,
    replies: [
      {
        status: 200,
        description: 'Events named `job`; each `data` is the job. The stream ends after `done` or `failed`.',
        content: [{ kind: 'events', schema: DeidJob }],
      },
    ],
    errors: [],
    ledger: { none: OWN },
  },
  getDeidResult: {
    method: 'GET',
    path: '/api/deid/jobs/{id}/result',
    summary: 'The replaced texts: a line for each line, in the same order',
    tag: 'deid',
    audience: 'both',
    permission: 'text.deidentify',
    params: IdParams,
    replies: [{ status: 200, description: 'JSON Lines.', content: [{ kind: 'stream', contentType: NDJSON }] }],
    errors: [...OPENING, 'conflict'],
    ledger: { kind: 'access.read' },
  },
  discardDeidJob: {
    method: 'DELETE',
    path: '/api/deid/jobs/{id}',
    summary: 'End an own job and delete its texts',
    tag: 'deid',
    audience: 'both',
    permission: 'text.deidentify',
    params: IdParams,
    replies: [{ status: 204, description: 'Gone.', content: [] }],
    errors: [],
    ledger: { kind: 'deid.discarded' },
  },
} as const satisfies Record<string, Route>;
