// What of a call stands in the ledger's facts, so that its decision can be made again without opening anything sealed: exactly what
// `decide` reads of an intent, and what came of it (docs/formats/decision.md §4). No reference to a person, no content.
import type { PublicJson } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Decision } from './decision.ts';
import type { Capability, DataClass, Feature, Intent, IntentScope, Modality } from './intent.ts';
import { answersTo } from './requested.ts';
import type { Service } from './snapshot.ts';

type FactRecord = { readonly [key: string]: PublicJson };

/** Members that say nothing are left out; `decided` is the same for calls that are decided alike. */
export function factsOf(intent: Intent, decision: Decision, services: readonly Service[]): FactRecord {
  const { actor, onBehalfOf, scope, features, origins } = intent;
  const about = [...(intent.patient === null ? [] : ['patient']), ...(intent.encounter === null ? [] : ['encounter'])];
  return {
    purpose: intent.purpose,
    class: intent.dataClass,
    tags: [...intent.tags],
    zone: intent.residency,
    at: intent.at,
    decided: {
      actor: `${actor.type}:${actor.id}`,
      capability: intent.capability,
      modality: intent.modality,
      code: decision.code,
      service: decision.route?.service ?? null,
      ...(onBehalfOf === null ? {} : { onBehalfOf: onBehalfOf.proven ? 'proven' : 'asserted' }),
      ...(about.length === 0 ? {} : { about }),
      ...(features.length === 0 ? {} : { features: [...features] }),
      ...(origins === undefined || origins.length === 0 ? {} : { origins: [...origins] }),
      ...(intent.requestedService === null ? {} : { requested: knownOrNone(intent.requestedService, services) }),
      ...scopeFacts(scope),
    },
  };
}

/** Stands for any name that no service has: callers may write anything there, and facts are not sealed. */
const NO_SUCH_SERVICE = '?';

function knownOrNone(requested: string, services: readonly Service[]): string {
  return services.some((service) => answersTo(service, requested)) ? requested : NO_SUCH_SERVICE;
}

function scopeFacts({ capabilities, purposes, services, zones, lowestDataClass }: IntentScope): FactRecord {
  const scope = {
    ...(capabilities === null ? {} : { capabilities: [...capabilities] }),
    ...(purposes === null ? {} : { purposes: [...purposes] }),
    ...(services === null ? {} : { services: [...services] }),
    ...(zones === undefined || zones === null ? {} : { zones: [...zones] }),
    ...(lowestDataClass === 'phi' ? {} : { lowest: lowestDataClass }),
  };
  return Object.keys(scope).length === 0 ? {} : { scope };
}

/** What of the facts a past decision is read from. */
export interface DecidedFacts {
  readonly purpose: string;
  readonly class: string;
  readonly tags: readonly string[];
  readonly zone: string | null;
  readonly decided: {
    readonly actor: string;
    readonly capability: string;
    readonly modality: string;
    readonly code: string;
    readonly service: string | null;
    readonly onBehalfOf?: 'proven' | 'asserted';
    readonly about?: readonly string[];
    readonly features?: readonly string[];
    readonly origins?: readonly string[];
    readonly requested?: string;
    readonly scope?: {
      readonly capabilities?: readonly string[];
      readonly purposes?: readonly string[];
      readonly services?: readonly string[];
      readonly zones?: readonly string[];
      readonly lowest?: string;
    };
  };
}

/** Whose place a reference holds: `decide` asks whether there is one, never which. */
const SOMEBODY = 'somebody';

/** An intent that is decided exactly as the one that these are the facts of. */
export function intentOf(tenant: TenantId, at: string, facts: DecidedFacts): Intent {
  const { decided } = facts;
  const [type = 'system', ...id] = decided.actor.split(':');
  const scope = decided.scope ?? {};
  return {
    v: 1,
    at,
    tenant,
    actor: { type: type as Intent['actor']['type'], id: id.join(':') },
    onBehalfOf: decided.onBehalfOf === undefined ? null : { id: SOMEBODY, proven: decided.onBehalfOf === 'proven' },
    purpose: facts.purpose,
    patient: decided.about?.includes('patient') === true ? SOMEBODY : null,
    encounter: decided.about?.includes('encounter') === true ? SOMEBODY : null,
    dataClass: facts.class as DataClass,
    tags: facts.tags,
    capability: decided.capability as Capability,
    modality: decided.modality as Modality,
    residency: facts.zone,
    ...(decided.origins === undefined ? {} : { origins: decided.origins }),
    requestedService: decided.requested ?? null,
    features: (decided.features ?? []) as readonly Feature[],
    scope: {
      capabilities: (scope.capabilities ?? null) as readonly Capability[] | null,
      purposes: scope.purposes ?? null,
      services: scope.services ?? null,
      ...(scope.zones === undefined ? {} : { zones: scope.zones }),
      lowestDataClass: (scope.lowest ?? 'phi') as DataClass,
    },
  };
}
