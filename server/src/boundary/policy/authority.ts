// Who may see what identifies a person (spec boundary §1.2–1.3, 45 CFR 164.502(e), 164.504(e)): a record of the kind that the pattern needs,
// in force at the moment, complete, that names the service, its region, capability, modality and stage.
import { identifies } from './classes.ts';
import type { Basis, Reason } from './decision.ts';
import { because, becauseOfMethod, type MethodLack } from './reasons.ts';
import type { Agreement, MethodRecord, RegistrySnapshot, Service } from './snapshot.ts';
import { IN_PROCESS, type ZoneTree } from './zones.ts';

export interface Moment {
  readonly registry: RegistrySnapshot;
  readonly tree: ZoneTree;
  /** Strict: PHI needs a signed agreement whatever the pattern. */
  readonly agreementAlways: boolean;
  /** Milliseconds since 1970; NaN: no moment at all, at which nothing is in force. */
  readonly at: number;
}

export type Authority = { readonly basis: Basis | null } | { readonly refused: Reason };

const ON_PREM_KIND = 'attestation' as const;
const ELSEWHERE_KIND = 'baa' as const;

/** `rank`: of the data as it comes in, before any de-identification. */
export function authorise(service: Service, rank: number, moment: Moment): Authority {
  if (!identifies(rank)) return { basis: null };
  const method = service.pattern === 'deid-cloud' ? methodInForce(service, moment) : null;
  if (method !== null && !moment.agreementAlways)
    return { basis: { type: 'method', id: method.id, version: method.version } };
  if (service.pattern !== 'on-prem') return orMethod(service, method, moment, agreed(service, ELSEWHERE_KIND, moment));
  const attested = agreed(service, ON_PREM_KIND, moment);
  return 'refused' in attested || !moment.agreementAlways ? attested : agreed(service, ELSEWHERE_KIND, moment);
}

/** A method record that makes `deidentified` of what this service is sent; null: what it is sent is `minimised-phi`. */
export function methodInForce(service: Service, { registry, at }: Moment): MethodRecord | null {
  return naming(service, registry).find((method) => methodHolds(method, registry, at)) ?? null;
}

/** Within its time, not ended, and gathered with the engine that runs. */
function methodHolds(method: MethodRecord, { engine }: Pick<RegistrySnapshot, 'engine'>, at: number): boolean {
  return isInForce(method, at) && method.fingerprint === engine;
}

/** Why there is no method for a service, of the record that came nearest. */
export function lackOfMethod(service: Service, { registry, at }: Moment): MethodLack {
  const named = naming(service, registry);
  if (named.some((method) => isInForce(method, at))) return 'engine';
  if (named.some(({ terminated }) => !terminated)) return 'dates';
  return named.length > 0 ? 'ended' : 'none';
}

function naming({ id }: Service, { methods = [] }: RegistrySnapshot): readonly MethodRecord[] {
  return methods.filter(({ services }) => services.includes(id));
}

/** An agreement would do for deid-cloud, and so would a method: who is refused because no agreement names the service is told of both. */
function orMethod(service: Service, method: MethodRecord | null, moment: Moment, authority: Authority): Authority {
  if (service.pattern !== 'deid-cloud' || method !== null || !('refused' in authority)) return authority;
  const { refused } = authority;
  if (moment.agreementAlways || (refused !== because.agreementMissing && refused !== because.serviceNotNamed))
    return authority;
  return { refused: becauseOfMethod(refused.code, lackOfMethod(service, moment)) };
}

function agreed(service: Service, kind: Agreement['kind'], { registry, tree, at }: Moment): Authority {
  const ofKind = registry.agreements.filter((agreement) => agreement.kind === kind);
  const naming = ofKind.filter((agreement) => agreement.services.includes(service.id));
  if (naming.length === 0) {
    // What the installation attests of its own process says nothing of anybody's hosts.
    const speaking = ofKind.some(({ regions }) => regions.some((region) => region !== IN_PROCESS));
    if (speaking) return { refused: because.serviceNotNamed };
    return { refused: kind === ON_PREM_KIND ? because.attestationMissing : because.agreementMissing };
  }
  const inForce = naming.filter((agreement) => isInForce(agreement, at));
  if (inForce.length === 0) return { refused: because.agreementExpired };
  const complete = inForce.filter((agreement) => agreement.missingClauses.length === 0);
  if (complete.length === 0) return { refused: because.clauseMissing };
  const lacks = complete.map((agreement) => ({ agreement, lack: lackOf(agreement, service, tree) }));
  const covering = lacks.find(({ lack }) => lack === null);
  if (covering === undefined) return { refused: lacks[0]?.lack ?? because.serviceNotNamed };
  const { id, version } = covering.agreement;
  return { basis: { type: kind === ON_PREM_KIND ? 'attestation' : 'agreement', id, version } };
}

/** What a complete agreement in force does not cover of a service that it names. */
function lackOf(agreement: Agreement, service: Service, tree: ZoneTree): Reason | null {
  const { inference } = service.regions;
  if (
    !agreement.regions.some(
      (region) => region === inference || (inference !== IN_PROCESS && tree.lies(inference, region)),
    )
  )
    return because.regionNotNamed;
  if (!agreement.capabilities.includes(service.capability)) return because.capabilityNotNamed;
  if (!agreement.modalities.includes(service.modality)) return because.modalityNotNamed;
  if (!agreement.stages.includes(service.stage)) return because.stageNotNamed;
  if (service.isolation === 'dedicated' && !agreement.statesIsolation) return because.isolationNotStated;
  const { retentionDays } = service;
  const within =
    agreement.retentionDays === null || (retentionDays !== 'unknown' && retentionDays <= agreement.retentionDays);
  return within ? null : because.retainedLonger;
}

/** Effective ≤ at < expiry, and not terminated. A date that is none was never reached. */
function isInForce(record: Pick<Agreement, 'effective' | 'expires' | 'terminated'>, at: number): boolean {
  if (record.terminated || !(Date.parse(record.effective) <= at)) return false;
  return record.expires === null || at < Date.parse(record.expires);
}

/** Moments at which a record begins or ceases to hold, ascending: between two of them nothing changes. */
export function edgesOf({ agreements, methods = [] }: RegistrySnapshot): Float64Array {
  const moments = new Set<number>();
  for (const { effective, expires } of [...agreements, ...methods]) {
    moments.add(Date.parse(effective));
    if (expires !== null) moments.add(Date.parse(expires));
  }
  moments.delete(NaN);
  return Float64Array.from(moments).toSorted();
}
