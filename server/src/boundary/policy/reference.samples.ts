// The policy read word by word, once per request and service, without a cell, a fold or an index: what `decide` must be the same as.
import { answersTo } from './requested.ts';
import type { Policy, PolicyCondition } from '@cordon/contract';
import { authorise, type Moment } from './authority.ts';
import { identifies, rankOf } from './classes.ts';
import { isSuch } from './conditions.ts';
import type { Decision, Obligation, Reason, Route } from './decision.ts';
import type { Intent } from './intent.ts';
import { refuseByRow } from './invariants.ts';
import { covers, owedBy, withAdded, withKnownCaller, withStep, written, type Owed } from './obligations.ts';
import { because, becauseOfRule, becauseOfTag } from './reasons.ts';
import type { RegistrySnapshot, Service } from './snapshot.ts';
import { zoneTree, type ZoneTree } from './zones.ts';

interface Judged {
  readonly service: Service;
  readonly refused: Reason | null;
  readonly route: Route;
  readonly owed: Owed;
  readonly weight: number;
}

/** What of a decision the two ways must agree on. */
export interface Read {
  readonly route: Route | null;
  readonly alternates: readonly Route[];
  readonly obligations: readonly Obligation[];
  readonly considered: Decision['considered'];
}

export function readWordByWord(intent: Intent, registry: RegistrySnapshot, policy: Policy): Read {
  const judged = registry.services
    .filter((service) => service.capability === intent.capability && service.modality === intent.modality)
    .toSorted((left, right) => (left.id < right.id ? -1 : 1))
    .map((service) => judgeOne(intent, service, registry, policy));
  const allowed = judged
    .filter(({ refused }) => refused === null)
    .toSorted(
      (left, right) =>
        Number(left.service.accuracy === 'low') - Number(right.service.accuracy === 'low') ||
        right.weight - left.weight ||
        (left.service.id < right.service.id ? -1 : 1),
    );
  const [first, ...others] = allowed;
  return {
    route: first?.route ?? null,
    alternates: others.flatMap(({ route, owed }) => (first !== undefined && covers(first.owed, owed) ? [route] : [])),
    obligations: first === undefined ? [] : written(first.owed),
    considered: judged.map(({ service, refused }) => ({ service: service.id, refused })),
  };
}

function judgeOne(intent: Intent, service: Service, registry: RegistrySnapshot, policy: Policy): Judged {
  const tree = zoneTree(policy.zones);
  const rank = rankOf(intent.dataClass);
  const moment: Moment = {
    registry,
    tree,
    agreementAlways: policy.settings.agreementAlways,
    at: Date.parse(intent.at),
  };
  const authority = authorise(service, rank, moment);
  const { id, capability, pattern, regions } = service;
  const agreement = 'basis' in authority ? authority.basis : null;
  const route = { service: id, capability, pattern, agreement, region: regions.inference };
  const rules = new Rules(intent, service, policy, tree);
  const purpose = policy.purposes.find((one) => one.purpose === intent.purpose);
  const known = intent.actor.type === 'person' || intent.onBehalfOf?.proven === true;
  const owed =
    purpose === undefined
      ? { consent: 'needed' as const, review: 'clinician' as const, retain: 'clinical', steps: new Set<never>() }
      : rules.owed(
          pattern === 'deid-cloud' && identifies(rank)
            ? withStep(owedBy(purpose, capability), 'deidentify')
            : owedBy(purpose, capability),
        );
  const refused =
    refusedByCredential(intent, service, policy, tree) ??
    (purpose === undefined || !purpose.capabilities.includes(intent.capability) ? because.purposeUnknown : null) ??
    (purpose && refuseByRow(service, { purpose, rank, policy, moment })?.refused) ??
    (intent.features.some((feature) => !service.features.includes(feature)) ? because.features : null) ??
    refusedByTag(intent, service, policy) ??
    refusedByPlace(intent, service, policy, tree) ??
    ('refused' in authority ? authority.refused : null) ??
    rules.refusal();
  return { service, refused, route, owed: withKnownCaller(owed, known), weight: rules.weight() };
}

function demanded(intent: Intent, policy: Policy): string[] {
  return [policy.settings.zone, intent.residency, ...(intent.origins ?? [])].filter((zone) => zone !== null);
}

