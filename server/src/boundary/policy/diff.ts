// What differs between two versions of a policy. Lists of named things (rules, purposes, zones, tags) are compared by their names, so that
// one that moved is not one that changed; the order of rules is told apart, because the first that refuses is the one that is named.
import type { Policy } from '@cordon/contract';

export interface PolicyDifference {
  /** Such as `settings.zone` or `rules.no-part2-outside.weight`. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

/** The member by which items of a list are named. */
const NAMES: Readonly<Record<string, string>> = { rules: 'id', purposes: 'purpose', zones: 'zone', sensitivity: 'tag' };

export function diffPolicies(before: Policy, after: Policy): PolicyDifference[] {
  const { version: _before, ...left } = before;
  const { version: _after, ...right } = after;
  return [...differences('', left, right), ...orderOfRules(before, after)];
}

function differences(path: string, before: unknown, after: unknown): PolicyDifference[] {
  if (before === undefined) return [{ path, change: 'added', after }];
  if (after === undefined) return [{ path, change: 'removed', before }];
  const [left, right] = [membersOf(path, before), membersOf(path, after)];
  if (left === null || right === null)
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, change: 'changed', before, after }];
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].flatMap((name) =>
    differences(path === '' ? name : `${path}.${name}`, left.get(name), right.get(name)),
  );
}

/** Members by name; null for what is compared as a whole. */
function membersOf(path: string, value: unknown): Map<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const name = NAMES[path];
  if (name === undefined) return null;
  return new Map(value.map((item: object) => [String(Reflect.get(item, name)), item]));
}

function orderOfRules(before: Policy, after: Policy): PolicyDifference[] {
  const ids = (policy: Policy, other: Policy): string[] =>
    policy.rules.map(({ id }) => id).filter((id) => other.rules.some((rule) => rule.id === id));
  const [left, right] = [ids(before, after), ids(after, before)];
  return left.join('\n') === right.join('\n') ? [] : [{ path: 'rules', change: 'changed', before: left, after: right }];
}
