// What a schema cannot say of a policy: names that must be there once, zones that make a tree, and rules under which more
// protection never allows more. Used by the schema itself, so a document that parses is a document that holds.

export interface PolicyFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The members that are looked at; the schema has seen to their forms. */
interface Looked {
  readonly settings: { readonly zone: string | null };
  readonly zones: readonly {
    readonly zone: string;
    readonly within: string | null;
    readonly regions: readonly string[];
  }[];
  readonly purposes: readonly { readonly purpose: string }[];
  readonly sensitivity: readonly { readonly tag: string }[];
  readonly rules: readonly LookedRule[];
}

interface LookedRule {
  readonly id: string;
  readonly effect: string;
  readonly when?: Condition;
}

interface Condition {
  readonly class?: object;
  readonly tags?: object;
  readonly zone?: readonly string[];
  readonly features?: readonly string[];
  readonly all?: readonly Condition[];
  readonly any?: readonly Condition[];
  readonly not?: Condition;
}

export function policyFaults(policy: Looked): PolicyFault[] {
  return [
    ...repeated(
      policy.zones.map(({ zone }) => zone),
      'zones',
      'a zone stands twice',
    ),
    ...repeated(
      policy.purposes.map(({ purpose }) => purpose),
      'purposes',
      'a purpose stands twice',
    ),
    ...repeated(
      policy.sensitivity.map(({ tag }) => tag),
      'sensitivity',
      'a tag stands twice',
    ),
    ...repeated(
      policy.rules.map(({ id }) => id),
      'rules',
      'a rule’s id stands twice',
    ),
    ...zoneFaults(policy),
    ...policy.rules.flatMap((rule, index) =>
      rule.effect === 'prefer' || rule.when === undefined ? [] : loosening(rule.when, true, ['rules', index, 'when']),
    ),
  ];
}

function repeated(names: readonly string[], list: string, message: string): PolicyFault[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path: [list, index], message }];
  });
}

function zoneFaults({ settings, zones }: Looked): PolicyFault[] {
  const parents = new Map(zones.map(({ zone, within }) => [zone, within]));
  const places = new Set(parents.keys());
  const faults: PolicyFault[] = [];
  if (settings.zone !== null && !parents.has(settings.zone))
    faults.push({ path: ['settings', 'zone'], message: 'this zone is not in the tree' });
  for (const [index, { zone, within, regions }] of zones.entries()) {
    if (within !== null && !parents.has(within))
      faults.push({ path: ['zones', index, 'within'], message: 'this zone is not in the tree' });
    if (goesRound(zone, parents))
      faults.push({ path: ['zones', index, 'within'], message: 'zones go round in a circle' });
    for (const [at, region] of regions.entries()) {
      if (region === zone || !places.has(region)) places.add(region);
      else faults.push({ path: ['zones', index, 'regions', at], message: 'a region lies in two zones' });
    }
  }
  return faults;
}

function goesRound(zone: string, parents: ReadonlyMap<string, string | null>): boolean {
  let at = parents.get(zone) ?? null;
  for (let steps = 0; at !== null && steps <= parents.size; steps += 1) {
    if (at === zone) return true;
    at = parents.get(at) ?? null;
  }
  return false;
}

/**
 * Paths of tests by which a higher class, a further tag, a narrower zone or a further feature would make a refusal or requirement
 * fall away: there protection would loosen as data gets more sensitive (spec boundary §3.2, monotonicity).
 */
function loosening(condition: Condition, positive: boolean, path: readonly (string | number)[]): PolicyFault[] {
  const message = 'more sensitive data would be allowed more: turn the test round';
  const faults: PolicyFault[] = [];
  const rising = (['tags', 'zone', 'features'] as const).filter((test) => condition[test] !== undefined);
  if (!positive) faults.push(...rising.map((test) => ({ path: [...path, test], message })));
  if (condition.class !== undefined && 'atLeast' in condition.class !== positive)
    faults.push({ path: [...path, 'class'], message });
  for (const join of ['all', 'any'] as const)
    for (const [index, inner] of (condition[join] ?? []).entries())
      faults.push(...loosening(inner, positive, [...path, join, index]));
  if (condition.not !== undefined) faults.push(...loosening(condition.not, !positive, [...path, 'not']));
  return faults;
}
