// Policy and what became of a call (spec boundary §1–3, docs/formats/decision.md).
import { z } from 'zod';
import { Capability, DataClass, Pattern, Purpose, Zone } from './context.ts';
import { Id, IdParams, LedgerIndex, Time } from './fields.ts';
import { MAX_TAGS } from './limits.ts';
import { OpaqueReference } from './opaque.ts';
import { Modality } from './registry.ts';
import type { Route } from './route.ts';

const ServiceId = z.string().min(1).max(200);

const DecisionRoute = z.strictObject({
  service: ServiceId,
  capability: Capability,
  pattern: Pattern,
  agreement: z.strictObject({ id: z.string(), version: z.number().int() }).nullable(),
  region: z.string(),
});

const Obligation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['deidentify', 'minimise', 'ground', 'cite', 'disclose', 'no-stream']) }),
  z.strictObject({ kind: z.literal('review'), rule: z.enum(['before-release', 'caller', 'clinician']) }),
  z.strictObject({ kind: z.literal('consent'), basis: z.enum(['per-encounter', 'caller-attests', 'none-needed']) }),
  z.strictObject({ kind: z.literal('retain'), class: z.string() }),
]);

/** The decision as it is recorded with every call. `code` is `allowed` or the problem code of the refusal. */
export const Decision = z
  .strictObject({
    v: z.literal(1),
    outcome: z.enum(['allow', 'refuse']),
    code: z.string(),
    route: DecisionRoute.nullable(),
    alternates: z.array(DecisionRoute),
    obligations: z.array(Obligation),
    considered: z.array(
      z.strictObject({
        service: ServiceId,
        refused: z.strictObject({ code: z.string(), because: z.string(), change: z.string() }).nullable(),
      }),
    ),
    registry: z.string(),
    policy: z.strictObject({ id: z.string(), version: z.number().int() }),
  })
  .meta({ id: 'Decision' });

export const Policy = z
  .strictObject({
    id: z.string(),
    version: z.number().int().min(1),
    purposes: z.array(
      z.strictObject({
        purpose: Purpose,
        capabilities: z.array(Capability),
        highestDataClass: DataClass,
        patterns: z.array(Pattern),
        review: z.enum(['before-release', 'caller', 'clinician']),
        consent: z.enum(['needed', 'not-needed']),
      }),
    ),
  })
  .meta({ id: 'Policy' });

/** A hypothetical intent; what is left out is what the credential’s defaults say. */
export const ExplainRequest = z
  .strictObject({
    purpose: Purpose,
    capability: Capability,
    modality: Modality,
    dataClass: DataClass.exactOptional(),
    patient: OpaqueReference.exactOptional(),
    tags: z
      .array(z.enum(['psychotherapy-notes', 'part2', 'reproductive', 'genetic', 'hiv', 'minor', 'voiceprint']))
      .max(MAX_TAGS)
      .exactOptional(),
    residency: Zone.exactOptional(),
    service: ServiceId.exactOptional(),
    at: Time.exactOptional(),
  })
  .meta({ id: 'ExplainRequest' });

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
  getPolicy: {
    method: 'GET',
    path: '/api/policy',
    summary: 'Read the active policy',
    tag: 'boundary',
    audience: 'both',
    permission: 'policy.read',
    replies: [{ status: 200, description: 'The policy.', content: [{ kind: 'json', schema: Policy }] }],
    errors: [],
    ledger: CONFIGURATION,
  },
  explainPolicy: {
    method: 'POST',
    path: '/api/policy/explain',
    summary: 'The decision for a hypothetical intent, with every reason',
    tag: 'boundary',
    audience: 'both',
    permission: 'policy.explain',
    body: { kind: 'json', schema: ExplainRequest },
    replies: [{ status: 200, description: 'The decision.', content: [{ kind: 'json', schema: Decision }] }],
    errors: ['phi_in_header'],
    ledger: { none: 'A hypothetical: nothing is called and nothing is changed.' },
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
