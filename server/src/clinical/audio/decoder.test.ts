// One recording in every format: what comes out is close to what went in, of the same length, in any chunking.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  encode,
  FFMPEG,
  hear,
  hearAll,
  inPieces,
  refusalOf,
  sameSamples,
  signalToNoise,
  voices,
  withoutFfmpeg,
} from '#test/sound.ts';
import type { Heard } from '#test/sound.ts';
import type { Container } from './container.ts';
import { createDecoder } from './decoder.ts';
import { FfmpegDecoder } from './ffmpeg.ts';
import { readClip } from './tracks.ts';
import { writeWav } from './wav-writer.ts';

const absent = withoutFfmpeg('decoding of anything but WAV');

interface Case {
  readonly name: string;
  readonly extension: string;
  readonly args: readonly string[];
  readonly container: string;
  readonly encoding: string;
  /** dB, least. */
  readonly snr: number;
  /** Milliseconds by which the length may differ. */
  readonly slack: number;
  /** Hz, where the codec chooses its own. */
  readonly rate?: number;
}

/** Lossless ones are exact. Lossy ones lie as far from the original as their bit rate makes them. */
const CASES: readonly Case[] = [
  { name: 'flac', extension: 'flac', args: [], container: 'flac', encoding: 'flac16', snr: 300, slack: 0 },
  {
    name: 'flac, 24 bits',
    extension: 'flac',
    args: ['-sample_fmt', 's32'],
    container: 'flac',
    encoding: 'flac24',
    snr: 300,
    slack: 0,
  },
  {
    name: 'flac in ogg',
    extension: 'oga',
    args: ['-c:a', 'flac'],
    container: 'ogg',
    encoding: 'flac16',
    snr: 300,
    slack: 0,
  },
  {
    name: 'flac in matroska',
    extension: 'mka',
    args: ['-c:a', 'flac'],
    container: 'webm',
    encoding: 'flac16',
    snr: 300,
    slack: 0,
  },
  {
    name: 'pcm in matroska',
    extension: 'mka',
    args: ['-c:a', 'pcm_s16le'],
    container: 'webm',
    encoding: 'pcm16',
    snr: 300,
    slack: 0,
  },
  { name: 'mp3', extension: 'mp3', args: ['-b:a', '192k'], container: 'mp3', encoding: 'mp3', snr: 20, slack: 0 },
  {
    name: 'mp3, variable',
    extension: 'mp3',
    args: ['-q:a', '2'],
    container: 'mp3',
    encoding: 'mp3',
    snr: 20,
    slack: 0,
  },
  {
    name: 'opus in ogg',
    extension: 'opus',
    args: ['-c:a', 'libopus', '-b:a', '192k'],
    container: 'ogg',
    encoding: 'opus',
    snr: 15,
    slack: 0,
    rate: 48_000,
  },
  {
    name: 'opus in webm',
    extension: 'webm',
    args: ['-c:a', 'libopus', '-b:a', '192k'],
    container: 'webm',
    encoding: 'opus',
    snr: 15,
    slack: 0.1,
    rate: 48_000,
  },
  {
    name: 'opus in live webm',
    extension: 'webm',
    args: ['-c:a', 'libopus', '-b:a', '192k', '-live', '1'],
    container: 'webm',
    encoding: 'opus',
    snr: 15,
    slack: 1,
    rate: 48_000,
  },
  {
    name: 'vorbis in ogg',
    extension: 'ogg',
    args: ['-c:a', 'libvorbis', '-q:a', '8'],
    container: 'ogg',
    encoding: 'vorbis',
    snr: 20,
    slack: 0,
  },
  // Muxers do not write what to cut from the last block of Vorbis.
  {
    name: 'vorbis in webm',
    extension: 'webm',
    args: ['-c:a', 'libvorbis', '-q:a', '8'],
    container: 'webm',
    encoding: 'vorbis',
    snr: 20,
    slack: 50,
  },
  {
    name: 'aac in m4a, index last',
    extension: 'm4a',
    args: ['-c:a', 'aac', '-b:a', '192k'],
    container: 'mp4',
    encoding: 'aac',
    snr: 20,
    slack: 50,
  },
  {
    name: 'aac in m4a, index first',
    extension: 'm4a',
    args: ['-c:a', 'aac', '-b:a', '192k', '-movflags', '+faststart'],
    container: 'mp4',
    encoding: 'aac',
    snr: 20,
    slack: 50,
  },
  {
    name: 'alac in m4a',
    extension: 'm4a',
    args: ['-c:a', 'alac'],
    container: 'mp4',
    encoding: 'alac',
    snr: 300,
    slack: 0,
  },
  { name: 'aiff', extension: 'aiff', args: [], container: 'aiff', encoding: 'aiff', snr: 300, slack: 0 },
  { name: 'caf', extension: 'caf', args: [], container: 'caf', encoding: 'caf', snr: 300, slack: 0 },
  { name: 'au', extension: 'au', args: [], container: 'au', encoding: 'au', snr: 300, slack: 0 },
  {
    name: 'adpcm in wav',
    extension: 'wav',
    args: ['-c:a', 'adpcm_ms'],
    container: 'wav',
    encoding: 'wav',
    snr: 20,
    slack: 50,
  },
];

