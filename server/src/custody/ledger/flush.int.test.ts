// A batch is visible before it is durable (docs/decisions/0030): nobody is answered in between, the next batch does not wait for the disk,
// and a flush that says nothing or no is settled by looking.
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, newTenantId, type TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import { createLedgerHouse, type LedgerHouse } from '#test/ledger.ts';
import type { RunningLedger } from './create.ts';

const actor = { type: 'system', id: 'test' } as const;
let house: LedgerHouse;

beforeAll(async () => {
  house = await createLedgerHouse();
});

afterAll(() => house.close());

type Flushing = (flush: () => Promise<object[]>) => Promise<object[]>;

/** A ledger whose flushes go through `flushing`. */
async function withFlushes(flushing: Flushing, work: (ledger: RunningLedger) => Promise<void>): Promise<void> {
  const { store } = house.database;
  const through = (tx: Transaction): Transaction => ({
    query: async <Row extends object>(text: string, values: Parameters<Transaction['query']>[1]): Promise<Row[]> => {
      if (!text.includes('pg_logical_emit_message')) return tx.query<Row>(text, values);
      return (await flushing(() => tx.query(text, values))) as Row[];
    },
  });
  const ledger = house.build({
    store: { ...store, asLedgerStatements: (each) => store.asLedgerStatements((tx) => each(through(tx))) },
  });
  await ledger.start();
  try {
    await work(ledger);
  } finally {
    await ledger.stop();
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    if (await condition()) return;
    await sleep(5);
  }
  throw new Error('it did not come to pass');
}

function append(ledger: RunningLedger, tenant: TenantId) {
  return ledger.append({ tenant, kind: 'access.read', actor, detail: { what: 'x' } });
}

async function stored(tenant: TenantId): Promise<string[]> {
  const sql = 'SELECT entry_id AS id FROM cordon.ledger_entry WHERE tenant = $1 ORDER BY index';
  return (await house.database.admin<{ id: string }>(sql, [tenant])).map((row) => row.id);
}

describe('a batch that is written and not yet flushed', () => {
  it('answers nobody, and the next one is written meanwhile', async () => {
    const tenant = newTenantId();
    const gate = Promise.withResolvers<undefined>();
    let held = 0;
    const hold: Flushing = async (flush) => {
      held += 1;
      const [rows] = await Promise.all([flush(), gate.promise]);
      return rows;
    };
    let holding = false;
    await withFlushes(
      (flush) => (holding ? hold(flush) : flush()),
      async (ledger) => {
        await append(ledger, tenant); // asks for the head, which has no belief yet
        await append(ledger, tenant);
        holding = true;
        let answered = 0;
        const first = append(ledger, tenant).finally(() => (answered += 1));
        await until(() => held === 1);
        const second = append(ledger, tenant).finally(() => (answered += 1));
        await until(() => held === 2);
        await until(async () => (await stored(tenant)).length === 4);
        expect(answered).toBe(0);
        gate.resolve(undefined);
        expect((await Promise.all([first, second])).map(({ index }) => index)).toEqual([2, 3]);
      },
    );
  });
});

describe('a flush', () => {
  const answers: readonly { readonly name: string; readonly flushing: Flushing }[] = [
    { name: 'whose answer is lost', flushing: (flush) => flush().then(() => Promise.reject(lost())) },
    { name: 'that PostgreSQL refuses', flushing: () => Promise.reject(new ProblemError('storage_full')) },
    { name: 'that no longer finds the entry', flushing: (flush) => flush().then(() => []) },
  ];
  for (const { name, flushing } of answers) {
    it(`${name} leaves each entry once, under the index that the caller is told`, async () => {
      const tenants = [newTenantId(), newTenantId()] as const;
      let count = 0;
      const sometimes: Flushing = (flush) => ((count += 1) % 3 === 0 ? flushing(flush) : flush());
      await withFlushes(sometimes, async (ledger) => {
        for (let round = 0; round < 30; round += 1) {
          const made = await Promise.all(
            Array.from({ length: 24 }, async (_, at) => {
              const tenant = tenants[at % 2] ?? tenants[0];
              return { tenant, ...(await append(ledger, tenant)) };
            }),
          );
          for (const tenant of tenants) {
            const ids = await stored(tenant);
            expect(ids).toHaveLength((round + 1) * 12);
            for (const each of made) if (each.tenant === tenant) expect(ids[each.index]).toBe(each.entryId);
          }
        }
        expect(count).toBeGreaterThan(9);
        for (const tenant of tenants) expect(await ledger.checkpoint(tenant)).toMatchObject({ size: 360 });
      });
    });
  }
});

describe('one batch', () => {
  it('of one tenant or of many, with calls or without, moves each head by its own entries', async () => {
    const tenants = Array.from({ length: 5 }, () => newTenantId());
    await withFlushes(
      (flush) => flush(),
      async (ledger) => {
        const attestations = await Promise.all(
          tenants.map(async (tenant) => ({ tenant, id: await attest(ledger, tenant) })),
        );
        const calls = async (several: typeof attestations): Promise<void> => {
          const intents = await Promise.all(
            several.flatMap(({ tenant, id }) => [
              intend(ledger, tenant, id),
              append(ledger, tenant),
              intend(ledger, tenant, id),
            ]),
          );
          expect(new Set(intents.map(({ entryId }) => entryId)).size).toBe(3 * several.length);
        };
        for (let round = 0; round < 4; round += 1) await calls(attestations);
        for (let round = 0; round < 4; round += 1) await calls(attestations.slice(0, 1));
        const open = await house.database.admin<{ tenant: TenantId; calls: string }>(
          'SELECT tenant, count(*) AS calls FROM cordon.ledger_call WHERE tenant = ANY($1::uuid[]) GROUP BY tenant',
          [tenants],
        );
        for (const [at, tenant] of tenants.entries()) {
          const rounds = at === 0 ? 8 : 4;
          expect(Number(open.find((row) => row.tenant === tenant)?.calls)).toBe(2 * rounds);
          expect(await ledger.checkpoint(tenant)).toMatchObject({ size: 1 + 3 * rounds });
        }
      },
    );
  });
});

function lost(): ProblemError {
  return new ProblemError('outcome_unknown');
}

async function attest(ledger: RunningLedger, tenant: TenantId): Promise<string> {
  const id = newId();
  const detail = { effective: '2020-01-01T00:00:00.000Z', expires: null, id, services: ['service'], version: 1 };
  await ledger.append({ tenant, kind: 'attestation.recorded', actor, detail });
  return id;
}

function intend(ledger: RunningLedger, tenant: TenantId, attestation: string) {
  const basis = { id: attestation, type: 'attestation', version: 1 };
  const detail = {
    capability: 'generate',
    code: 'allowed',
    decision: 'allow',
    obligations: [],
    policy: 'p',
    registry: 'r',
    routes: [{ basis, pattern: 'on-prem', service: 'service' }],
  };
  return ledger.append({ tenant, kind: 'call.intent', actor, detail });
}
