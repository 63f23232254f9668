// One cell of a rulebook: every service that could be meant, with what is already known against it, and the rules whose answer still
// depends on the request.
import type { Policy, PolicyPurpose, PolicyRule } from '@cordon/contract';
import { authorise, type Moment } from './authority.ts';
import { identifies } from './classes.ts';
import { fold, isSuch, mayHold, type Predicate, type Prepared, type Residual, type Settled } from './conditions.ts';
import type { Decision, Obligation, Reason, Route } from './decision.ts';
import { refuseByRow, ROW_CHECKS } from './invariants.ts';
import { owedBy, withAdded, withStep, type Owed } from './obligations.ts';
import { because, becauseOfRule } from './reasons.ts';
import type { Service } from './snapshot.ts';

/** How far a service came before it was refused: of all refusals the one that came furthest is told. */
export const DEPTH = {
  credential: 0,
  row: 10,
  features: 10 + ROW_CHECKS,
  tags: 11 + ROW_CHECKS,
  region: 12 + ROW_CHECKS,
  authority: 13 + ROW_CHECKS,
  rules: 14 + ROW_CHECKS,
} as const;

export interface Refusal {
  readonly refused: Reason;
  readonly depth: number;
}

/** One service as this cell sees it. */
export interface Candidate {
  readonly service: Service;
  /** What is settled against it: by its row, else by agreements, else by a rule. */
  readonly refusal: Refusal | null;
  /** Place of that rule among those that refuse; Infinity when none does. */
  readonly rule: number;
  readonly route: Route;
  readonly weight: number;
  readonly owed: Owed;
}

/** A rule whose condition the request settles, and the candidates that it speaks of. */
interface Pending {
  readonly predicate: Predicate;
  readonly candidates: readonly number[];
}

export interface Cell {
  /** The tenant does not have the purpose, or not with this capability. */
  readonly unusable: boolean;
  readonly candidates: readonly Candidate[];
  /** Candidates from the most to the least preferred. */
  readonly order: readonly number[];
  readonly refusing: readonly (Pending & { readonly refusal: Refusal; readonly rule: number })[];
  readonly adding: readonly (Pending & { readonly added: Added })[];
  readonly preferring: readonly (Pending & { readonly weight: number })[];
  /** What requests that are alike in all that rules ask come to; filled as they are asked for. */
  readonly views: Map<string, View>;
}

/** What a cell comes to for requests that are alike. A service that is asked for, or a credential's list of services, narrows it further. */
export interface View {
  readonly refusals: readonly (Refusal | null)[];
  /** From the most to the least preferred. */
  readonly allowed: readonly Allowed[];
  readonly answer: Answer;
}

export interface Allowed {
  readonly at: number;
  readonly route: Route;
  readonly owed: Owed;
  readonly obligations: readonly Obligation[];
}

/** What a decision says beyond its versions. */
export type Answer = Pick<
  Decision,
  'outcome' | 'code' | 'reason' | 'route' | 'alternates' | 'obligations' | 'considered'
>;

type Added = NonNullable<Extract<PolicyRule, { effect: 'require' }>['obligations']>;

interface CellParts {
  readonly services: readonly Service[];
  readonly purpose: PolicyPurpose | null;
  readonly settled: Settled;
  readonly policy: Policy;
  readonly rules: readonly PreparedRule[];
  readonly moment: Moment;
}

/** Null: it always holds. */
export interface PreparedRule {
  readonly rule: PolicyRule;
  readonly when: Prepared | null;
}

/** What the rules came to while they were folded. */
interface Folded {
  readonly rule: Float64Array;
  readonly refusals: (Refusal | null)[];
  readonly owed: Owed[];
  readonly weights: Int32Array;
  readonly refusing: (Cell['refusing'][number] & { readonly candidates: number[] })[];
  readonly adding: (Cell['adding'][number] & { readonly candidates: number[] })[];
  readonly preferring: (Cell['preferring'][number] & { readonly candidates: number[] })[];
}

export function fillCell(parts: CellParts): Cell {
  const { services, purpose, settled } = parts;
  if (purpose === null || !purpose.capabilities.some((one) => one === settled.capability)) return emptyCell(services);
  const folded = foldRules(parts, purpose);
  const alike = new Map<string, Owed>();
  const candidates = services.map((service, at) => {
    const candidate = candidateOf(parts, purpose, service, at, folded);
    return { ...candidate, owed: shared(alike, candidate.owed) };
  });
  const { refusing, adding, preferring } = folded;
  const order = byPreference(
    candidates,
    candidates.map(({ weight }) => weight),
  );
  return { unusable: false, candidates, order, refusing, adding, preferring, views: new Map() };
}

/** One object for all that owe the same. */
function shared(alike: Map<string, Owed>, owed: Owed): Owed {
  const key = JSON.stringify([owed.consent, owed.review, owed.retain, [...owed.steps].toSorted()]);
  const held = alike.get(key) ?? owed;
  alike.set(key, held);
  return held;
}

/** For a purpose that the tenant does not have, or not with this capability. */
function emptyCell(services: readonly Service[]): Cell {
  const refusal = { refused: because.purposeUnknown, depth: DEPTH.row };
  const owed: Owed = { consent: 'needed', review: 'clinician', retain: 'clinical', steps: new Set() };
  const candidates = services.map((service) => {
    return { service, refusal, rule: Infinity, route: routeOf(service, null), weight: 0, owed };
  });
  return { unusable: true, candidates, order: [], refusing: [], adding: [], preferring: [], views: new Map() };
}

