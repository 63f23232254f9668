// A running server whose keys, anchors or models are taken away: typed refusals, an honest /readyz, and on by itself.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rename, rm, writeFile, chmod, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { ask, type Answered } from '../client.ts';
import { hasSpeechData, MODELS, startServer, type TestServer } from '../server.ts';

const BIN = resolve(import.meta.dirname, '..', '..', 'bin', 'cordon-server.js');
const KEY_CACHE_MS = 1_500; // what this process knows of a key is looked at again after a second (keys/tenant-keys.ts)
const ANCHORED_MS = 15_000; // the next checkpoint, or the next look for what was not anchored
const WILL_NOT_START_MS = 30_000;
const HOME_IN_USE_EXIT = 5;

let server: TestServer;
afterEach(async () => {
  await server.remove();
});

function open(): Promise<Answered> {
  const body = { patient: 'pt-7', reference: `visit-${randomUUID()}`, purpose: 'dictation' };
  return ask(server.url, server.credentials.apiKey, 'POST', '/api/encounters', { body });
}

const get = (path: string): Promise<Answered> => ask(server.url, server.credentials.apiKey, 'GET', path);

test('keys that are taken away are missed, not replaced; once they are back everything opens', async () => {
  server = await startServer();
  const keys = `${server.home}-keys`;
  const kept = String((await open()).body['id']);
  await rename(keys, `${keys}.away`);
  await sleep(KEY_CACHE_MS);
  const refused = await open();
  expect(`${refused.status} ${String(refused.body['code'])}`).toBe('503 key_unavailable');
  const unread = await get(`/api/encounters/${kept}`);
  expect(`${unread.status} ${String(unread.body['code'])}`).toBe('503 key_unavailable');
  expect((await ask(server.url, null, 'GET', '/readyz')).body).toMatchObject({ keys: 'down' });
  // Nothing was made in the place of what is missing: an empty mount point stays empty.
  expect(await readdir(keys).catch(() => [])).toEqual([]);
  await rm(keys, { recursive: true, force: true });
  await rename(`${keys}.away`, keys);
  await expect.poll(async () => (await open()).status, { timeout: 10_000 }).toBe(201);
  expect((await get(`/api/encounters/${kept}`)).status).toBe(200);
  expect((await ask(server.url, null, 'GET', '/readyz')).body).toMatchObject({ keys: 'up' });
});

test('anchors that cannot be written stop nothing, are reported, and are caught up with', async () => {
  server = await startServer();
  const anchors = `${server.home}-anchors`;
  expect((await open()).status).toBe(201);
  await rename(anchors, `${anchors}.away`);
  await writeFile(anchors, 'a file where the directory was');
  for (let at = 0; at < 5; at += 1) expect((await open()).status).toBe(201);
  const checkpoint = await get('/api/ledger/checkpoint');
  expect(checkpoint.status).toBe(200);
  await expect.poll(() => server.output(), { timeout: ANCHORED_MS }).toMatch(/ledger\.task_failed/);
  await rm(anchors);
  await rename(`${anchors}.away`, anchors);
  await open();
  const size = Number(checkpoint.text.split('\n')[1]);
  const newest = async (): Promise<number> => {
    const names = await readdir(join(anchors, server.credentials.tenant));
    return Math.max(...names.map((name) => Number(/-(\d+)\.checkpoint$/.exec(name)?.[1] ?? 0)));
  };
  await expect.poll(newest, { timeout: ANCHORED_MS }).toBeGreaterThanOrEqual(size);
});

test.runIf(hasSpeechData)('a damaged model file is refused by name; everything else works', async () => {
  const models = await mkdtemp(join(tmpdir(), 'cordon-models-'));
  await cp(MODELS, models, { recursive: true });
  for (const name of await readdir(models)) await chmod(join(models, name), 0o755);
  const file = join(models, 'zipformer-en-3.3m', 'encoder.int8.onnx');
  const bytes = await readFile(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await rm(file, { force: true });
  await writeFile(file, bytes);
  try {
    server = await startServer({ env: { CORDON_MODELS: models } });
    const form = new FormData();
    form.set('model', 'auto');
    form.set('file', new Blob([new Uint8Array(64)], { type: 'audio/wav' }), 'a.wav');
    const speech = async (): Promise<unknown> => (await ask(server.url, null, 'GET', '/readyz')).body['speech'];
    await expect.poll(speech, { timeout: 10_000 }).toMatchObject({ state: 'failed' });
    const path = '/v1/audio/transcriptions';
    const refused = await ask(server.url, server.credentials.apiKey, 'POST', path, { raw: { bytes: form } });
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ error: { code: 'model_unverified' } });
    expect((await open()).status).toBe(201);
    expect(server.process.exitCode).toBeNull();
  } finally {
    await rm(models, { recursive: true, force: true });
  }
});

test('a second server on the same home ends at once, with its own exit code, and leaves the first alone', async () => {
  server = await startServer();
  const kept = String((await open()).body['id']);
  const second = spawnSync(process.execPath, [BIN], {
    env: { PATH: process.env['PATH'] ?? '', CORDON_HOME: server.home, CORDON_PORT: '0', CORDON_NO_APT: '1' },
    encoding: 'utf8',
    timeout: WILL_NOT_START_MS,
  });
  expect(second.status).toBe(HOME_IN_USE_EXIT);
  expect(second.stderr).toContain('Another process holds this CORDON_HOME.');
  expect((await get(`/api/encounters/${kept}`)).status).toBe(200);
});
