// Budgets of keys and of the tenant over two server processes and one PostgreSQL: to the last unit, and nothing beyond it.
import { isProblem, ProblemError } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock.ts';
import { newId } from '#kernel/ids.ts';
import { buildHouse, type TestHouse } from '#test/house.ts';
import type { KeyPrincipal } from '#custody/access/principal.ts';
import { DEFAULT_KEY_SCOPES } from '#custody/access/api-keys.ts';
import { Allowances } from './allowances.ts';
import { useOf } from './books.ts';
import { keyHolder, NANO_PER_CENT, TENANT_HOLDER, UNLIMITED, type Budget } from './budget.ts';
import { Budgets } from './budgets.ts';
import { createMeter, NOTHING, paid, type Meter, type Running, type Used } from './meter.ts';
import { Places } from './places.ts';
import { SharedPlaces } from './shared-places.ts';

/** One server process's part. */
interface Desk {
  readonly meter: Meter;
  readonly allowances: Allowances;
  readonly shared: SharedPlaces;
  readonly budgets: Budgets;
}

let house: TestHouse;
/** In the middle of a minute and of a month: no window ends while a test runs. */
const clock = { ...systemClock, now: () => new Date('2026-11-15T12:00:30Z') };
const desks: Desk[] = [];
const keyBudgets = new Map<string, Budget>();

function desk(): Desk {
  const parts = { store: house.store, ledger: house.ledger, clock };
  const [allowances, shared, budgets] = [new Allowances(parts), new SharedPlaces(parts), new Budgets(parts)];
  const meter = createMeter({
    allowances,
    shared,
    places: new Places(),
    budgetOfTenant: (tenant) => budgets.of(tenant),
    budgetOfKey: (_tenant, id) => Promise.resolve(keyBudgets.get(id) ?? null),
  });
  const made = { meter, allowances, shared, budgets };
  desks.push(made);
  return made;
}

function keyWith(budget: Partial<Budget>): KeyPrincipal {
  const keyId = newId();
  keyBudgets.set(keyId, { ...UNLIMITED, ...budget });
  return {
    kind: 'key',
    tenant: house.tenant,
    actor: { type: 'key', id: keyId },
    keyId,
    ownerId: newId(),
    permissions: new Set(),
    defaultPurpose: null,
    scopes: { ...DEFAULT_KEY_SCOPES, budget: { ...UNLIMITED, ...budget } },
    expiresAt: null,
  };
}

async function limitTenant(budget: Partial<Budget>): Promise<void> {
  const [first] = desks;
  await first?.budgets.set(house.tenant, { type: 'person', id: newId() }, { ...UNLIMITED, ...budget });
}

/** Codes of what was refused, and what was let in. */
async function all(attempts: readonly Promise<Running>[]) {
  const settled = await Promise.allSettled(attempts);
  return {
    inside: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    refused: settled.flatMap((one) => (one.status === 'rejected' && isProblem(one.reason) ? [one.reason] : [])),
  };
}

beforeAll(async () => {
  house = await buildHouse();
  desk();
  desk();
});
afterAll(async () => {
  for (const { allowances, shared } of desks) {
    await allowances.returnAll();
    await shared.returnAll();
  }
  await house.close();
});

const either = (at: number): Desk => desks[at % 2]!;

