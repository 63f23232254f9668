// What the containers say about where sound begins and ends, and which of several streams it is.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMp3 } from '#clinical/audio/codecs/mp3.ts';
import { createImdct } from '#clinical/audio/codecs/imdct.ts';
import { opusFrames, parseOpusHead } from '#clinical/audio/codecs/opus-packet.ts';
import { createDecoder } from '#clinical/audio/decoder.ts';
import { encode, FFMPEG, hear, hearAll, refusalOf, sameSamples, seeded, voices, withoutFfmpeg } from '#test/sound.ts';
import { crc16, crc32, crc8 } from './crc.ts';
import { readElements, readVint } from './ebml.ts';
import { moveChunks, soundCodec } from './mp4-index.ts';
import { MpegFrames } from './mpeg-frames.ts';
import { parseEncoderTag, parseMpegHeader } from './mpeg-header.ts';
import { Trim } from './trim.ts';

const absent = withoutFfmpeg('where sound begins and ends in its container');
const sound = voices(2, 48_000, 1);
const lengthOf = (samples: readonly Float32Array[]): number => samples[0]?.length ?? 0;

describe('check sums', () => {
  // The catalogue of parametrised CRC algorithms gives these of "123456789": CRC-8/SMBUS, CRC-16/UMTS; Ogg's is CRC-32 without reflection and inversion.
  const nine = Buffer.from('123456789');
  it('are the ones that the formats name', () => {
    expect(crc8(nine, 0, 9)).toBe(0xf4);
    expect(crc16(nine, 0, 9)).toBe(0xfee8);
    expect(crc32(nine)).toBe(0x89a1_897f);
    expect(crc32(nine.subarray(4), crc32(nine.subarray(0, 4)))).toBe(0x89a1_897f);
  });
});

describe('the inverse transform', () => {
  it.each([64, 256, 2_048])('of %d samples is the sum that defines it', (window) => {
    const half = window / 2;
    const random = seeded(window);
    const spectrum = Float32Array.from({ length: half }, () => random() - 0.5);
    const got = createImdct(window).transform(spectrum);
    for (let index = 0; index < window; index += 7) {
      let sum = 0;
      for (const [k, value] of spectrum.entries()) {
        sum += value * Math.cos((Math.PI / half) * (index + 0.5 + half / 2) * (k + 0.5));
      }
      expect(got[index]).toBeCloseTo(sum, 4);
    }
  });
});

describe('EBML', () => {
  it('reads numbers of every length, and the unknown one', () => {
    expect(readVint(Uint8Array.of(0x82), 0)).toEqual({ value: 2, length: 1 });
    expect(readVint(Uint8Array.of(0x40, 0x02), 0)).toEqual({ value: 2, length: 2 });
    expect(readVint(Uint8Array.of(0x01, 0, 0, 0, 0, 0, 0, 2), 0)).toEqual({ value: 2, length: 8 });
    expect(readVint(Uint8Array.of(0xff), 0)).toEqual({ value: null, length: 1 });
    expect(readVint(Uint8Array.of(0x40), 0)).toBeNull();
    expect(readVint(Uint8Array.of(0), 0)).toBeNull();
    expect(readElements(Uint8Array.of(0xd7, 0x81, 5, 0x83, 0x80))?.map(({ id }) => id)).toEqual([0xd7, 0x83]);
    expect(readElements(Uint8Array.of(0xd7, 0x85, 5))).toBeNull();
  });
});

describe('Opus packets', () => {
  it.each<[string, readonly number[], number | null]>([
    ['20 ms of CELT', [0xf8, 1, 2], 960],
    ['2.5 ms of CELT', [0xe0, 1], 120],
    ['60 ms of SILK', [0x18, 1], 2_880],
    ['two of 10 ms', [0xf1, 1, 2], 960],
    ['two of unequal length that must be equal', [0xf1, 1, 2, 3], null],
    ['six of 20 ms', [0xfb, 6, 0], 5_760],
    ['seven of 20 ms, which is over 120 ms', [0xfb, 7, 0], null],
    ['none at all', [0xfb, 0], null],
    ['nothing', [], null],
  ])('of %s', (_name, bytes, frames) => {
    expect(opusFrames(Uint8Array.from(bytes))).toBe(frames);
  });

  it('refuses headers that ask for more than their channels', () => {
    const head = (channels: number, family: number, ...rest: readonly number[]): Buffer =>
      Buffer.concat([Buffer.from('OpusHead'), Buffer.from([1, channels, 0, 0, 0, 0, 0, 0, 0, 0, family, ...rest])]);
    expect(parseOpusHead(head(2, 0))).toMatchObject({ streams: 1, coupled: 1, mapping: [0, 1], gain: 1 });
    expect(parseOpusHead(head(6, 1, 4, 2, 0, 4, 1, 2, 3, 5))).toMatchObject({ mapping: [0, 1, 4, 5, 2, 3] });
    expect(parseOpusHead(head(3, 0))).toBeNull();
    expect(parseOpusHead(head(2, 255, 200, 0, 0, 1))).toBeNull();
    expect(parseOpusHead(head(2, 255, 1, 0, 0, 7))).toBeNull();
    expect(parseOpusHead(head(4, 2, 4, 0, 0, 1, 2, 3))).toBe('unknown');
  });
});

