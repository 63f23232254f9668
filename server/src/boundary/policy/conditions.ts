// Conditions of rules, folded: what a service's row and a cell of the rulebook (purpose, class, capability, modality) settle is settled
// once; what is left over is a predicate over the rest of the intent. Residuals that say the same have the same key, so that each is
// asked once per decision and not once per service.
import type { PolicyCondition, PolicyServiceTest, PolicyTests } from '@cordon/contract';
import { rankOf } from './classes.ts';
import type { Intent } from './intent.ts';
import type { Service } from './snapshot.ts';
import type { ZoneTree } from './zones.ts';

/** What is known before a request comes. */
export interface Settled {
  readonly purpose: string;
  readonly rank: number;
  readonly capability: string;
  readonly modality: string;
}

/** The rest of the intent. */
export interface Asking {
  readonly intent: Intent;
  /** Strictest zone demanded. */
  readonly zone: string | null;
}

export interface Predicate {
  readonly key: string;
  readonly holds: (asking: Asking) => boolean;
}

export type Residual = boolean | Predicate;

/** A condition with its predicates made, once per rulebook. */
export interface Prepared {
  readonly tests: PolicyTests;
  readonly left: readonly Predicate[];
  readonly all: readonly Prepared[];
  readonly any: readonly Prepared[] | null;
  readonly not: Prepared | null;
}

export function prepare(condition: PolicyCondition, tree: ZoneTree): Prepared {
  return {
    tests: condition,
    left: leftOver(condition, tree),
    all: (condition.all ?? []).map((inner) => prepare(inner, tree)),
    any: condition.any?.map((inner) => prepare(inner, tree)) ?? null,
    not: condition.not === undefined ? null : prepare(condition.not, tree),
  };
}

/** Folds a condition for one service. */
export function fold(condition: Prepared, settled: Settled, service: Service, tree: ZoneTree): Residual {
  if (!settles(condition.tests, settled, service, tree)) return false;
  const { left, all, any, not } = condition;
  if (all.length === 0 && any === null && not === null) return every(left);
  const parts: Residual[] = [...left];
  for (const inner of all) parts.push(fold(inner, settled, service, tree));
  if (any !== null) parts.push(either(any.map((inner) => fold(inner, settled, service, tree))));
  if (not !== null) parts.push(opposite(fold(not, settled, service, tree)));
  return every(parts);
}

/** Whether the rule may ever hold in a cell, whatever the service: rules that cannot are not looked at again. */
export function mayHold(condition: PolicyCondition | undefined, settled: Settled): boolean {
  if (condition === undefined) return true;
  return (
    holdsInCell(condition, settled) &&
    (condition.all ?? []).every((inner) => mayHold(inner, settled)) &&
    (condition.any === undefined || condition.any.some((inner) => mayHold(inner, settled)))
  );
}

function settles(tests: PolicyTests, settled: Settled, service: Service, tree: ZoneTree): boolean {
  return holdsInCell(tests, settled) && (tests.service === undefined || isSuch(service, tests.service, tree));
}

function holdsInCell(tests: PolicyTests, { purpose, rank, capability, modality }: Settled): boolean {
  return (
    isOneOf(tests.purpose, purpose) &&
    isOneOf(tests.capability, capability) &&
    isOneOf(tests.modality, modality) &&
    (tests.class === undefined ||
      ('atLeast' in tests.class ? rank >= rankOf(tests.class.atLeast) : rank < rankOf(tests.class.below)))
  );
}

/** Members of a row that a test may list values of. */
const LISTED = ['id', 'vendor', 'product', 'model', 'adapter', 'pattern', 'isolation', 'accuracy', 'stage'] as const;
const AXES = ['inference', 'storage', 'support', 'logs'] as const;

/** Whether a service's row is such a one. `unknown` is never at most anything. */
export function isSuch(service: Service, test: PolicyServiceTest, tree: ZoneTree): boolean {
  const { inProcess, retentionAtMost, regions } = test;
  const { retentionDays } = service;
  return (
    LISTED.every((member) => isOneOf<string>(test[member], service[member])) &&
    (inProcess === undefined || inProcess === (service.endpoint === null)) &&
    (retentionAtMost === undefined || (retentionDays !== 'unknown' && retentionDays <= retentionAtMost)) &&
    AXES.every((axis) => regions?.[axis]?.some((zone) => tree.lies(service.regions[axis], zone)) !== false)
  );
}

function leftOver(tests: PolicyTests, tree: ZoneTree): Predicate[] {
  const parts: Predicate[] = [];
  const add = (name: string, test: unknown, holds: Predicate['holds']): void => {
    if (test !== undefined) parts.push({ key: `${name}:${JSON.stringify(test)}`, holds });
  };
  const { tags, zone: zones, actor, onBehalfOf, patient, encounter, features } = tests;
  add('tags', tags, ({ intent }) => tags === undefined || holdsOfTags(tags, intent.tags));
  add('zone', zones, ({ zone }) => zone !== null && zones?.some((one) => tree.lies(zone, one)) === true);
  add('actor', actor, ({ intent }) => isOneOf(actor?.type, intent.actor.type) && isOneOf(actor?.id, intent.actor.id));
  add('onBehalfOf', onBehalfOf, ({ intent }) => isOneOf(onBehalfOf, standingOf(intent)));
  add('patient', patient, ({ intent }) => (intent.patient !== null) === patient);
  add('encounter', encounter, ({ intent }) => (intent.encounter !== null) === encounter);
  add('features', features, ({ intent }) => intent.features.some((feature) => features?.includes(feature) === true));
  return parts;
}

function holdsOfTags(test: NonNullable<PolicyTests['tags']>, tags: readonly string[]): boolean {
  return 'any' in test ? test.any.some((tag) => tags.includes(tag)) : test.all.every((tag) => tags.includes(tag));
}

function standingOf({ onBehalfOf }: Intent): 'proven' | 'asserted' | 'nobody' {
  if (onBehalfOf === null) return 'nobody';
  return onBehalfOf.proven ? 'proven' : 'asserted';
}

function isOneOf<T>(list: readonly T[] | undefined, value: T): boolean {
  return list === undefined || list.includes(value);
}

function every(parts: readonly Residual[]): Residual {
  if (parts.includes(false)) return false;
  const open = parts.filter((part) => typeof part !== 'boolean');
  const [only] = open;
  if (only === undefined || open.length === 1) return only ?? true;
  return {
    key: `(${open.map(({ key }) => key).join(' & ')})`,
    holds: (asking) => open.every((one) => one.holds(asking)),
  };
}

function either(parts: readonly Residual[]): Residual {
  if (parts.includes(true)) return true;
  const open = parts.filter((part) => typeof part !== 'boolean');
  const [only] = open;
  if (only === undefined || open.length === 1) return only ?? false;
  return {
    key: `(${open.map(({ key }) => key).join(' | ')})`,
    holds: (asking) => open.some((one) => one.holds(asking)),
  };
}

function opposite(part: Residual): Residual {
  if (typeof part === 'boolean') return !part;
  return { key: `!${part.key}`, holds: (asking) => !part.holds(asking) };
}
