// Speakers and marks added to what was heard: real children that stand in for models, and tiny models through the real library.
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '#clinical/audio/wav-writer.ts';
import { putModel, tinyCtPunctuation, tinyEmbedding, tinySegmentation } from '../../../test/tiny-models.ts';
import { CONVERSATION } from './assemble.ts';
import type { CompanionNames } from './companions.ts';
import { DEFAULT_LIMITS } from './engines/engine-child.ts';
import type { Ended } from './engines/engine-child.ts';
import { createPool } from './engines/pool.ts';
import type { EnginePool } from './engines/pool.ts';
import { probeSandbox } from './engines/sandbox.ts';
import { startSpeech } from './local-speech.ts';
import type { Speech } from './local-speech.ts';
import type { Heard } from './speech.ts';
import { transcribe } from './transcribe.ts';
import type { Transcript } from './transcript.ts';

const DATA = join(import.meta.dirname, '../../../../../shared/data');
const present = existsSync(join(DATA, 'models/SHA256SUMS'));
if (!present) process.stderr.write('NOT TESTED: speakers and marks on real audio, ../shared/data is not there\n');

let home = '';
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cordon-companions-'));
});
afterAll(() => rm(home, { recursive: true }));

const ENGINES = (file: string): string => JSON.stringify(new URL(`engines/${file}`, import.meta.url).href);

/** Two people on one channel, one after the other; on two channels where the first byte says so. */
const LISTENER = `
import { runChild } from ${ENGINES('outlet.ts')};
let configs = 0;
await runChild(async (frames, outlet) => {
  for await (const { type, body } of frames) {
    if (type === 1 && configs++ === 0) outlet.send({ type: 'ready', engine: 'listener' });
    if (type !== 2) continue;
    for (const [n, channel] of [[0, 0], [1, body[0] - 1]]) {
      outlet.send({ type: 'open', stretch: n, channel, start: n * 160000 });
      for (let part = 0; part < 10; part++) outlet.sound(n, new Float32Array(8000).fill(n));
      outlet.send({ type: 'close', stretch: n, end: n * 160000 + 80000, resumeAt: n * 160000 + 80000 });
    }
    const level = { peakDb: 0, rmsDb: -20, clipped: 0, speech: 5, sameAs: null };
    outlet.send({ type: 'done', facts: { duration: 20, perChannel: Array.from({ length: body[0] }, () => level) } });
    return;
  }
});
`;

const RECOGNISER = `
import { runChild } from ${ENGINES('outlet.ts')};
const TEXTS = ['how are you today', 'i am fine thanks'];
const starts = new Map();
await runChild(async (frames, outlet) => {
  for await (const { type, body } of frames) {
    if (type === 1) outlet.send({ type: 'ready', engine: 'stand-in' });
    if (type === 5) { const { stretch, start } = JSON.parse(Buffer.from(body)); starts.set(stretch, start / 16000); }
    if (type !== 7) continue;
    const { stretch, resumeAt } = JSON.parse(Buffer.from(body));
    const words = TEXTS[stretch].split(' ').map((spoken, n) => ({ spoken, start: starts.get(stretch) + n, end: starts.get(stretch) + n + 0.9, confidence: 0.9 }));
    outlet.send({ type: 'heard', stretch, words, resumeAt, last: true });
  }
});
`;

/** `answer` is what it does once the recording is over. */
const voices = (answer: string): string => `
import { runChild } from ${ENGINES('outlet.ts')};
await runChild(async (frames, outlet) => {
  let bytes = 0, samples = 0;
  for await (const { type, body } of frames) {
    if (type === 1) { outlet.send({ type: 'ready', engine: 'voices' }); continue; }
    bytes += body.length;
    if (type === 6) samples += (body.length - 4) / 4;
    if (type === 3) { ${answer}; return; }
    outlet.send({ type: 'progress', bytes, seconds: 0 });
  }
});
`;

const CANARY = '0.123456789';
const TWO = `outlet.send({ type: 'turns', last: true, print: [${CANARY}],
  turns: [{ start: 0, end: 6, speaker: 3, print: [${CANARY}] }, { start: 6, end: samples / 8000, speaker: 1, print: [${CANARY}] }] })`;

const punctuator = (answer: string): string => `
import { runChild } from ${ENGINES('outlet.ts')};
await runChild(async (frames, outlet) => {
  for await (const { type, body } of frames) {
    if (type === 1) outlet.send({ type: 'ready', engine: 'punctuator' });
    if (type !== 10) continue;
    const words = JSON.parse(Buffer.from(body));
    ${answer};
  }
});
`;
const CAPITALS = `outlet.send({ type: 'marked', texts: words.map((word, n) => n === 0 ? word[0].toUpperCase() + word.slice(1) : n === words.length - 1 ? word + '!' : null) })`;

const NAMES: CompanionNames = { speakers: ['segmentation', 'embedding'], punctuation: ['marks'] };