describe('Trim', () => {
  it('cuts the beginning over blocks and the end within one', () => {
    const block = (from: number): Float32Array[] => [Float32Array.of(from, from + 1, from + 2)];
    const trim = new Trim(4);
    expect(trim.pass(block(0))).toBeNull();
    expect(trim.pass(block(3))?.[0]).toEqual(Float32Array.of(4, 5));
    expect(trim.pass(block(6), 1)?.[0]).toEqual(Float32Array.of(6));
    expect(trim.pass(block(9), -2)).toBeNull();
    expect(trim.passed).toBe(12);
  });
});

/** minimp3 as its package uses it: all frames in one call. */
function decodeAtOnce(frames: Uint8Array): Int16Array {
  const path = createRequire(import.meta.url).resolve('minimp3-wasm/dist/decoder.opt.wasm');
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), {});
  const call = (name: string, ...args: readonly number[]): number =>
    (exports[name] as (...args: readonly number[]) => number)(...args);
  const memory = (): ArrayBuffer => (exports['memory'] as WebAssembly.Memory).buffer;
  call('decoder_init');
  call('decoder_set_mp3_data_size', frames.length);
  new Uint8Array(memory()).set(frames, call('decoder_mp3_data_offset'));
  call('decoder_decode', -1);
  return new Int16Array(memory(), call('decoder_pcm_data_offset'), call('decode_results_num_samples')).slice();
}

describe.skipIf(absent)('MPEG audio', () => {
  const file = (): Buffer => encode(sound, 48_000, 'mp3', '-q:a', '3');

  it('gives frame by frame what the whole file gives at once', () => {
    const frames = [...new MpegFrames().push(file())].map((frame) => ({ ...frame, bytes: frame.bytes.slice() }));
    const [first, ...rest] = frames;
    expect(first && parseEncoderTag(first.bytes, first.header)).toMatchObject({ frames: rest.length });
    const decoder = openMp3();
    const single = rest.flatMap((frame) => {
      const [left = new Float32Array(0), right = new Float32Array(0)] = decoder.decode(frame);
      return [...left].flatMap((sample, index) => [sample * 32_768, (right[index] ?? 0) * 32_768]);
    });
    const whole = decodeAtOnce(Buffer.concat(rest.map(({ bytes }) => bytes)));
    expect(whole).toHaveLength(rest.length * 1_152 * 2);
    expect(whole.some((sample) => Math.abs(sample) > 5_000)).toBe(true);
    expect(Buffer.from(whole.buffer).equals(Buffer.from(Int16Array.from(single).buffer))).toBe(true);
  });

  it('cuts what the encoder put around the sound', async () => {
    for (const rate of [8_000, 44_100, 48_000]) {
      const { samples } = await hear(encode(voices(1, rate, 1), rate, 'mp3', '-b:a', '64k'));
      expect(lengthOf(samples)).toBe(rate);
    }
  });

  it('passes over tags before, between and behind', async () => {
    const bytes = encode(sound, 48_000, 'mp3', '-b:a', '64k', '-id3v2_version', '0', '-write_xing', '0');
    const id3 = Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 72]), Buffer.alloc(200, 0xff)]);
    const ape = Buffer.concat([
      Buffer.from('APETAGEX'),
      Buffer.from([0xd0, 7, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.alloc(12),
    ]);
    const tag = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0x20)]);
    const plain = await hear(bytes);
    const frame = new MpegFrames().push(bytes).next().value?.bytes.length ?? 0;
    const dressed = Buffer.concat([
      id3,
      id3,
      bytes.subarray(0, frame),
      id3,
      bytes.subarray(frame),
      ape,
      tag,
      Buffer.alloc(500),
    ]);
    expect(sameSamples(await hear(dressed, 100), plain)).toBe(true);
  });

  it('knows the versions, layers and lengths of ISO/IEC 11172-3 and 13818-3', () => {
    expect(parseMpegHeader(0xfffb_9064)).toMatchObject({
      layer: 3,
      version: 1,
      sampleRate: 44_100,
      channels: 2,
      length: 417,
    });
    expect(parseMpegHeader(0xfff3_40c4)).toMatchObject({
      layer: 3,
      version: 2,
      sampleRate: 22_050,
      channels: 1,
      length: 104,
    });
    expect(parseMpegHeader(0xffe3_38c0)).toMatchObject({ version: 2.5, sampleRate: 8_000, samples: 576, length: 216 });
    expect(parseMpegHeader(0xfffd_8400)).toMatchObject({ layer: 2, sampleRate: 48_000, samples: 1_152, length: 384 });
    expect(parseMpegHeader(0xffff_1000)).toMatchObject({ layer: 1, samples: 384, length: 32 });
    for (const none of [0xfffb_f064, 0xfffb_9c64, 0xfff9_9064, 0xffeb_9064, 0x7ffb_9064]) {
      expect(parseMpegHeader(none)).toBeNull();
    }
  });
});

