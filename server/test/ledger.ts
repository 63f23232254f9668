// Ledgers on a database, a key store and anchors of their own, for tests of the ledger itself.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyStore } from '#custody/keys/keystore.ts';
import { directoryAnchors } from '#custody/ledger/anchors.ts';
import { createLedger } from '#custody/ledger/create.ts';
import type { LedgerOptions, RunningLedger } from '#custody/ledger/create.ts';
import { systemClock } from '#kernel/clock.ts';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';

export interface LedgerHouse {
  readonly database: TestDatabase;
  readonly keys: KeyStore;
  /** A ledger, not started; another process as far as the database can tell. */
  build(options?: Partial<LedgerOptions>): RunningLedger;
  /** After the ledgers were stopped. */
  close(): Promise<void>;
}

/** In `beforeAll`; call `close` in `afterAll`. */
export async function createLedgerHouse(): Promise<LedgerHouse> {
  const database = await createTestDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'cordon-ledger-'));
  const keys = await KeyStore.open({ directory: join(directory, 'keys'), clock: systemClock });
  return {
    database,
    keys,
    build: (options) =>
      createLedger({
        store: database.store,
        keys,
        clock: systemClock,
        installation: keys.installation.id,
        anchors: directoryAnchors(join(directory, 'anchors')),
        writer: 'test',
        onFault: () => undefined,
        ...options,
      }),
    close: async () => {
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
