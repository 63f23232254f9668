import { isProblem } from '@cordon/contract';
import type { ProblemError } from '@cordon/contract';
import { describe, expect, it } from 'vitest';
import { WavReader } from './wav.ts';
import type { Block } from './wav.ts';
import { writeWav } from './wav-writer.ts';
import type { WavSpec } from './wav-writer.ts';

const sine = (length: number, step = 0.05): Float32Array =>
  Float32Array.from({ length }, (_, index) => 0.5 * Math.sin(index * step));
const PCM16: WavSpec = { encoding: 'pcm', bytes: 2, sampleRate: 16_000 };

function read(file: Uint8Array, step = file.length): { reader: WavReader; blocks: Block[] } {
  const reader = new WavReader();
  const blocks: Block[] = [];
  for (let at = 0; at < file.length; at += step) blocks.push(...reader.push(file.subarray(at, at + step)));
  return { reader, blocks };
}

function channelOf(blocks: readonly Block[], channel: number): number[] {
  return blocks.flatMap((block) => [...(block[channel] ?? [])]);
}

function problemOf(file: Uint8Array): ProblemError {
  try {
    read(file).reader.end();
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
  throw new Error('was read');
}

describe('WavReader', () => {
  it.each<[string, WavSpec, number]>([
    ['8-bit', { encoding: 'pcm', bytes: 1, sampleRate: 8_000 }, 0.01],
    ['16-bit', PCM16, 0.0001],
    ['24-bit', { encoding: 'pcm', bytes: 3, sampleRate: 48_000 }, 0.000001],
    ['32-bit', { encoding: 'pcm', bytes: 4, sampleRate: 96_000 }, 0.000001],
    ['float32', { encoding: 'float', bytes: 4, sampleRate: 44_100 }, 0.000001],
    ['float64', { encoding: 'float', bytes: 8, sampleRate: 192_000 }, 0.000001],
    ['µ-law', { encoding: 'mulaw', bytes: 1, sampleRate: 8_000 }, 0.02],
    ['A-law', { encoding: 'alaw', bytes: 1, sampleRate: 8_000 }, 0.02],
    ['extensible', { ...PCM16, extensible: true }, 0.0001],
  ])('reads %s samples of two channels', (_name, spec, tolerance) => {
    const left = sine(500);
    const right = sine(500, 0.11);
    const { reader, blocks } = read(writeWav([left, right], spec));
    expect(reader.end()).toMatchObject({ frames: 500, format: { channels: 2, sampleRate: spec.sampleRate } });
    for (const [channel, wanted] of [left, right].entries()) {
      const got = channelOf(blocks, channel);
      expect(got).toHaveLength(500);
      for (const [index, sample] of got.entries())
        expect(Math.abs(sample - (wanted[index] ?? 0))).toBeLessThan(tolerance);
    }
  });

  it('decodes G.711 as the standard says', () => {
    // ITU-T G.711 tables 1a and 2a: the codes of the largest magnitudes, and of zero.
    const mulaw = writeWav([new Float32Array(4)], { encoding: 'mulaw', bytes: 1, sampleRate: 8_000 });
    mulaw.set([0x80, 0x00, 0xff, 0x7f], mulaw.length - 4);
    expect(channelOf(read(mulaw).blocks, 0).map((sample) => sample * 32_768)).toEqual([32_124, -32_124, 0, -0]);
    const alaw = writeWav([new Float32Array(4)], { encoding: 'alaw', bytes: 1, sampleRate: 8_000 });
    alaw.set([0xaa, 0x2a, 0xd5, 0x55], alaw.length - 4);
    expect(channelOf(read(alaw).blocks, 0).map((sample) => sample * 32_768)).toEqual([32_256, -32_256, 8, -8]);
  });

  it.each([0xffff_ffff, 0x7fff_f000, 0x8000_0000, 0])(
    'reads to the end of the stream when the size says %d',
    (claimedSize) => {
      const { reader, blocks } = read(writeWav([sine(300)], { ...PCM16, claimedSize }));
      expect(reader.end().frames).toBe(300);
      expect(channelOf(blocks, 0)).toHaveLength(300);
    },
  );

  it('takes a size of zero at its word when a known chunk follows', () => {
    const file = writeWav([new Float32Array(0)], { ...PCM16, after: [['LIST', Buffer.from('INFO')]] });
    expect(read(file).reader.end().frames).toBe(0);
  });

  it('reads RF64, whose size stands in its own chunk', () => {
    const ds64 = Buffer.alloc(28);
    ds64.writeBigUInt64LE(600n, 8);
    const file = writeWav([sine(300)], {
      ...PCM16,
      claimedSize: 0xffff_ffff,
      before: [['ds64', ds64]],
      after: [['LIST', Buffer.alloc(50, 0x41)]],
    });
    file.write('RF64', 'latin1');
    expect(read(file).reader.end().frames).toBe(300);
  });

  it('passes over chunks around the samples, odd ones with and without their padding', () => {
    const padded = writeWav([sine(11)], {
      ...PCM16,
      before: [['bext', Buffer.alloc(33, 1)]],
      after: [['id3 ', Buffer.alloc(7)]],
    });
    expect(read(padded).reader.end().frames).toBe(11);
    const at = padded.indexOf('bext') + 8 + 33;
    const unpadded = Buffer.concat([padded.subarray(0, at), padded.subarray(at + 1)]);
    expect(read(unpadded).reader.end().frames).toBe(11);
  });

  it('keeps 24 valid bits in 32 apart from 24 in 24 by the block alignment', () => {
    const file = writeWav([sine(50)], { encoding: 'pcm', bytes: 4, sampleRate: 16_000 });
    file.writeUInt16LE(24, file.indexOf('fmt ') + 8 + 14);
    expect(read(file).reader.end()).toMatchObject({ frames: 50, format: { bytes: 4 } });
  });

  it.each<[string, Uint8Array, object]>([
    ['nothing', new Uint8Array(0), { reason: 'empty', offset: 0 }],
    ['a few bytes', Buffer.from('RIFF'), { reason: 'unknown_container' }],
    ['text', Buffer.from('This is a letter and no sound at all.'), { reason: 'unknown_container', offset: 0 }],
    ['a header alone', writeWav([sine(5)], PCM16).subarray(0, 36), { reason: 'no_samples', offset: 36 }],
    ['half the samples', writeWav([sine(100)], PCM16).subarray(0, 144), { reason: 'truncated', offset: 144 }],
    ['half a format', writeWav([sine(100)], PCM16).subarray(0, 30), { reason: 'truncated' }],
    [
      'rubbish for a chunk',
      Buffer.concat([writeWav([], PCM16).subarray(0, 12), Buffer.alloc(64, 7)]),
      { reason: 'chunk_invalid', offset: 12 },
    ],
  ])('refuses %s', (_name, file, details) => {
    const problem = problemOf(file);
    expect(problem.code).toBe('audio_unreadable');
    expect(problem.details).toMatchObject({ container: 'wav', ...details });
  });

  it('refuses samples before a format', () => {
    const file = writeWav([sine(5)], PCM16);
    const data = file.subarray(36);
    expect(problemOf(Buffer.concat([file.subarray(0, 12), data])).details).toMatchObject({
      reason: 'samples_before_format',
    });
  });

  it.each<[string, (format: Buffer) => void, string, object]>([
    ['no channels', (format) => format.writeUInt16LE(0, 2), 'audio_unreadable', { reason: 'format_invalid' }],
    [
      '12 channels',
      (format) => format.writeUInt16LE(12, 2),
      'audio_unusable',
      { reason: 'too_many_channels', channels: 12 },
    ],
    [
      '4 kHz',
      (format) => format.writeUInt32LE(4_000, 4),
      'audio_unusable',
      { reason: 'sample_rate', sampleRate: 4_000 },
    ],
    ['384 kHz', (format) => format.writeUInt32LE(384_000, 4), 'audio_unusable', { reason: 'sample_rate' }],
    [
      '64-bit integers',
      (format) => (format.writeUInt16LE(8, 12), format.writeUInt16LE(64, 14)),
      'audio_unreadable',
      {},
    ],
    ['ADPCM', (format) => format.writeUInt16LE(0x11, 0), 'decoder_missing', { package: 'ffmpeg', formatTag: 0x11 }],
  ])('refuses %s', (_name, change, code, details) => {
    const file = writeWav([sine(5)], PCM16);
    change(file.subarray(file.indexOf('fmt ') + 8));
    const problem = problemOf(file);
    expect(problem.code).toBe(code);
    expect(problem.details).toMatchObject(details);
  });

  it.each([
    ['flac', Buffer.from('fLaC\0\0\0\x22aaaaaaaaaaaa')],
    ['mp3', Buffer.from('ID3\x04\0\0\0\0\0\0aaaaaaaa')],
    ['mp3', Buffer.from([0xff, 0xfb, 0x90, 0x64, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['aac', Buffer.from([0xff, 0xf1, 0x50, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['ogg', Buffer.from('OggS\0\x02aaaaaaaaaaaa')],
    ['mp4', Buffer.from('\0\0\0\x20ftypM4A aaaaaaaa')],
    ['webm', Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['wav', Buffer.from('RIFX\0\0\0\x20WAVEfmt aaaaaaaa')],
  ])('names the decoder for %s', (container, file) => {
    const problem = problemOf(file);
    expect(problem.code).toBe('decoder_missing');
    expect(problem.details).toEqual({ package: 'ffmpeg', container });
  });

  it('gives up on a file that never comes to its samples', () => {
    const reader = new WavReader();
    reader.push(writeWav([], PCM16).subarray(0, 12));
    const junk = Buffer.alloc(8);
    junk.write('JUNK');
    junk.writeUInt32LE(0xf000_0000, 4);
    reader.push(junk);
    const megabyte = Buffer.alloc(1024 * 1024);
    expect(() => {
      for (let count = 0; count < 100; count++) reader.push(megabyte);
    }).toThrow(expect.objectContaining({ code: 'audio_unreadable' }) as Error);
  });
});
