// Policy over HTTP: versions, activation, shadow, explain, simulate, replay (spec boundary §3).
import { z } from 'zod';
import { Capability, DataClass, Pattern, Purpose, Zone } from './context.ts';
import { Count, Id, pageOf, pageQuery, Reason, Time } from './fields.ts';
import { Approval } from './ledger.ts';
import { MAX_LIST_ITEMS, MAX_TAGS } from './limits.ts';
import { OpaqueReference } from './opaque.ts';
import { Feature, Modality, Policy, PolicyDocument } from './policy.ts';
import { ReplayEvent, SimulateRequest, SimulationEvent, WindowOfTime } from './policy-past.ts';
import type { Route } from './route.ts';

const ServiceId = z.string().min(1).max(200);
const Version = z.number().int().min(1).max(2_147_483_647);
const VersionInAddress = z.coerce.number().int().min(1).max(2_147_483_647);
const VersionParams = z.strictObject({ version: VersionInAddress });

const DecisionRoute = z.strictObject({
  service: ServiceId,
  capability: Capability,
  pattern: Pattern,
  agreement: z
    .strictObject({
      type: z.enum(['agreement', 'attestation', 'method']),
      id: z.string(),
      version: z.number().int(),
    })
    .nullable(),
  region: z.string(),
});

const Obligation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['deidentify', 'minimise', 'ground', 'cite', 'disclose', 'no-stream']) }),
  z.strictObject({ kind: z.literal('review'), rule: z.enum(['before-release', 'caller', 'clinician']) }),
  z.strictObject({ kind: z.literal('consent'), basis: z.enum(['per-encounter', 'caller-attests', 'none-needed']) }),
  z.strictObject({ kind: z.literal('retain'), class: z.string() }),
]);

const Because = z.strictObject({ code: z.string(), because: z.string(), change: z.string() });

/** The decision with everything that was considered. `code` is `allowed` or the problem code of the refusal. */
export const Decision = z
  .strictObject({
    v: z.literal(2),
    outcome: z.enum(['allow', 'refuse']),
    code: z.string(),
    reason: Because.nullable(),
    route: DecisionRoute.nullable(),
    alternates: z.array(DecisionRoute),
    obligations: z.array(Obligation),
    considered: z.array(z.strictObject({ service: ServiceId, refused: Because.nullable() })),
    zone: z.string().nullable(),
    registry: z.string(),
    policy: z.strictObject({ id: z.string(), version: z.number().int() }),
  })
  .meta({ id: 'Decision' });

/** A hypothetical intent; what is left out is what the credential’s defaults say. */
export const ExplainRequest = z
  .strictObject({
    purpose: Purpose,
    capability: Capability,
    modality: Modality,
    dataClass: DataClass.exactOptional(),
    patient: OpaqueReference.exactOptional(),
    encounter: OpaqueReference.exactOptional(),
    tags: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/))
      .max(MAX_TAGS)
      .exactOptional(),
    residency: Zone.exactOptional(),
    origins: z.array(Zone).max(MAX_LIST_ITEMS).exactOptional().meta({ description: 'Zones that the data comes with.' }),
    features: z.array(Feature).max(MAX_LIST_ITEMS).exactOptional(),
    service: ServiceId.exactOptional(),
    at: Time.exactOptional(),
    policyVersion: Version.exactOptional().meta({ description: 'Another recorded version; the live one without it.' }),
  })
  .meta({ id: 'ExplainRequest' });

export const PolicyVersion = z
  .strictObject({
    version: Version,
    id: z.string(),
    recordedAt: Time,
    state: z.enum(['live', 'shadow', 'recorded']),
    activatedAt: Time.nullable(),
  })
  .meta({ id: 'PolicyVersion' });
export type PolicyVersion = z.infer<typeof PolicyVersion>;

export const PolicyChange = z
  .strictObject({
    path: z.string(),
    change: z.enum(['added', 'removed', 'changed']),
    before: z.unknown().exactOptional(),
    after: z.unknown().exactOptional(),
  })
  .meta({ id: 'PolicyChange' });

export const ShadowDifference = z
  .strictObject({
    live: z.string(),
    shadow: z.string(),
    actor: z.string(),
    purpose: z.string(),
    liveCode: z.string(),
    liveService: z.string().nullable(),
    shadowCode: z.string(),
    shadowService: z.string().nullable(),
    count: Count,
    lastRequest: Id.meta({ description: 'The last call that differed.' }),
    lastAt: Time,
  })
  .meta({ id: 'ShadowDifference' });

const CONFIGURATION = { none: 'Configuration, no patient content.' } as const;
const POLICY = { status: 200, description: 'The policy.', content: [{ kind: 'json', schema: Policy }] } as const;

