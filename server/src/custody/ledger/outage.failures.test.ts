// PostgreSQL goes away under load: what was acknowledged stands once, what was refused was refused with a typed error, and
// work goes on by itself. Dead processes' calls and streams are closed; living ones are left alone.
import { setTimeout as sleep } from 'node:timers/promises';
import { isProblem } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, newTenantId, type TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import { createLedgerHouse, type LedgerHouse } from '#test/ledger.ts';
import type { RunningLedger } from './create.ts';
import { registerProcess } from './process.queries.ts';

const LEASE_MS = 1_000;
const actor = { type: 'system', id: 'test' } as const;
let house: LedgerHouse;
let ledger: RunningLedger;

beforeAll(async () => {
  house = await createLedgerHouse();
  ledger = house.build({ leaseMs: LEASE_MS });
  await ledger.start();
});

afterAll(async () => {
  await ledger.stop();
  await house.close();
});

async function cutConnections(): Promise<void> {
  await house.database.admin(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
}

async function stored(tenant: TenantId): Promise<string[]> {
  const sql = 'SELECT entry_id AS id FROM cordon.ledger_entry WHERE tenant = $1 ORDER BY index';
  return (await house.database.admin<{ id: string }>(sql, [tenant])).map((row) => row.id);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error('it did not come to pass');
}

/** An intent, its attestation recorded before. */
async function intend(writer: RunningLedger, tenant: TenantId): Promise<string> {
  const id = newId();
  const effective = '2020-01-01T00:00:00.000Z';
  const attested = { effective, expires: null, id, services: ['service'], version: 1 };
  await writer.append({ tenant, kind: 'attestation.recorded', actor, detail: attested });
  const routes = [{ basis: { id, type: 'attestation', version: 1 }, pattern: 'on-prem', service: 'service' }];
  const decided = { capability: 'generate', code: 'allowed', decision: 'allow', policy: 'p', registry: 'r' };
  const detail = { ...decided, obligations: [], routes };
  return (await writer.append({ tenant, kind: 'call.intent', actor, detail })).entryId;
}

describe('connections that are cut under load', () => {
  it('lose nothing that was acknowledged and double nothing, also when callers retry', async () => {
    const tenant = newTenantId();
    const acknowledged = new Map<string, number>();
    const codes = new Set<string>();
    const until = Date.now() + 3_000;
    const writer = async (): Promise<void> => {
      while (Date.now() < until) {
        const entryId = newId();
        for (let done = false; !done;) {
          const request = { tenant, kind: 'access.read', actor, detail: { what: 'x' }, entryId } as const;
          const result = await ledger.append(request).catch((error: unknown) => error);
          done = !(result instanceof Error);
          if (isProblem(result)) codes.add(result.code);
          if (!(result instanceof Error)) acknowledged.set(entryId, (result as { index: number }).index);
          else await sleep(5);
        }
      }
    };
    const cutter = async (): Promise<void> => {
      while (Date.now() < until) {
        await sleep(150);
        await cutConnections();
      }
    };
    await Promise.all([cutter(), ...Array.from({ length: 16 }, writer)]);
    const ids = await stored(tenant);
    expect(acknowledged.size).toBeGreaterThan(100);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...acknowledged].every(([id, index]) => ids[index] === id)).toBe(true);
    expect(ids.length).toBe(acknowledged.size);
    expect([...codes].filter((code) => code !== 'ledger_unavailable')).toEqual([]);
    expect(await ledger.checkpoint(tenant)).toMatchObject({ size: ids.length });
  });
});

