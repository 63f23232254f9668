// What a start of the engine comes to on machines with models, without, and with damaged ones.
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createReadStream, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Term } from '#clinical/vocabulary/terms.ts';
import { CONVERSATION } from './assemble.ts';
import { fileDigest } from './digests.ts';
import { startSpeech } from './local-speech.ts';
import type { Installed, Speech, SpeechOptions } from './local-speech.ts';
import { findPocketSphinx } from './system-engine.ts';
import type { SpeechJob } from './speech.ts';

const DATA = join(import.meta.dirname, '../../../../../shared/data');
const VISIT = join(import.meta.dirname, '../../../../examples/sample-visit/visit.wav');
const present = existsSync(join(DATA, 'models/SHA256SUMS'));
if (!present) process.stderr.write('NOT TESTED: start with real models, ../shared/data is not there\n');
const lastResort = (await findPocketSphinx()) !== null;
if (!lastResort) process.stderr.write('NOT TESTED: PocketSphinx, it is not installed\n');

let home = '';
let speech: Speech | null = null;
let said: string[] = [];
const installed: Installed[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cordon-speech-'));
  said = [];
});
afterEach(async () => {
  await speech?.stop();
  await rm(home, { recursive: true });
});

/** The data may be read-only, and `cp` keeps that. */
async function copyModels(to: string): Promise<void> {
  await cp(join(DATA, 'models'), to, { recursive: true });
  for (const name of ['.', ...(await readdir(to, { recursive: true }))]) await chmod(join(to, name), 0o700);
}

function start(options: Partial<SpeechOptions>): Speech {
  speech = startSpeech({
    modelDirectories: [home],
    cache: home,
    preferred: null,
    download: null,
    allowApt: false,
    liveSpares: 0,
    cores: 1,
    announce: (line) => void said.push(line),
    onLost: () => undefined,
    onInstalled: async (what) => void installed.push(await Promise.resolve(what)),
    ...options,
  });
  return speech;
}

const job = (file: string, signal = new AbortController().signal): SpeechJob => ({
  service: 'local-speech',
  terms: [],
  rules: CONVERSATION,
  mayRevise: true,
  audio: () => createReadStream(file),
  heard: [],
  onStretch: () => Promise.resolve(),
  onProgress: () => undefined,
  silenceOf: 0,
  signal,
});

describe('startSpeech', { timeout: 120_000 }, () => {
  it.skipIf(!present)('takes the models at hand and hears the sample visit with both speakers', async () => {
    const engine = start({ modelDirectories: [join(DATA, 'models')] });
    expect(engine.state()).toMatchObject({ state: 'acquiring', problem: null });
    const { transcript, accuracy, modelDigest } = await engine.recognise(job(VISIT));
    expect(engine.state()).toMatchObject({ state: 'ready', engine: 'sherpa-onnx', model: 'zipformer-en-3.3m' });
    expect(accuracy).toBe('standard');
    expect(modelDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(transcript.words.map((word) => word.channel))).toEqual(new Set([0, 1]));
    expect(transcript.text).toContain('How are you feeling today?');
    expect(transcript.text).toContain('81 mg');
    expect(said).toEqual(['Speech engine: sherpa-onnx, model zipformer-en-3.3m.']);
  });

  it.skipIf(!present)('expects the words of a vocabulary', async () => {
    const engine = start({ modelDirectories: [join(DATA, 'models')] });
    const dictation = job(join(DATA, 'audio/aws-mta-1.wav'));
    const terms: readonly Term[] = [{ term: 'Traumatic', kind: 'other' }];
    const plain = (await engine.recognise(dictation)).transcript;
    const drawn = (await engine.recognise({ ...dictation, terms })).transcript;
    expect(plain.spokenText).toContain('a tramatic injury');
    expect(drawn.spokenText).toContain('a traumatic injury');
  });

  it.skipIf(!present)('stays on its feet when a verified model makes the native code abort', async () => {
    await copyModels(home);
    const encoder = join(home, 'zipformer-en-3.3m/encoder.int8.onnx');
    const bytes = await readFile(encoder);
    await rm(encoder);
    await writeFile(encoder, bytes.subarray(0, 1_000_000));
    const sums = join(home, 'SHA256SUMS');
    const lines = (await readFile(sums, 'utf8')).split('\n');
    await rm(sums);
    const digest = await fileDigest(encoder);
    await writeFile(
      sums,
      lines
        .map((line) => (line.endsWith('encoder.int8.onnx') ? `${digest}  zipformer-en-3.3m/encoder.int8.onnx` : line))
        .join('\n'),
    );
    const engine = start({});
    await expect(engine.recognise(job(VISIT))).rejects.toThrow(
      expect.objectContaining({ code: 'engine_failed', details: { reason: 'exit' } }) as Error,
    );
    expect(engine.state().state).toBe('ready');
  });

  it.skipIf(!present)('does not load a model with a flipped bit, nor take a worse engine for it', async () => {
    await copyModels(home);
    const joiner = join(home, 'zipformer-en-3.3m/joiner.int8.onnx');
    const bytes = await readFile(joiner);
    bytes[5_000] = (bytes[5_000] ?? 0) ^ 1;
    await rm(joiner);
    await writeFile(joiner, bytes);
    const engine = start({ allowApt: true });
    const refusal = expect.objectContaining({
      code: 'model_unverified',
      details: { model: 'zipformer-en-3.3m', file: 'joiner.int8.onnx', reason: 'digest' },
    }) as Error;
    await expect(engine.recognise(job(VISIT))).rejects.toThrow(refusal);
    expect(engine.state()).toMatchObject({ state: 'failed', engine: null, problem: 'model_unverified' });
  });

  it('tries the published model briefly, says so, and goes on', async () => {
    const asked: string[] = [];
    const engine = start({
      download: (url) => {
        asked.push(url);
        return Promise.reject(new Error('unreachable'));
      },
    });
    const outcome = await engine.ready().then(
      () => 'ready',
      (error: { code: string }) => error.code,
    );
    expect(outcome).toBe(lastResort ? 'ready' : 'engine_missing');
    expect(asked).toHaveLength(1);
    expect(said.join(' ')).toContain('cannot be fetched from here');
    expect(installed).toEqual([]);
  });

  it('lets a job go that is aborted while the engine is still sought', async () => {
    const engine = start({ download: () => new Promise(() => undefined) });
    const stopping = new AbortController();
    const waiting = engine.recognise(job(VISIT, stopping.signal));
    stopping.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
  });

  it.skipIf(!lastResort)('takes PocketSphinx where there is nothing else, and calls it what it is', async () => {
    const engine = start({});
    const { transcript, accuracy } = await engine.recognise(job(VISIT));
    expect(accuracy).toBe('low');
    expect(transcript.engine).toContain('low accuracy');
    expect(engine.state()).toMatchObject({ engine: 'pocketsphinx', accuracy: 'low' });
    expect(said.at(-1)).toContain('Low accuracy');
    expect(transcript.text).toContain('How are you feeling today?');
    expect(new Set(transcript.words.map((word) => word.channel))).toEqual(new Set([0, 1]));
  });
});
