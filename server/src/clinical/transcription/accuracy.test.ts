// Real recordings through the whole path: bytes, child process, words. Skipped, loudly, where the data is not at hand.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spokenWords, wordErrors } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '#clinical/audio/wav-writer.ts';
import { createDecoder } from '#clinical/audio/decoder.ts';
import { readClip } from '#clinical/audio/tracks.ts';
import { chooseNeuralEngine } from './choose-engine.ts';
import type { Stretch } from './engines/messages.ts';
import { createPool } from './engines/pool.ts';
import type { EnginePool } from './engines/pool.ts';
import { DEFAULT_LIMITS } from './engines/engine-child.ts';
import { probeSandbox } from './engines/sandbox.ts';
import { transcribe } from './transcribe.ts';
import type { Transcribed, TranscribeRequest } from './transcribe.ts';

const DATA = join(import.meta.dirname, '../../../../../shared/data');
const present = existsSync(join(DATA, 'audio/manifest.json')) && existsSync(join(DATA, 'models/SHA256SUMS'));
if (!present) process.stderr.write('NOT TESTED: recognition of real recordings, ../shared/data is not there\n');

interface Clip {
  readonly id: string;
  readonly file: string;
  readonly text: string;
  readonly kind: string;
}

async function* inPieces(bytes: Uint8Array, size = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const clip = (file: string): Buffer => readFileSync(join(DATA, 'audio', file));

describe.skipIf(!present)('recognition', { timeout: 120_000 }, () => {
  let pool: EnginePool;
  beforeAll(async () => {
    const chosen = await chooseNeuralEngine([join(DATA, 'models')], null);
    if (chosen === null) throw new Error('no model');
    pool = createPool(chosen.config, { sandbox: probeSandbox(), limits: DEFAULT_LIMITS, size: 2 });
  });
  afterAll(() => pool.stop());
  const hear = (bytes: Uint8Array, request: Partial<TranscribeRequest> = {}): Promise<Transcribed> =>
    transcribe(pool, 'zipformer-en-3.3m', { audio: () => inPieces(bytes), ...request });

  it('keeps to the word error rates that it promises', async () => {
    const manifest = JSON.parse(readFileSync(join(DATA, 'audio/manifest.json'), 'utf8')) as readonly Clip[];
    const results = await Promise.all(
      manifest.map(async ({ file, text, kind }) => {
        const { transcript } = await hear(clip(file));
        return { errors: wordErrors(text, transcript.spokenText), words: spokenWords(text).length, kind };
      }),
    );
    const rate = (some: typeof results): number =>
      (100 * some.reduce((sum, one) => sum + one.errors, 0)) / some.reduce((sum, one) => sum + one.words, 0);
    const overall = rate(results);
    const dictations = rate(results.filter((one) => one.kind === 'clinical dictation'));
    process.stderr.write(`word error rate: ${overall.toFixed(1)} % overall, ${dictations.toFixed(1)} % dictations\n`);
    // The bare engine gives 11.3 % and 14.3 %; ours may be half a point worse.
    expect(overall).toBeLessThanOrEqual(11.8);
    expect(dictations).toBeLessThanOrEqual(14.8);
  });

  it('writes what it heard, with times, confidence and stable ids', async () => {
    const first = await hear(clip('aws-mta-2.wav'));
    const again = await hear(clip('aws-mta-2.wav'));
    const { transcript } = first;
    expect(transcript.text).toContain('78-year-old');
    expect(transcript.text).toContain('7.1');
    expect(transcript.spokenText).toContain('seventy eight year old');
    expect({ ...again.transcript, realTimeFactor: 0 }).toEqual({ ...transcript, realTimeFactor: 0 });
    let before = 0;
    for (const word of transcript.words) {
      expect(word.start).toBeGreaterThanOrEqual(before);
      expect(word.end).toBeGreaterThan(word.start);
      expect(word.end).toBeLessThanOrEqual(transcript.duration);
      expect(word.confidence).toBeGreaterThan(0);
      expect(word.confidence).toBeLessThanOrEqual(1);
      before = word.start;
    }
    expect(transcript.segments.map((segment) => segment.id)).toEqual(
      transcript.segments.map((segment) => `0-${String(Math.round(segment.start * 1000))}`),
    );
    expect(transcript.words.map((word) => word.spoken).join(' ')).toBe(transcript.spokenText);
  });

  it('hears nothing in silence, in hiss and in hum', async () => {
    const seconds = 20 * 16_000;
    let state = 1;
    const hiss = Float32Array.from({ length: seconds }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state / 2_147_483_648 - 1) * 0.01;
    });
    const hum = Float32Array.from(
      { length: seconds },
      (_, index) => 0.05 * Math.sin((2 * Math.PI * 50 * index) / 16_000),
    );
    for (const sound of [new Float32Array(seconds), hiss, hum]) {
      const { transcript } = await hear(writeWav([sound], { encoding: 'pcm', bytes: 2, sampleRate: 16_000 }));
      expect(transcript).toMatchObject({ text: '', spokenText: '', words: [], segments: [], duration: 20 });
    }
  });

  it('tells speakers apart by channel, and takes two copies for one', async () => {
    const [left = new Float32Array(0)] = await readClip(createDecoder(), clip('jfk.wav'));
    const [right = new Float32Array(0)] = await readClip(createDecoder(), clip('leopard-test.wav'));
    const padded = new Float32Array(left.length);
    padded.set(right);
    const spec = { encoding: 'pcm', bytes: 2, sampleRate: 16_000 } as const;
    const alone = (await hear(clip('jfk.wav'))).transcript;
    const two = (await hear(writeWav([left, padded], spec))).transcript;
    const ofChannel = (channel: number): string =>
      two.words
        .filter((word) => word.channel === channel)
        .map((word) => word.spoken)
        .join(' ');
    expect(ofChannel(0)).toBe(alone.spokenText);
    expect(ofChannel(1)).toContain('middle classes');
    const copies = await hear(writeWav([left, left.map((sample) => sample * 0.8)], spec));
    expect(copies.transcript.spokenText).toBe(alone.spokenText);
    expect(copies.audio.perChannel.map((channel) => channel.sameAs)).toEqual([null, 0]);
  });

  it('hears the same in other encodings and rates of the same sound', async () => {
    const [sound = new Float32Array(0)] = await readClip(createDecoder(), clip('aws-mta-1.wav'));
    const reference = (await hear(clip('aws-mta-1.wav'))).transcript.spokenText;
    for (const spec of [
      { encoding: 'pcm', bytes: 3, sampleRate: 16_000 },
      { encoding: 'float', bytes: 4, sampleRate: 16_000, extensible: true },
    ] as const) {
      expect((await hear(writeWav([sound], spec))).transcript.spokenText).toBe(reference);
    }
    const mulaw = (await hear(writeWav([sound], { encoding: 'mulaw', bytes: 1, sampleRate: 16_000 }))).transcript;
    expect(wordErrors(reference, mulaw.spokenText)).toBeLessThan(12);
  });

  it('goes on after the last finished stretch as if it had never stopped', async () => {
    const whole = await hear(clip('aws-mta-1.wav'));
    expect(whole.stretches.length).toBeGreaterThan(1);
    for (const done of new Set([1, whole.stretches.length - 1])) {
      const seen: Stretch[] = [];
      const resumed = await hear(clip('aws-mta-1.wav'), {
        finished: whole.stretches.slice(0, done),
        onStretch: (stretch) => void seen.push(stretch),
      });
      expect(seen).toHaveLength(whole.stretches.length - done);
      expect(resumed.transcript.segments).toEqual(whole.transcript.segments);
    }
  });

  it('expects the words that it is told to, from whoever tells it, and then no more', async () => {
    const bytes = clip('aws-mta-1.wav');
    const hotWords = { lines: 'TRAUMATIC\nCIPRO\nFLAGYL\n', score: 2 };
    const spoken = async (request: Partial<TranscribeRequest>): Promise<string> =>
      (await hear(bytes, request)).transcript.spokenText;
    const plain = await spoken({});
    expect(plain).not.toContain('traumatic injury');
    expect(await spoken({ hotWords })).toContain('traumatic injury');
    expect(await spoken({})).toBe(plain);
    expect(await spoken({ hotWords: { lines: '', score: 2 } })).toBe(plain);
  });

  it('survives kill -9 of its child in mid-recording, once', async () => {
    const whole = await hear(clip('aws-mta-1.wav'));
    const lost: string[] = [];
    const bytes = clip('aws-mta-1.wav');
    const request = (times: number): Partial<TranscribeRequest> => {
      const killed = new Set<number>();
      return {
        onProgress: (seconds) => {
          // The listener may have read everything by now; recognisers are still at work.
          const pid = pool.busy().at(-1);
          // Messages that were under way when the child died still arrive: each child is killed once.
          if (seconds < 20 || pid === undefined || killed.has(pid) || killed.size === times) return;
          killed.add(pid);
          process.kill(-pid, 'SIGKILL');
        },
        onLost: (ended) => void lost.push(ended.how),
      };
    };
    const survived = await hear(bytes, request(1));
    expect(survived.attempts).toBe(2);
    expect(survived.transcript.segments).toEqual(whole.transcript.segments);
    await expect(hear(bytes, request(2))).rejects.toThrow(
      expect.objectContaining({ code: 'engine_failed', details: { reason: 'exit' } }) as Error,
    );
    expect(lost).toEqual(['exit', 'exit', 'exit']);
    expect((await hear(bytes)).attempts).toBe(1);
  });

  it('refuses what cannot be heard with the reason, and goes on', async () => {
    await expect(hear(Buffer.from('not sound'.repeat(100)))).rejects.toThrow(
      expect.objectContaining({ code: 'audio_unreadable' }) as Error,
    );
    await expect(hear(clip('jfk.wav').subarray(0, 50_000))).rejects.toThrow(
      expect.objectContaining({
        code: 'audio_unreadable',
        details: { reason: 'truncated', container: 'wav', offset: 50_000 },
      }) as Error,
    );
  });
});
