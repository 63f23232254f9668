// What past decisions would be under another policy or registry (spec boundary §3.3). Reads the ledger's facts alone; calls that are decided
// alike are decided once, so that a million of them take seconds.
import type { Policy, SimulationEvent } from '@cordon/contract';
import { decide } from '#boundary/policy/decide.ts';
import type { Decision } from '#boundary/policy/decision.ts';
import { intentOf, type DecidedFacts } from '#boundary/policy/facts.ts';
import { compile, type Rulebook } from '#boundary/policy/rulebook.ts';
import type { Agreement, RegistrySnapshot, Service } from '#boundary/policy/snapshot.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import { groupAlike, rangeOf, type Alike } from './past.queries.ts';

/** Entries that one query groups: a second or two of the database's time, after which progress is told. */
const BATCH_ENTRIES = 200_000;
/** Examples of differences that are shown, of the most frequent kinds. */
const MAX_EXAMPLES = 20;
/** Names that are listed; the rest is in the total. */
const MAX_NAMES = 200;

type Changes<Row> = readonly (Partial<Row> & { readonly id: string })[];

/** Rows as they would be. */
export interface WhatIf {
  readonly services?: Changes<Service>;
  readonly agreements?: Changes<Agreement>;
}

export interface Simulation {
  readonly tenant: TenantId;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly book: Rulebook;
  /** The moment that agreements are judged at; null: each call's own. */
  readonly at: string | null;
  readonly signal: AbortSignal;
}

/** The rulebook that would be. A row that is named and not there changes nothing. */
export function hypothetical(live: Rulebook, policy: Policy, { services = [], agreements = [] }: WhatIf): Rulebook {
  const { snapshot } = live;
  const changed: RegistrySnapshot = {
    ...snapshot,
    version: services.length + agreements.length === 0 ? snapshot.version : `${snapshot.version}+what-if`,
    services: snapshot.services.map((row) => ({ ...row, ...services.find(({ id }) => id === row.id) })),
    agreements: snapshot.agreements.map((row) => ({ ...row, ...agreements.find(({ id }) => id === row.id) })),
  };
  return compile(changed, policy);
}

/** Progress after each batch, then the counts. Errors: those of the store. Stops when the signal says so. */
export async function* simulate(store: Store, simulation: Simulation): AsyncGenerator<SimulationEvent> {
  const { tenant, since, until, book, signal } = simulation;
  const { from, to } = await store.asTenant(tenant, (tx) => rangeOf(tx, since, until));
  const edges = Array.from(book.edges, (edge) => new Date(edge));
  const counts = new Counts();
  let unreadable = 0;
  for (let at = from; at < to && !signal.aborted; at += BATCH_ENTRIES) {
    const range = { from: at, to: Math.min(at + BATCH_ENTRIES, to), since, until };
    const groups = await store.asTenant(tenant, (tx) => groupAlike(tx, range, edges));
    for (const { decided, ...group } of groups) {
      if (decided === null) {
        unreadable += group.count;
        continue;
      }
      const alike = { ...group, decided };
      counts.add(alike, decide(intentOf(tenant, simulation.at ?? group.at.toISOString(), alike), book));
    }
    yield { state: 'running', decisions: counts.total.decisions, entries: range.to - from, ofEntries: to - from };
  }
  const { id, version } = book.policy;
  yield { ...counts.report(), unreadable, registry: book.snapshot.version, policy: `${id}@${version}` };
}

interface Tally {
  decisions: number;
  nowRefused: number;
  nowAllowed: number;
  rerouted: number;
  otherReason: number;
}

type Done = Extract<SimulationEvent, { state: 'done' }>;
type Example = Done['examples'][number];

class Counts {
  readonly total: Tally = newTally();
  readonly #actors = new Map<string, Tally>();
  readonly #purposes = new Map<string, Tally>();
  readonly #services = new Map<string, Tally>();
  readonly #examples = new Map<string, Example>();

  add(group: Alike & DecidedFacts, now: Decision): void {
    const { decided, purpose, count } = group;
    const before = { code: decided.code, service: decided.service };
    const after = { code: now.code, service: now.route?.service ?? null };
    const change = changeOf(before, after);
    for (const tally of [
      this.total,
      tallyOf(this.#actors, decided.actor),
      tallyOf(this.#purposes, purpose),
      tallyOf(this.#services, decided.service ?? '-'),
    ]) {
      tally.decisions += count;
      if (change !== null) tally[change] += count;
    }
    if (change === null) return;
    const key = JSON.stringify([decided.actor, purpose, before, after]);
    const known = this.#examples.get(key);
    const example = { request: group.intentId, count, actor: decided.actor, purpose, before, after };
    this.#examples.set(key, known === undefined ? example : { ...known, count: known.count + count });
  }

  report(): Pick<Done, 'state' | 'total' | 'byActor' | 'byPurpose' | 'byService' | 'examples'> {
    return {
      state: 'done',
      total: this.total,
      byActor: listed(this.#actors),
      byPurpose: listed(this.#purposes),
      byService: listed(this.#services),
      examples: [...this.#examples.values()].toSorted((a, b) => b.count - a.count).slice(0, MAX_EXAMPLES),
    };
  }
}

function changeOf(before: Example['before'], after: Example['after']): Exclude<keyof Tally, 'decisions'> | null {
  if (before.service !== null && after.service === null) return 'nowRefused';
  if (before.service === null && after.service !== null) return 'nowAllowed';
  if (before.service !== after.service) return 'rerouted';
  return before.code === after.code ? null : 'otherReason';
}

function newTally(): Tally {
  return { decisions: 0, nowRefused: 0, nowAllowed: 0, rerouted: 0, otherReason: 0 };
}

function tallyOf(tallies: Map<string, Tally>, name: string): Tally {
  const held = tallies.get(name) ?? newTally();
  tallies.set(name, held);
  return held;
}

/** What changes most first. */
function listed(tallies: ReadonlyMap<string, Tally>): Done['byActor'] {
  const changed = ({ nowRefused, nowAllowed, rerouted, otherReason }: Tally): number =>
    nowRefused + nowAllowed + rerouted + otherReason;
  return [...tallies]
    .map(([name, tally]) => ({ name, ...tally }))
    .toSorted((a, b) => changed(b) - changed(a) || b.decisions - a.decisions || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_NAMES);
}