/** 16-bit samples, as the encoder got them. */
const original = voices(2, 44_100, 2).map((samples) => samples.map((sample) => Math.round(sample * 32_768) / 32_768));

/** The original at 48 kHz, by our own resampling to 16 kHz on both sides where rates differ. */
async function compare({ rate, snr, slack }: Case, { format, samples }: Heard): Promise<void> {
  const seconds = (original[0]?.length ?? 0) / 44_100;
  expect(format).toMatchObject({ sampleRate: rate ?? 44_100, channels: 2 });
  const [left = new Float32Array(0)] = samples;
  expect(Math.abs(left.length / format.sampleRate - seconds) * 1000).toBeLessThanOrEqual(slack + 0.05);
  const wanted = rate === undefined ? original : await atEngineRate(original, 44_100);
  const got = rate === undefined ? samples : await atEngineRate(samples, format.sampleRate);
  for (const [channel, one] of wanted.entries()) {
    expect(signalToNoise(one, got[channel] ?? new Float32Array(0))).toBeGreaterThan(snr);
  }
}

function atEngineRate(samples: readonly Float32Array[], sampleRate: number): Promise<Float32Array[]> {
  return readClip(createDecoder(), writeWav(samples, { encoding: 'float', bytes: 4, sampleRate }));
}

