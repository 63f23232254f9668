// A running server whose database stands still, ends, or has no room: typed refusals within a bounded time, and on by itself.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask } from '../client.ts';
import { startServer, type TestServer } from '../server.ts';
import { speechless } from './audio.ts';
import { backendsOf, isAlive, postmastersOf } from './victims.ts';

const root = process.getuid?.() === 0;
if (!root) console.warn('NOTE: disks are filled up only as root (mount): those tests are skipped');
const STANDSTILL_MS = 7_000; // longer than a new connection is waited for (5 s)
const ANSWERED_MS = 12_000; // a connection's 5 s, twice, on a busy machine
const RECOVERED_MS = 20_000;
const DISK = '400m'; // a new database takes some 60 MB, its log grows by 16 MB
const TYPED = new Set([
  '503 storage_unavailable',
  '503 ledger_unavailable',
  '507 storage_full',
  '503 outcome_unknown',
  '409 outcome_unknown',
]);

let server: TestServer;
const disks: string[] = [];

async function homeOnDisk(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'cordon-storage-'));
  await chmod(parent, 0o711);
  const home = join(parent, 'home');
  await mkdir(home);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=0711`, 'tmpfs', home]);
  disks.push(home);
  return home;
}

beforeEach(async ({ task }) => {
  server = await startServer(task.name.startsWith('a full disk') ? { home: await homeOnDisk() } : {});
});
afterEach(async () => {
  await server.stop();
  for (const home of disks.splice(0)) execFileSync('umount', [home]);
  await server.remove();
});

/** Id of the encounter, or status and code of the refusal. */
async function open(): Promise<{ readonly id: string | null; readonly outcome: string; readonly ms: number }> {
  const began = performance.now();
  const body = { patient: 'pt-7', reference: `visit-${randomUUID()}`, purpose: 'dictation' };
  const answer = await ask(server.url, server.credentials.apiKey, 'POST', '/api/encounters', { body });
  const ms = performance.now() - began;
  if (answer.status === 201) return { id: String(answer.body['id']), outcome: '201', ms };
  return { id: null, outcome: `${answer.status} ${String(answer.body['code'])}`, ms };
}

async function upload(encounter: string, bytes: number): Promise<string> {
  const answer = await ask(
    server.url,
    server.credentials.apiKey,
    'POST',
    `/api/encounters/${encounter}/recordings?transcribe=false`,
    { raw: { bytes: speechless(bytes), type: 'audio/wav' } },
  );
  return answer.status === 201 ? '201' : `${answer.status} ${String(answer.body['code'])}`;
}

async function recovered(): Promise<void> {
  await expect.poll(async () => (await open()).outcome, { timeout: RECOVERED_MS, interval: 100 }).toBe('201');
  const ready = await ask(server.url, null, 'GET', '/readyz');
  expect(ready.body).toMatchObject({ database: 'up', ledger: 'open' });
}

async function expectKept(ids: readonly (string | null)[]): Promise<void> {
  for (const id of ids) {
    const answer = await ask(server.url, server.credentials.apiKey, 'GET', `/api/encounters/${id}`);
    expect(answer.status).toBe(200);
  }
}

function databaseProcesses(): readonly number[] {
  const pid = server.process.pid ?? 0;
  return [...postmastersOf(pid), ...backendsOf(pid)];
}

test('a database that stands still is waited for a bounded time; afterwards everything goes on', async () => {
  const before = (await open()).id;
  const still = databaseProcesses();
  expect(still.length).toBeGreaterThan(5);
  for (const pid of still) process.kill(pid, 'SIGSTOP');
  // More at once than there are connections: those without one are told, those with one wait for their answer.
  const asked = Promise.all(Array.from({ length: 40 }, open));
  await sleep(1_000);
  const ready = await ask(server.url, null, 'GET', '/healthz');
  expect(ready.status).toBe(200); // the process itself answers
  await sleep(STANDSTILL_MS - 1_000);
  for (const pid of still.filter(isAlive)) process.kill(pid, 'SIGCONT');
  const answers = await asked;
  const refused = answers.filter(({ id }) => id === null);
  expect(refused.filter(({ outcome }) => !TYPED.has(outcome)).map(({ outcome }) => outcome)).toEqual([]);
  expect(refused.length).toBeGreaterThan(0);
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(STANDSTILL_MS + ANSWERED_MS);
  await recovered();
  await expectKept([before, ...answers.filter(({ id }) => id !== null).map(({ id }) => id)]);
});

test.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)(
  'a database ended by %s from outside is started again by itself',
  async (signal) => {
    const before = (await open()).id;
    const [postmaster = 0] = postmastersOf(server.process.pid ?? 0);
    process.kill(postmaster, signal);
    await expect.poll(() => isAlive(postmaster), { timeout: RECOVERED_MS }).toBe(false);
    await recovered();
    await expectKept([before]);
    expect(server.process.exitCode).toBeNull();
  },
);

test.runIf(root)('a full disk refuses by typed errors, loses nothing, and goes on once there is room', async () => {
  const visit = (await open()).id ?? '';
  const { bavail, bsize } = await statfs(server.home);
  const filler = join(server.home, 'filler');
  await writeFile(filler, Buffer.alloc(bavail * bsize - 3_000_000));
  expect(await upload(visit, 8_000_000)).toBe('507 storage_full');
  const kept: string[] = [visit];
  const refusals = new Set<string>();
  // Now the last of it, and work until the database itself has no room.
  await writeFile(join(server.home, 'filler2'), Buffer.alloc(((await statfs(server.home)).bavail - 4) * bsize));
  for (let at = 0; at < 400 && refusals.size === 0; at += 1) {
    for (const { id, outcome } of await Promise.all(Array.from({ length: 8 }, open))) {
      if (id === null) refusals.add(outcome);
      else kept.push(id);
    }
  }
  const large = await upload(visit, 8_000_000);
  expect(TYPED.has(large), large).toBe(true);
  expect(refusals.size).toBeGreaterThan(0);
  expect([...refusals].filter((refusal) => !TYPED.has(refusal))).toEqual([]);
  await rm(filler);
  await rm(join(server.home, 'filler2'));
  await recovered();
  await expectKept(kept);
  expect(await upload(visit, 8_000_000)).toBe('201');
});