function refusedByCredential(intent: Intent, service: Service, policy: Policy, tree: ZoneTree): Reason | null {
  const { scope } = intent;
  if (scope.capabilities?.includes(intent.capability) === false) return because.scopeCapability;
  if (scope.purposes?.includes(intent.purpose) === false) return because.scopePurpose;
  if (rankOf(intent.dataClass) < rankOf(scope.lowestDataClass)) return because.scopeClass;
  const zones = demanded(intent, policy);
  if (zones.some((one) => zones.some((other) => !tree.lies(one, other) && !tree.lies(other, one))))
    return because.zonesApart;
  const apart = (zone: string): boolean => zones.some((one) => !tree.lies(one, zone) && !tree.lies(zone, one));
  if (scope.zones?.every(apart) === true && zones.length > 0) return because.scopeZone;
  if (scope.services?.includes(service.id) === false) return because.scopeService;
  return intent.requestedService !== null && !answersTo(service, intent.requestedService)
    ? because.otherRequested
    : null;
}

function refusedByTag(intent: Intent, service: Service, policy: Policy): Reason | null {
  for (const tag of intent.tags) {
    const stated = policy.sensitivity.find((one) => one.tag === tag);
    if (stated === undefined && ['psychotherapy-notes', 'part2'].includes(tag))
      return becauseOfTag(tag, 'it needs a stated rule');
    if (stated?.patterns.includes(service.pattern) === false) return becauseOfTag(tag, stated.because);
  }
  return null;
}

function refusedByPlace(intent: Intent, service: Service, policy: Policy, tree: ZoneTree): Reason | null {
  const lies = (zone: string): boolean => Object.values(service.regions).every((place) => tree.lies(place, zone));
  const inZones = demanded(intent, policy).every(lies);
  return inZones && intent.scope.zones?.some(lies) !== false ? null : because.region;
}

class Rules {
  readonly #intent: Intent;
  readonly #service: Service;
  readonly #policy: Policy;
  readonly #tree: ZoneTree;

  constructor(intent: Intent, service: Service, policy: Policy, tree: ZoneTree) {
    this.#intent = intent;
    this.#service = service;
    this.#policy = policy;
    this.#tree = tree;
  }

  refusal(): Reason | null {
    for (const rule of this.#policy.rules)
      if (rule.effect === 'refuse' && this.#holds(rule.when)) return becauseOfRule(rule);
    for (const rule of this.#policy.rules) {
      if (rule.effect !== 'require' || rule.service === undefined || !this.#holds(rule.when)) continue;
      if (!isSuch(this.#service, rule.service, this.#tree)) return becauseOfRule(rule);
    }
    return null;
  }

  owed(start: Owed): Owed {
    let owed = start;
    for (const rule of this.#policy.rules)
      if (rule.effect === 'require' && rule.obligations !== undefined && this.#holds(rule.when))
        if (rule.service === undefined || isSuch(this.#service, rule.service, this.#tree))
          owed = withAdded(owed, rule.obligations);
    return owed;
  }

  weight(): number {
    return this.#policy.rules.reduce(
      (sum, rule) => (rule.effect === 'prefer' && this.#holds(rule.when) ? sum + rule.weight : sum),
      0,
    );
  }

  #holds(condition: PolicyCondition | undefined): boolean {
    if (condition === undefined) return true;
    const joined = [
      condition.all?.every((inner) => this.#holds(inner)) !== false,
      condition.any === undefined || condition.any.some((inner) => this.#holds(inner)),
      condition.not === undefined || !this.#holds(condition.not),
    ];
    return [...this.#cellTests(condition), ...this.#askedTests(condition), ...joined].every(Boolean);
  }

  #cellTests({ purpose, capability, modality, class: byClass, service }: PolicyCondition): boolean[] {
    const intent = this.#intent;
    const rank = rankOf(intent.dataClass);
    return [
      purpose?.includes(intent.purpose) !== false,
      capability?.includes(intent.capability) !== false,
      modality?.includes(intent.modality) !== false,
      byClass === undefined || ('atLeast' in byClass ? rank >= rankOf(byClass.atLeast) : rank < rankOf(byClass.below)),
      service === undefined || isSuch(this.#service, service, this.#tree),
    ];
  }

  #askedTests({ tags, zone, actor, onBehalfOf, patient, encounter, features }: PolicyCondition): boolean[] {
    const intent = this.#intent;
    const standing = intent.onBehalfOf === null ? 'nobody' : intent.onBehalfOf.proven ? 'proven' : 'asserted';
    const strictest = this.#tree.strictest(demanded(intent, this.#policy)) ?? null;
    const held = (tag: string): boolean => intent.tags.includes(tag);
    return [
      tags === undefined || ('any' in tags ? tags.any.some(held) : tags.all.every(held)),
      zone === undefined || (strictest !== null && zone.some((one) => this.#tree.lies(strictest, one))),
      actor?.type?.includes(intent.actor.type) !== false,
      actor?.id?.includes(intent.actor.id) !== false,
      onBehalfOf?.includes(standing) !== false,
      patient === undefined || patient === (intent.patient !== null),
      encounter === undefined || encounter === (intent.encounter !== null),
      features === undefined || features.some((one) => intent.features.includes(one)),
    ];
  }
}