describe.skipIf(absent)('decoding', { timeout: 60_000 }, () => {
  it.each(CASES)('gives back what went into $name', async (one) => {
    const file = encode(original, 44_100, one.extension, ...one.args);
    const heard = await hear(file);
    expect(heard.format).toMatchObject({ container: one.container, encoding: one.encoding });
    await compare(one, heard);
  });

  it.each(CASES)('gives the same for $name in any chunking', async (one) => {
    const file = encode(
      original.map((samples) => samples.subarray(0, 20_000)),
      44_100,
      one.extension,
      ...one.args,
    );
    const whole = await hear(file, file.length);
    for (const step of [1_000, 37]) expect(sameSamples(await hear(file, step), whole), String(step)).toBe(true);
  });

  it.each<[string, Container, readonly string[], number]>([
    ['flac', 'flac', [], 300],
    ['flac', 'flac', ['-sample_fmt', 's32', '-compression_level', '12'], 300],
    ['ogg', 'ogg', ['-c:a', 'libvorbis', '-q:a', '-1'], 100],
    ['ogg', 'ogg', ['-c:a', 'libvorbis', '-q:a', '10'], 100],
    // At low rates ffmpeg's own decoder resamples otherwise than libopus, which is ours.
    ['opus', 'ogg', ['-c:a', 'libopus', '-b:a', '128k'], 60],
    // Ours rounds to 16 bits; from a pipe ffmpeg does not cut the end.
    ['mp3', 'mp3', ['-q:a', '5'], 60],
  ])('agrees with the decoder of ffmpeg about %s', async (extension, container, args, decibels) => {
    const file = encode(original, 44_100, extension, ...args);
    const ours = await hear(file);
    const theirs = await hearAll(new FfmpegDecoder(FFMPEG ?? '', container), file);
    for (const [channel, samples] of theirs.samples.entries()) {
      const length = ours.samples[channel]?.length ?? 0;
      expect(samples.length - length).toBeGreaterThanOrEqual(0);
      expect(samples.length - length).toBeLessThan(extension === 'mp3' ? 1_152 : 1);
      expect(signalToNoise(samples, ours.samples[channel] ?? new Float32Array(0))).toBeGreaterThan(decibels);
    }
  });

  it.each<[string, readonly string[]]>([
    ['aac', ['-c:a', 'aac', '-b:a', '192k']],
    ['wma', ['-c:a', 'wmav2', '-b:a', '192k']],
    ['mp4', ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov']],
    ['mp2', ['-c:a', 'mp2', '-b:a', '384k', '-f', 'mp2']],
  ])('reads %s, whose file does not say what to cut', async (extension, args) => {
    const { format, samples } = await hear(encode(original, 44_100, extension, ...args));
    expect(format).toMatchObject({ sampleRate: 44_100, channels: 2 });
    const [wanted = new Float32Array(0)] = original;
    const [got = new Float32Array(0)] = samples;
    expect(Math.abs(got.length - wanted.length) / 44.1).toBeLessThan(100);
    const best = Math.max(...Array.from({ length: 5_000 }, (_, shift) => likeness(wanted, got, shift - 2_500)));
    expect(best).toBeGreaterThan(0.98);
  });

  it.each<[string, readonly string[]]>([
    ['mp3', []],
    ['mp3', ['-ar', '8000']],
    ['ogg', ['-c:a', 'libopus']],
    ['ogg', ['-c:a', 'libvorbis']],
    ['webm', ['-c:a', 'libopus']],
    ['m4a', []],
    ['mp4', ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov']],
    ['aac', []],
  ])('keeps words where they were, at the rate of dictation: %s %j', async (extension, args) => {
    const [wanted = new Float32Array(0)] = voices(1, 16_000, 4);
    const file = encode([wanted], 16_000, extension, ...args);
    const [got = new Float32Array(0)] = await readClip(
      createDecoder({ ffmpeg: FFMPEG, reopen: () => inPieces(file, 65_536) }),
      file,
    );
    const shifts = Array.from({ length: 2_000 }, (_, index) => index - 1_000);
    const likely = shifts.map((shift) => likeness(wanted, got, shift));
    const at = shifts[likely.indexOf(Math.max(...likely))] ?? Number.NaN;
    // Milliseconds, of the 30 that word times may be off.
    expect(Math.abs(at / 16)).toBeLessThan(10);
  });
});

/** Correlation at every eleventh sample of a second: fast enough for thousands of shifts. */
function likeness(wanted: Float32Array, got: Float32Array, shift: number, from = 8_000, to = 52_000): number {
  let both = 0;
  let one = 1e-12;
  let two = 1e-12;
  for (let index = from; index < to; index += 11) {
    const a = wanted[index] ?? 0;
    const b = got[index + shift] ?? 0;
    both += a * b;
    one += a * a;
    two += b * b;
  }
  return both / Math.sqrt(one * two);
}

/** Name, extension, arguments, rates in Hz, numbers of channels. */
type Range = readonly [string, string, readonly string[], readonly number[], readonly number[]];

const RANGES: readonly Range[] = [
  ['flac', 'flac', [], [8_000, 44_100], [1, 2, 8]],
  ['flac', 'flac', [], [192_000], [1, 2]],
  ['mp3', 'mp3', ['-b:a', '64k'], [8_000, 11_025, 22_050, 48_000], [1, 2]],
  ['opus', 'opus', ['-c:a', 'libopus'], [8_000, 48_000], [1, 2, 6, 8]],
  ['opus of separate voices', 'webm', ['-c:a', 'libopus', '-mapping_family', '255'], [48_000], [3, 8]],
  ['vorbis', 'ogg', ['-c:a', 'libvorbis'], [8_000, 44_100], [1, 2, 8]],
  ['vorbis', 'ogg', ['-c:a', 'libvorbis'], [192_000], [1, 2]],
  ['vorbis of few channels', 'ogg', ['-c:a', 'libvorbis'], [16_000], [3, 5, 6, 7]],
  ['m4a', 'm4a', ['-c:a', 'aac'], [8_000, 96_000], [1, 2, 8]],
];

describe.skipIf(absent)('rates and channels', { timeout: 60_000 }, () => {
  const all = RANGES.flatMap(([name, extension, args, rates, channels]) =>
    rates.flatMap((rate) => channels.map((count) => ({ name, extension, args, rate, count }))),
  );
  it.each(all)('$name at $rate Hz in $count channels', async ({ extension, args, rate, count }) => {
    const sound = voices(count, rate, 0.9);
    const { format, samples } = await hear(encode(sound, rate, extension, ...args));
    expect(format).toMatchObject({ channels: count, sampleRate: args.includes('libopus') ? 48_000 : rate });
    expect(samples).toHaveLength(count);
    // Each channel holds its own voice: at 16 kHz it is like its own and no other.
    const wanted = await atEngineRate(sound, rate);
    const got = await atEngineRate(samples, format.sampleRate);
    for (const [channel, one] of wanted.entries()) {
      // Of a bass channel, fourth of six and more, encoders keep the lowest tones only.
      if (channel === 3 && count > 5 && !args.includes('255') && extension !== 'flac') continue;
      const scores = got.map((other) =>
        Math.max(...[-1, 0, 1].map((shift) => likeness(one, other, shift, 2_000, 14_000))),
      );
      expect(scores.indexOf(Math.max(...scores)), `channel ${String(channel)}`).toBe(channel);
      expect(Math.max(...scores)).toBeGreaterThan(0.9);
    }
  });
});

describe('what is no recording', () => {
  it.each<[string, Uint8Array, object]>([
    ['nothing', new Uint8Array(0), { reason: 'empty', offset: 0 }],
    ['zeroes', new Uint8Array(10_000), { reason: 'unknown_container', offset: 0 }],
    ['text', Buffer.from('No sound at all, only words.'), { reason: 'unknown_container', offset: 0 }],
    ['one byte', Buffer.from('f'), { reason: 'unknown_container', offset: 0 }],
  ])('refuses %s', async (_name, file, details) => {
    expect(await refusalOf(hear(file, 7))).toEqual({ code: 'audio_unreadable', details });
  });

  it.each([
    ['mp4', Buffer.from('\0\0\0\x20ftypM4A aaaaaaaaaaaaaaaaaaaaaaaa')],
    ['aac', Buffer.from([0xff, 0xf1, 0x50, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['amr', Buffer.from('#!AMR\n aaaaaaaaaaa')],
    ['wma', Buffer.from('0&\u00b2u\u008ef\u00cf\u0011aaaaaaaaaa', 'latin1')],
    ['aiff', Buffer.from('FORM\0\0\0\0AIFFCOMM')],
    ['caf', Buffer.from('caff\0\x01\0\0desc\0\0\0\0')],
    ['au', Buffer.from('.snd\0\0\0\x18\0\0\0\0\0\0\0\0')],
  ])('names the package that %s needs where it is missing', async (container, file) => {
    const refusal = await refusalOf(hear(file, 5, { ffmpeg: null }));
    if (container === 'mp4') expect(refusal.code).toBe('audio_unreadable');
    else expect(refusal).toEqual({ code: 'decoder_missing', details: { package: 'ffmpeg', container } });
  });
});

const DATA = join(import.meta.dirname, '../../../../../shared/data/audio');
const clips = existsSync(DATA);
if (!clips) process.stderr.write('NOT TESTED: real clips, ../shared/data/audio is not there\n');

describe.skipIf(!clips || absent)('real clips', () => {
  it('reads an MP4 of a phone, index last, and the MP3 of a speech', async () => {
    const mp4 = await hear(readFileSync(join(DATA, 'aws-mta-1.mp4')));
    expect(mp4.format).toMatchObject({ container: 'mp4', encoding: 'aac', sampleRate: 44_100 });
    expect((mp4.samples[0]?.length ?? 0) / 44_100).toBeCloseTo(43, 0);
    const mp3 = await hear(readFileSync(join(DATA, 'jfk.mp3')));
    expect((mp3.samples[0]?.length ?? 0) / mp3.format.sampleRate).toBeCloseTo(11, 0);
  });
});
