// The visit that a call of the OpenAI-compatible routes belongs to, and what the caller asks of it.
import { ProblemError, type CallContext } from '@cordon/contract';
import { madeBefore, type Reserved } from '#api/routing/handler.ts';
import { purposeOf, type PatientGuard } from '#api/manage/guard.ts';
import { PURPOSES } from '#boundary/policy/intent.ts';
import { scopeOf } from '#boundary/policy/scope.ts';
import { recordConsent } from '#clinical/encounters/consents.ts';
import {
  createEncounter,
  findByReference,
  readEncounter,
  type ClinicalParts,
  type Encounter,
} from '#clinical/encounters/encounters.ts';
import { derivedId } from '#clinical/fhir/identity.ts';
import type { TranscriptionWish } from '#clinical/transcription/transcriptions.queries.ts';
import type { TranscriptionParts } from '#clinical/transcription/transcriptions.ts';
import type { Principal } from '#custody/access/principal.ts';
import { isUuid } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { VisitOfCall } from './model-calls.ts';

/** Names that the OpenAI service gives its own models: here they mean "what policy prefers"; the answer says what that was. */
const CALLERS_DEFAULTS: ReadonlySet<string> = new Set([
  'auto',
  'whisper-1',
  'gpt-4o-transcribe',
  'gpt-4o-mini-transcribe',
]);

/** A visit that the caller did not name. */
const UNNAMED_PATIENT = 'unstated';

/** A call's context, from headers or query. */
export type VisitContext = Omit<CallContext, 'idempotency-key' | 'prefer'>;

export function wishOf(
  principal: Principal,
  encounter: Pick<Encounter, 'purpose'>,
  context: VisitContext,
  model: string,
  request: string,
): TranscriptionWish {
  return {
    service: CALLERS_DEFAULTS.has(model) ? null : model,
    purpose: encounter.purpose,
    scope: scopeOf(principal),
    onBehalfOf: context['cordon-on-behalf-of'] ?? null,
    residency: context['cordon-residency'] ?? null,
    tags: context['cordon-tags'] ?? [],
    request,
  };
}

/**
 * The encounter that the audio belongs to: the one that `Cordon-Encounter` names (our id, or the caller's own reference),
 * else a new one. A key in mode `caller-attests` states by its call that consent exists; that statement is recorded.
 */
export async function admitVisit(
  parts: TranscriptionParts,
  guard: PatientGuard,
  principal: Principal,
  context: VisitContext,
  reserved: Reserved,
): Promise<Encounter> {
  const { tenant, actor } = principal;
  const own = { id: derivedId(reserved.id, 'encounter'), resumed: reserved.resumed };
  const attests = principal.kind === 'key' && principal.scopes.consentMode === 'caller-attests';
  const named = context['cordon-encounter'];
  const existing = named === undefined ? null : await findVisit(parts, tenant, named);
  if (existing !== null) await guard(principal, existing.id);
  if (existing === null && !attests) throw new ProblemError('consent_missing');
  const encounter = existing ?? (await openVisit(parts, principal, context, own));
  if (attests && encounter.consent === 'missing') {
    const statement = {
      manner: 'caller-attests',
      by: null,
      textVersion: null,
      obtainedAt: null,
      jurisdiction: null,
    } as const;
    await recordConsent(parts, tenant, actor, encounter.id, statement);
  }
  return encounter;
}

/** The purpose of a visit that names none. */
export function purposeOfVisit(principal: Principal): string {
  return purposeOf(principal) ?? 'ambient-documentation';
}

async function findVisit(
  parts: TranscriptionParts,
  tenant: Principal['tenant'],
  named: string,
): Promise<Encounter | null> {
  if (isUuid(named)) return readEncounter(parts, tenant, named);
  return findByReference(parts, tenant, named);
}

async function openVisit(
  parts: TranscriptionParts,
  principal: Principal,
  context: VisitContext,
  own: Reserved,
): Promise<Encounter> {
  const made = await madeBefore(own, (id) => readEncounter(parts, principal.tenant, id));
  if (made !== null) return made;
  const purpose = context['cordon-purpose'] ?? purposeOfVisit(principal);
  if (!(PURPOSES as readonly string[]).includes(purpose)) throw new ProblemError('purpose_not_allowed');
  return createEncounter(parts, principal.tenant, principal.actor, {
    id: own.id,
    purpose,
    demo: false,
    clinician: principal.kind === 'key' ? principal.ownerId : principal.personId,
    identity: {
      patient: context['cordon-patient'] ?? UNNAMED_PATIENT,
      reference: context['cordon-encounter'] ?? null,
      startedAt: null,
      endedAt: null,
    },
  });
}

/** What the visit that a call names says of it. Our id must be one that the caller may see; a reference of the caller's own may be unknown. */
export async function visitOfCall(
  parts: ClinicalParts,
  guard: PatientGuard,
  principal: Principal,
  named: string,
): Promise<VisitOfCall> {
  const { tenant } = principal;
  const sealer = await parts.keys.forTenant(tenant);
  const digest = (domain: string, value: string): string => Buffer.from(sealer.lookup(domain, value)).toString('hex');
  const visit = isUuid(named) ? await readEncounter(parts, tenant, named) : await findByReference(parts, tenant, named);
  if (visit === null)
    return {
      encounter: null,
      reference: digest('encounter', named),
      patient: null,
      consent: 'missing',
      known: Phi.of([{ type: 'OTHER_ID', value: named }]),
    };
  await guard(principal, visit.id);
  const patient = digest('patient', visit.identity.reveal().patient);
  return { encounter: visit.id, reference: null, patient, consent: visit.consent, known: visit.identity.map(knownOf) };
}

/** What a visit knows of its patient, as what must be caught in a text about it. */
function knownOf({ patient, reference }: { readonly patient: string; readonly reference: string | null }) {
  return [
    ...(patient === UNNAMED_PATIENT ? [] : [{ type: 'MRN', value: patient } as const]),
    ...(reference === null ? [] : [{ type: 'OTHER_ID', value: reference } as const]),
  ];
}
