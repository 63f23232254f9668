// Encounters and consents over HTTP.
import { ProblemError, type Consent as WireConsent, type Encounter as WireEncounter } from '@cordon/contract';
import { madeBefore, type Handlers } from '#api/routing/handler.ts';
import { readCursor, toPage, wholePage } from '#api/routing/page.ts';
import { PURPOSES } from '#boundary/policy/intent.ts';
import {
  listConsents,
  readConsent,
  recordConsent,
  withdrawConsent,
  type Consent,
} from '#clinical/encounters/consents.ts';
import {
  createEncounter,
  findEncounters,
  readEncounter,
  type ClinicalParts,
  type Encounter,
} from '#clinical/encounters/encounters.ts';
import type { Principal } from '#custody/access/principal.ts';
import { Phi } from '#kernel/phi.ts';
import { purposeOf, type PatientGuard } from './guard.ts';

type EncounterHandlers = Pick<
  Handlers,
  'createEncounter' | 'listEncounters' | 'getEncounter' | 'recordConsent' | 'listConsents' | 'withdrawConsent'
>;

export function encounterHandlers(parts: ClinicalParts, guard: PatientGuard): EncounterHandlers {
  return {
    async createEncounter({ body }, { principal, reserved }) {
      const purpose = body.purpose ?? purposeOf(principal) ?? 'ambient-documentation';
      if (!(PURPOSES as readonly string[]).includes(purpose)) throw new ProblemError('purpose_not_allowed');
      const made = await madeBefore(reserved, (id) => readEncounter(parts, principal.tenant, id));
      if (made !== null) return created(made);
      const encounter = await createEncounter(parts, principal.tenant, principal.actor, {
        id: reserved.id,
        purpose,
        demo: body.demo ?? false,
        clinician: body.clinicianId ?? signerOf(principal),
        identity: {
          patient: body.patient,
          reference: body.reference ?? null,
          startedAt: body.startedAt ?? null,
          endedAt: body.endedAt ?? null,
        },
      });
      return created(encounter);
    },

    async listEncounters({ query }, { principal }) {
      const found = await findEncounters(parts, principal.tenant, {
        person: principal.kind === 'person' ? principal.personId : null,
        state: query.state ?? null,
        before: readCursor(query.cursor),
        limit: query.limit + 1,
      });
      const page = toPage(found, query.limit, ({ createdAt, id }) => ({ at: createdAt, id }), showEncounter);
      return { json: page, objects: page.items.slice(0, 64).map(({ id }) => ({ type: 'encounter', id })) };
    },

    async getEncounter({ params }, { principal }) {
      await guard(principal, params.id);
      const encounter = await readEncounter(parts, principal.tenant, params.id);
      return { json: showEncounter(encounter), objects: [{ type: 'encounter', id: encounter.id }] };
    },

    async recordConsent({ params, body }, { principal, reserved }) {
      await guard(principal, params.id);
      const { tenant, actor } = principal;
      const made = await madeBefore(reserved, (id) => readConsent(parts, tenant, params.id, id));
      if (made !== null) return { json: showConsent(made) };
      const statement = {
        manner: body.manner,
        by: body.by ?? null,
        textVersion: body.textVersion ?? null,
        obtainedAt: body.obtainedAt === undefined ? null : new Date(body.obtainedAt),
        jurisdiction: body.jurisdiction ?? null,
      };
      const consent = await recordConsent(parts, tenant, actor, params.id, statement, reserved.id);
      return { json: showConsent(consent) };
    },

    async listConsents({ params }, { principal }) {
      await guard(principal, params.id);
      const consents = await listConsents(parts, principal.tenant, params.id);
      return { json: wholePage(consents, showConsent), objects: [{ type: 'encounter', id: params.id }] };
    },

    async withdrawConsent({ params, body }, { principal }) {
      await guard(principal, params.id);
      const reason = body.reason === undefined ? null : Phi.of(body.reason);
      await withdrawConsent(parts, principal.tenant, principal.actor, params.id, reason);
      return { json: showEncounter(await readEncounter(parts, principal.tenant, params.id)) };
    },
  };
}

function created(encounter: Encounter) {
  return { json: showEncounter(encounter), headers: { location: `/api/encounters/${encounter.id}` } };
}

function signerOf(principal: Principal): string | null {
  return principal.kind === 'person' ? principal.personId : principal.ownerId;
}

function showEncounter(encounter: Encounter): WireEncounter {
  const { patient, reference, startedAt, endedAt } = encounter.identity.reveal();
  return {
    id: encounter.id,
    patient,
    reference,
    purpose: encounter.purpose,
    state: encounter.state,
    consent: encounter.consent,
    demo: encounter.demo,
    clinicianId: encounter.clinician,
    startedAt,
    endedAt,
    createdAt: encounter.createdAt.toISOString(),
  };
}

function showConsent(consent: Consent): WireConsent {
  const { by, textVersion } = consent.words.reveal();
  return {
    id: consent.id,
    encounterId: consent.encounter,
    manner: consent.manner,
    by,
    obtainedAt: consent.obtainedAt.toISOString(),
    jurisdiction: consent.jurisdiction,
    textVersion,
    withdrawnAt: consent.withdrawnAt?.toISOString() ?? null,
  };
}
