// Routes of method records and of risk measurement.
import { z } from 'zod';
import { IdParams, IfMatch, pageOf, pageQuery } from './fields.ts';
import { MAX_REFERENCE_CHARS } from './limits.ts';
import { MethodRecord, MethodReport, MethodTerms, REVOKE_REASONS, RiskReport, STATEMENT_IDS } from './methods.ts';
import type { Route } from './route.ts';

const CONFIGURATION = { none: 'Configuration, no patient content.' } as const;
const ETAG = { ETag: 'Version, for If-Match.' } as const;
const SEALED = ['key_unavailable', 'sealed_object_invalid', 'content_destroyed'] as const;
const LINE_TYPES = ['application/x-ndjson', 'application/jsonl', 'text/plain', 'application/octet-stream'] as const;
const DATA_TYPES = ['text/csv', ...LINE_TYPES] as const;
const DOCUMENT_TYPES = ['application/pdf', 'text/plain', 'application/octet-stream'] as const;
const reply = <Status extends 200 | 201>(status: Status, description: string) =>
  ({ status, description, content: [{ kind: 'json', schema: MethodRecord }], headers: ETAG }) as const;

const share = z.coerce.number().gt(0).lt(1);
/** `quasi`: `name:kind` of each quasi-identifier, separated by commas; kinds are age, zip, date, number, category (when left out). */
const RiskQuery = z.strictObject({
  format: z.enum(['csv', 'jsonl']).default('csv'),
  quasi: z
    .string()
    .min(1)
    .max(16 * MAX_REFERENCE_CHARS)
    .regex(/^[^,:\p{Cc}]{1,100}(:[a-z]+)?(,[^,:\p{Cc}]{1,100}(:[a-z]+)?)*$/u),
  threshold: share.default(0.09),
  fraction: z.coerce.number().gt(0).max(1).exactOptional(),
  target: share.exactOptional(),
  suppression: z.coerce.number().min(0).lt(1).default(0),
});

