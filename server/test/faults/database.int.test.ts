// What happens to the store when PostgreSQL is killed or its disk is full: nothing acknowledged is lost, nothing refused is stored,
// and it goes on by itself.
import { execFileSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProblem } from '@cordon/contract';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId, newTenantId } from '#kernel/ids.ts';
import { startJobs } from '#platform/jobs/jobs.ts';
import { clientConfig } from '#platform/store/connection.ts';
import { startEmbeddedPostgres } from '#platform/store/embedded/embedded.ts';
import type { EmbeddedPostgres } from '#platform/store/embedded/embedded.ts';
import { migrate } from '#platform/store/migrate.ts';
import { openStore } from '#platform/store/pg-store.ts';
import type { PgStore } from '#platform/store/pg-store.ts';

const root = process.getuid?.() === 0;
const secret = randomBytes(32);
const tenant = newTenantId();
const ROUNDS = 6;
const WRITERS = 6;
const TYPED = new Set(['storage_full', 'storage_unavailable', 'outcome_unknown']);
const MIGRATIONS = join(import.meta.dirname, '..', '..', 'migrations');
let directory: string;
let server: EmbeddedPostgres | null;
let store: PgStore | null;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cordon-faults-'));
  await chmod(directory, 0o711);
  server = null;
  store = null;
});
afterEach(async () => {
  await store?.close();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function open(home: string): Promise<{ server: EmbeddedPostgres; store: PgStore }> {
  const started = await startEmbeddedPostgres({ home, installationSecret: secret, onEvent: () => undefined });
  server = started;
  await migrate({ admin: started.admin, directory: MIGRATIONS, installationSecret: secret });
  const client = new pg.Client(clientConfig(started.admin));
  await client.connect();
  await client.query(`
    CREATE TABLE cordon.thing (tenant uuid NOT NULL, id int NOT NULL, bytes bytea, PRIMARY KEY (tenant, id));
    ALTER TABLE cordon.thing ENABLE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON cordon.thing TO cordon_app USING (tenant = current_setting('cordon.tenant')::uuid);
    GRANT SELECT, INSERT ON cordon.thing TO cordon_app`);
  await client.end();
  const opened = await openStore({ target: started.admin, installationSecret: secret });
  store = opened;
  return { server: started, store: opened };
}

/** What every write came to: the key of the whole check. */
interface Fates {
  readonly kept: Set<number>;
  readonly refused: Set<number>;
  readonly unknown: Set<number>;
  readonly codes: Set<string>;
}

const noFates = (): Fates => ({ kept: new Set(), refused: new Set(), unknown: new Set(), codes: new Set() });

/** `logged`: bytes that go into the write-ahead log and nowhere else. */
async function write(into: PgStore, id: number, bytes: Buffer, fates: Fates, logged = 0): Promise<void> {
  try {
    await into.asTenant(tenant, async (tx) => {
      await tx.query('INSERT INTO thing VALUES ($1, $2, $3)', [tenant, id, bytes]);
      if (logged > 0) await tx.query(`SELECT pg_logical_emit_message(true, 'ballast', repeat('x', $1))`, [logged]);
    });
    fates.kept.add(id);
  } catch (error) {
    const code = isProblem(error) ? error.code : 'untyped';
    fates.codes.add(code);
    (code === 'outcome_unknown' ? fates.unknown : fates.refused).add(id);
    await sleep(5);
  }
}

/** Waits until a write succeeds again. Returns the milliseconds it took. */
async function recovery(into: PgStore, withinMs: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    const works = await into
      .asTenant(tenant, (tx) => tx.query('SELECT 1 FROM thing LIMIT 1'))
      .then(
        () => true,
        () => false,
      );
    if (works) return performance.now() - began;
    if (performance.now() - began > withinMs) throw new Error('it did not come back');
    await sleep(20);
  }
}

async function expectTruth(from: PgStore, fates: Fates): Promise<void> {
  const rows = await from.asTenant(tenant, (tx) => tx.query<{ id: number }>('SELECT id FROM thing'));
  const stored = new Set(rows.map((row) => row.id));
  expect([...fates.kept].filter((id) => !stored.has(id))).toEqual([]); // nothing acknowledged is lost
  expect([...fates.refused].filter((id) => stored.has(id))).toEqual([]); // nothing refused is stored
  expect(stored.size).toBeLessThanOrEqual(fates.kept.size + fates.unknown.size);
}

function backendOf(postmaster: number): number {
  const children = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return Number(/^\d+ \(.*\) \w (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]) === postmaster;
    } catch {
      return false;
    }
  });
  return Number(children[randomInt(children.length)]);
}

