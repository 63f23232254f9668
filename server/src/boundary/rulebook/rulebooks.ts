// Rulebooks by tenant, compiled once per version (docs/decisions/0114). A change in this process drops them at once; a change elsewhere is seen
// by reading one number, at most every half second and never with more than a second since it was last known.
import type { Policy } from '@cordon/contract';
import { compile, type Rulebook } from '#boundary/policy/rulebook.ts';
import type { RegistrySnapshot } from '#boundary/policy/snapshot.ts';
import { STARTER_POLICY } from '#boundary/policy/starter.ts';
import { readStored } from '#boundary/policy/stored.ts';
import { methodsAt } from '#boundary/evidence/methods.queries.ts';
import type { MethodRow } from '#boundary/evidence/rows.ts';
import type { AgreementRow, ServicePrices, ServiceRow } from '#boundary/registry/rows.ts';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Store, Transaction } from '#platform/store/store.ts';
import {
  agreementsAt,
  chosenPolicies,
  countChanges,
  keepSnapshot,
  namesOfKind,
  policyAt,
  rowsOfSnapshot,
  servicesAt,
  type NamedRow,
} from './rulebooks.queries.ts';

/** Milliseconds for which the number counts as just read. */
const FRESH_MS = 500;
/** Milliseconds after which nothing is decided before it was read again. Between the two it is read beside the work. */
const STALE_MS = 1_000;
/** Tenants whose rulebooks are held at once: a rulebook of 100 services and 200 rules takes some hundred kilobytes. */
const MAX_TENANTS = 1_000;

/** What is live, and what runs in its shadow over the same registry. */
export interface LiveRulebook extends Rulebook {
  /** By service id; a service that nobody priced is not in it. */
  readonly prices: ReadonlyMap<string, ServicePrices>;
  readonly shadow: Rulebook | null;
}

/** A registry at one moment. */
export interface RegistryRead {
  readonly snapshot: RegistrySnapshot;
  readonly prices: ReadonlyMap<string, ServicePrices>;
}

/** As a decision names what it was made of. */
export interface Versions {
  readonly registry: string;
  readonly policy: { readonly id: string; readonly version: number };
}

interface Row<T> {
  readonly id: string;
  readonly version: number;
  readonly row: T;
}

export interface RulebookParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly readRegistry: (tx: Transaction) => Promise<RegistryRead>;
  /** Rows of given versions as policy sees them. */
  readonly assemble: (rows: RegistryRows) => RegistryRead;
}

/** What a registry is made of. */
export interface RegistryRows {
  readonly services: readonly Row<ServiceRow>[];
  readonly agreements: readonly Row<AgreementRow>[];
  readonly methods: readonly MethodRow[];
  /** Fingerprint of the engine that methods are held against. */
  readonly engine: string;
}

export interface Rulebooks {
  live(tenant: TenantId): Promise<LiveRulebook>;
  /** What was live when it was last asked for; null: dropped since. */
  held(tenant: TenantId): LiveRulebook | null;
  at(tenant: TenantId, versions: Versions): Promise<Rulebook | null>;
  drop(tenant: TenantId): void;
}

interface Held {
  readonly book: LiveRulebook;
  readonly changes: number;
  /** On the monotonic clock, before the number was read. */
  readonly knownAt: number;
}

export function createRulebooks(parts: RulebookParts): Rulebooks {
  const { store, clock } = parts;
  const held = new Map<TenantId, Held>();
  /** Reads under way. A tenant that is dropped meanwhile forgets them: what they bring may be from before the change. */
  const reading = new Map<TenantId, Promise<Held>>();

  const read = (tenant: TenantId): Promise<Held> => {
    const known = held.get(tenant);
    const knownAt = clock.monotonicMs();
    const work = store.asTenant(tenant, async (tx): Promise<Held> => {
      if (known !== undefined && (await countChanges(tx)) === known.changes) return { ...known, knownAt };
      return { ...(await load(parts, tx)), knownAt };
    });
    reading.set(tenant, work);
    const settle = (result: Held | null): void => {
      if (reading.get(tenant) !== work) return;
      reading.delete(tenant);
      if (result !== null) keep(held, tenant, result);
    };
    work.then(settle, () => settle(null));
    return work;
  };

  return {
    async live(tenant) {
      const known = held.get(tenant);
      const age = known === undefined ? Infinity : clock.monotonicMs() - known.knownAt;
      if (known !== undefined && age < FRESH_MS) return known.book;
      const work = reading.get(tenant) ?? read(tenant);
      if (known === undefined || age >= STALE_MS) return (await work).book;
      return known.book;
    },
    held: (tenant) => held.get(tenant)?.book ?? null,
    at: (tenant, versions) => store.asTenant(tenant, (tx) => rebuild(parts, tx, versions)),
    drop(tenant) {
      held.delete(tenant);
      reading.delete(tenant);
    },
  };
}

function keep(held: Map<TenantId, Held>, tenant: TenantId, result: Held): void {
  held.delete(tenant);
  const [oldest] = held.keys();
  if (held.size >= MAX_TENANTS && oldest !== undefined) held.delete(oldest);
  held.set(tenant, result);
}

/** Times that rows are read again because somebody changed them meanwhile; an endless stream of changes is a fault of its own. */
const MAX_READINGS = 10;

/** Rows and choices of one moment: the number is the same before and after. */
async function load(parts: RulebookParts, tx: Transaction): Promise<Omit<Held, 'knownAt'>> {
  for (let readings = 1; ; readings += 1) {
    const changes = await countChanges(tx);
    const { snapshot, prices } = await parts.readRegistry(tx);
    const { live, shadow } = await chosenPolicies(tx);
    if ((await countChanges(tx)) !== changes && readings < MAX_READINGS) continue;
    await keepSnapshot(tx, snapshot.version, namesOf(snapshot));
    const policy = live === null ? STARTER_POLICY : readStored(live);
    const beside = shadow === null ? null : compile(snapshot, readStored(shadow));
    return { book: { ...compile(snapshot, policy), prices, shadow: beside }, changes };
  }
}

/** The engine is named where there are methods, which depend on it; its fingerprint is all there is of it. */
function namesOf({ services, agreements, methods = [], engine }: RegistrySnapshot): NamedRow[] {
  return [
    ...services.map(({ id, version }): NamedRow => ['service', id, version]),
    ...agreements.map(({ id, version }): NamedRow => ['agreement', id, version]),
    ...methods.map(({ id, version }): NamedRow => ['method', id, version]),
    ...(engine === undefined ? [] : [['engine', engine, 1] as const]),
  ];
}

async function rebuild(parts: RulebookParts, tx: Transaction, versions: Versions): Promise<Rulebook | null> {
  const { id, version } = versions.policy;
  const stored = await policyAt(tx, id, version);
  const rows = await rowsOfSnapshot(tx, versions.registry);
  const policy = stored === null ? starterOf(id, version) : readStored(stored);
  if (policy === null || rows === null) return null;
  const [services, agreements] = [await servicesAt(tx, rows), await agreementsAt(tx, rows)];
  const engine = rows.find(([kind]) => kind === 'engine')?.[1] ?? '';
  const methods = await methodsAt(tx, ...namesOfKind(rows, 'method'));
  const { snapshot } = parts.assemble({ services, agreements, methods, engine });
  return snapshot.version === versions.registry ? compile(snapshot, policy) : null;
}

/** A tenant without any policy yet is decided by the starter's. */
function starterOf(id: string, version: number): Policy | null {
  return id === STARTER_POLICY.id && version === STARTER_POLICY.version ? STARTER_POLICY : null;
}
