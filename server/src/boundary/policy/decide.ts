// Policy: may this leave, to whom, in what form. Pure and total: the same intent, snapshot and policy give the same
// decision on any machine at any time (I1, docs/formats/decision.md). Refusals win; unknown means no.
import { DEPTH, type Answer, type Cell, type Refusal } from './cell.ts';
import { rankOf } from './classes.ts';
import type { Decision, Reason } from './decision.ts';
import type { Intent } from './intent.ts';
import { answersTo } from './requested.ts';
import { because } from './reasons.ts';
import { cellOf, type Rulebook } from './rulebook.ts';
import { answerOf, viewOf } from './view.ts';

/** Decides one call. Never throws; never reads a clock: `intent.at` is the moment that agreements are judged at. */
export function decide(intent: Intent, book: Rulebook): Decision {
  const cell = cellOf(book, intent);
  const zone = zoneOf(intent, book);
  const barred = refuseByCredential(intent) ?? refuseZones(intent, zone, book);
  const { policy, snapshot } = book;
  const answer = barred === null ? narrowed(intent, zone ?? null, book, cell) : refusedAll(cell, barred);
  const { outcome, code, reason, route, alternates, obligations, considered } = answer;
  return {
    v: 2,
    outcome,
    code,
    reason,
    route,
    alternates,
    obligations,
    considered,
    zone: zone ?? null,
    registry: snapshot.version,
    policy: { id: policy.id, version: policy.version },
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
  if (scope.capabilities !== null && !scope.capabilities.includes(intent.capability)) return SCOPE_CAPABILITY;
  if (scope.purposes !== null && !scope.purposes.includes(intent.purpose)) return SCOPE_PURPOSE;
  return rankOf(intent.dataClass) < rankOf(scope.lowestDataClass) ? SCOPE_CLASS : null;
}

/** Zones that lie apart have no place in common, and a key for other zones is no key for this data. */
function refuseZones({ scope }: Intent, zone: Zone, { tree }: Rulebook): Refusal | null {
  if (zone === undefined) return ZONES_APART;
  const { zones } = scope;
  if (zones === undefined || zones === null || zone === null) return null;
  return zones.some((one) => tree.lies(one, zone) || tree.lies(zone, one)) ? null : SCOPE_ZONE;
}

function atTheDoor(refused: Reason): Refusal {
  return { refused, depth: DEPTH.credential };
}

const SCOPE_CAPABILITY = atTheDoor(because.scopeCapability);
const SCOPE_PURPOSE = atTheDoor(because.scopePurpose);
const SCOPE_CLASS = atTheDoor(because.scopeClass);
const SCOPE_ZONE = atTheDoor(because.scopeZone);
const ZONES_APART = atTheDoor(because.zonesApart);
const OUT_OF_SCOPE = atTheDoor(because.scopeService);
const NOT_REQUESTED = atTheDoor(because.otherRequested);

function refusedAll({ candidates }: Cell, { refused }: Refusal): Answer {
  const considered = candidates.map(({ service }) => ({ service: service.id, refused }));
  const { code } = refused;
  return { outcome: 'refuse', code, reason: refused, route: null, alternates: [], obligations: [], considered };
}

/** The view's own answer, or what is left of it for the service that was asked for and those that the credential may use. */
function narrowed(intent: Intent, zone: string | null, book: Rulebook, cell: Cell): Answer {
  const view = viewOf({ intent, zone }, book, cell);
  const { requestedService: wanted, scope } = intent;
  if (wanted === null && scope.services === null) return view.answer;
  const services = scope.services === null ? null : new Set(scope.services);
  const refusals = cell.candidates.map(({ service }, at) => {
    if (services !== null && !services.has(service.id)) return OUT_OF_SCOPE;
    if (wanted !== null && !answersTo(service, wanted)) return NOT_REQUESTED;
    return view.refusals[at] ?? null;
  });
  const allowed = view.allowed.filter(({ at }) => refusals[at] === null);
  return answerOf(cell, refusals, allowed, wanted);
}