describe('a storage that refuses', () => {
  it('fails everyone who waits with a typed error, releases nothing, and recovers', async () => {
    const tenant = newTenantId();
    let down = false;
    const refuse = <T>(work: () => Promise<T>): Promise<T> =>
      down ? Promise.reject(new Error('connection refused')) : work();
    const { store } = house.database;
    const flaky: Store = {
      asTenant: (id, work) => refuse(() => store.asTenant(id, work)),
      asLedger: (work) => refuse(() => store.asLedger(work)),
      asLedgerStatements: (work) => refuse(() => store.asLedgerStatements(work)),
      asAccess: (work) => refuse(() => store.asAccess(work)),
    };
    const other = house.build({ store: flaky, leaseMs: 60_000 });
    await other.start();
    const intentId = await intend(other, tenant);
    const stream = await other.openStream({ tenant, intentId });
    await stream.write(Buffer.from('before '));
    down = true;
    const request = { tenant, kind: 'access.read', actor, detail: { what: 'x' } } as const;
    const results = await Promise.allSettled([
      ...Array.from({ length: 40 }, () => other.append(request)),
      stream.write(Buffer.from('lost')),
    ]);
    const codes = results.map((result) =>
      result.status === 'rejected' ? (result.reason as { code: string }).code : 'ok',
    );
    expect(new Set(codes)).toEqual(new Set(['ledger_unavailable']));
    down = false;
    await expect(stream.write(Buffer.from('after'))).rejects.toMatchObject({ code: 'ledger_unavailable' });
    const closed = await stream.close('failed', { actor, detail: { code: 'ledger_unavailable', service: 'service' } });
    expect((await other.content(tenant, closed.entryId))?.reveal().toString()).toBe('before ');
    expect((await other.append(request)).index).toBe(3);
    await other.stop();
  });
});

describe('recovery', () => {
  it('closes calls and streams of a process that died, once, and leaves those of the living alone', async () => {
    const [dead, alive] = [newTenantId(), newTenantId()];
    const victim = house.build({ leaseMs: 60_000 });
    await victim.start();
    const open = await intend(victim, dead);
    const streaming = await intend(victim, dead);
    const stream = await victim.openStream({ tenant: dead, intentId: streaming });
    await stream.write(Buffer.from('half a sen'));
    const living = await intend(ledger, alive);
    // As if the process had been killed: its heartbeat lies in the past.
    await house.database.admin(
      `UPDATE cordon.ledger_process SET heartbeat_at = now() - interval '1 hour'
        WHERE id = (SELECT process FROM cordon.ledger_call WHERE intent_id = $1)`,
      [open],
    );
    await until(async () => (await stored(dead)).length >= 7);
    const entries = await ledger.entries(dead, { kinds: ['call.outcome', 'ledger.recovered'], limit: 10 });
    expect(entries.map(({ header }) => header)).toMatchObject([
      {
        kind: 'call.outcome',
        detail: { intent: streaming, status: 'interrupted', service: 'service' },
        stream: { frames: 1 },
      },
      { kind: 'call.outcome', detail: { intent: open, status: 'interrupted', code: 'unknown', service: 'service' } },
      { kind: 'ledger.recovered', detail: { intents: 1, streams: 1 } },
    ]);
    const content = await ledger.content(dead, entries[0]?.header.id ?? '');
    expect(content?.reveal().toString()).toBe('half a sen');
    await expect(stream.write(Buffer.from('tence'))).rejects.toMatchObject({ code: 'ledger_unavailable' });
    const late = { code: 'ok', service: 'service', intent: open, status: 'complete' };
    const append = victim.append({ tenant: dead, kind: 'call.outcome', actor, detail: late });
    await expect(append).rejects.toMatchObject({ code: 'conflict' });
    expect(await stored(alive)).toHaveLength(2);
    const detail = { code: 'ok', service: 'service', intent: living, status: 'complete' };
    await ledger.append({ tenant: alive, kind: 'call.outcome', actor, detail });
    await victim.stop();
  });

  it('sequences what a dead process had committed with its state', async () => {
    const tenant = newTenantId();
    const ids = await house.database.store.asTenant(tenant, async (tx) => {
      const request = { tenant, kind: 'access.read', actor, detail: { what: 'x' } } as const;
      return [(await ledger.enqueue(tx, request)).entryId, (await ledger.enqueue(tx, request)).entryId];
    });
    await until(async () => (await stored(tenant)).length === 2);
    expect(await stored(tenant)).toEqual(ids);
  });

  it('undoes the entry with the transaction it belongs to', async () => {
    const tenant = newTenantId();
    let entryId = '';
    const failing = house.database.store.asTenant(tenant, async (tx) => {
      entryId = (await ledger.enqueue(tx, { tenant, kind: 'access.read', actor, detail: { what: 'x' } })).entryId;
      throw new Error('the state could not be kept');
    });
    await expect(failing).rejects.toThrow('the state');
    await expect(ledger.settle(tenant, entryId)).rejects.toMatchObject({ code: 'not_found' });
    expect(await stored(tenant)).toEqual([]);
  });

  it('clears away processes that left nothing', async () => {
    const id = newId();
    await house.database.store.asLedger((tx) => registerProcess(tx, id));
    await house.database.admin(
      `UPDATE cordon.ledger_process SET heartbeat_at = now() - interval '1 hour' WHERE id = $1`,
      [id],
    );
    const gone = 'SELECT 1 FROM cordon.ledger_process WHERE id = $1';
    await until(async () => (await house.database.admin(gone, [id])).length === 0);
    expect(await house.database.admin(gone, [id])).toEqual([]);
  });
});

