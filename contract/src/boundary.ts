// Services, agreements and what became of a call (spec boundary §1–2, docs/formats/decision.md).
import { z } from 'zod';
import { Accuracy, Capability, DataClass, Pattern } from './context.ts';
import { Id, IdParams, LedgerIndex, pageOf, pageQuery, Time } from './fields.ts';
import { Modality } from './policy.ts';
import type { Route } from './route.ts';

const ServiceId = z.string().min(1).max(200);

export const Service = z
  .strictObject({
    id: ServiceId,
    version: z.number().int().min(1),
    vendor: z.string(),
    product: z.string(),
    model: z.string(),
    capability: Capability,
    modality: Modality,
    adapter: z.string(),
    endpoint: z.string().nullable(),
    regions: z.strictObject({ inference: z.string(), storage: z.string(), support: z.string(), logs: z.string() }),
    stage: z.enum(['ga', 'preview', 'unknown']),
    retentionDays: z.union([z.number(), z.literal('unknown')]),
    trainsOnContent: z.enum(['never', 'opt-out', 'unknown']),
    isolation: z.enum(['shared', 'dedicated', 'self-hosted']),
    pattern: Pattern,
    dataClasses: z.array(DataClass),
    features: z.array(z.string()),
    accuracy: Accuracy,
    enabled: z.boolean(),
  })
  .meta({ id: 'Service' });

export const Agreement = z
  .strictObject({
    id: z.string(),
    version: z.number().int().min(1),
    kind: z.enum(['baa', 'dua', 'dataset', 'attestation']),
    services: z.array(ServiceId),
    regions: z.array(z.string()),
    capabilities: z.array(Capability),
    effective: Time,
    expires: Time.nullable(),
    terminated: z.boolean(),
    missingClauses: z.array(z.string()),
    retentionDays: z.number().nullable(),
  })
  .meta({ id: 'Agreement' });

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

const CONFIGURATION = { none: 'Configuration, no patient content.' } as const;

export const boundaryRoutes = {
  listServices: {
    method: 'GET',
    path: '/api/services',
    summary: 'List the registered services',
    tag: 'boundary',
    audience: 'both',
    permission: 'service.read',
    query: z.strictObject(pageQuery),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(Service) }] }],
    errors: [],
    ledger: CONFIGURATION,
  },
  listAgreements: {
    method: 'GET',
    path: '/api/agreements',
    summary: 'List agreements and attestations',
    tag: 'boundary',
    audience: 'both',
    permission: 'agreement.read',
    query: z.strictObject(pageQuery),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(Agreement) }] }],
    errors: [],
    ledger: CONFIGURATION,
  },
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
