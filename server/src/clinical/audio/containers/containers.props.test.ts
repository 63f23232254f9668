// Every reader gives the same for a file, whole or damaged, however it is cut, and refuses in its own terms only.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutated, randomOf } from '#test/fuzz/mutate.ts';
import { lacedMatroska, SEEDS } from '#test/fuzz/seeds.ts';
import { reasonOf } from '#test/fuzz/targets.ts';
import { joined, withoutFfmpeg } from '#test/sound.ts';
import { WavReader } from '#clinical/audio/wav.ts';
import { FlacDecoder } from './flac-stream.ts';
import { Matroska } from './matroska.ts';
import { Mp4Boxes } from './mp4-boxes.ts';
import { MpegFrames } from './mpeg-frames.ts';
import { OggPackets } from './ogg-packets.ts';
import { OggPages } from './ogg-pages.ts';

const absent = withoutFfmpeg('the readers of containers on damaged files');

/** Notes what a reader gives, piece by piece; throws its refusal. */
type Observe = (pieces: Iterable<Uint8Array>, note: (...values: unknown[]) => void) => void;

const READERS: readonly (readonly [name: string, observe: Observe])[] = [
  [
    'wav',
    (pieces, note) => {
      const reader = new WavReader();
      const samples: Float32Array[][] = [];
      for (const piece of pieces) {
        for (const block of reader.push(piece))
          for (const [channel, part] of block.entries()) (samples[channel] ??= []).push(part);
      }
      note(reader.end(), ...samples.map((parts) => digest(joined(parts))));
    },
  ],
  [
    'ogg',
    (pieces, note) => {
      const pages = new OggPages();
      const packets = new OggPackets();
      for (const piece of pieces) {
        for (const page of pages.push(piece)) {
          note(page.serial, page.sequence, page.granule, page.offset, page.first, page.last);
          for (const packet of packets.add(page)) note(digest(packet));
        }
      }
      pages.end();
    },
  ],
  [
    'matroska',
    (pieces, note) => {
      const reader = new Matroska();
      const take = (events: ReturnType<Matroska['end']>): void => {
        for (const event of events) {
          if (event.type === 'track') note(event.offset, { ...event.track, setup: digest(event.track.setup) });
          else note(event.offset, event.discard, digest(event.data));
        }
      };
      for (const piece of pieces) take(reader.push(piece));
      take(reader.end());
    },
  ],
  [
    'flac',
    (pieces, note) => {
      const reader = new FlacDecoder();
      for (const piece of pieces) for (const block of reader.push(piece)) note(...block.map(digest));
      for (const block of reader.end()) note(...block.map(digest));
      note(reader.format);
    },
  ],
  [
    'mpeg',
    (pieces, note) => {
      const reader = new MpegFrames();
      for (const piece of pieces)
        for (const frame of reader.push(piece)) note(frame.header, frame.offset, digest(frame.bytes));
      reader.end();
    },
  ],
  [
    'mp4',
    (pieces, note) => {
      const passed: Buffer[] = [];
      const reader = new Mp4Boxes((moov) => note(digest(moov)));
      try {
        for (const piece of pieces) for (const bytes of reader.push(piece)) passed.push(Buffer.from(bytes));
        const late = reader.end();
        note(late?.offset, late?.insertAt, late === null ? null : digest(late.moov), digest(Buffer.concat(passed)));
      } finally {
        passed.length = 0;
      }
    },
  ],
];

function digest(bytes: Uint8Array | Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    .digest('base64');
}

function observe(reader: Observe, bytes: Uint8Array, cuts: readonly number[]): unknown {
  const edges = [0, ...cuts.map((share) => Math.floor(share * bytes.length)).toSorted((a, b) => a - b), bytes.length];
  const notes: unknown[] = [];
  try {
    reader(spoilt(bytes, edges), (...values) => notes.push(values));
    return { notes };
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null) throw error;
    return { notes, reason };
  }
}

/** Each piece is overwritten when the next one is asked for: no reader may look at the caller's bytes later. */
function* spoilt(bytes: Uint8Array, edges: readonly number[]): Generator<Uint8Array> {
  for (const [index, edge] of edges.slice(1).entries()) {
    // As Node's streams give them: in Buffers, whose `slice` is a view.
    const piece = Buffer.from(bytes.subarray(edges[index] ?? 0, edge));
    yield piece;
    piece.fill(0xaa);
  }
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

describe.skipIf(absent)('readers of containers', () => {
  it.each(READERS)('%s reads whole files the same in any chunking', (name, reader) => {
    const seeds = SEEDS[name]?.() ?? [];
    expect(seeds.length).toBeGreaterThan(0);
    for (const seed of seeds) {
      const whole = observe(reader, seed, []);
      expect(whole).not.toHaveProperty('reason');
      const bytewise = observe(
        reader,
        seed,
        Array.from({ length: seed.length }, (_, index) => index / seed.length),
      );
      expect(bytewise).toEqual(whole);
    }
  });

  it.each(READERS)('%s reads damaged files the same in any chunking', (name, reader) => {
    const seeds = SEEDS[name]?.() ?? [];
    fc.assert(
      fc.property(fc.nat(1_000_000), cuts, (index, at) => {
        const bytes = mutated(seeds, randomOf(3, index));
        expect(observe(reader, bytes, at)).toEqual(observe(reader, bytes, []));
      }),
      { numRuns: 1_500 },
    );
  });

  it.each(READERS)('%s survives any bytes at all', (_name, reader) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, at) => {
        expect(observe(reader, bytes, at)).toBeDefined();
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('blocks of Matroska', () => {
  it('are taken apart whatever their lacing', () => {
    const lengths: number[] = [];
    observe(
      (pieces, note) => {
        const reader = new Matroska();
        for (const piece of pieces) {
          for (const event of reader.push(piece)) if (event.type === 'frame') note(lengths.push(event.data.length));
        }
        for (const event of reader.end()) if (event.type === 'frame') note(lengths.push(event.data.length));
      },
      lacedMatroska(),
      [0.3, 0.6],
    );
    // One alone, three by Xiph's lacing, three by EBML's, four of equal length, one in a group.
    expect(lengths).toEqual([800, 256, 8, 800, 16, 16, 800, 200, 200, 200, 200, 800]);
  });
});