describe('what models add', { timeout: 120_000 }, () => {
  let pool: EnginePool;
  const lost: Ended[] = [];
  afterEach(() => pool.stop());

  async function hear(
    scripts: { readonly voices?: string; readonly punctuator?: string },
    { channels = 1, names = NAMES, stall = 60_000 }: { channels?: number; names?: CompanionNames; stall?: number } = {},
  ): Promise<Transcript> {
    lost.length = 0;
    const sources = {
      listener: LISTENER,
      recogniser: RECOGNISER,
      voices: voices(TWO),
      punctuator: punctuator(CAPITALS),
      ...scripts,
    };
    const files = Object.entries(sources).map(([name, text]) => ({ name, text, file: join(home, `${name}.mjs`) }));
    for (const { file, text } of files) await writeFile(file, text);
    const paths = Object.fromEntries(files.map(({ name, file }) => [name, file]));
    const model = '/nowhere';
    const base = { numThreads: 1, provider: 'cpu', debug: 0 } as const;
    pool = createPool(
      {
        family: {
          family: 'online-transducer',
          encoder: '',
          decoder: '',
          joiner: '',
          tokens: '',
          bpeVocab: null,
          sampleRate: 16_000,
          threads: 1,
        },
        cut: { how: 'pauses', vad: model },
        companions: {
          voices: {
            segmentation: { pyannote: { model }, ...base },
            embedding: { model, ...base },
            clustering: { numClusters: -1, threshold: 0.5 },
            minDurationOn: 0.3,
            minDurationOff: 0.5,
          },
          punctuation: { family: 'ct-punctuation', model },
        },
      },
      {
        size: 1,
        sandbox: probeSandbox(),
        work: 'live',
        limits: { ...DEFAULT_LIMITS, memory: 512 * 1024 ** 2, stall },
        scripts: paths,
      },
    );
    const { transcript } = await transcribe(pool, 'stand-in', {
      audio: async function* () {
        yield await Promise.resolve(Uint8Array.of(channels));
      },
      companions: names,
      onLost: (ended) => void lost.push(ended),
    });
    expect(pool.busy()).toEqual([]);
    return transcript;
  }

  const spoken = ({ segments }: Transcript) => segments.map(({ speaker, text }) => [speaker, text]);

  it('says who speaks and writes marks for each speaker by themselves', async () => {
    const transcript = await hear({});
    expect(spoken(transcript)).toEqual([
      ['A', 'How are you today!'],
      ['B', 'I am fine thanks!'],
    ]);
    expect(transcript).toMatchObject({
      spokenText: 'how are you today i am fine thanks',
      diarization: { state: 'done', models: ['segmentation', 'embedding'] },
      punctuation: { state: 'done', models: ['marks'] },
    });
    expect(transcript.words[4]).toMatchObject({ text: 'I', spoken: 'i', start: 10, end: 10.9, speaker: 'B' });
    expect(lost).toEqual([]);
  });

  it('takes nothing from the voices but turns: a print that a child gave out ends at its pipe', async () => {
    expect(JSON.stringify(await hear({}))).not.toContain(CANARY);
  });

  it('believes channels, not voices, where there are several', async () => {
    const transcript = await hear({}, { channels: 2 });
    expect(transcript).not.toHaveProperty('diarization');
    expect(transcript.segments.map(({ channel, speaker }) => [channel, speaker])).toEqual([
      [0, undefined],
      [1, undefined],
    ]);
  });

  it('adds nothing where it is not to', async () => {
    const transcript = await hear({}, { names: { speakers: null, punctuation: null } });
    expect(transcript).not.toHaveProperty('diarization');
    expect(transcript).not.toHaveProperty('punctuation');
    expect(transcript.text).toBe('How are you today? I am fine thanks.');
  });

  it.each([
    ['ends', 'process.exit(3)', 'exit'],
    [
      'says what is no time',
      "outlet.send({ type: 'turns', last: true, turns: [{ start: 2, end: 1, speaker: 0 }] })",
      'protocol',
    ],
    [
      'names a thousandth speaker',
      "outlet.send({ type: 'turns', last: true, turns: [{ start: 0, end: 1, speaker: 999 }] })",
      'protocol',
    ],
    [
      'grows',
      'for (const held = []; ; await new Promise((r) => setTimeout(r, 5))) held.push(Buffer.alloc(32 << 20, 1))',
      'memory',
    ],
  ])('costs speakers, not the transcript, when the voices child %s', async (_what, answer, how) => {
    const transcript = await hear({ voices: voices(answer) });
    expect(transcript.diarization).toEqual({ state: 'failed', models: ['segmentation', 'embedding'] });
    expect(spoken(transcript)).toEqual([
      [undefined, 'How are you today!'],
      [undefined, 'I am fine thanks!'],
    ]);
    expect(lost.map((ended) => ended.how)).toEqual([how, how]);
  });

  it.each([
    ['ends', 'process.exit(3)', 'exit'],
    ['says another word', "outlet.send({ type: 'marked', texts: words.map(() => 'No.') })", 'protocol'],
    ['says fewer words', "outlet.send({ type: 'marked', texts: [null] })", 'protocol'],
    ['hangs', 'await new Promise(() => setInterval(() => {}, 1e6))', 'stalled'],
  ])('costs marks, not the transcript, when the punctuator %s', async (_what, answer, how) => {
    const transcript = await hear({ punctuator: punctuator(answer) }, { stall: 2_000 });
    expect(transcript.punctuation).toEqual({ state: 'failed', models: ['marks'] });
    expect(transcript.diarization?.state).toBe('done');
    // Our own rules, as where there is no model.
    expect(transcript.text).toBe('How are you today? I am fine thanks.');
    expect(lost.map((ended) => ended.how)).toEqual([how, how]);
  });

  it('tries a child that was lost once more', async () => {
    const flag = join(home, 'second');
    const once = `const fs = await import('node:fs'); if (!fs.existsSync('${flag}')) { fs.writeFileSync('${flag}', ''); process.exit(3); } ${TWO}`;
    const transcript = await hear({ voices: voices(once) });
    expect(transcript.diarization?.state).toBe('done');
    expect(lost).toHaveLength(1);
  });
});

