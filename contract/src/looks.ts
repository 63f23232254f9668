// Who else may see an encounter: a colleague it is shared with, and a break-glass look that is reviewed afterwards (spec custody §1).
import { z } from 'zod';
import { Id, IdParams, pageOf, Reason, Time } from './fields.ts';
import type { Route } from './route.ts';

/** 45 CFR 164.312(a)(2)(ii). The words of the person are in `reason`, sealed; the code is public. */
const ReasonCode = z.enum(['emergency', 'covering-colleague', 'patient-request', 'safety-investigation']);

/** A look at an encounter without a relation to it: an hour long, reviewed by somebody else. */
export const Look = z
  .strictObject({
    id: Id,
    personId: Id,
    encounterId: Id,
    reasonCode: ReasonCode,
    reason: z.string(),
    openedAt: Time,
    until: Time,
    reviewedBy: Id.nullable(),
    verdict: z.enum(['justified', 'unjustified']).nullable(),
  })
  .meta({ id: 'Look' });
export type Look = z.infer<typeof Look>;

export const lookRoutes = {
  shareEncounter: {
    method: 'POST',
    path: '/api/encounters/{id}/people',
    summary: 'Add a colleague to an encounter',
    tag: 'encounters',
    audience: 'person',
    permission: 'encounter.share',
    params: IdParams,
    body: { kind: 'json', schema: z.strictObject({ personId: Id, relation: z.enum(['clinician', 'reviewer']) }) },
    replies: [{ status: 204, description: 'The colleague sees the encounter from now on.', content: [] }],
    errors: [],
    ledger: { kind: 'encounter.changed' },
  },
  openLook: {
    method: 'POST',
    path: '/api/encounters/{id}/looks',
    summary: 'Break the glass: see an encounter without a relation to it, for an hour; it is reviewed afterwards',
    tag: 'encounters',
    audience: 'person',
    permission: 'breakglass.open',
    params: IdParams,
    body: { kind: 'json', schema: z.strictObject({ reasonCode: ReasonCode, reason: Reason }) },
    replies: [
      {
        status: 201,
        description: 'Open until then.',
        content: [{ kind: 'json', schema: z.strictObject({ id: Id, until: Time }) }],
      },
    ],
    errors: ['reauthentication_required', 'key_unavailable'],
    ledger: { kind: 'access.broken-glass' },
  },
  listLooks: {
    method: 'GET',
    path: '/api/looks',
    summary: 'List break-glass looks, oldest first; by default those that wait for their review',
    tag: 'encounters',
    audience: 'person',
    permission: 'breakglass.review',
    query: z.strictObject({ all: z.enum(['true', 'false']).default('false') }),
    replies: [{ status: 200, description: 'At most 500.', content: [{ kind: 'json', schema: pageOf(Look) }] }],
    errors: ['key_unavailable'],
    ledger: { kind: 'access.read' },
  },
  reviewLook: {
    method: 'POST',
    path: '/api/looks/{id}/review',
    summary: 'Say whether a look was justified; nobody reviews their own',
    tag: 'encounters',
    audience: 'person',
    permission: 'breakglass.review',
    params: IdParams,
    body: { kind: 'json', schema: z.strictObject({ verdict: z.enum(['justified', 'unjustified']) }) },
    replies: [{ status: 204, description: 'Reviewed.', content: [] }],
    errors: ['second_person_required', 'conflict'],
    ledger: { kind: 'access.reviewed' },
  },
} as const satisfies Record<string, Route>;
