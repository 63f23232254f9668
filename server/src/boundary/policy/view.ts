// A cell as one kind of request sees it: what tags, zone, features, actor and the like come to. Requests that are alike in these get the same
// view; it is made when the first of them comes.
import {
  byPreference,
  DEPTH,
  type Allowed,
  type Answer,
  type Candidate,
  type Cell,
  type Refusal,
  type View,
} from './cell.ts';
import type { Asking } from './conditions.ts';
import type { Reason, Route } from './decision.ts';
import type { Intent } from './intent.ts';
import { covers, withAdded, withKnownCaller, written, type Owed } from './obligations.ts';
import { because } from './reasons.ts';
import type { Rulebook, TagRule } from './rulebook.ts';

/** Views of one cell at once. Callers can make up zones, so there is no end of them; beyond it all are made anew. */
const MAX_VIEWS = 256;

export function viewOf(asking: Asking, book: Rulebook, cell: Cell): View {
  const key = keyOf(asking, book);
  const held = cell.views.get(key);
  if (held !== undefined) return held;
  if (cell.views.size >= MAX_VIEWS) cell.views.clear();
  const refusals = judge(asking, book, cell);
  const allowed = allowedInOrder(asking, cell, refusals);
  const view = { refusals, allowed, answer: answerOf(cell, refusals, allowed, null) };
  cell.views.set(key, view);
  return view;
}

/** Everything that predicates, tags, places and features are read from. */
function keyOf({ intent, zone }: Asking, { named }: Rulebook): string {
  const { tags, features, actor, scope, onBehalfOf, patient, encounter } = intent;
  const told = tags.length === 0 ? tags : tags.filter((tag) => named.tags.has(tag));
  const id = named.actors.has(actor.id) ? actor.id : '';
  const about = [onBehalfOf?.proven ?? null, patient !== null, encounter !== null];
  return JSON.stringify([told, zone, scope.zones ?? null, features, actor.type, id, about]);
}

/** For each candidate the first thing against it; null: nothing. */
function judge(asking: Asking, book: Rulebook, cell: Cell): (Refusal | null)[] {
  const { features } = asking.intent;
  const tags = tagRulesOf(asking.intent, book);
  const byRule = refusedByRules(asking, cell);
  return cell.candidates.map((candidate, at) => {
    const { service, refusal } = candidate;
    if (refusal !== null && refusal.depth < DEPTH.features) return refusal;
    if (!features.every((feature) => service.features.includes(feature))) return UNCLEARED;
    const tag = tags.find(({ patterns }) => !patterns.has(service.pattern));
    if (tag !== undefined) return { refused: tag.refused, depth: DEPTH.tags };
    if (!liesWhereAsked(candidate, asking, book)) return ELSEWHERE;
    if (refusal !== null && refusal.depth < DEPTH.rules) return refusal;
    const pending = byRule.get(at);
    return pending !== undefined && pending.rule < candidate.rule ? pending.refusal : refusal;
  });
}

const UNCLEARED: Refusal = { refused: because.features, depth: DEPTH.features };
const ELSEWHERE: Refusal = { refused: because.region, depth: DEPTH.region };

function tagRulesOf({ tags }: Intent, book: Rulebook): TagRule[] {
  return tags.map((tag) => book.tags.get(tag)).filter((rule) => rule !== undefined);
}

/** All four axes (spec boundary §3.4): inference, storage, support access and logs. */
function liesWhereAsked({ service }: Candidate, { intent, zone }: Asking, { tree }: Rulebook): boolean {
  const axes = Object.values(service.regions);
  const allLie = (zoneName: string): boolean => axes.every((place) => tree.lies(place, zoneName));
  return (zone === null || allLie(zone)) && intent.scope.zones?.some(allLie) !== false;
}

