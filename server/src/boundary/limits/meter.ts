// What one call may use, asked before each attempt and settled when what it used is known: by its key's budget and by its tenant's.
import { isProblem, ProblemError, type ProblemCode } from '@cordon/contract';
import type { Principal } from '#custody/access/principal.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Allowances, Limit, Taken } from './allowances.ts';
import { keyHolder, NANO_PER_CENT, TENANT_HOLDER, UNLIMITED, type Budget, type Holder } from './budget.ts';
import type { Places } from './places.ts';
import type { SharedPlaces } from './shared-places.ts';

/** What a call uses of what lasts: nano-dollars and tokens; null: nobody knows. */
export interface Used {
  readonly nano: number | null;
  readonly tokens: number | null;
}

export const NOTHING: Used = { nano: 0, tokens: 0 };
const UNKNOWN: Used = { nano: null, tokens: null };

export interface Meter {
  /** Counts the call and gives it a place. Errors: `rate_limited` with the seconds to wait. */
  begin(principal: Principal): Promise<Running>;
  /** For what a job does on behalf of a call that was counted before: money and tokens alone. */
  spending(tenant: TenantId, actor: ActorRef): Promise<Spending>;
  /** Seconds until a budget that is used up begins anew. */
  readonly resetSeconds: () => number;
}

/** What one call spends. */
export interface Spending {
  /**
   * Sets aside the most that the next attempt can use, before anything is sent. What nobody knows is not let pass by a budget of it.
   * Errors: `budget_exhausted`.
   */
  reserve(most: Used): Promise<Charge>;
}

/** What was set aside for one attempt. */
export interface Charge {
  /** The attempt is over. What is not known of what it used counts as all that was set aside. */
  settle(used: Used): void;
}

/** A call that was let in. */
export interface Running extends Spending {
  /** Frees its place. */
  end(): void;
}

export interface MeterParts {
  readonly allowances: Allowances;
  readonly places: Places;
  readonly shared: SharedPlaces;
  readonly budgetOfTenant: (tenant: TenantId) => Promise<Budget>;
  /** Null: there is no such key any more. */
  readonly budgetOfKey: (tenant: TenantId, id: string) => Promise<Budget | null>;
}

/** Seconds after which a caller may look again for a place: about one answer's length. */
const PLACE_RETRY_SECONDS = 2;

/** For a call whose place and cost are another's to mind. Errors: `rate_limited`. */
export async function countCall(meter: Meter, principal: Principal): Promise<void> {
  const running = await meter.begin(principal);
  running.end();
}

/** Runs one attempt under its charge. Errors: `budget_exhausted`, those of the attempt. */
export async function paid<T>(
  spending: Spending,
  most: Used,
  attempt: () => Promise<T>,
  usedBy: (output: T) => Used,
): Promise<T> {
  const charge = await spending.reserve(most);
  try {
    const output = await attempt();
    charge.settle(usedBy(output));
    return output;
  } catch (error) {
    charge.settle(wasSent(error) ? UNKNOWN : NOTHING);
    throw error;
  }
}

/** Why nothing can have reached a service; whatever else failed may have worked there all the same, and then it charges. */
const UNSENT: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'pattern_invariant_failed',
  'credential_unusable',
  'service_unknown',
  'feature_not_covered',
  'field_unsupported',
  'payload_too_large',
]);
const UNREACHED = new Set(['refused', 'name', 'no_route', 'denied', 'connect', 'certificate', 'busy', 'proxy']);

function wasSent(error: unknown): boolean {
  if (!isProblem(error)) return true;
  return !UNSENT.has(error.code) && !UNREACHED.has(String(error.details['reason']));
}

export function createMeter(parts: MeterParts): Meter {
  return {
    begin: (principal) => begin(parts, principal),
    spending: async (tenant, actor) => {
      const budget = actor.type === 'key' ? await parts.budgetOfKey(tenant, actor.id) : null;
      const own = budget === null ? [] : [{ name: keyHolder(actor.id), budget }];
      return spendingOf(parts.allowances, tenant, [...own, await tenantHolder(parts, tenant)]);
    },
    resetSeconds: () => parts.allowances.secondsLeft('nano-dollars'),
  };
}

async function tenantHolder({ budgetOfTenant }: MeterParts, tenant: TenantId): Promise<Holder> {
  return { name: TENANT_HOLDER, budget: await budgetOfTenant(tenant) };
}

