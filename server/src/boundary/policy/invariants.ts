// What a service's row must say before anything goes to it (spec boundary §1.1, §2). `unknown` in a field that is read here means no. The
// addresses that a service resolves to are looked at when it is called, by egress.
import type { Policy, PolicyPurpose } from '@cordon/contract';
import { lackOfMethod, methodInForce, type Moment } from './authority.ts';
import { clearedUpTo, DEIDENTIFIED, identifies, MINIMISED, rankOf } from './classes.ts';
import type { Reason } from './decision.ts';
import { because, becauseOfMethod } from './reasons.ts';
import type { Service } from './snapshot.ts';
import { IN_PROCESS } from './zones.ts';

/** The first thing that the row, or the purpose's word about its pattern, has against it; `depth` counts what it passed before. */
export interface RowRefusal {
  readonly refused: Reason;
  readonly depth: number;
}

type Check = (service: Service, asked: AskedOfRow) => Reason | null;

interface AskedOfRow {
  readonly purpose: PolicyPurpose;
  /** Of the data as it comes. */
  readonly rank: number;
  readonly policy: Policy;
  readonly moment: Moment;
}

/** In the order in which they are told. */
const CHECKS: readonly Check[] = [
  (service) => (service.enabled ? null : because.disabled),
  // What the caller brings, before any step lowers it.
  (_service, { purpose, rank }) => (rank <= rankOf(purpose.highestDataClass) ? null : because.purposeClass),
  (service, { purpose }) => (purpose.patterns.includes(service.pattern) ? null : patternRefused(service)),
  (service) => refuseAddress(service),
  (service) => (service.pattern === 'deid-cloud' && service.modality !== 'text' ? because.rawMedia : null),
  (service) => (service.pattern === 'vpc' && !service.vendorManagesWeightsOnly ? because.weightsUnstated : null),
  refuseUndeclared,
  (service, asked) =>
    seenRank(service, asked) <= clearedUpTo(service.dataClasses) ? null : refusedClass(service, asked),
  (service, asked) => (identifies(seenRank(service, asked)) ? refusePhi(service, asked.policy) : null),
];

export function refuseByRow(service: Service, asked: AskedOfRow): RowRefusal | null {
  for (const [depth, check] of CHECKS.entries()) {
    const refused = check(service, asked);
    if (refused !== null) return { refused, depth };
  }
  return null;
}

/** Checks that a row can pass. */
export const ROW_CHECKS = CHECKS.length;

/** What the service sees of the data: de-identified, it is `deidentified` by a method in force, else `minimised-phi` (45 CFR 164.514). */
function seenRank(service: Service, { rank, moment }: AskedOfRow): number {
  if (service.pattern !== 'deid-cloud' || !identifies(rank)) return rank;
  return methodInForce(service, moment) === null ? Math.min(rank, MINIMISED) : DEIDENTIFIED;
}

/** Where de-identified data would be welcome, what is missing is the method that makes it so. */
function refusedClass(service: Service, { rank, moment }: AskedOfRow): Reason {
  const wanting =
    service.pattern === 'deid-cloud' && identifies(rank) && clearedUpTo(service.dataClasses) >= DEIDENTIFIED;
  return wanting ? becauseOfMethod('class_not_allowed', lackOfMethod(service, moment)) : because.rowClass;
}

function patternRefused({ pattern }: Service): Reason {
  return pattern === 'deid-cloud' ? because.purposeMeaning : because.purposePattern;
}

function refuseAddress({ adapter, endpoint, regions }: Service): Reason | null {
  if (adapter.startsWith('local-')) return endpoint === null ? null : because.inProcessAddress;
  if (endpoint === null) return because.noAddress;
  return Object.values(regions).includes(IN_PROCESS) ? because.inProcessAddress : null;
}

function refuseUndeclared({ pattern, endpoint }: Service, { policy }: AskedOfRow): Reason | null {
  const own = (pattern === 'vpc' || pattern === 'on-prem') && endpoint !== null;
  const { cidrs, hosts } = policy.settings.network;
  return own && cidrs.length + hosts.length === 0 ? because.boundaryUndeclared : null;
}

function refusePhi(service: Service, policy: Policy): Reason | null {
  if (service.trainsOnContent !== 'never') return because.trains;
  if (service.stage === 'unknown') return because.stageUnknown;
  if (service.retentionDays === 'unknown') return because.retentionUnknown;
  return policy.settings.isolation.includes(service.isolation) ? null : because.isolation;
}