describe.skipIf(!present)('with models that the library itself runs', { timeout: 240_000 }, () => {
  let speech: Speech;
  let models = '';
  let visit: Uint8Array;
  /** Seconds at which another person begins to speak. */
  let changes: readonly number[];
  beforeAll(async () => {
    models = join(home, 'models');
    await cp(join(DATA, 'models'), models, { recursive: true });
    // The data may be read-only, and a copy keeps that.
    await chmod(models, 0o700);
    await putModel(models, {
      id: 'marks',
      family: 'ct-punctuation',
      files: tinyCtPunctuation({ classes: '，', man: '。' }),
    });
    await putModel(models, { id: 'segmentation', family: 'speaker-segmentation', files: tinySegmentation() });
    await putModel(models, { id: 'embedding', family: 'speaker-embedding', files: tinyEmbedding() });
    const [one, other] = [
      await samplesOfWav('sense_and_sensibility_01_austen_64kb-0880.wav'),
      await samplesOfWav('leopard-test.wav'),
    ];
    const whole = new Float32Array(2 * one.length + other.length);
    whole.set(one);
    whole.set(other, one.length);
    whole.set(one, one.length + other.length);
    visit = writeWav([whole], { encoding: 'pcm', bytes: 2, sampleRate: 16_000 });
    changes = [one.length / 16_000, (one.length + other.length) / 16_000];
    speech = startSpeech({
      modelDirectories: [models],
      cache: models,
      preferred: null,
      download: null,
      allowApt: false,
      liveSpares: 0,
      cores: 1,
      announce: () => undefined,
      onLost: () => undefined,
      onInstalled: () => Promise.resolve(),
    });
  });
  afterAll(() => speech.stop());

  const heard = (change: { mayRevise?: boolean; dictation?: boolean } = {}): Promise<Heard> =>
    speech.recognise({
      service: 'local-speech',
      terms: [],
      rules: { ...CONVERSATION, dictation: change.dictation ?? false },
      silenceOf: 0,
      mayRevise: change.mayRevise ?? true,
      audio: async function* () {
        yield await Promise.resolve(visit);
      },
      heard: [],
      onStretch: () => Promise.resolve(),
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });

  it('tells two people on one channel apart and knows the first one again', async () => {
    const { transcript, speakerDigests, punctuationDigests } = await heard();
    const [first = 0, second = 0] = changes;
    for (const { start, end, speaker, text } of transcript.words) {
      // Within half a second of a change either may be right.
      const middle = (start + end) / 2;
      if (changes.some((change) => Math.abs(change - middle) < 0.5)) continue;
      expect([text, speaker]).toEqual([text, middle > first && middle < second ? 'B' : 'A']);
    }
    expect(transcript.segments.map(({ speaker }) => speaker).join('')).toMatch(/^A+B+A+$/);
    expect(transcript.diarization).toEqual({ state: 'done', models: ['segmentation', 'embedding'] });
    expect(transcript.punctuation).toEqual({ state: 'done', models: ['marks'] });
    expect(transcript.text).toContain('classes, ');
    expect(speakerDigests).toHaveLength(2);
    expect(punctuationDigests).toHaveLength(1);
    expect(speech.state()).toMatchObject({
      speakers: { state: 'used', models: ['segmentation', 'embedding'] },
      punctuation: { state: 'used', models: ['marks'] },
    });
    expect(speech.inUse()).toHaveLength(5);
  });

  it.each([
    ['text that was told already', { mayRevise: false }],
    ['a dictation', { dictation: true }],
  ])('leaves %s as it is', async (_what, change) => {
    const { transcript, ...rest } = await heard(change);
    expect(transcript.words.some((word) => word.speaker !== undefined)).toBe(false);
    for (const name of ['diarization', 'punctuation']) expect(transcript).not.toHaveProperty(name);
    expect(rest).not.toHaveProperty('speakerDigests');
  });
});

/** PCM of a file whose samples are 16-bit and 16 kHz. */
async function samplesOfWav(name: string): Promise<Float32Array> {
  const bytes = await readFile(join(DATA, 'audio', name));
  const at = bytes.indexOf('data') + 8;
  return Float32Array.from(
    { length: (bytes.length - at) >> 1 },
    (_, index) => bytes.readInt16LE(at + 2 * index) / 32_768,
  );
}
