// An orderly end in the middle of work: what is under way is finished or given back, nothing is left behind, and the next start goes on.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { ask } from '../client.ts';
import { DATA, hasSpeechData, startServer, type TestServer } from '../server.ts';
import { speechless } from './audio.ts';
import { judgeLeftovers } from './sealed.ts';
import { nothingYet } from './acknowledged.ts';
import { descendants, isAlive, recognisersOf, zombiesOf } from './victims.ts';

const STOPS_MS = 28_000; // 20 s for requests under way, then jobs, engine, database
const DONE_MS = 40_000;
const GONE_MS = 5_000;

let server: TestServer;
afterEach(async () => {
  await server.remove();
});

const key = (): string => server.credentials.apiKey;

async function visit(): Promise<string> {
  const body = { patient: 'pt-7', reference: `visit-${randomUUID()}`, purpose: 'dictation' };
  const answer = await ask(server.url, key(), 'POST', '/api/encounters', { body });
  expect(answer.status).toBe(201);
  return String(answer.body['id']);
}

/** A WAV that arrives in pieces, one every 100 ms. */
async function* trickle(pieces: number): AsyncGenerator<Uint8Array> {
  const wav = speechless(pieces * 4_000);
  for (let at = 0; at < wav.length; at += 4_000) {
    yield wav.subarray(at, at + 4_000);
    await sleep(100);
  }
}

async function upload(encounter: string, pieces: number, name: string): Promise<number | null> {
  const options = {
    method: 'POST',
    headers: { authorization: `Bearer ${key()}`, 'content-type': 'audio/wav', 'idempotency-key': name },
    body: ReadableStream.from(trickle(pieces)),
    duplex: 'half',
  } as const;
  const url = `${server.url}/api/encounters/${encounter}/recordings?transcribe=false`;
  return fetch(url, options).then(
    (response) => response.status,
    () => null,
  );
}

async function recordings(encounter: string): Promise<number> {
  const answer = await ask(server.url, key(), 'GET', `/api/encounters/${encounter}/recordings`);
  return (answer.body['items'] as unknown[]).length;
}

/** SIGTERM; the exit code, and that nothing that was below the server lives on. */
async function stopCleanly(): Promise<void> {
  const pid = server.process.pid ?? 0;
  const below = descendants(pid).map((one) => one.pid);
  expect(below.length).toBeGreaterThan(0);
  expect(zombiesOf(pid)).toEqual([]);
  const began = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(STOPS_MS);
  await expect.poll(() => below.filter(isAlive), { timeout: GONE_MS }).toEqual([]);
  const { home } = server;
  expect(judgeLeftovers([home, `${home}-keys`, `${home}-anchors`], nothingYet())).toEqual([]);
}

test('SIGTERM lets an upload end that ends soon, and cuts one that does not', { timeout: 100_000 }, async () => {
  server = await startServer();
  const [soon, endless] = [await visit(), await visit()];
  const ending = upload(soon, 30, 'soon');
  const cut = upload(endless, 600, 'endless');
  await sleep(1_000);
  await stopCleanly();
  expect(await ending).toBe(201);
  expect([null, 408, 503]).toContain(await cut);
  server = await server.restart();
  expect(await recordings(soon)).toBe(1);
  expect(await recordings(endless)).toBe(0);
  expect(await upload(endless, 5, 'again')).toBe(201);
});

describe.skipIf(!hasSpeechData)('while something is heard', () => {
  const begin = async (): Promise<{ readonly encounter: string; readonly job: string }> => {
    const encounter = await visit();
    const bytes = await readFile(join(DATA, 'audio', 'aws-mta-2.wav'));
    const path = `/api/encounters/${encounter}/recordings?transcribe=true`;
    const answer = await ask(server.url, key(), 'POST', path, { raw: { bytes, type: 'audio/wav' } });
    expect(answer.status).toBe(201);
    const job = String(answer.body['jobId']);
    await expect.poll(() => state(job), { timeout: DONE_MS }).toBe('running');
    await sleep(500);
    return { encounter, job };
  };
  const state = async (job: string): Promise<string> =>
    String((await ask(server.url, key(), 'GET', `/api/jobs/${job}`)).body['state']);
  /** Waits for the job's end; the number of transcripts it made. */
  const finished = async ({
    encounter,
    job,
  }: {
    readonly encounter: string;
    readonly job: string;
  }): Promise<number> => {
    await expect.poll(() => state(job), { timeout: DONE_MS, interval: 300 }).toBe('done');
    const answer = await ask(server.url, key(), 'GET', `/api/encounters/${encounter}/transcripts`);
    return (answer.body['items'] as unknown[]).length;
  };

  test('SIGTERM gives the job back; after the next start it is finished, once', { timeout: 100_000 }, async () => {
    server = await startServer();
    const work = await begin();
    await stopCleanly();
    server = await server.restart();
    expect(await finished(work)).toBe(1);
  });

  test(
    'kill -9 of the server leaves no recogniser behind; the job is finished, once',
    { timeout: 100_000 },
    async () => {
      server = await startServer();
      const work = await begin();
      const ears = recognisersOf(server.process.pid ?? 0);
      expect(ears.length).toBeGreaterThan(0);
      await server.kill();
      await expect.poll(() => ears.filter(isAlive), { timeout: GONE_MS }).toEqual([]);
      server = await server.restart();
      expect(await finished(work)).toBe(1);
    },
  );
});
