// Who else may see an encounter, over HTTP: sharing with a colleague, and looks without a relation (spec custody §1).
import type { Look as WireLook } from '@cordon/contract';
import type { Handlers } from '#api/routing/handler.ts';
import { wholePage } from '#api/routing/page.ts';
import { readEncounter, shareEncounter, type ClinicalParts } from '#clinical/encounters/encounters.ts';
import { listLooks, openLook, reviewLook, type Look } from '#custody/access/break-glass.ts';
import type { AccessContext } from '#custody/access/context.ts';
import { readPerson } from '#custody/access/people.ts';
import { Phi } from '#kernel/phi.ts';
import type { PatientGuard } from './guard.ts';

type LookHandlers = Pick<Handlers, 'shareEncounter' | 'openLook' | 'listLooks' | 'reviewLook'>;

/** Objects that one entry names; the rest is told by its count (docs/formats/entry.md). */
const MOST_NAMED = 64;

export function lookHandlers(parts: ClinicalParts, access: AccessContext, guard: PatientGuard): LookHandlers {
  return {
    async shareEncounter({ params, body }, { principal }) {
      await guard(principal, params.id, 'belong');
      const { id: person } = await readPerson(access, principal.tenant, body.personId);
      const share = { person, relation: body.relation };
      await shareEncounter(parts, principal.tenant, principal.actor, params.id, share);
      return { nothing: true as const };
    },

    async openLook({ params, body }, { principal }) {
      const { id: encounterId } = await readEncounter(parts, principal.tenant, params.id);
      const { reasonCode } = body;
      const { id, until } = await openLook(access, principal, { encounterId, reasonCode, reason: Phi.of(body.reason) });
      return { json: { id, until: until.toISOString() } };
    },

    async listLooks({ query }, { principal }) {
      const looks = await listLooks(access, principal.tenant, query.all === 'false');
      const objects = looks.slice(0, MOST_NAMED).map(({ encounterId }) => ({ type: 'encounter', id: encounterId }));
      return { json: wholePage(looks, showLook), objects };
    },

    async reviewLook({ params, body }, { principal }) {
      await reviewLook(access, principal, params.id, body.verdict);
      return { nothing: true as const };
    },
  };
}

function showLook(look: Look): WireLook {
  const { id, personId, encounterId, reasonCode, openedAt, until, reviewedBy, verdict } = look;
  return {
    id,
    personId,
    encounterId,
    reasonCode,
    reason: look.reason.reveal(),
    openedAt: openedAt.toISOString(),
    until: until.toISOString(),
    reviewedBy,
    verdict,
  };
}
