// Models from the command line against a real server: on a machine without any, one is brought and heard with at once.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AvailableModel, InstalledModel, Model, Transcription } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../server/test/client.ts';
import { DATA, hasSpeechData, MODELS, startServer, type TestServer } from '../../server/test/server.ts';
import { cordon, type Finished, problemOf } from './cordon.ts';

const LONG = { timeout: 120_000 };
const RECOGNISER = 'zipformer-en-3.3m';
let place: string;
let server: TestServer;

describe.skipIf(!hasSpeechData)('models from the command line', LONG, () => {
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'cordon-models-'));
    // Nothing at hand, nothing may be fetched; PocketSphinx is no engine of last resort for a preferred model.
    server = await startServer({ env: { CORDON_MODELS: join(place, 'none'), CORDON_SPEECH_MODEL: RECOGNISER } });
  }, 120_000);
  afterAll(async () => {
    await server.remove();
    rmSync(place, { recursive: true, force: true });
  });

  const run = (...args: string[]): Promise<Finished> =>
    cordon(args, { cwd: place, env: { CORDON_URL: server.url, CORDON_API_KEY: server.credentials.apiKey } });
  const json = async (...args: string[]): Promise<Record<string, unknown>> => {
    const done = await run(...args, '--json');
    expect({ args, code: done.code, stderr: done.stderr }).toEqual({ args, code: 0, stderr: '' });
    return JSON.parse(done.stdout) as Record<string, unknown>;
  };
  const models = async (): Promise<readonly Model[]> => Model.array().parse((await json('models', 'list'))['items']);
  const cache = (): readonly string[] => readdirSync(join(server.home, 'models'));

  test('what can be pulled is listed with licence, size and source', async () => {
    const available = AvailableModel.array().parse((await json('models', 'list', '--available'))['items']);
    expect(available.length).toBeGreaterThan(12);
    expect(available.filter(({ installed }) => installed)).toEqual([]);
    const shown = await run('models', 'list', '--available');
    expect(shown.stdout).toContain('parakeet-tdt-0.6b-v2-int8');
    expect(shown.stdout).toContain('CC-BY-4.0');
    expect(shown.stdout).toContain('--trust-first-use');
  });

  test('nothing is fetched behind an air gap, nor what nobody publishes', async () => {
    expect(problemOf(await run('models', 'pull', 'silero-vad', '--json'))).toMatchObject({ code: 'air_gapped' });
    expect((await run('models', 'pull', 'silero-vad')).code).toBe(3);
    expect(problemOf(await run('models', 'pull', 'no-such-model', '--json'))).toMatchObject({ code: 'not_found' });
  });

  test('the detector as a directory, whose digests stand above it', async () => {
    const installed = InstalledModel.parse(await json('models', 'import', join(MODELS, 'silero-vad')));
    expect(installed).toMatchObject({ pinned: true, model: { id: 'silero-vad', family: 'vad', state: 'verified' } });
    expect(cache()).toEqual(['silero-vad']);
    expect(problemOf(await run('models', 'import', join(MODELS, 'silero-vad'), '--json'))).toMatchObject({
      code: 'conflict',
    });
  });

  test('the recogniser as an archive: it is the engine at once, and hears', async () => {
    const archive = join(place, 'model.tar.gz');
    expect(spawnSync('tar', ['-C', MODELS, '-czf', archive, RECOGNISER]).status).toBe(0);
    const installed = InstalledModel.parse(await json('models', 'import', archive));
    expect(installed).toMatchObject({ pinned: false, takesEffect: 'now', model: { id: RECOGNISER, chosen: true } });
    expect((await models()).map(({ id, chosen, state }) => ({ id, chosen, state }))).toEqual([
      { id: 'silero-vad', chosen: true, state: 'verified' },
      { id: RECOGNISER, chosen: true, state: 'verified' },
    ]);
    const heard = Transcription.parse(await json('transcribe', join(DATA, 'audio/jfk.wav')));
    expect(heard.spokenText).toContain('what your country can do for you');
  });

  test('each is in the ledger with its digest and who brought it', async () => {
    const { url, credentials } = server;
    const answer = await ask(url, credentials.apiKey, 'GET', '/api/ledger/entries?kind=engine.installed');
    const entries = answer.body['items'] as { header: string }[];
    const headers = entries.map(({ header }) => JSON.parse(header) as { detail: object; actor: object });
    expect(headers).toMatchObject([
      { actor: { type: 'key' }, detail: { source: 'import', model: RECOGNISER, pinned: false } },
      { actor: { type: 'key' }, detail: { source: 'import', model: 'silero-vad', pinned: true } },
    ]);
    for (const { detail } of headers) expect(detail).toHaveProperty('digest', expect.stringMatching(/^[0-9a-f]{64}$/));
  });

  test('one in use is not removed; a damaged one is named; another is removed and recorded', async () => {
    expect(problemOf(await run('models', 'remove', RECOGNISER, '--json'))).toMatchObject({ code: 'model_kept' });
    expect(problemOf(await run('models', 'remove', 'silero-vad', '--json'))).toMatchObject({ code: 'model_kept' });
    const copy = join(place, 'usb');
    mkdirSync(copy);
    cpSync(join(MODELS, 'silero-vad', 'silero_vad.onnx'), join(copy, 'ear.onnx'));
    const manifest = { id: 'spare', family: 'vad', files: { model: 'ear.onnx' }, licence: 'MIT' };
    writeFileSync(join(copy, 'model.json'), JSON.stringify(manifest));
    expect(await json('models', 'import', copy)).toMatchObject({ pinned: false, takesEffect: 'next-start' });
    writeFileSync(join(server.home, 'models', 'spare', 'ear.onnx'), 'damaged');
    const verified = await run('models', 'verify');
    expect(verified.code).toBe(1);
    expect(verified.stdout).toMatch(/spare .*unverified/);
    expect(await json('models', 'remove', 'spare')).toEqual({ removed: 'spare' });
    expect(existsSync(join(server.home, 'models', 'spare'))).toBe(false);
    const { url, credentials } = server;
    const answer = await ask(url, credentials.apiKey, 'GET', '/api/ledger/entries?kind=engine.removed');
    expect(answer.text).toContain('spare');
  });

  test('a directory that names a file of another place sends nothing', async () => {
    const odd = join(place, 'odd');
    mkdirSync(odd);
    const manifest = { id: 'odd', family: 'vad', files: { model: '../../../etc/passwd' }, licence: 'MIT' };
    writeFileSync(join(odd, 'model.json'), JSON.stringify(manifest));
    expect(problemOf(await run('models', 'import', odd, '--json'))).toMatchObject({ code: 'model_invalid' });
    expect(problemOf(await run('models', 'import', join(place, 'nowhere'), '--json'))).toMatchObject({
      code: 'file_unreadable',
    });
    const text = join(place, 'text.tar');
    writeFileSync(text, 'no archive at all '.repeat(100));
    expect(problemOf(await run('models', 'import', text, '--json'))).toMatchObject({ code: 'model_invalid' });
    expect(cache().filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('after a restart the brought models are the engine', async () => {
    server = await server.restart();
    const heard = Transcription.parse(await json('transcribe', join(DATA, 'audio/jfk.wav')));
    expect(heard.model).toBe(RECOGNISER);
  });
});
