// Queues on a real PostgreSQL: transactional, walled, repeated, recovered.
import { ProblemError } from '@cordon/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId, newTenantId } from '#kernel/ids.ts';
import { createTestDatabase } from '#test/database.ts';
import type { TestDatabase } from '#test/database.ts';
import { startJobs } from './jobs.ts';
import type { JobInHand, Jobs, JobsEvent } from './jobs.ts';

const QUEUE = { name: 'sample', retries: 2, retryDelaySeconds: 0, expireSeconds: 60, concurrency: 2 };
let database: TestDatabase;
let running: Jobs[] = [];
const events: JobsEvent[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(running.map((jobs) => jobs.stop()));
  running = [];
  events.length = 0;
  await database.close();
});

async function start(queue = QUEUE): Promise<Jobs> {
  const jobs = await startJobs({
    target: database.target,
    installationSecret: database.installationSecret,
    queues: [queue],
    soleWorker: true,
    onEvent: (event) => events.push(event),
  });
  running.push(jobs);
  return jobs;
}

function collector(): {
  seen: JobInHand[];
  until: (count: number) => Promise<void>;
  take: (job: JobInHand) => Promise<void>;
} {
  const seen: JobInHand[] = [];
  return {
    seen,
    take: async (job) => void seen.push(job),
    until: async (count) => await expect.poll(() => seen.length, { timeout: 15_000, interval: 20 }).toBe(count),
  };
}

test('a job exists exactly if its transaction committed, once per id', async () => {
  const jobs = await start();
  const tenant = newTenantId();
  const id = newId();
  await database.store
    .asTenant(tenant, async (tx) => {
      await jobs.enqueue(tx, 'sample', newId(), { tenant });
      throw new ProblemError('conflict');
    })
    .catch(() => undefined);
  await database.store.asTenant(tenant, (tx) => jobs.enqueue(tx, 'sample', id, { tenant, recording: id }));
  await database.store.asTenant(tenant, (tx) => jobs.enqueue(tx, 'sample', id, { tenant, recording: id }));
  const done = collector();
  await jobs.work('sample', done.take, done.take);
  await done.until(1);
  expect(done.seen[0]).toMatchObject({ id, attempt: 1, payload: { tenant, recording: id } });
  expect(await database.admin('SELECT count(*)::int AS n FROM pgboss.job')).toEqual([{ n: 1 }]);
});

test('a job that is not ids is refused', async () => {
  const jobs = await start();
  const tenant = newTenantId();
  const enqueue = database.store.asTenant(tenant, (tx) =>
    jobs.enqueue(tx, 'sample', newId(), { tenant, name: 'Jane Doe' }),
  );
  await expect(enqueue).rejects.toMatchObject({ code: 'internal', details: { reason: 'job_not_ids' } });
});

test('a tenant can neither enqueue for another nor read jobs', async () => {
  const jobs = await start();
  const tenant = newTenantId();
  const other = newTenantId();
  await database.store.asTenant(other, (tx) => jobs.enqueue(tx, 'sample', newId(), { tenant: other }));
  const forged = database.store.asTenant(tenant, (tx) => jobs.enqueue(tx, 'sample', newId(), { tenant: other }));
  await expect(forged).rejects.toMatchObject({ sqlState: '42501' });
  const visible = await database.store.asTenant(tenant, (tx) => tx.query('SELECT id FROM pgboss.job_common'));
  expect(visible).toEqual([]);
  const peek = database.store.asTenant(other, (tx) => tx.query('SELECT output FROM pgboss.job_common'));
  await expect(peek).rejects.toMatchObject({ sqlState: '42501' });
});

test('a failing job is repeated, then abandoned once under its own id; rows hold codes, no messages', async () => {
  const jobs = await start();
  const tenant = newTenantId();
  const id = newId();
  await database.store.asTenant(tenant, (tx) => jobs.enqueue(tx, 'sample', id, { tenant }));
  let attempts = 0;
  const dead = collector();
  await jobs.work(
    'sample',
    async () => {
      attempts += 1;
      throw new Error('canary Jane Doe');
    },
    dead.take,
  );
  await dead.until(1);
  expect(attempts).toBe(1 + QUEUE.retries);
  expect(dead.seen[0]).toMatchObject({ id, payload: { tenant } });
  const rows = await database.admin<{ row: string }>('SELECT job::text AS row FROM pgboss.job');
  expect(rows.some(({ row }) => row.includes('internal'))).toBe(true);
  expect(rows.filter(({ row }) => row.includes('canary'))).toEqual([]);
});

test('a job that has failed often is looked at again within half a minute, in a queue made before that was so too', async () => {
  await (await start()).stop();
  await database.admin('UPDATE pgboss.queue SET retry_delay_max = 300');
  const jobs = await start({ ...QUEUE, retryDelaySeconds: 200 });
  const tenant = newTenantId();
  await database.store.asTenant(tenant, (tx) => jobs.enqueue(tx, 'sample', newId(), { tenant }));
  const failing = collector();
  await jobs.work(
    'sample',
    async (job) => {
      await failing.take(job);
      throw new ProblemError('storage_unavailable');
    },
    failing.take,
  );
  await failing.until(1);
  const waiting = (): Promise<{ seconds: number }[]> =>
    database.admin(
      `SELECT extract(epoch FROM start_after - now())::float8 AS seconds FROM pgboss.job WHERE state = 'retry'`,
    );
  let rows = await waiting();
  for (let tries = 0; tries < 200 && rows.length === 0; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    rows = await waiting();
  }
  expect(rows).toHaveLength(1);
  expect(rows[0]?.seconds).toBeLessThanOrEqual(30);
});

test('a problem that repeating cannot mend is not repeated', async () => {
  const jobs = await start();
  const tenant = newTenantId();
  await database.store.asTenant(tenant, (tx) => jobs.enqueue(tx, 'sample', newId(), { tenant }));
  let attempts = 0;
  const dead = collector();
  await jobs.work(
    'sample',
    async () => {
      attempts += 1;
      throw new ProblemError('audio_unreadable');
    },
    dead.take,
  );
  await dead.until(1);
  expect(attempts).toBe(1);
});

test('a job in hand of a process that died is repeated at the next start', async () => {
  const first = await start();
  const tenant = newTenantId();
  const id = newId();
  await database.store.asTenant(tenant, (tx) => first.enqueue(tx, 'sample', id, { tenant }));
  await database.admin(`UPDATE pgboss.job SET state = 'active', started_on = now(), heartbeat_on = now()`);
  const second = await start();
  const done = collector();
  await second.work('sample', done.take, done.take);
  await done.until(1);
  expect(done.seen[0]).toMatchObject({ id, attempt: 2 });
  expect(events).toContainEqual({ kind: 'recovered', queue: 'sample', count: 1 });
});