describe.skipIf(absent)('Ogg', () => {
  it.each([
    ['opus', ['-c:a', 'libopus']],
    ['ogg', ['-c:a', 'libvorbis']],
    ['oga', ['-c:a', 'flac']],
  ])('reads %s chained to another of its kind', async (extension, args) => {
    const one = encode(sound, 48_000, extension, ...args);
    const { samples } = await hear(one);
    const both = await hear(Buffer.concat([one, encode(voices(2, 48_000, 0.5), 48_000, extension, ...args)]), 1_000);
    expect(lengthOf(samples)).toBe(48_000);
    expect(lengthOf(both.samples)).toBe(72_000);
    expect(both.samples[0]?.subarray(0, 48_000)).toEqual(samples[0]);
  });

  it('refuses a chain that changes its rate or channels', async () => {
    const one = encode(sound, 48_000, 'ogg', '-c:a', 'libvorbis');
    for (const other of [voices(1, 48_000, 1), voices(2, 44_100, 1)]) {
      const rate = other.length === 1 ? 48_000 : 44_100;
      const file = Buffer.concat([one, encode(other, rate, 'ogg', '-c:a', 'libvorbis')]);
      const { code, details } = await refusalOf(hear(file));
      expect(code).toBe('audio_unreadable');
      expect(details).toMatchObject({ reason: 'format_changes', container: 'ogg', codec: 'vorbis' });
    }
  });

  it('takes a stream without its last page for a live one, a lost page for damage', async () => {
    const file = encode(sound, 48_000, 'opus', '-c:a', 'libopus', '-page_duration', '100000');
    const pages = [...file.toString('latin1').matchAll(/OggS/g)].map(({ index }) => index);
    expect(pages.length).toBeGreaterThan(6);
    const { samples } = await hear(file.subarray(0, pages.at(-1)));
    expect(lengthOf(samples)).toBeGreaterThan(40_000);
    const lost = Buffer.concat([file.subarray(0, pages[4]), file.subarray(pages[5] ?? 0)]);
    expect((await refusalOf(hear(lost))).details).toEqual({ reason: 'damaged', container: 'ogg', offset: pages[4] });
  });
});

