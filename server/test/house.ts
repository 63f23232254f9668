// The lower floors of the house on a database of their own: store, keys, ledger, registry. For tests of what stands on them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineFacts } from '@cordon/deid/facts';
import { createRegistry, type Registry } from '#boundary/registry/registry.ts';
import { KeyStore } from '#custody/keys/keystore.ts';
import { directoryAnchors } from '#custody/ledger/anchors.ts';
import { createLedger, type RunningLedger } from '#custody/ledger/create.ts';
import { systemClock } from '#kernel/clock.ts';
import { newTenantId, type TenantId } from '#kernel/ids.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestHouse {
  readonly database: TestDatabase;
  readonly store: TestDatabase['store'];
  readonly keys: KeyStore;
  readonly ledger: RunningLedger;
  readonly registry: Registry;
  readonly clock: typeof systemClock;
  readonly directory: string;
  readonly tenant: TenantId;
  /** Kinds of the tenant's entries in order. */
  kinds(): Promise<string[]>;
  /** Headers of the tenant's entries in order. */
  headers(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function buildHouse(): Promise<TestHouse> {
  const database = await createTestDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'cordon-house-'));
  const keys = await KeyStore.open({ directory: join(directory, 'keys'), clock: systemClock });
  const { store } = database;
  const ledger = createLedger({
    store,
    keys,
    clock: systemClock,
    installation: keys.installation.id,
    anchors: directoryAnchors(join(directory, 'anchors')),
    writer: 'test',
    onFault: () => undefined,
  });
  await ledger.start();
  const tenant = newTenantId();
  const headers = async (): Promise<Record<string, unknown>[]> => {
    const sql = 'SELECT header FROM cordon.ledger_entry WHERE tenant = $1 ORDER BY index';
    const rows = await database.admin<{ header: Buffer }>(sql, [tenant]);
    return rows.map((row) => JSON.parse(row.header.toString()) as Record<string, unknown>);
  };
  return {
    database,
    store,
    keys,
    ledger,
    registry: createRegistry({ store, ledger, clock: systemClock, engine: engineFacts().fingerprint }),
    clock: systemClock,
    directory,
    tenant,
    headers,
    kinds: async () => (await headers()).map((header) => String(header['kind'])),
    close: async () => {
      await ledger.stop();
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
}
