import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyStore } from '#custody/keys/keystore.ts';
import { systemClock } from '#kernel/clock.ts';
import { newId, newTenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createLedger, type RunningLedger } from './create.ts';

let database: TestDatabase;
let directory: string;
let ledger: RunningLedger;

beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'ledger-'));
  const keys = await KeyStore.open({ directory, clock: systemClock });
  ledger = createLedger({ store: database.store, keys, clock: systemClock, installation: keys.installation.id });
  await ledger.start();
});
afterAll(async () => {
  await ledger.stop();
  await database.close();
  await rm(directory, { recursive: true });
});

const actor = { type: 'system', id: 'test' } as const;

describe('append', () => {
  it('gives dense indexes to concurrent appenders', async () => {
    const tenant = newTenantId();
    const done = await Promise.all(
      Array.from({ length: 100 }, () =>
        ledger.append({ tenant, kind: 'access.read', actor, detail: { what: 'x' }, facts: { patient: 'é' }, body: Phi.of(Buffer.from('hello')) }),
      ),
    );
    expect(done.map((d) => d.index).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
  it('enqueues', async () => {
    const tenant = newTenantId();
    const ids = await database.store.asTenant(tenant, async (tx) => [
      (await ledger.enqueue(tx, { tenant, kind: 'access.read', actor, detail: { what: 'x' }, facts: { a: 1 }, body: Phi.of(Buffer.from('hello')) })).entryId,
      (await ledger.enqueue(tx, { tenant, kind: 'access.read', actor, detail: { what: 'y' } })).entryId,
    ]);
    expect(await Promise.all(ids.map((id) => ledger.settle(tenant, id)))).toMatchObject([{ index: 0 }, { index: 1 }]);
    expect(await ledger.settle(tenant, ids[0]!)).toMatchObject({ index: 0 });
  });
  it('is idempotent by entry id', async () => {
    const tenant = newTenantId();
    const entryId = newId();
    const request = { tenant, kind: 'access.read', actor, detail: { what: 'x' }, entryId } as const;
    const all = await Promise.all([ledger.append(request), ledger.append(request)]);
    all.push(await ledger.append(request));
    expect(all.map((a) => a.index)).toEqual([0, 0, 0]);
  });
});
