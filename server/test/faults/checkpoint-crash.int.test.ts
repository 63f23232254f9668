// A batch is visible before it is durable (docs/decisions/0030). A checkpoint that is being made meanwhile, by a process that stands still
// over a crash of PostgreSQL, signs nothing that the crash took away and stops no tenant that is sound.
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KeyStore } from '#custody/keys/keystore.ts';
import { directoryAnchors } from '#custody/ledger/anchors.ts';
import { createLedger, type RunningLedger } from '#custody/ledger/create.ts';
import { systemClock } from '#kernel/clock.ts';
import { newTenantId } from '#kernel/ids.ts';
import { clientConfig } from '#platform/store/connection.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#platform/store/embedded/embedded.ts';
import { migrate } from '#platform/store/migrate.ts';
import { openStore, type PgStore } from '#platform/store/pg-store.ts';
import type { Store, Transaction } from '#platform/store/store.ts';

const WAIT_TRIES = 2_000;
let home: string;
let postgres: EmbeddedPostgres;
let store: PgStore;
let keys: KeyStore;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cordon-checkpoint-'));
  await chmod(home, 0o711); // the database's account passes through
  const installationSecret = randomBytes(32);
  postgres = await startEmbeddedPostgres({ home, installationSecret, onEvent: () => undefined });
  const directory = join(import.meta.dirname, '..', '..', 'migrations');
  await migrate({ admin: postgres.admin, directory, installationSecret });
  store = await openStore({ target: postgres.admin, installationSecret });
  keys = await KeyStore.open({ directory: join(home, 'keys'), clock: systemClock });
});

afterEach(async () => {
  await store.close();
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

type Query = Transaction['query'];

/** The store with every statement of a ledger transaction shown to `watch`, which may hold it up. */
function watched(watch: (text: string) => Promise<void>): Store {
  const through = (tx: Transaction): Transaction => ({
    query: async <Row extends object>(text: string, values: Parameters<Query>[1]): Promise<Row[]> => {
      await watch(text);
      return tx.query<Row>(text, values);
    },
  });
  return {
    asTenant: (tenant, work) => store.asTenant(tenant, work),
    asAccess: (work) => store.asAccess(work),
    asLedger: async (work) => {
      await watch('BEGIN');
      return store.asLedger((tx) => work(through(tx)));
    },
    asLedgerStatements: (work) => store.asLedgerStatements((tx) => work(through(tx))),
  };
}

function ledgerOn(over: Store): RunningLedger {
  return createLedger({
    store: over,
    keys,
    clock: systemClock,
    installation: keys.installation.id,
    anchors: directoryAnchors(join(home, 'anchors')),
    writer: 'test',
    onFault: () => undefined,
    leaseMs: 600_000,
  });
}

async function asAdmin<Row extends object>(sql: string): Promise<Row[]> {
  const client = new pg.Client(clientConfig(postgres.admin));
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function pidOf(type: string): Promise<number> {
  const rows = await asAdmin<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE backend_type = '${type}' AND pid <> pg_backend_pid() LIMIT 1`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`PostgreSQL has no ${type}`);
  return row.pid;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < WAIT_TRIES; tries += 1) {
    if (await condition()) return;
    await sleep(5);
  }
  throw new Error('it did not come to pass');
}

const PAUSES = [
  { name: 'after it hashed the entries', after: 'string_agg(hash' },
  { name: 'after it read the head', after: 'FROM ledger_checkpoint' },
] as const;

for (const { name, after } of PAUSES) {
  it(
    `a publisher that stands still ${name} while PostgreSQL crashes signs what there is`,
    { timeout: 120_000 },
    async () => {
      const tenant = newTenantId();
      const flush = Promise.withResolvers<undefined>();
      let [holding, held] = [false, 0];
      const writer = ledgerOn(
        watched(async (text) => {
          if (!holding || !text.includes('pg_logical_emit_message')) return;
          held += 1;
          await flush.promise;
        }),
      );
      const still = Promise.withResolvers<undefined>();
      let [passed, paused, once] = [false, false, true];
      const publisher = ledgerOn(
        watched(async (text) => {
          if (text.includes(after)) passed = true;
          if (!passed || !once || text !== 'BEGIN') return;
          [paused, once] = [true, false];
          await still.promise;
        }),
      );
      const append = () =>
        writer.append({ tenant, kind: 'access.read', actor: { type: 'system', id: 'test' }, detail: { what: 'x' } });
      await writer.start();
      for (let at = 0; at < 22; at += 1) await append();
      await writer.checkpoint(tenant);

      const walwriter = await pidOf('walwriter');
      process.kill(walwriter, 'SIGSTOP'); // it would flush the batch by itself before long
      holding = true;
      const pending = append();
      await until(() => held > 0);
      const checkpoint = publisher.checkpoint(tenant).then(
        (made) => made?.size,
        (error: unknown) => error,
      );
      await until(() => paused);
      process.kill(await pidOf('client backend'), 'SIGKILL');
      process.kill(walwriter, 'SIGCONT');
      await until(() =>
        asAdmin('SELECT 1').then(
          () => true,
          () => false,
        ),
      );
      await sleep(500); // dead connections are noticed
      still.resolve(undefined);
      await checkpoint;
      holding = false;
      flush.resolve(undefined);

      expect((await pending).index).toBe(22);
      expect((await append()).index).toBe(23);
      expect(await writer.compareWithAnchors()).toEqual([]);
      expect(await writer.checkpoint(tenant)).toMatchObject({ size: 24 });
      await writer.stop();
    },
  );
}