/** Sound with a picture, as ffmpeg muxes it. */
function withPicture(extension: string, ...args: readonly string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-picture-'));
  try {
    const file = join(folder, `film.${extension}`);
    const inputs = ['-f', 'lavfi', '-i', 'testsrc=d=1:s=64x64:r=10', '-f', 'lavfi', '-i', 'sine=d=1:r=48000'];
    execFileSync(FFMPEG ?? '', ['-v', 'error', ...inputs, ...args, file], { stdio: 'pipe' });
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(absent)('Matroska', () => {
  it('finds the sound beside a picture', async () => {
    const { samples } = await hear(withPicture('webm', '-c:v', 'libvpx', '-c:a', 'libopus'), 500);
    expect(lengthOf(samples)).toBe(48_000);
  });

  it('reads two recordings one behind the other', async () => {
    const one = encode(sound, 48_000, 'webm', '-c:a', 'libopus', '-live', '1');
    const { samples } = await hear(one);
    const both = await hear(Buffer.concat([one, one]));
    expect(lengthOf(both.samples)).toBe(2 * lengthOf(samples));
  });

  it('lets ffmpeg read the codecs it has no decoder for', async () => {
    const file = encode(sound, 48_000, 'mka', '-c:a', 'aac');
    const { format, samples } = await hear(file);
    expect(format).toMatchObject({ container: 'webm', encoding: 'A_AAC', sampleRate: 48_000 });
    expect(Math.abs(lengthOf(samples) - 48_000)).toBeLessThan(2_500);
    const { code, details } = await refusalOf(hear(file, 1_000, { ffmpeg: null }));
    expect(code).toBe('decoder_missing');
    expect(details).toEqual({ package: 'ffmpeg', container: 'webm', codec: 'A_AAC' });
  });
});

describe.skipIf(absent)('MP4', () => {
  it('moves an index that comes last, beside a picture too', async () => {
    const args = ['-c:v', 'mpeg4', '-c:a', 'aac', '-b:a', '96k'];
    const late = withPicture('mp4', ...args);
    const early = withPicture('mp4', ...args, '-movflags', '+faststart');
    expect(late.indexOf('moov')).toBeGreaterThan(late.indexOf('mdat'));
    expect(early.indexOf('moov')).toBeLessThan(early.indexOf('mdat'));
    expect(sameSamples(await hear(late, 777), await hear(early))).toBe(true);
  });

  it('says so when a file must be read twice and cannot', async () => {
    const file = encode(sound, 48_000, 'm4a', '-c:a', 'aac');
    const reading = hearAll(createDecoder({ ffmpeg: FFMPEG }), file, 1_000);
    expect(await refusalOf(reading)).toEqual({
      code: 'audio_unreadable',
      details: { reason: 'index_at_end', container: 'mp4', offset: file.indexOf('moov') - 4 },
    });
  });

  it('names codec and package before any sound is needed', async () => {
    const file = encode(sound, 48_000, 'm4a', '-c:a', 'alac');
    const { code, details } = await refusalOf(hear(file, 1_000, { ffmpeg: null }));
    expect(code).toBe('decoder_missing');
    expect(details).toEqual({ package: 'ffmpeg', container: 'mp4', codec: 'alac' });
  });

  it('refuses a film without sound', async () => {
    const { details } = await refusalOf(hear(withPicture('mp4', '-an')));
    expect(details).toMatchObject({ reason: 'no_audio', container: 'mp4' });
  });
});

describe('the index of an MP4', () => {
  const box = (type: string, ...body: readonly Uint8Array[]): Buffer => {
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), ...body]);
    bytes.writeUInt32BE(bytes.length);
    return bytes;
  };
  const offsets = (type: 'stco' | 'co64', ...values: readonly number[]): Buffer => {
    const body = Buffer.alloc(8 + values.length * (type === 'stco' ? 4 : 8));
    body.writeUInt32BE(values.length, 4);
    for (const [index, value] of values.entries()) {
      if (type === 'stco') body.writeUInt32BE(value, 8 + index * 4);
      else body.writeBigUInt64BE(BigInt(value), 8 + index * 8);
    }
    return box(type, body);
  };
  const moov = (...tables: readonly Buffer[]): Buffer =>
    box('moov', ...tables.map((table) => box('trak', box('mdia', box('minf', box('stbl', table))))));

  it('has its offsets moved in every track, those outside the moved stretch not', () => {
    const given = moov(offsets('stco', 10, 100, 999, 1_000), offsets('co64', 100, 2 ** 40));
    const wanted = moov(offsets('stco', 10, 600, 1_499, 1_000), offsets('co64', 600, 2 ** 40));
    expect(Buffer.from(moveChunks(given, 100, 1_000, 500) ?? [])).toEqual(wanted);
  });

  it('is refused when offsets do not fit or boxes lie', () => {
    expect(moveChunks(moov(offsets('stco', 0xffff_fff0)), 0, 2 ** 33, 100)).toBeNull();
    const lying = moov(offsets('stco', 100));
    lying.writeUInt32BE(1_000, lying.indexOf('stbl') - 4);
    expect(moveChunks(lying, 0, 1_000, 1)).toBeNull();
    expect(soundCodec(lying)).toBeNull();
    const endless = moov(offsets('stco', 100));
    endless.writeUInt32BE(0xffff_ffff, endless.indexOf('stco') + 8);
    expect(moveChunks(endless, 0, 1_000, 1)).toBeNull();
  });
});
