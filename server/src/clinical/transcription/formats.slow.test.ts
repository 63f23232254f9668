// The public recordings in every format: the same words come out. `npm run test:slow`. Skipped, loudly, where recordings, models or ffmpeg are not at hand.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spokenWords, wordErrors } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDecoder } from '#clinical/audio/decoder.ts';
import { readClip } from '#clinical/audio/tracks.ts';
import { encode, inPieces, withoutFfmpeg } from '#test/sound.ts';
import { chooseNeuralEngine } from './choose-engine.ts';
import { DEFAULT_LIMITS } from './engines/engine-child.ts';
import { createPool } from './engines/pool.ts';
import type { EnginePool } from './engines/pool.ts';
import { probeSandbox } from './engines/sandbox.ts';
import { transcribe } from './transcribe.ts';

const DATA = join(import.meta.dirname, '../../../../../shared/data');
const present = existsSync(join(DATA, 'audio/manifest.json')) && existsSync(join(DATA, 'models/SHA256SUMS'));
if (!present) process.stderr.write('NOT TESTED: recognition of other formats, ../shared/data is not there\n');
const absent = withoutFfmpeg('recognition of anything but WAV');

/** Points of word error rate that a format may cost: nothing worth naming, what telephony takes, and what a coder itself throws away. */
const CLOSE = 1;
const TELEPHONE = 8;
const COARSE = 7;

/**
 * Samples of silence put before each recording. The recogniser's chunks then fall differently, which alone moves the rate of one and the
 * same WAV by two points (docs/decisions/0049): what a format costs is the mean over them.
 */
const STARTS = [0, 1_700, 3_100, 4_500] as const;

const FORMATS: readonly (readonly [extension: string, args: readonly string[], most: number])[] = [
  ['wav', ['-c:a', 'pcm_u8'], COARSE],
  ['wav', ['-c:a', 'pcm_s24le'], CLOSE],
  ['wav', ['-c:a', 'pcm_s32le'], CLOSE],
  ['wav', ['-c:a', 'pcm_f32le'], CLOSE],
  ['wav', ['-c:a', 'pcm_mulaw', '-ar', '8000'], TELEPHONE],
  ['wav', ['-c:a', 'pcm_alaw', '-ar', '8000'], TELEPHONE],
  ['flac', [], CLOSE],
  // What ffmpeg chooses by itself for 16 kHz: 24 kbit/s.
  ['mp3', [], COARSE],
  ['mp3', ['-b:a', '64k'], CLOSE],
  ['ogg', ['-c:a', 'libopus'], CLOSE],
  ['ogg', ['-c:a', 'libvorbis', '-q:a', '6'], CLOSE],
  ['webm', ['-c:a', 'libopus'], CLOSE],
  ['m4a', [], CLOSE],
  ['mp4', ['-c:a', 'aac', '-movflags', '+faststart'], CLOSE],
  ['aac', [], CLOSE],
];

describe.skipIf(!present || absent)('recognition of other formats', { timeout: 3_600_000 }, () => {
  let pool: EnginePool;
  const clips: { readonly samples: readonly Float32Array[]; readonly words: string }[] = [];
  beforeAll(async () => {
    const chosen = await chooseNeuralEngine([join(DATA, 'models')], null);
    if (chosen === null) throw new Error('no model');
    pool = createPool(chosen.config, { sandbox: probeSandbox(), limits: DEFAULT_LIMITS, size: 2 });
    const manifest = JSON.parse(readFileSync(join(DATA, 'audio/manifest.json'), 'utf8')) as readonly {
      readonly file: string;
      readonly text: string;
    }[];
    for (const { file, text } of manifest) {
      clips.push({ samples: await readClip(createDecoder(), readFileSync(join(DATA, 'audio', file))), words: text });
    }
  }, 60_000);
  afterAll(() => pool.stop());

  /** Per cent of the words of all recordings, over all starts. */
  async function errorRate(extension: string, args: readonly string[]): Promise<number> {
    const heard = await Promise.all(
      STARTS.flatMap((start) => clips.map((clip) => ({ ...clip, start }))).map(async ({ samples, words, start }) => {
        const later = samples.map((channel) => Float32Array.from([...new Float32Array(start), ...channel]));
        const file = encode(later, 16_000, extension, ...args);
        const { transcript } = await transcribe(pool, 'model', { audio: () => inPieces(file, 20_000) });
        return { errors: wordErrors(words, transcript.spokenText), words: spokenWords(words).length };
      }),
    );
    const sum = (figure: (one: { errors: number; words: number }) => number): number =>
      heard.reduce((total, one) => total + figure(one), 0);
    return (100 * sum((one) => one.errors)) / sum((one) => one.words);
  }

  it('gives what the WAV gives', async () => {
    const reference = await errorRate('wav', ['-c:a', 'pcm_s16le']);
    const costs: string[] = [];
    const dear: string[] = [];
    for (const [extension, args, most] of FORMATS) {
      const cost = (await errorRate(extension, args)) - reference;
      const line = `${extension} ${args.join(' ')}: ${cost >= 0 ? '+' : ''}${cost.toFixed(1)}`;
      costs.push(line);
      if (cost > most) dear.push(line);
    }
    process.stderr.write(
      `word error rate, points over the WAV's ${reference.toFixed(1)} %:\n  ${costs.join('\n  ')}\n`,
    );
    expect(dear).toEqual([]);
  });
});
