// Policy: may this leave, to whom, in what form. Pure and total: the same intent, snapshot and policy give the same
// decision on any machine at any time (I1, docs/formats/decision.md). Refusals win; unknown means no.
import { rankOf } from './classes.ts';
import type { Asking } from './conditions.ts';
import type { Decision, Obligation, Reason, Route } from './decision.ts';
import type { Intent } from './intent.ts';
import { byPreference, DEPTH, type Candidate, type Cell, type Refusal } from './cell.ts';
import { covers, withAdded, withKnownCaller, written, type Owed } from './obligations.ts';
import { because } from './reasons.ts';
import { cellOf, type Rulebook, type TagRule } from './rulebook.ts';

/** Decides one call. Never throws; never reads a clock: `intent.at` is the moment that agreements are judged at. */
export function decide(intent: Intent, book: Rulebook): Decision {
  const purpose = book.purposes.get(intent.purpose) ?? null;
  const cell = cellOf(book, intent, purpose);
  const zone = zoneOf(intent, book);
  const barred = refuseByCredential(intent) ?? refuseZones(intent, zone, book);
  const asking = { intent, zone: zone ?? null };
  const refusals = barred === null ? judge(asking, book, cell) : cell.candidates.map(() => barred);
  const allowed = barred === null ? allowedInOrder(asking, cell, refusals) : [];
  const [first] = allowed;
  const told = first === undefined ? (barred?.refused ?? toldOf(intent, cell, refusals, purpose === null)) : null;
  return {
    v: 2,
    outcome: first === undefined ? 'refuse' : 'allow',
    code: told === null ? 'allowed' : told.code,
    reason: told,
    route: first?.route ?? null,
    alternates: first === undefined ? [] : alternatesOf(first, allowed),
    obligations: first?.obligations ?? [],
    considered: cell.candidates.map(({ service }, at) => ({
      service: service.id,
      refused: refusals[at]?.refused ?? null,
    })),
    zone: asking.zone,
    registry: book.snapshot.version,
    policy: { id: book.policy.id, version: book.policy.version },
  };
}

/** Undefined: the zones demanded lie apart. */
type Zone = string | null | undefined;

/** Patient's, caller's and tenant's zone: the strictest holds (spec boundary §3.4). */
function zoneOf({ residency, origins }: Intent, { policy, tree }: Rulebook): Zone {
  const { zone } = policy.settings;
  if (residency === null && origins === undefined) return zone;
  const demanded = [zone, residency, ...(origins ?? [])].filter((one) => one !== null);
  return tree.strictest(demanded);
}

function refuseByCredential(intent: Intent): Refusal | null {
  const { scope } = intent;
  if (scope.capabilities !== null && !scope.capabilities.includes(intent.capability))
    return atTheDoor(because.scopeCapability);
  if (scope.purposes !== null && !scope.purposes.includes(intent.purpose)) return atTheDoor(because.scopePurpose);
  if (rankOf(intent.dataClass) < rankOf(scope.lowestDataClass)) return atTheDoor(because.scopeClass);
  return null;
}

/** Zones that lie apart have no place in common, and a key for other zones is no key for this data. */
function refuseZones({ scope }: Intent, zone: Zone, { tree }: Rulebook): Refusal | null {
  if (zone === undefined) return atTheDoor(because.zonesApart);
  const { zones } = scope;
  if (zones === undefined || zones === null || zone === null) return null;
  const meets = zones.some((one) => tree.lies(one, zone) || tree.lies(zone, one));
  return meets ? null : atTheDoor(because.scopeZone);
}

function atTheDoor(refused: Reason): Refusal {
  return { refused, depth: DEPTH.credential };
}

/** For each candidate the first thing against it; null: nothing. */
function judge(asking: Asking, book: Rulebook, cell: Cell): (Refusal | null)[] {
  const { intent } = asking;
  const { requestedService: wanted, features, scope } = intent;
  const services = scope.services === null ? null : new Set(scope.services);
  const tags = tagRulesOf(intent, book);
  const placed = placesOf(asking, book, cell);
  const byRule = refusedByRules(asking, cell);
  return cell.candidates.map((candidate, at) => {
    const { service, refusal } = candidate;
    if (services !== null && !services.has(service.id)) return OUT_OF_SCOPE;
    if (wanted !== null && wanted !== service.id) return NOT_REQUESTED;
    if (refusal !== null && refusal.depth < DEPTH.features) return refusal;
    if (features.length > 0 && !features.every((feature) => service.features.includes(feature))) return UNCLEARED;
    const tag = tags?.find(({ patterns }) => !patterns.has(service.pattern));
    if (tag !== undefined) return { refused: tag.refused, depth: DEPTH.tags };
    if (placed !== null && placed[at] === 0) return ELSEWHERE;
    if (refusal !== null && refusal.depth < DEPTH.rules) return refusal;
    const pending = byRule?.get(at);
    return pending !== undefined && pending.rule < candidate.rule ? pending.refusal : refusal;
  });
}