/** By candidate the first rule that the request makes refuse. */
function refusedByRules(asking: Asking, cell: Cell): Map<number, Cell['refusing'][number]> {
  const refused = new Map<number, Cell['refusing'][number]>();
  for (const pending of cell.refusing) {
    if (!pending.predicate.holds(asking)) continue;
    for (const at of pending.candidates) if (!refused.has(at)) refused.set(at, pending);
  }
  return refused;
}

/** From the most to the least preferred. Candidates that owe the same share one list. */
function allowedInOrder(asking: Asking, cell: Cell, refusals: readonly (Refusal | null)[]): readonly Allowed[] {
  const { actor, onBehalfOf } = asking.intent;
  const known = actor.type === 'person' || onBehalfOf?.proven === true;
  const owed = owedNow(asking, cell);
  const lists = new Map<Owed, Pick<Allowed, 'owed' | 'obligations'>>();
  return orderOf(asking, cell).flatMap((at): Allowed[] => {
    const [candidate, own] = [cell.candidates[at], owed[at]];
    if (candidate === undefined || own === undefined || refusals[at] !== null) return [];
    const whole = withKnownCaller(own, known);
    const list = lists.get(own) ?? { owed: whole, obligations: written(whole) };
    lists.set(own, list);
    return [{ at, route: candidate.route, ...list }];
  });
}

/** By candidate what it owes with the rules that the request makes add to it. */
function owedNow(asking: Asking, cell: Cell): Owed[] {
  const owed = cell.candidates.map((candidate) => candidate.owed);
  for (const { predicate, candidates, added } of cell.adding) {
    if (!predicate.holds(asking)) continue;
    const sums = new Map<Owed, Owed>();
    for (const at of candidates) {
      const before = owed[at];
      if (before === undefined) continue;
      const sum = sums.get(before) ?? withAdded(before, added);
      sums.set(before, sum);
      owed[at] = sum;
    }
  }
  return owed;
}

function orderOf(asking: Asking, cell: Cell): readonly number[] {
  const preferring = cell.preferring.filter(({ predicate }) => predicate.holds(asking));
  if (preferring.length === 0) return cell.order;
  const weights = cell.candidates.map(({ weight }) => weight);
  for (const { candidates, weight } of preferring)
    for (const at of candidates) weights[at] = (weights[at] ?? 0) + weight;
  return byPreference(cell.candidates, weights);
}

/** `requested`: the service that was asked for, whose reason is told; else that of the one that came furthest. */
export function answerOf(
  cell: Cell,
  refusals: readonly (Refusal | null)[],
  allowed: readonly Allowed[],
  requested: string | null,
): Answer {
  const [first, ...others] = allowed;
  const considered = cell.candidates.map(({ service }, at) => {
    return { service: service.id, refused: refusals[at]?.refused ?? null };
  });
  if (first === undefined) {
    const reason = toldOf(cell, refusals, requested);
    return { outcome: 'refuse', code: reason.code, reason, route: null, alternates: [], obligations: [], considered };
  }
  const { route, obligations } = first;
  return {
    outcome: 'allow',
    code: 'allowed',
    reason: null,
    route,
    alternates: alternatesOf(first, others),
    obligations,
    considered,
  };
}

/** What is carried out for the first must be all that the other asks, because a call is shaped once. */
function alternatesOf(first: Allowed, others: readonly Allowed[]): Route[] {
  return others.flatMap(({ route, owed }) => (covers(first.owed, owed) ? [route] : []));
}

function toldOf(
  { candidates, unusable }: Cell,
  refusals: readonly (Refusal | null)[],
  requested: string | null,
): Reason {
  const own = refusals[candidates.findIndex(({ service }) => service.id === requested)];
  if (own !== undefined && own !== null) return own.refused;
  let told: Refusal | null = null;
  for (const refusal of refusals) if (refusal !== null && refusal.depth > (told?.depth ?? -1)) told = refusal;
  return told?.refused ?? (unusable ? because.purposeUnknown : because.unregistered);
}