test('PostgreSQL or one of its processes killed at random moments under load', async () => {
  const { server: running, store: into } = await open(directory);
  const fates = noFates();
  const state = { writing: true };
  let next = 0;
  const writers = Array.from({ length: WRITERS }, async () => {
    while (state.writing) await write(into, (next += 1), randomBytes(200), fates);
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    await sleep(randomInt(50, 300));
    const postmaster = running.pid() ?? 0;
    process.kill(round % 2 === 0 ? postmaster : backendOf(postmaster), 'SIGKILL');
    await sleep(5);
    expect(await recovery(into, 30_000)).toBeLessThan(30_000);
  }
  state.writing = false;
  await Promise.all(writers);
  await expectTruth(into, fates);
  expect(fates.kept.size).toBeGreaterThan(100);
  expect(fates.refused.size + fates.unknown.size).toBeGreaterThan(0);
  expect([...fates.codes].filter((code) => code !== 'storage_unavailable' && code !== 'outcome_unknown')).toEqual([]);
});

test('queues go on after PostgreSQL was killed', async () => {
  const { server: running, store: into } = await open(directory);
  const troubles: unknown[] = [];
  const jobs = await startJobs({
    target: running.admin,
    installationSecret: secret,
    queues: [{ name: 'sample', retries: 5, retryDelaySeconds: 0, expireSeconds: 60, concurrency: 1 }],
    soleWorker: true,
    onEvent: (event) => troubles.push(event),
  });
  try {
    const done = new Set<string>();
    await jobs.work(
      'sample',
      async (job) => void done.add(job.id),
      async () => undefined,
    );
    for (let round = 0; round < 2; round += 1) {
      const killed = running.pid();
      process.kill(killed ?? 0, 'SIGKILL');
      // A backend of the killed one may answer for a moment longer: what counts is the next.
      await expect.poll(() => [null, killed].includes(running.pid()), { timeout: 30_000 }).toBe(false);
      await recovery(into, 30_000);
      const id = newId();
      await into.asTenant(tenant, (tx) => jobs.enqueue(tx, 'sample', id, { tenant }));
      await expect.poll(() => done.has(id), { timeout: 20_000 }).toBe(true);
    }
    expect(troubles.length).toBeGreaterThan(0); // they were told, and got over
  } finally {
    await jobs.stop();
  }
});

// What runs out first decides how PostgreSQL fails: without room for data a statement is refused; without room for the write-ahead
// log the whole server stops, and starts again only once there is space.
test.runIf(root).each(['data', 'write-ahead log'])(
  'a disk too full for the %s refuses by typed errors and, once there is space, goes on by itself',
  async (exhausted) => {
    const home = join(directory, 'disk');
    execFileSync('mkdir', [home]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200m,mode=0711', 'tmpfs', home]);
    try {
      const { store: into } = await open(home);
      const fates = noFates();
      await write(into, 0, randomBytes(1_000), fates);
      const filler = join(home, 'filler');
      const { bavail, bsize } = await statfs(home);
      await writeFile(filler, Buffer.alloc(bavail * bsize - (exhausted === 'data' ? 2_000_000 : 0)));
      for (let id = 1; id <= 80; id += 1) {
        if (exhausted === 'data') await write(into, id, randomBytes(500_000), fates);
        else await write(into, id, randomBytes(10), fates, 4_000_000);
      }
      expect([...fates.codes]).toContain(exhausted === 'data' ? 'storage_full' : 'storage_unavailable');
      expect([...fates.codes].filter((code) => !TYPED.has(code))).toEqual([]);
      await rm(filler);
      await recovery(into, 30_000);
      await write(into, 1_000, randomBytes(500_000), fates);
      expect(fates.kept.has(1_000)).toBe(true);
      await expectTruth(into, fates);
    } finally {
      await store?.close();
      await server?.stop();
      store = null;
      server = null;
      execFileSync('umount', [home]);
    }
  },
);