function candidateOf(
  { settled, policy, moment }: CellParts,
  purpose: PolicyPurpose,
  service: Service,
  at: number,
  folded: Folded,
): Candidate {
  const row = refuseByRow(service, { purpose, rank: settled.rank, policy, moment });
  const authority = authorise(service, settled.rank, moment);
  const owed = folded.owed[at] ?? owedBy(purpose, service.capability);
  return {
    service,
    refusal: settledRefusal(row, authority, folded.refusals[at] ?? null),
    rule: folded.rule[at] ?? Infinity,
    route: routeOf(service, 'basis' in authority ? authority.basis : null),
    weight: folded.weights[at] ?? 0,
    owed,
  };
}

function settledRefusal(
  row: ReturnType<typeof refuseByRow>,
  authority: ReturnType<typeof authorise>,
  rule: Refusal | null,
): Refusal | null {
  if (row !== null) return { refused: row.refused, depth: DEPTH.row + row.depth };
  if ('refused' in authority) return { refused: authority.refused, depth: DEPTH.authority };
  return rule;
}

function routeOf(service: Service, agreement: Route['agreement']): Route {
  const { id, capability, pattern, regions } = service;
  return { service: id, capability, pattern, agreement, region: regions.inference };
}

/** Refusals first, then requirements, each in the order of the document. */
function foldRules(parts: CellParts, purpose: PolicyPurpose): Folded {
  const { services, settled } = parts;
  const folded: Folded = {
    rule: new Float64Array(services.length).fill(Infinity),
    refusals: services.map(() => null),
    owed: services.map((service) => owedByPattern(purpose, service, settled.rank)),
    weights: new Int32Array(services.length),
    refusing: [],
    adding: [],
    preferring: [],
  };
  const rank = { refuse: 0, require: 1, prefer: 2 } as const;
  const rules = parts.rules
    .filter(({ rule }) => mayHold(rule.when, settled))
    .toSorted((left, right) => rank[left.rule.effect] - rank[right.rule.effect]);
  for (const [place, rule] of rules.entries()) foldRule(parts, rule, place, folded);
  return folded;
}

function owedByPattern(purpose: PolicyPurpose, service: Service, rank: number): Owed {
  const owed = owedBy(purpose, service.capability);
  return service.pattern === 'deid-cloud' && identifies(rank) ? withStep(owed, 'deidentify') : owed;
}

function foldRule(
  { services, settled, moment }: CellParts,
  { rule, when }: PreparedRule,
  place: number,
  folded: Folded,
): void {
  const { tree } = moment;
  const refusing = new Map<string, { readonly predicate: Predicate; readonly candidates: number[] }>();
  const applying = new Map<string, { readonly predicate: Predicate; readonly candidates: number[] }>();
  for (const [at, service] of services.entries()) {
    const holds = when === null || fold(when, settled, service, tree);
    if (holds === false) continue;
    const unfit = rule.effect === 'require' && rule.service !== undefined && !isSuch(service, rule.service, tree);
    if (rule.effect !== 'prefer' && (rule.effect === 'refuse' || unfit)) {
      if (holds === true) refuseBy(folded, at, place, rule);
      else putOff(refusing, holds, at);
    } else if (holds === true) applyTo(folded, at, rule);
    else putOff(applying, holds, at);
  }
  if (rule.effect !== 'prefer') {
    const refusal = { refused: becauseOfRule(rule), depth: DEPTH.rules };
    for (const pending of refusing.values()) folded.refusing.push({ ...pending, refusal, rule: place });
  }
  for (const pending of applying.values()) {
    if (rule.effect === 'prefer') folded.preferring.push({ ...pending, weight: rule.weight });
    else if (rule.effect === 'require' && rule.obligations !== undefined)
      folded.adding.push({ ...pending, added: rule.obligations });
  }
}

function refuseBy(folded: Folded, at: number, place: number, rule: Exclude<PolicyRule, { effect: 'prefer' }>): void {
  if (place >= (folded.rule[at] ?? Infinity)) return;
  folded.rule[at] = place;
  folded.refusals[at] = { refused: becauseOfRule(rule), depth: DEPTH.rules };
}

function applyTo(folded: Folded, at: number, rule: PolicyRule): void {
  if (rule.effect === 'prefer') folded.weights[at] = (folded.weights[at] ?? 0) + rule.weight;
  const owed = folded.owed[at];
  if (rule.effect === 'require' && rule.obligations !== undefined && owed !== undefined)
    folded.owed[at] = withAdded(owed, rule.obligations);
}

function putOff(
  groups: Map<string, { readonly predicate: Predicate; readonly candidates: number[] }>,
  holds: Exclude<Residual, boolean>,
  at: number,
): void {
  const group = groups.get(holds.key);
  if (group === undefined) groups.set(holds.key, { predicate: holds, candidates: [at] });
  else group.candidates.push(at);
}

/** Standard accuracy before low, then weight, then the row's id, so that the order never depends on chance. */
export function byPreference(candidates: readonly Candidate[], weights: readonly number[]): number[] {
  const low = (at: number): number => (candidates[at]?.service.accuracy === 'low' ? 1 : 0);
  return [...candidates.keys()].toSorted(
    (left, right) => low(left) - low(right) || (weights[right] ?? 0) - (weights[left] ?? 0) || left - right,
  );
}
