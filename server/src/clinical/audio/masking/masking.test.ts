// Sample-exactness: what lies outside of the stretches leaves as it was decoded, bit by bit; inside nothing of it is left.
import { describe, expect, test } from 'vitest';
import { writeWav, type WavSpec } from '#clinical/audio/wav-writer.ts';
import { WavReader } from '#clinical/audio/wav.ts';
import { Loudness } from './loudness.ts';
import { Masker } from './masker.ts';
import { headerOf, isExact, samplesOf, writtenFor } from './sound-file.ts';
import { mask, measure, type Source } from './work.ts';

const RATE = 16_000;

function noise(seconds: number, seed = 1, level = 0.5): Float32Array {
  let state = seed;
  return Float32Array.from({ length: Math.round(seconds * RATE) }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state / 2 ** 30 - 1) * level;
  });
}

function sourceOf(file: Uint8Array, piece = 4_000): Source {
  return {
    ffmpeg: null,
    onBytes: () => undefined,
    open: async function* pieces() {
      for (let at = 0; at < file.length; at += piece) yield file.subarray(at, at + piece);
    },
  };
}

async function masked(
  file: Uint8Array,
  stretches: readonly { start: number; end: number }[],
  fill: 'silence' | 'tone',
) {
  const out = Buffer.alloc(file.length + 10_000_000);
  let length = 0;
  const message = await mask(sourceOf(file), stretches, fill, async (bytes, at) => {
    out.set(bytes, at);
    length = Math.max(length, at + bytes.length);
  });
  return { message, file: out.subarray(0, length) };
}

function decoded(file: Uint8Array): readonly Float32Array[] {
  const reader = new WavReader();
  const blocks = reader.push(file);
  reader.end();
  const channels = blocks[0]?.length ?? 0;
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from(blocks.flatMap((block) => [...(block[channel] ?? [])])),
  );
}

const FORMS: readonly WavSpec[] = [
  { encoding: 'pcm', bytes: 1, sampleRate: RATE },
  { encoding: 'pcm', bytes: 2, sampleRate: RATE },
  { encoding: 'pcm', bytes: 3, sampleRate: RATE },
  { encoding: 'float', bytes: 4, sampleRate: RATE },
  { encoding: 'alaw', bytes: 1, sampleRate: RATE },
  { encoding: 'mulaw', bytes: 1, sampleRate: RATE },
];

describe.each(FORMS)('$encoding of $bytes bytes', (spec) => {
  test.each(['silence', 'tone'] as const)('%s: outside bit-identical on both channels, inside gone', async (fill) => {
    // Overshoot is legal in float files and must come out as it went in.
    const loud = spec.encoding === 'float' ? 1.7 : 0.9;
    const file = writeWav([noise(2, 3, loud), noise(2, 8, loud)], spec);
    const before = decoded(file);
    const made = await masked(
      file,
      [
        { start: 0.5, end: 0.75 },
        { start: 1.99, end: 2.5 },
      ],
      fill,
    );
    expect(made.message.exact).toBe(true);
    const after = decoded(made.file);
    const [from, to] = [0.5 * RATE, 0.75 * RATE];
    for (const [channel, samples] of after.entries()) {
      // G.711 has a negative zero, which integers have not.
      const was = (before[channel] ?? new Float32Array(0)).map((sample) => sample + 0);
      expect(samples.length).toBe(was.length);
      expect(samples.subarray(0, from)).toEqual(was.subarray(0, from));
      expect(samples.subarray(to, 1.99 * RATE)).toEqual(was.subarray(to, 1.99 * RATE));
      const inside = samples.subarray(from + 0.01 * RATE, to - 0.01 * RATE);
      const level = Math.max(...inside.map(Math.abs));
      if (fill === 'silence') expect(level).toBe(0);
      else expect(level).toBeCloseTo(0.1, 2);
    }
  });
});

test('no step at the edges is larger than those of the sound itself', () => {
  const tone = Float32Array.from({ length: RATE }, (_, at) => 0.8 * Math.sin((2 * Math.PI * 100 * at) / RATE));
  const step = (samples: Float32Array): number =>
    Math.max(...samples.subarray(1).map((sample, at) => Math.abs(sample - (samples[at] ?? 0))));
  const made = tone.slice();
  new Masker([{ start: 0.5025, end: 0.6025 }], 'silence', RATE).mask([made]);
  expect(step(made)).toBeLessThan(step(tone) * 1.5);
});

test('the result is the same whatever the chunking, and for stretches shorter than two fades', () => {
  const whole = noise(1);
  const stretches = [
    { start: 0.1, end: 0.101 },
    { start: 0.3, end: 0.5 },
  ];
  const once = whole.slice();
  new Masker(stretches, 'tone', RATE).mask([once]);
  const pieces = whole.slice();
  const masker = new Masker(stretches, 'tone', RATE);
  for (let at = 0; at < pieces.length; at += 37) masker.mask([pieces.subarray(at, at + 37)]);
  expect(pieces).toEqual(once);
  expect(once.subarray(0, 0.1 * RATE)).toEqual(whole.subarray(0, 0.1 * RATE));
});

test('beyond four gigabytes the header is RF64 with the true sizes; before that RIFF', () => {
  const spec = { written: 'pcm16', sampleRate: RATE, channels: 1 } as const;
  const long = headerOf(spec, 5_000_000_000);
  expect(long.subarray(0, 4).toString()).toBe('RF64');
  expect(long.readBigUInt64LE(28)).toBe(5_000_000_000n);
  expect(headerOf(spec, 100).length).toBe(long.length);
  const short = Buffer.concat([headerOf(spec, 4), samplesOf([Float32Array.of(0.5, -1)], 'pcm16')]);
  expect(decoded(short)).toEqual([Float32Array.of(0.5, -1)]);
});

test.each([
  ['pcm16', 'pcm16', true],
  ['flac24', 'pcm24', true],
  ['float32', 'float32', true],
  ['pcm32', 'float32', false],
  ['opus', 'pcm16', true],
  ['mulaw8', 'pcm16', true],
])('%s is written as %s', (encoding, written, exact) => {
  expect([writtenFor(encoding), isExact(encoding)]).toEqual([written, exact]);
});

test('measured: length, and where it is louder than its room', async () => {
  const quiet = noise(6, 5, 0.001);
  quiet.set(noise(1, 9, 0.3), 2 * RATE);
  const file = writeWav([quiet], { encoding: 'pcm', bytes: 2, sampleRate: RATE });
  const { duration, loud, encoding } = await measure(sourceOf(file));
  expect([duration, encoding]).toEqual([6, 'pcm16']);
  expect(loud).toHaveLength(1);
  expect(loud[0]).toHaveLength(1);
  expect(loud[0]?.[0]?.start).toBeCloseTo(2, 1);
  expect(loud[0]?.[0]?.end).toBeCloseTo(3, 1);
});

test('levels of a day on eight channels take some megabytes', () => {
  const loudness = new Loudness(8_000);
  const block = Array.from({ length: 8 }, () => new Float32Array(8_000));
  const before = process.memoryUsage().arrayBuffers;
  for (let second = 0; second < 1_200; second += 1) loudness.hear(block);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000);
});

test('a broken recording is refused, whatever was written before', async () => {
  const file = writeWav([noise(1)], { encoding: 'pcm', bytes: 2, sampleRate: RATE });
  await expect(masked(file.subarray(0, file.length - 100), [], 'silence')).rejects.toMatchObject({
    code: 'audio_unreadable',
  });
});