async function begin(parts: MeterParts, principal: Principal): Promise<Running> {
  const { tenant, actor } = principal;
  const own = principal.kind === 'key' ? principal.scopes.budget : UNLIMITED;
  const holders = [{ name: keyHolder(actor.id), budget: own }, await tenantHolder(parts, tenant)];
  const exits = [parts.places.enter(tenant, actor.id)];
  const leave = (): void => {
    for (const exit of exits.splice(0)) exit();
  };
  try {
    for (const holder of holders) exits.push(await enterShared(parts.shared, tenant, holder));
    await count(parts.allowances, tenant, holders);
  } catch (error) {
    leave();
    throw error;
  }
  return { ...spendingOf(parts.allowances, tenant, holders), end: leave };
}

const NO_PLACE = (): void => undefined;

async function enterShared(shared: SharedPlaces, tenant: TenantId, { name, budget }: Holder): Promise<() => void> {
  if (budget.concurrent === null) return NO_PLACE;
  const exit = await shared.enter({ tenant, holder: name, most: budget.concurrent });
  if (exit === null)
    throw new ProblemError('rate_limited', { retryAfter: PLACE_RETRY_SECONDS, limit: 'concurrency', of: ofWhom(name) });
  return exit;
}

async function count(allowances: Allowances, tenant: TenantId, holders: readonly Holder[]): Promise<void> {
  const wanted = limitsOf(tenant, holders, 'calls', ({ callsPerMinute }) => callsPerMinute);
  await allowances.takeAll(
    wanted.map((limit) => ({ limit, amount: 1 })),
    ({ holder }) => {
      const retryAfter = allowances.secondsLeft('calls');
      return new ProblemError('rate_limited', { retryAfter, limit: 'calls', of: ofWhom(holder) });
    },
  );
}

function spendingOf(allowances: Allowances, tenant: TenantId, holders: readonly Holder[]): Spending {
  const money = limitsOf(tenant, holders, 'nano-dollars', nanoPerMonth);
  const tokens = limitsOf(tenant, holders, 'tokens', tokensPerMonth);
  return {
    reserve: async (most) => {
      const wanted = [
        ...money.map((limit) => ({ limit, amount: most.nano })),
        ...tokens.map((limit) => ({ limit, amount: most.tokens })),
      ];
      return chargeOf(allowances, await setAside(allowances, wanted));
    },
  };
}

function chargeOf(allowances: Allowances, set: readonly Taken[]): Charge {
  return {
    settle: (used) => {
      for (const taken of set) {
        const amount = taken.limit.unit === 'tokens' ? used.tokens : used.nano;
        if (amount !== null) allowances.giveBack(taken, taken.amount - amount);
      }
    },
  };
}

interface Wanted {
  readonly limit: Limit;
  readonly amount: number | null;
}

/** What nobody can bound is more than is left. */
async function setAside(allowances: Allowances, wanted: readonly Wanted[]): Promise<readonly Taken[]> {
  const refuse = ({ unit, holder }: Limit): ProblemError => {
    const limit = unit === 'tokens' ? 'tokens' : 'money';
    return new ProblemError('budget_exhausted', {
      retryAfter: allowances.secondsLeft(unit),
      limit,
      of: ofWhom(holder),
    });
  };
  const known = wanted.map(({ limit, amount }) => {
    if (amount === null) throw refuse(limit);
    return { limit, amount };
  });
  return allowances.takeAll(known, refuse);
}

function limitsOf(
  tenant: TenantId,
  holders: readonly Holder[],
  unit: Limit['unit'],
  mostOf: (budget: Budget) => number | null,
): readonly Limit[] {
  return holders.flatMap(({ name, budget }) => {
    const most = mostOf(budget);
    return most === null ? [] : [{ tenant, holder: name, unit, most }];
  });
}

function nanoPerMonth({ centsPerMonth }: Budget): number | null {
  return centsPerMonth === null ? null : centsPerMonth * NANO_PER_CENT;
}

function tokensPerMonth({ tokensPerMonth: tokens }: Budget): number | null {
  return tokens;
}

/** For the refusal: whose limit it is, without its id. */
function ofWhom(holder: string): 'tenant' | 'key' {
  return holder === TENANT_HOLDER ? 'tenant' : 'key';
}