describe('the two entries of a call', () => {
  it('refuses a second outcome, an outcome without intent, and one in another tenant', async () => {
    const [tenant, other] = [newTenantId(), newTenantId()];
    const intent = await intend(ledger, tenant);
    const detail = { code: 'ok', service: 'service', intent, status: 'complete' };
    const outcome = { tenant, kind: 'call.outcome', actor, detail } as const;
    await expect(ledger.append({ ...outcome, tenant: other })).rejects.toMatchObject({ code: 'conflict' });
    const both = await Promise.allSettled([ledger.append(outcome), ledger.append(outcome)]);
    expect(both.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const unknown = { ...detail, intent: newId() };
    await expect(ledger.append({ ...outcome, detail: unknown })).rejects.toMatchObject({ code: 'conflict' });
    expect(await stored(tenant)).toHaveLength(3);
    expect(await stored(other)).toEqual([]);
  });
});

describe('calls that their living process gave up', () => {
  const outcomesOf = async (tenant: TenantId, intent: string): Promise<unknown[]> => {
    const entries = await ledger.entries(tenant, { kinds: ['call.outcome'], limit: 100 });
    return entries.map(({ header }) => header.detail).filter((detail) => detail['intent'] === intent);
  };

  it('are closed as interrupted, though the process lives', async () => {
    const tenant = newTenantId();
    const intent = await intend(ledger, tenant);
    ledger.abandon(tenant, intent);
    await until(async () => (await outcomesOf(tenant, intent)).length > 0);
    expect(await outcomesOf(tenant, intent)).toMatchObject([{ status: 'interrupted', code: 'unknown' }]);
  });

  it('keep the outcome that was recorded after all; what was never begun leaves nothing', async () => {
    const tenant = newTenantId();
    const intent = await intend(ledger, tenant);
    const never = newId();
    const detail = { intent, status: 'complete', code: 'ok', service: 'service' };
    await house.database.store.asTenant(tenant, (tx) =>
      ledger.enqueue(tx, { tenant, kind: 'call.outcome', actor, detail }),
    );
    ledger.abandon(tenant, intent);
    ledger.abandon(tenant, never);
    const marker = await intend(ledger, tenant);
    ledger.abandon(tenant, marker);
    await until(async () => (await outcomesOf(tenant, marker)).length > 0);
    expect(await outcomesOf(tenant, intent)).toMatchObject([{ status: 'complete' }]);
    expect(await outcomesOf(tenant, never)).toEqual([]);
  });
});