export const methodRoutes = {
  listMethods: {
    method: 'GET',
    path: '/api/deid/methods',
    summary: 'List the method records, oldest first',
    tag: 'deid',
    audience: 'both',
    permission: 'method.read',
    query: z.strictObject(pageQuery),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(MethodRecord) }] }],
    errors: [...SEALED],
    ledger: CONFIGURATION,
  },
  createMethod: {
    method: 'POST',
    path: '/api/deid/methods',
    summary: 'Begin a method record: a draft, of which nothing is in force yet',
    tag: 'deid',
    audience: 'person',
    permission: 'method.manage',
    body: { kind: 'json', schema: z.strictObject({ terms: MethodTerms }) },
    replies: [reply(201, 'Begun.')],
    errors: [...SEALED, 'conflict', 'registry_invalid', 'reauthentication_required'],
    ledger: { kind: 'method.prepared' },
  },
  getMethod: {
    method: 'GET',
    path: '/api/deid/methods/{id}',
    summary: 'Read a method record',
    tag: 'deid',
    audience: 'both',
    permission: 'method.read',
    params: IdParams,
    replies: [reply(200, 'It.')],
    errors: [...SEALED],
    ledger: CONFIGURATION,
  },
  measureMethod: {
    method: 'POST',
    path: '/api/deid/methods/{id}/measurement',
    summary: 'Measure recall on gold JSON Lines `{ id, text, spans }` of one’s own; figures are kept, texts are not',
    tag: 'deid',
    audience: 'person',
    permission: 'method.measure',
    params: IdParams,
    body: { kind: 'stream', contentTypes: LINE_TYPES },
    replies: [reply(200, 'As it stands now.')],
    errors: [...SEALED, 'method_closed', 'sample_unusable'],
    ledger: { kind: 'method.prepared' },
  },
  reviewMethod: {
    method: 'POST',
    path: '/api/deid/methods/{id}/review',
    summary:
      'Hand in a person’s review of a sample: JSON Lines `{ id, text, left: [{ start, end, type }] }`; counted, not kept',
    tag: 'deid',
    audience: 'person',
    permission: 'method.review',
    params: IdParams,
    body: { kind: 'stream', contentTypes: LINE_TYPES },
    replies: [reply(200, 'As it stands now.')],
    errors: [...SEALED, 'method_closed', 'sample_unusable'],
    ledger: { kind: 'method.prepared' },
  },
  attachMethodDocument: {
    method: 'POST',
    path: '/api/deid/methods/{id}/document',
    summary: 'Attach the document of an expert’s determination: sealed as it arrives',
    tag: 'deid',
    audience: 'person',
    permission: 'method.manage',
    params: IdParams,
    body: { kind: 'stream', contentTypes: DOCUMENT_TYPES },
    replies: [reply(201, 'Attached.')],
    errors: [...SEALED, 'conflict', 'method_closed', 'storage_full', 'reauthentication_required'],
    ledger: { kind: 'method.prepared' },
  },
  readMethodDocument: {
    method: 'GET',
    path: '/api/deid/methods/{id}/document',
    summary: 'Read the document of an expert’s determination',
    tag: 'deid',
    audience: 'both',
    permission: 'method.read',
    params: IdParams,
    replies: [
      {
        status: 200,
        description: 'As it was sent.',
        content: [{ kind: 'stream', contentType: 'application/octet-stream' }],
        headers: { 'Content-Disposition': 'To be kept as a file, never shown in place.' },
      },
    ],
    errors: [...SEALED],
    ledger: { kind: 'access.read' },
  },
  measureMethodRisk: {
    method: 'POST',
    path: '/api/deid/methods/{id}/risk',
    summary: 'Measure the risk of re-identification of a dataset and attach the figures; the dataset is not kept',
    tag: 'deid',
    audience: 'person',
    permission: 'method.measure',
    params: IdParams,
    query: RiskQuery,
    body: { kind: 'stream', contentTypes: DATA_TYPES },
    replies: [reply(200, 'As it stands now.')],
    errors: [...SEALED, 'method_closed', 'dataset_unusable'],
    ledger: { kind: 'method.prepared' },
  },
  stateMethod: {
    method: 'POST',
    path: '/api/deid/methods/{id}/statement',
    summary:
      'The privacy officer’s statement, word for word as `statement` names it: the record is in force from now on',
    tag: 'deid',
    audience: 'person',
    permission: 'method.state',
    params: IdParams,
    headers: IfMatch,
    body: { kind: 'json', schema: z.strictObject({ statement: z.enum(STATEMENT_IDS) }) },
    replies: [reply(200, 'In force.')],
    errors: [...SEALED, 'method_closed', 'method_incomplete', 'second_person_required', 'reauthentication_required'],
    ledger: { kind: 'method.recorded' },
  },
  revokeMethod: {
    method: 'POST',
    path: '/api/deid/methods/{id}/revoke',
    summary: 'End a record at once: nothing goes out under it any more',
    tag: 'deid',
    audience: 'person',
    permission: 'method.manage',
    params: IdParams,
    body: { kind: 'json', schema: z.strictObject({ reason: z.enum(REVOKE_REASONS) }) },
    replies: [reply(200, 'As it stands now.')],
    errors: [...SEALED, 'reauthentication_required'],
    ledger: { kind: 'method.ended' },
  },
  getMethodReport: {
    method: 'GET',
    path: '/api/deid/methods/{id}/report',
    summary: 'A record as an auditor reads it: category by category, figures, what is known to fail, statement',
    tag: 'deid',
    audience: 'both',
    permission: 'method.read',
    params: IdParams,
    query: z.strictObject({ format: z.enum(['json', 'markdown']).default('json') }),
    replies: [
      {
        status: 200,
        description: 'It.',
        content: [
          { kind: 'json', schema: MethodReport },
          { kind: 'text', contentType: 'text/markdown' },
        ],
      },
    ],
    errors: [...SEALED],
    ledger: CONFIGURATION,
  },
  measureRisk: {
    method: 'POST',
    path: '/api/deid/risk',
    summary: 'Measure the risk of re-identification of a dataset; nothing of it is kept',
    tag: 'deid',
    audience: 'both',
    permission: 'risk.measure',
    query: RiskQuery,
    body: { kind: 'stream', contentTypes: DATA_TYPES },
    replies: [{ status: 200, description: 'The figures.', content: [{ kind: 'json', schema: RiskReport }] }],
    errors: ['dataset_unusable'],
    ledger: { none: 'Nothing is kept of what was measured.' },
  },
} as const satisfies Record<string, Route>;

export type RiskQuery = z.output<typeof RiskQuery>;
