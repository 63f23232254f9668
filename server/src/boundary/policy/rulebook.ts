// Registry and policy compiled for deciding (docs/decisions/0113). A cell holds everything that purpose, class, capability, modality and the
// moment settle: rows, invariants, agreements and the rules' settled parts. Cells are filled when they are first asked for, and so are their
// views (view.ts). What they hold follows from the rulebook alone, so filling them changes no answer.
import type { Policy, PolicyCondition, PolicyPurpose } from '@cordon/contract';
import { edgesOf, type Moment } from './authority.ts';
import { fillCell, type Cell, type PreparedRule } from './cell.ts';
import { rankOf } from './classes.ts';
import { prepare } from './conditions.ts';
import type { Intent } from './intent.ts';
import { becauseOfTag } from './reasons.ts';
import type { Pattern, Reason } from './decision.ts';
import type { RegistrySnapshot, Service } from './snapshot.ts';
import { zoneTree, type ZoneTree } from './zones.ts';

/** What patterns data with a tag may go to, and the reason for all others. */
export interface TagRule {
  readonly patterns: ReadonlySet<Pattern>;
  readonly refused: Reason;
}

export interface Rulebook {
  readonly snapshot: RegistrySnapshot;
  readonly policy: Policy;
  readonly tree: ZoneTree;
  readonly tags: ReadonlyMap<string, TagRule>;
  readonly purposes: ReadonlyMap<string, PolicyPurpose>;
  /** By capability and modality, in the order of ids. */
  readonly able: ReadonlyMap<string, readonly Service[]>;
  /** Moments at which some record begins or ends, ascending. */
  readonly edges: Float64Array;
  readonly rules: readonly PreparedRule[];
  /** What rules and sensitivity ask by name: of all other tags and actors it is enough that they are others. */
  readonly named: { readonly tags: ReadonlySet<string>; readonly actors: ReadonlySet<string> };
  /** Filled as they are asked for. */
  readonly cells: Map<string, Cell>;
}

/** Cells kept at once: every purpose of a tenant with two classes, and some moments. Beyond it all are filled anew. */
const MAX_CELLS = 512;

/** Tags that no pattern may see unless the policy says so: 45 CFR 164.508(a)(2), 42 CFR part 2. */
const NEED_A_RULE = ['psychotherapy-notes', 'part2'] as const;

/** Once per pair of versions. */
export function compile(snapshot: RegistrySnapshot, policy: Policy): Rulebook {
  const able = new Map<string, Service[]>();
  for (const service of snapshot.services.toSorted((left, right) => (left.id < right.id ? -1 : 1))) {
    const key = `${service.capability} ${service.modality}`;
    const list = able.get(key);
    if (list === undefined) able.set(key, [service]);
    else list.push(service);
  }
  const tree = zoneTree(policy.zones);
  const tags = tagRules(policy);
  const named = { tags: new Set(tags.keys()), actors: new Set<string>() };
  for (const { when } of policy.rules) if (when !== undefined) collectNames(when, named);
  return {
    snapshot,
    policy,
    tree,
    tags,
    named,
    rules: policy.rules.map((rule) => ({ rule, when: rule.when === undefined ? null : prepare(rule.when, tree) })),
    purposes: new Map(policy.purposes.map((purpose) => [purpose.purpose, purpose])),
    able,
    edges: edgesOf(snapshot),
    cells: new Map(),
  };
}

function tagRules(policy: Policy): Map<string, TagRule> {
  const rules = new Map<string, TagRule>();
  for (const tag of NEED_A_RULE)
    rules.set(tag, { patterns: new Set(), refused: becauseOfTag(tag, 'it needs a stated rule') });
  for (const { tag, patterns, because } of policy.sensitivity)
    rules.set(tag, { patterns: new Set(patterns), refused: becauseOfTag(tag, because) });
  return rules;
}

function collectNames(
  { tags, actor, all, any, not }: PolicyCondition,
  named: { readonly tags: Set<string>; readonly actors: Set<string> },
): void {
  for (const tag of tags === undefined ? [] : 'any' in tags ? tags.any : tags.all) named.tags.add(tag);
  for (const id of actor?.id ?? []) named.actors.add(id);
  for (const inner of [...(all ?? []), ...(any ?? []), ...(not === undefined ? [] : [not])]) collectNames(inner, named);
}

/** The cell of an intent. */
export function cellOf(book: Rulebook, intent: Intent): Cell {
  const purpose = book.purposes.get(intent.purpose) ?? null;
  const span = spanOf(book.edges, Date.parse(intent.at));
  const rank = rankOf(intent.dataClass);
  const key = `${purpose?.purpose ?? ''} ${rank} ${intent.capability} ${intent.modality} ${span}`;
  const held = book.cells.get(key);
  if (held !== undefined) return held;
  if (book.cells.size >= MAX_CELLS) book.cells.clear();
  const services = book.able.get(`${intent.capability} ${intent.modality}`) ?? [];
  const at = span < 0 ? NaN : (book.edges[span - 1] ?? -Infinity);
  const moment: Moment = {
    registry: book.snapshot,
    tree: book.tree,
    agreementAlways: book.policy.settings.agreementAlways,
    at,
  };
  const settled = { purpose: intent.purpose, rank, capability: intent.capability, modality: intent.modality };
  const cell = fillCell({ services, purpose, settled, policy: book.policy, rules: book.rules, moment });
  book.cells.set(key, cell);
  return cell;
}

/** The number of edges at or before the moment; -1 for no moment at all. */
function spanOf(edges: Float64Array, at: number): number {
  if (Number.isNaN(at)) return -1;
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
