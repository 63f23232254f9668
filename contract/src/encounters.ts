// Encounters and consent on the wire.
import { z } from 'zod';
import { Purpose } from './context.ts';
import { Id, IdParams, Idempotency, Label, pageOf, pageQuery, Reason, Time } from './fields.ts';
import { OpaqueReference } from './opaque.ts';
import type { Route } from './route.ts';

/** `patient` and `reference` are the record system's own identifiers, opaque to Cordon and stored only sealed and as keyed digests. */
export const EncounterCreate = z
  .strictObject({
    patient: OpaqueReference,
    reference: OpaqueReference.exactOptional().meta({ description: 'The visit’s identifier in the record system.' }),
    purpose: Purpose.exactOptional(),
    startedAt: Time.exactOptional(),
    endedAt: Time.exactOptional(),
    clinicianId: Id.exactOptional().meta({ description: 'The person who will sign; by default the caller.' }),
    demo: z.boolean().exactOptional().meta({ description: 'Its notes are watermarked and cannot be filed.' }),
  })
  .refine(
    ({ startedAt, endedAt }) => startedAt === undefined || endedAt === undefined || startedAt <= endedAt,
    'the visit ends before it begins',
  )
  .meta({ id: 'EncounterCreate' });
export type EncounterCreate = z.infer<typeof EncounterCreate>;

export const Encounter = z
  .strictObject({
    id: Id,
    patient: z.string(),
    reference: z.string().nullable(),
    purpose: Purpose,
    state: z.enum(['open', 'closed']),
    consent: z.enum(['missing', 'given', 'not-needed', 'withdrawn']),
    demo: z.boolean(),
    clinicianId: Id.nullable(),
    startedAt: Time.nullable(),
    endedAt: Time.nullable(),
    createdAt: Time,
  })
  .meta({ id: 'Encounter' });
export type Encounter = z.infer<typeof Encounter>;

/** How consent to record was given; `dictation` is a clinician speaking alone, which needs none. */
export const CONSENT_MANNERS = ['verbal', 'written', 'dictation'] as const;

/** `by` (who consented) is a person's name as a rule: it is sealed and never shown in a list or a log. */
export const ConsentCreate = z
  .strictObject({
    manner: z.enum(CONSENT_MANNERS),
    by: Label.exactOptional(),
    obtainedAt: Time.exactOptional(),
    jurisdiction: z
      .string()
      .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/)
      .exactOptional()
      .meta({ description: 'ISO 3166-2. Left out: the strictest rule holds.' }),
    textVersion: z
      .string()
      .max(64)
      .exactOptional()
      .meta({ description: 'Version of the text that was read or signed.' }),
  })
  .meta({ id: 'ConsentCreate' });
export type ConsentCreate = z.infer<typeof ConsentCreate>;

export const Consent = z
  .strictObject({
    id: Id,
    encounterId: Id,
    manner: z.enum([...CONSENT_MANNERS, 'caller-attests']),
    by: z.string().nullable(),
    obtainedAt: Time,
    jurisdiction: z.string().nullable(),
    textVersion: z.string().nullable(),
    withdrawnAt: Time.nullable(),
  })
  .meta({ id: 'Consent' });
export type Consent = z.infer<typeof Consent>;

export const encounterRoutes = {
  createEncounter: {
    method: 'POST',
    path: '/api/encounters',
    summary: 'Open an encounter',
    tag: 'encounters',
    audience: 'both',
    permission: 'encounter.create',
    headers: Idempotency,
    body: { kind: 'json', schema: EncounterCreate },
    replies: [
      {
        status: 201,
        description: 'The encounter.',
        content: [{ kind: 'json', schema: Encounter }],
        headers: { Location: 'Address of the encounter.' },
      },
    ],
    errors: ['phi_in_header', 'purpose_not_allowed', 'conflict', 'key_unavailable'],
    ledger: { kind: 'encounter.created' },
  },
  listEncounters: {
    method: 'GET',
    path: '/api/encounters',
    summary: 'List encounters, newest first',
    tag: 'encounters',
    audience: 'both',
    permission: 'encounter.list',
    query: z.strictObject({
      ...pageQuery,
      state: z.enum(['open', 'closed']).exactOptional(),
    }),
    // A patient's reference is PHI and an address is logged by whatever stands in between: it travels in a header (I4).
    headers: z.object({ 'cordon-patient': OpaqueReference.exactOptional() }),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(Encounter) }] }],
    errors: ['phi_in_header', 'key_unavailable'],
    ledger: { kind: 'access.read' },
  },
  getEncounter: {
    method: 'GET',
    path: '/api/encounters/{id}',
    summary: 'Read an encounter',
    tag: 'encounters',
    audience: 'both',
    permission: 'encounter.read',
    params: IdParams,
    replies: [{ status: 200, description: 'The encounter.', content: [{ kind: 'json', schema: Encounter }] }],
    errors: ['key_unavailable', 'content_destroyed'],
    ledger: { kind: 'access.read' },
  },
  recordConsent: {
    method: 'POST',
    path: '/api/encounters/{id}/consents',
    summary: 'Record a consent to capture',
    tag: 'encounters',
    audience: 'both',
    permission: 'consent.record',
    params: IdParams,
    headers: Idempotency,
    body: { kind: 'json', schema: ConsentCreate },
    replies: [{ status: 201, description: 'The consent.', content: [{ kind: 'json', schema: Consent }] }],
    errors: ['conflict', 'key_unavailable'],
    ledger: { kind: 'consent.recorded' },
  },
  listConsents: {
    method: 'GET',
    path: '/api/encounters/{id}/consents',
    summary: 'List the consents of an encounter',
    tag: 'encounters',
    audience: 'both',
    permission: 'consent.read',
    params: IdParams,
    query: z.strictObject(pageQuery),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(Consent) }] }],
    errors: ['key_unavailable', 'content_destroyed'],
    ledger: { kind: 'access.read' },
  },
  withdrawConsent: {
    method: 'POST',
    path: '/api/encounters/{id}/consents/withdraw',
    summary: 'Record that consent was withdrawn: capture stops, what exists is quarantined',
    tag: 'encounters',
    audience: 'both',
    permission: 'consent.withdraw',
    params: IdParams,
    body: { kind: 'json', schema: z.strictObject({ reason: Reason.exactOptional() }) },
    replies: [
      { status: 200, description: 'The encounter as it is now.', content: [{ kind: 'json', schema: Encounter }] },
    ],
    errors: ['consent_missing', 'key_unavailable'],
    ledger: { kind: 'consent.withdrawn' },
  },
} as const satisfies Record<string, Route>;