export const policyRoutes = {
  getPolicy: {
    method: 'GET',
    path: '/api/policy',
    summary: 'Read the live policy',
    tag: 'boundary',
    audience: 'both',
    permission: 'policy.read',
    replies: [POLICY],
    errors: [],
    ledger: CONFIGURATION,
  },
  listPolicyVersions: {
    method: 'GET',
    path: '/api/policy/versions',
    summary: 'List recorded versions, newest first',
    tag: 'boundary',
    audience: 'both',
    permission: 'policy.read',
    query: z.strictObject(pageQuery),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(PolicyVersion) }] }],
    errors: [],
    ledger: CONFIGURATION,
  },
  recordPolicy: {
    method: 'POST',
    path: '/api/policy/versions',
    summary: 'Record a version; it decides nothing until it is activated',
    tag: 'boundary',
    audience: 'both',
    permission: 'policy.record',
    body: { kind: 'json', schema: PolicyDocument },
    replies: [
      { status: 201, description: 'Recorded.', content: [{ kind: 'json', schema: Policy }] },
      { ...POLICY, description: 'The newest version says the same already.' },
    ],
    errors: [],
    ledger: { kind: 'policy.recorded' },
  },
  getPolicyVersion: {
    method: 'GET',
    path: '/api/policy/versions/{version}',
    summary: 'Read a recorded version',
    tag: 'boundary',
    audience: 'both',
    permission: 'policy.read',
    params: VersionParams,
    replies: [POLICY],
    errors: [],
    ledger: CONFIGURATION,
  },
  diffPolicies: {
    method: 'GET',
    path: '/api/policy/diff',
    summary: 'What differs between two versions; the live one where one is left out',
    tag: 'boundary',
    audience: 'both',
    permission: 'policy.read',
    query: z.strictObject({ from: VersionInAddress.exactOptional(), to: VersionInAddress.exactOptional() }),
    replies: [
      {
        status: 200,
        description: 'The differences.',
        content: [
          {
            kind: 'json',
            schema: z
              .strictObject({ from: Version, to: Version, changes: z.array(PolicyChange) })
              .meta({ id: 'PolicyDiff' }),
          },
        ],
      },
    ],
    errors: ['not_found'],
    ledger: CONFIGURATION,
  },
  activatePolicy: {
    method: 'POST',
    path: '/api/policy/versions/{version}/activate',
    summary: 'Ask for a version to become the live one; a second person approves, unless nobody else could',
    tag: 'boundary',
    audience: 'person',
    permission: 'policy.activate',
    params: VersionParams,
    body: { kind: 'json', schema: z.strictObject({ reason: Reason }) },
    replies: [
      { ...POLICY, description: 'Activated: the second person was waived, which the ledger says.' },
      { status: 202, description: 'Waits for a second person.', content: [{ kind: 'json', schema: Approval }] },
    ],
    errors: ['reauthentication_required', 'key_unavailable'],
    ledger: { kind: 'policy.activated' },
  },
  getPolicyShadow: {
    method: 'GET',
    path: '/api/policy/shadow',
    summary: 'The version that runs in the shadow, and where it would have decided otherwise',
    tag: 'boundary',
    audience: 'both',
    permission: 'policy.read',
    replies: [
      {
        status: 200,
        description: 'The shadow.',
        content: [
          {
            kind: 'json',
            schema: z
              .strictObject({ version: Version.nullable(), differences: z.array(ShadowDifference) })
              .meta({ id: 'PolicyShadow' }),
          },
        ],
      },
    ],
    errors: [],
    ledger: CONFIGURATION,
  },
  setPolicyShadow: {
    method: 'PUT',
    path: '/api/policy/shadow',
    summary: 'Let a version run beside the live one; null: none',
    tag: 'boundary',
    audience: 'both',
    permission: 'policy.record',
    body: { kind: 'json', schema: z.strictObject({ version: Version.nullable() }) },
    replies: [
      {
        status: 200,
        description: 'The choice.',
        content: [{ kind: 'json', schema: z.strictObject({ version: Version.nullable() }) }],
      },
    ],
    errors: ['not_found'],
    ledger: { kind: 'policy.shadow-chosen' },
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
    errors: ['phi_in_header', 'not_found'],
    ledger: { none: 'A hypothetical: nothing is called and nothing is changed.' },
  },
  simulatePolicy: {
    method: 'POST',
    path: '/api/policy/simulate',
    summary: 'What past decisions would be under another policy or registry',
    tag: 'boundary',
    audience: 'both',
    permission: 'policy.simulate',
    body: { kind: 'json', schema: SimulateRequest },
    replies: [
      {
        status: 200,
        description: 'Progress, then the counts.',
        content: [{ kind: 'events', schema: SimulationEvent }],
      },
    ],
    errors: ['not_found'],
    ledger: { kind: 'access.read' },
  },
  replayPolicy: {
    method: 'POST',
    path: '/api/policy/replay',
    summary: 'Make past decisions again from their recorded versions and compare',
    tag: 'boundary',
    audience: 'both',
    permission: 'policy.simulate',
    body: { kind: 'json', schema: z.strictObject(WindowOfTime) },
    replies: [
      { status: 200, description: 'Progress, then the counts.', content: [{ kind: 'events', schema: ReplayEvent }] },
    ],
    errors: [],
    ledger: { kind: 'access.read' },
  },
} as const satisfies Record<string, Route>;