describe('over two processes', () => {
  test('calls a minute, of a key and of the tenant', async () => {
    const key = keyWith({ callsPerMinute: 7 });
    const first = await all(Array.from({ length: 20 }, (_, at) => either(at).meter.begin(key)));
    expect(first.inside).toHaveLength(7);
    expect(first.refused[0]).toMatchObject({ code: 'rate_limited', details: { retryAfter: 30, of: 'key' } });
    for (const call of first.inside) call.end();
    await limitTenant({ callsPerMinute: 5 });
    await new Promise((resolve) => setTimeout(resolve, 1_050)); // the other process believes what it read for a second
    const second = await all(Array.from({ length: 12 }, (_, at) => either(at).meter.begin(keyWith({}))));
    expect(second.inside).toHaveLength(5);
    expect(second.refused.map(({ details }) => details['of'])).toEqual(Array.from({ length: 7 }, () => 'tenant'));
    for (const call of second.inside) call.end();
    await limitTenant({});
    await new Promise((resolve) => setTimeout(resolve, 1_050));
  });

  test('calls under way: as many as there are places; one that ends makes room in either process', async () => {
    const key = keyWith({ concurrent: 3 });
    const { inside, refused } = await all(Array.from({ length: 10 }, (_, at) => either(at).meter.begin(key)));
    expect(inside).toHaveLength(3);
    expect(refused[0]).toMatchObject({ code: 'rate_limited', details: { limit: 'concurrency', of: 'key' } });
    const { shared } = either(0);
    expect(await shared.underWay(house.tenant, keyHolder(key.keyId))).toBe(3);
    for (const call of inside) call.end();
    for (const call of inside) call.end(); // twice does no harm
    await expect.poll(() => shared.underWay(house.tenant, keyHolder(key.keyId))).toBe(0);
    for (const at of [0, 1]) {
      const again = await all(Array.from({ length: 4 }, () => either(at).meter.begin(key)));
      expect(again.inside).toHaveLength(3);
      for (const call of again.inside) call.end();
      await expect.poll(() => shared.underWay(house.tenant, keyHolder(key.keyId))).toBe(0);
    }
  });

  test('what a process that died held is free when its lease ends', async () => {
    const key = keyWith({ concurrent: 1 });
    const dead = desk();
    await dead.meter.begin(key);
    expect((await all([either(0).meter.begin(key)])).inside).toHaveLength(0);
    await house.database.admin(`UPDATE cordon.allowance_place SET lease_until = now() - interval '1 second'`, []);
    const { inside } = await all([either(0).meter.begin(key)]);
    expect(inside).toHaveLength(1);
    for (const call of inside) call.end();
  });

  test.each([
    { unit: 'money', budget: { centsPerMonth: 3 }, most: { nano: NANO_PER_CENT / 2, tokens: 9 } },
    { unit: 'tokens', budget: { tokensPerMonth: 6_000 }, most: { nano: null, tokens: 1_000 } },
  ])('$unit of a key and of the tenant, to the last unit', async ({ unit, budget, most }) => {
    const key = keyWith(budget);
    const spend = async (at: number): Promise<void> => {
      const running = await either(at).meter.begin(key);
      await running.reserve(most).finally(() => running.end());
    };
    const settled = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => spend(at)));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
    const [refused] = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toMatchObject({ code: 'budget_exhausted', details: { limit: unit, of: 'key' } });
    expect(
      await useOf(either(0), house.tenant, { name: keyHolder(key.keyId), budget: key.scopes.budget }),
    ).toMatchObject({ used: unit === 'money' ? { dollarsThisMonth: '0.03' } : { tokensThisMonth: 6_000 } });
    await limitTenant(budget);
    const free = keyWith({});
    const first = await either(0).meter.begin(free);
    const one = await first.reserve(most);
    await expect(first.reserve({ nano: NANO_PER_CENT * 3, tokens: 6_000 })).rejects.toMatchObject({
      details: { of: 'tenant', limit: unit },
    });
    one.settle(NOTHING);
    (await first.reserve({ nano: NANO_PER_CENT * 3, tokens: 6_000 })).settle(NOTHING);
    first.end();
    await limitTenant({});
  });
});

test('what a key may not spend is not taken from the tenant', async () => {
  await either(0).allowances.returnAll();
  const { meter, allowances } = desk();
  await limitTenant({ tokensPerMonth: 100 });
  const running = await meter.begin(keyWith({ tokensPerMonth: 10 }));
  await expect(running.reserve({ nano: 0, tokens: 50 })).rejects.toMatchObject({ details: { of: 'key' } });
  expect(await allowances.used({ tenant: house.tenant, holder: TENANT_HOLDER, unit: 'tokens' })).toBe(0);
  running.end();
  await limitTenant({});
});

describe('an attempt under its charge', () => {
  const most: Used = { nano: 0, tokens: 40 };
  const asked = async (attempt: () => Promise<Used>): Promise<number> => {
    const { meter, allowances } = desk();
    const key = keyWith({ tokensPerMonth: 100 });
    const spending = await meter.spending(house.tenant, key.actor);
    await paid(spending, most, attempt, (used) => used).catch(() => undefined);
    return allowances.used({ tenant: house.tenant, holder: keyHolder(key.keyId), unit: 'tokens' });
  };
  const failing = (code: 'upstream_unavailable' | 'upstream_timeout', reason: string) => (): Promise<Used> =>
    Promise.reject(new ProblemError(code, { reason }));

  test('costs what it used, also where that is more than was set aside', async () => {
    expect(await asked(() => Promise.resolve({ nano: 0, tokens: 7 }))).toBe(7);
    expect(await asked(() => Promise.resolve({ nano: 0, tokens: 45 }))).toBe(45);
  });

  test('costs all that was set aside where nobody says, or where a service may have worked', async () => {
    expect(await asked(() => Promise.resolve({ nano: 0, tokens: null }))).toBe(40);
    expect(await asked(failing('upstream_timeout', 'first_byte'))).toBe(40);
  });

  test('costs nothing where nothing was reached', async () => {
    expect(await asked(failing('upstream_unavailable', 'refused'))).toBe(0);
  });
});