const OUT_OF_SCOPE = atTheDoor(because.scopeService);
const NOT_REQUESTED = atTheDoor(because.otherRequested);
const UNCLEARED: Refusal = { refused: because.features, depth: DEPTH.features };
const ELSEWHERE: Refusal = { refused: because.region, depth: DEPTH.region };

function tagRulesOf({ tags }: Intent, book: Rulebook): TagRule[] | null {
  if (tags.length === 0) return null;
  const rules = tags.map((tag) => book.tags.get(tag)).filter((rule) => rule !== undefined);
  return rules.length === 0 ? null : rules;
}

/** Zones asked for at once by one cell; callers name them, so beyond it they are looked at anew. */
const MAX_PLACED = 64;

/** All four axes (spec boundary §3.4): inference, storage, support access and logs. Null: nothing is demanded. */
function placesOf({ intent, zone }: Asking, { tree }: Rulebook, cell: Cell): Uint8Array | null {
  const keyZones = intent.scope.zones ?? null;
  if (zone === null && keyZones === null) return null;
  const key = keyZones === null ? (zone ?? '') : `${zone ?? ''} ${keyZones.join(' ')}`;
  const held = cell.placed.get(key);
  if (held !== undefined) return held;
  if (cell.placed.size >= MAX_PLACED) cell.placed.clear();
  const placed = Uint8Array.from(cell.candidates, ({ service }) => {
    const axes = Object.values(service.regions);
    const inZone = zone === null || axes.every((place) => tree.lies(place, zone));
    const inKeys = keyZones === null || keyZones.some((one) => axes.every((place) => tree.lies(place, one)));
    return inZone && inKeys ? 1 : 0;
  });
  cell.placed.set(key, placed);
  return placed;
}

/** By candidate the first rule that the request makes refuse; null: none does. */
function refusedByRules(asking: Asking, cell: Cell): Map<number, Cell['refusing'][number]> | null {
  let refused: Map<number, Cell['refusing'][number]> | null = null;
  for (const pending of cell.refusing) {
    if (!pending.predicate.holds(asking)) continue;
    refused ??= new Map();
    for (const at of pending.candidates) if (!refused.has(at)) refused.set(at, pending);
  }
  return refused;
}

interface Allowed {
  readonly route: Route;
  readonly owed: Owed;
  readonly obligations: readonly Obligation[];
}

/** From the most to the least preferred. */
function allowedInOrder(asking: Asking, cell: Cell, refusals: readonly (Refusal | null)[]): readonly Allowed[] {
  const { intent } = asking;
  const adding = cell.adding.filter(({ predicate }) => predicate.holds(asking));
  const order = orderOf(
    cell,
    cell.preferring.filter(({ predicate }) => predicate.holds(asking)),
  );
  const known = intent.actor.type === 'person' || intent.onBehalfOf?.proven === true;
  return order
    .filter((at) => refusals[at] === null)
    .map((at) => cell.candidates[at])
    .filter((candidate) => candidate !== undefined)
    .map((candidate) => allowedAs(candidate, known, adding, cell));
}

function orderOf(cell: Cell, preferring: Cell['preferring']): readonly number[] {
  if (preferring.length === 0) return cell.order;
  const weights = cell.candidates.map(({ weight }) => weight);
  for (const { candidates, weight } of preferring)
    for (const at of candidates) weights[at] = (weights[at] ?? 0) + weight;
  return byPreference(cell.candidates, weights);
}

function allowedAs(candidate: Candidate, known: boolean, adding: Cell['adding'], cell: Cell): Allowed {
  const { route } = candidate;
  let owed = withKnownCaller(candidate.owed, known);
  if (adding.length === 0)
    return { route, owed, obligations: known ? candidate.obligations.known : candidate.obligations.unknown };
  const at = cell.candidates.indexOf(candidate);
  for (const { candidates, added } of adding)
    if (candidates.includes(at)) owed = withKnownCaller(withAdded(owed, added), known);
  return { route, owed, obligations: written(owed) };
}

/** What is carried out for the first must be all that the other asks, because a call is shaped once. */
function alternatesOf(first: Allowed, allowed: readonly Allowed[]): Route[] {
  return allowed.slice(1).flatMap(({ route, owed }) => (covers(first.owed, owed) ? [route] : []));
}

/** The reason of the service that was asked for, else of the one that came furthest. */
function toldOf(
  { requestedService }: Intent,
  { candidates }: Cell,
  refusals: readonly (Refusal | null)[],
  purposeIsUnknown: boolean,
): Reason {
  const requested = candidates.findIndex(({ service }) => service.id === requestedService);
  let told = refusals[requested] ?? null;
  if (told === null)
    for (const refusal of refusals) if (refusal !== null && refusal.depth > (told?.depth ?? -1)) told = refusal;
  if (told !== null) return told.refused;
  return purposeIsUnknown ? because.purposeUnknown : because.unregistered;
}
