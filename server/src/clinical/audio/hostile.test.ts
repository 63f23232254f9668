// Files cut short, files damaged, and files made to hurt: read or refused in our own terms, with flat memory, and without a word on the console.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encode, FFMPEG, flacBomb, hear, refusalOf, voices, withoutFfmpeg } from '#test/sound.ts';
import { openOpus } from './codecs/opus.ts';
import { crc32 } from './containers/crc.ts';
import { createDecoder } from './decoder.ts';
import { FfmpegDecoder } from './ffmpeg.ts';
import { MAX_SAMPLES_PER_BYTE } from './limits.ts';
import { drain, MeasuredReader } from './measured.ts';
import type { Decoder } from './sound.ts';

const absent = withoutFfmpeg('files cut short or damaged');
const sound = voices(2, 48_000, 1);

/** Whatever a file does, nothing is printed: it might be words of a patient. */
const printed = { log: 0 };
beforeEach(() => {
  for (const method of ['log', 'error', 'warn', 'info', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation(() => void (printed.log += 1));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  expect(printed.log).toBe(0);
});

type Made = readonly [name: string, extension: string, container: string, args: readonly string[]];

const MADE: readonly Made[] = [
  ['flac', 'flac', 'flac', []],
  ['mp3', 'mp3', 'mp3', ['-b:a', '96k']],
  ['mp3 without a header', 'mp3', 'mp3', ['-b:a', '96k', '-write_xing', '0']],
  ['opus', 'opus', 'ogg', ['-c:a', 'libopus', '-page_duration', '100000']],
  ['vorbis', 'ogg', 'ogg', ['-c:a', 'libvorbis', '-page_duration', '100000']],
  ['flac in ogg', 'oga', 'ogg', ['-c:a', 'flac', '-page_duration', '100000']],
  ['webm', 'webm', 'webm', ['-c:a', 'libopus']],
  ['live webm', 'webm', 'webm', ['-c:a', 'libopus', '-live', '1']],
  ['m4a', 'm4a', 'mp4', ['-c:a', 'aac']],
  ['m4a, index first', 'm4a', 'mp4', ['-c:a', 'aac', '-movflags', '+faststart']],
];

/** What was heard before the refusal, in frames. */
async function heardBefore(file: Uint8Array): Promise<{ readonly frames: number; readonly refusal: object }> {
  const decoder = createDecoder({ ffmpeg: FFMPEG });
  let frames = 0;
  const count = async (blocks: ReturnType<Decoder['push']>): Promise<void> => {
    for await (const block of blocks) frames += block[0]?.length ?? 0;
  };
  try {
    await count(decoder.push(file));
    const refusal = await refusalOf(count(decoder.end()));
    return { frames, refusal };
  } finally {
    decoder.close();
  }
}

describe.skipIf(absent)('a file cut short', { timeout: 30_000 }, () => {
  it.each(MADE)('is refused as that, with what was whole of it: %s', async (name, extension, container, args) => {
    const file = encode(sound, 48_000, extension, ...args);
    const cut = file.subarray(0, Math.floor(file.length * 0.7));
    const { frames, refusal } = await heardBefore(cut);
    expect(refusal).toMatchObject({ code: 'audio_unreadable', details: { reason: 'truncated', container } });
    const { offset } = (refusal as { details: { offset: number } }).details;
    expect(offset).toBeGreaterThan(cut.length * 0.9);
    expect(offset).toBeLessThanOrEqual(cut.length);
    // An index that comes last is cut off with it.
    if (name !== 'm4a') expect(frames).toBeGreaterThan(15_000);
  });

  it.each(MADE)('is never read, wherever it is cut: %s', async (_name, extension, _container, args) => {
    const file = encode(voices(1, 48_000, 0.1), 48_000, extension, ...args);
    const cuts = extension === 'm4a' ? [20, 200] : [1, 5, 11, 12, 13, 30, 60, 200, file.length - 1];
    for (const at of cuts) {
      const reading = hear(file.subarray(0, at), 64);
      const { code } = await refusalOf(reading);
      expect(code, String(at)).toBe('audio_unreadable');
    }
  });
});

describe.skipIf(absent)('a damaged file', () => {
  it.each<Made>(MADE.filter(([name]) => ['flac', 'opus', 'vorbis', 'flac in ogg'].includes(name)))(
    'is refused at the first bad byte: %s',
    async (_name, extension, container, args) => {
      const file = encode(sound, 48_000, extension, ...args);
      for (const share of [0.3, 0.6, 0.9]) {
        const at = Math.floor(file.length * share);
        const bad = Buffer.from(file);
        bad[at] = (bad[at] ?? 0) ^ 0x10;
        const { code, details } = await refusalOf(hear(bad));
        expect(code).toBe('audio_unreadable');
        expect(details).toMatchObject({ reason: 'damaged', container });
        // The frame or page that the byte lies in begins there.
        const { offset } = details as { offset: number };
        expect(offset).toBeLessThanOrEqual(at);
        expect(offset).toBeGreaterThan(at - 70_000);
      }
    },
  );

  it('of MP3 is refused where a frame should begin', async () => {
    const file = encode(sound, 48_000, 'mp3', '-b:a', '96k');
    const frame = 288;
    const at = file.indexOf(Buffer.from([0xff, 0xfb])) + 20 * frame;
    expect(file[at]).toBe(0xff);
    const bad = Buffer.from(file);
    bad[at] = 0x12;
    expect(await refusalOf(hear(bad))).toEqual({
      code: 'audio_unreadable',
      details: { reason: 'damaged', container: 'mp3', codec: 'mp3', offset: at },
    });
  });

  it('is called what its bytes are, whatever its name', async () => {
    const { format } = await hear(encode(sound, 48_000, 'webm', '-c:a', 'libopus'));
    expect(format.container).toBe('webm');
    // A page of a website that was stored as sound, and a container around nothing.
    expect((await refusalOf(hear(Buffer.from('<!doctype html><p>Not found')))).details).toMatchObject({
      reason: 'unknown_container',
    });
    for (const magic of [
      'fLaC',
      'OggS',
      'ID3\u0004',
      '\u001aE\u00df\u00a3',
      '\0\0\0\u0020ftyp',
      '.snd',
      'caff',
      'FORM',
    ]) {
      const file = Buffer.concat([Buffer.from(magic, 'latin1'), Buffer.alloc(500)]);
      expect((await refusalOf(hear(file))).code, magic).toBe('audio_unreadable');
    }
  });
});

describe('an Opus packet that is damaged', () => {
  it('is refused without a word', async () => {
    const codec = await openOpus({ channels: 2, preSkip: 0, gain: 1, streams: 2, coupled: 0, mapping: [0, 1] });
    const place = { container: 'ogg', offset: 77 } as const;
    for (const bytes of [[], [0xfb], [0xfb, 0x7f], [0xfb, 0x86, 0xff, 0xff], [0xf8, 0xff, 1, 2, 3]]) {
      expect(() => codec.decode(Uint8Array.from(bytes), place)).toThrow(
        expect.objectContaining({
          code: 'audio_unreadable',
          details: { reason: 'damaged', container: 'ogg', codec: 'opus', offset: 77 },
        }) as Error,
      );
    }
    codec.close();
    codec.close();
    expect(() => codec.decode(Uint8Array.of(0xf8, 1), place)).toThrow(
      expect.objectContaining({ code: 'audio_unreadable' }) as Error,
    );
  });
});

function oggPage(sequence: number, flags: number, lacing: readonly number[], body: Uint8Array): Buffer {
  const header = Buffer.alloc(27);
  header.write('OggS');
  header.writeUInt8(flags, 5);
  header.writeBigInt64LE(-1n, 6);
  header.writeUInt32LE(7, 14);
  header.writeUInt32LE(sequence, 18);
  header.writeUInt8(lacing.length, 26);
  const page = Buffer.concat([header, Buffer.from(lacing), body]);
  page.writeUInt32LE(crc32(page), 22);
  return page;
}

function opusHead(channels: number): Buffer {
  const head = Buffer.concat([
    Buffer.from('OpusHead'),
    Buffer.alloc(11),
    Buffer.from([channels, 0, ...Array.from({ length: channels }, (_, index) => index)]),
  ]);
  head.writeUInt8(1, 8);
  head.writeUInt8(channels, 9);
  head.writeUInt8(255, 18);
  return head;
}

/** Bytes of memory that reading took at most, over what there was before, looked at every hundred blocks. */
async function mostWhile(
  decoder: Decoder,
  file: Uint8Array,
): Promise<{ readonly bytes: number; readonly frames: number }> {
  const before = process.memoryUsage.rss();
  let most = before;
  let frames = 0;
  let blocks = 0;
  for await (const block of decoder.push(file)) {
    frames += block[0]?.length ?? 0;
    if (blocks++ % 100 === 0) most = Math.max(most, process.memoryUsage.rss());
  }
  return { bytes: most - before, frames };
}

describe('a bomb', { timeout: 60_000 }, () => {
  it('of FLAC is decoded with flat memory: 7 kB for 400 MB of samples, in one push', async () => {
    const file = flacBomb(200, 8, 0);
    expect(file.length).toBeLessThan(10_000);
    const { bytes, frames } = await mostWhile(createDecoder(), file);
    expect(frames).toBe(200 * 65_536);
    expect(bytes).toBeLessThan(200 * 2 ** 20);
  });

  it('of Opus is decoded with flat memory: 3 bytes for 120 ms, in one push', async () => {
    const packets = 30 * 80;
    const pages = Array.from({ length: 30 }, (_, index) =>
      oggPage(
        index + 2,
        0,
        Array.from({ length: 80 }, () => 2),
        Buffer.from(Array.from({ length: 80 }, () => [0x1b, 2]).flat()),
      ),
    );
    const file = Buffer.concat([
      oggPage(0, 2, [19 + 2 + 1], opusHead(1)),
      oggPage(1, 0, [8], Buffer.from('OpusTags')),
      ...pages,
    ]);
    expect(file.length).toBeLessThan(12_000);
    const { bytes, frames } = await mostWhile(createDecoder(), file);
    expect(frames).toBe(packets * 5_760);
    expect(bytes).toBeLessThan(200 * 2 ** 20);
  });

  it('is ended by its own weight, a file of silence is not', async () => {
    const weigh = (file: Uint8Array): Promise<unknown> =>
      refusalOf(drain(new MeasuredReader(createDecoder()).push(file)));
    const began = performance.now();
    expect(await weigh(flacBomb(2_000, 8, 0))).toMatchObject({
      code: 'audio_unusable',
      details: { reason: 'mostly_nothing' },
    });
    expect(performance.now() - began).toBeLessThan(30_000);
    // A minute of nothing as ffmpeg writes it, headers included.
    const nothing = (frames: number): Float32Array[] => [new Float32Array(frames), new Float32Array(frames)];
    const perByte = (2 * 48_000 * 60) / encode(nothing(48_000 * 60), 48_000, 'flac').length;
    expect(perByte).toBeLessThan(MAX_SAMPLES_PER_BYTE);
  });

  it('ends at a day of sound', async () => {
    // A slow rate, so that the day is soon over.
    const day = 24 * 3600 * 10;
    const block = [new Float32Array(1_000)];
    let given = 0;
    const endless: Decoder = {
      format: { container: 'ogg', encoding: 'opus', sampleRate: 10, channels: 1 },
      *push() {
        for (;;) {
          given += 1_000;
          yield block;
        }
      },
      end: () => [],
      close: () => undefined,
    };
    expect(await refusalOf(drain(new MeasuredReader(endless).push(new Uint8Array(1))))).toMatchObject({
      code: 'audio_unusable',
      details: { reason: 'too_long' },
    });
    expect(given - day).toBe(1_000);
  });

  const element = (id: string, size: string, ...rest: readonly string[]): Buffer =>
    Buffer.from(id + size + rest.join(''), 'hex');
  const ebml = element('1a45dfa3', '87', '4282847765626d');
  const late = (type: string, size: number): Buffer => {
    const box = Buffer.alloc(16);
    box.writeUInt32BE(1);
    box.write(type, 4);
    box.writeBigUInt64BE(BigInt(size), 8);
    return box;
  };

  it.each<[string, Uint8Array, string, string]>([
    ['a packet of Ogg without end', endlessPacket(), 'ogg', 'too_large'],
    [
      'tracks of a petabyte',
      Buffer.concat([ebml, element('18538067', 'ff'), element('1654ae6b', '0104000000000000')]),
      'webm',
      'too_large',
    ],
    ['a header of a petabyte', element('1a45dfa3', '0104000000000000'), 'webm', 'too_large'],
    [
      'an index of 3 GB',
      Buffer.concat([Buffer.from('\0\0\0\u0010ftypM4A \0\0\0\0'), late('moov', 3e9)]),
      'mp4',
      'too_large',
    ],
    [
      'free space of 3 GB before the index',
      Buffer.concat([Buffer.from('\0\0\0\u0010ftypM4A \0\0\0\0'), late('free', 3e9)]),
      'mp4',
      'too_large',
    ],
    ['STREAMINFO of 16 MB', Buffer.from('fLaC\u0000\u00ff\u00ff\u00ff', 'latin1'), 'flac', 'header_invalid'],
  ])('is refused by its claim: %s', async (_name, file, container, reason) => {
    const began = performance.now();
    const { code, details } = await refusalOf(hear(Buffer.concat([file, Buffer.alloc(64)])));
    expect(code).toBe('audio_unreadable');
    expect(details).toMatchObject({ reason, container });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it.each<[string, string, Uint8Array]>([
    [
      'fLaC metadata',
      'too_large',
      Buffer.concat([
        flacBomb(0, 1, 0).subarray(0, 4),
        Buffer.from([0]),
        flacBomb(0, 1, 0).subarray(5),
        Buffer.from([0x06, 0xff, 0xff, 0xff]),
      ]),
    ],
    ['an ID3 tag', 'too_large', Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f])],
  ])('that never comes to its sound is given up: %s', async (_name, reason, head) => {
    const decoder = createDecoder();
    const megabyte = Buffer.alloc(2 ** 20, 6);
    const reading = async (): Promise<void> => {
      await drain(toAsync(decoder.push(head)));
      for (let count = 0; count < 100; count++) await drain(toAsync(decoder.push(megabyte)));
    };
    const { code, details } = await refusalOf(reading());
    expect(code).toBe('audio_unreadable');
    expect(['too_large', 'header_invalid']).toContain((details as { reason: string }).reason);
    expect(reason).toBe('too_large');
  });

  it.each<[string, Uint8Array, object]>([
    [
      'nine channels',
      Buffer.concat([
        oggPage(0, 2, [30], opusHead(9)),
        oggPage(1, 0, [8], Buffer.from('OpusTags')),
        oggPage(2, 0, [2], Buffer.from([0xf8, 1])),
      ]),
      { reason: 'too_many_channels' },
    ],
    ['0.4 MHz', rateOf(flacBomb(1, 1, 0), 400_000), { reason: 'sample_rate', sampleRate: 400_000 }],
    ['4 kHz', rateOf(flacBomb(1, 1, 0), 4_000), { reason: 'sample_rate', sampleRate: 4_000 }],
  ])('or what no engine can use is refused as that: %s', async (_name, file, details) => {
    const refusal = await refusalOf(hear(file));
    expect(refusal.code).toBe('audio_unusable');
    expect(refusal.details).toMatchObject(details);
  });
});

function endlessPacket(): Buffer {
  const full = Array.from({ length: 255 }, () => 255);
  const body = Buffer.alloc(255 * 255);
  const pages = [oggPage(0, 2, [19 + 2 + 1], opusHead(1))];
  for (let sequence = 1; sequence < 280; sequence++) pages.push(oggPage(sequence, sequence === 1 ? 0 : 1, full, body));
  return Buffer.concat(pages);
}

function rateOf(file: Buffer, rate: number): Buffer {
  const rest = file.readBigUInt64BE(18) & ((1n << 44n) - 1n);
  file.writeBigUInt64BE((BigInt(rate) << 44n) | rest, 18);
  return file;
}

async function* toAsync<T>(blocks: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
  yield* blocks;
}

describe.skipIf(absent)('ffmpeg', { timeout: 30_000 }, () => {
  const command = FFMPEG ?? '';

  it('says in our own terms that it cannot', async () => {
    const rubbish = Buffer.concat([Buffer.from('FORM\0\u0001\0\0AIFFCOMM'), Buffer.alloc(2_000, 0x55)]);
    expect((await refusalOf(hear(rubbish))).details).toMatchObject({ reason: 'undecodable', container: 'aiff' });
    const many = encode(voices(12, 48_000, 0.3), 48_000, 'au');
    expect(await refusalOf(hear(many))).toMatchObject({
      code: 'audio_unusable',
      details: { reason: 'too_many_channels' },
    });
  });

  it('does not open what a file names', async () => {
    // A playlist, which ffmpeg would follow if it chose its reader by content.
    const playlist = Buffer.from('#!AMR\n#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n');
    expect((await refusalOf(hear(playlist))).code).toBe('audio_unreadable');
  });

  it('is ended by closing, once or twice, in mid-file', async () => {
    const file = encode(voices(1, 48_000, 5), 48_000, 'aiff');
    const decoder = new FfmpegDecoder(command, 'aiff');
    const blocks = decoder.push(file)[Symbol.asyncIterator]();
    await blocks.next();
    expect(alive(decoder.pid ?? 0)).toBe(true);
    decoder.close();
    decoder.close();
    await gone(decoder.pid ?? 0);
  });

  it('takes no more memory for a long file than for a short one', async () => {
    const minute = encode(voices(1, 16_000, 60), 16_000, 'aiff');
    const decoder = new FfmpegDecoder(command, 'aiff');
    const before = process.memoryUsage.rss();
    let frames = 0;
    // The header, then its samples again and again: ffmpeg reads to the end of the pipe or of what the header said.
    for (let at = 0; at < minute.length; at += 8_192) {
      for await (const block of decoder.push(minute.subarray(at, at + 8_192))) frames += block[0]?.length ?? 0;
    }
    for await (const block of decoder.end()) frames += block[0]?.length ?? 0;
    decoder.close();
    expect(frames).toBe(60 * 16_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 2 ** 20);
  });

  it('dies with the process that started it', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../../test/run-decoding.ts'), command], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(alive(pid)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await gone(pid);
  });
});

async function gone(pid: number): Promise<void> {
  for (let tries = 0; alive(pid) && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(alive(pid)).toBe(false);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
