// Damaged files out of whole ones: the same for the same seed and number, so that any finding can be made again.
import { seeded } from '#test/sound.ts';

export type Random = () => number;

/** Numbers that lengths, counts and positions like to be wrong by. */
const AWKWARD = [0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 31, 32, 63, 64, 127, 128, 129, 254, 255];

/** A generator for input `index` of run `seed`. */
export function randomOf(seed: number, index: number): Random {
  const random = seeded((seed * 7_919 + index * 104_729) % 2_147_483_646);
  // The first numbers of neighbouring seeds are neighbours.
  for (let skip = 0; skip < 4; skip++) random();
  return random;
}

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** One to six changes to one of the seeds. */
export function mutated(seeds: readonly Uint8Array[], random: Random): Buffer {
  let bytes = Buffer.from(seeds[below(random, seeds.length)] ?? new Uint8Array(0));
  if (random() < 0.02) return noise(random, below(random, 400));
  for (let count = 1 + below(random, 6); count > 0; count--) {
    const change = CHANGES[below(random, CHANGES.length)];
    if (change !== undefined && bytes.length > 0) bytes = change(bytes, random, seeds);
  }
  return bytes;
}

type Change = (bytes: Buffer, random: Random, seeds: readonly Uint8Array[]) => Buffer<ArrayBuffer>;

/** Half of all changes fall into the first bytes, where headers are. */
function place(bytes: Buffer, random: Random): number {
  return random() < 0.5 ? below(random, Math.min(bytes.length, 96)) : below(random, bytes.length);
}

const CHANGES: readonly Change[] = [
  (bytes, random) => {
    const at = place(bytes, random);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(random, 8));
    return Buffer.from(bytes);
  },
  (bytes, random) => {
    bytes[place(bytes, random)] = AWKWARD[below(random, AWKWARD.length)] ?? 0;
    return Buffer.from(bytes);
  },
  // A length, a size or an offset of two, four or eight bytes, in either order.
  (bytes, random) => {
    const width = 2 << below(random, 3);
    const value = Buffer.alloc(width);
    value[random() < 0.5 ? 0 : width - 1] = AWKWARD[below(random, AWKWARD.length)] ?? 0;
    if (random() < 0.3) value.fill(0xff);
    value.copy(bytes, place(bytes, random));
    return Buffer.from(bytes);
  },
  (bytes, random) => Buffer.from(bytes.subarray(0, below(random, bytes.length + 1))),
  // A piece taken out, doubled, or put in from another file.
  (bytes, random) => {
    const from = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + below(random, 40))]);
  },
  (bytes, random) => {
    const from = place(bytes, random);
    const piece = bytes.subarray(from, from + 1 + below(random, 200));
    return Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(from)]);
  },
  (bytes, random, seeds) => {
    const other = Buffer.from(seeds[below(random, seeds.length)] ?? bytes);
    const at = place(bytes, random);
    const from = below(random, other.length);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + below(random, 300)), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = place(bytes, random);
    noise(random, 1 + below(random, 12)).copy(bytes, at);
    return Buffer.from(bytes);
  },
];

function noise(random: Random, length: number): Buffer<ArrayBuffer> {
  return Buffer.from(Array.from({ length }, () => below(random, 256)));
}

/** The bytes in one to five pieces. */
export function pieces(bytes: Uint8Array, random: Random): readonly Uint8Array[] {
  const cuts = Array.from({ length: below(random, 5) }, () => below(random, bytes.length + 1)).toSorted(
    (a, b) => a - b,
  );
  const edges = [0, ...cuts, bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index] ?? 0, edge));
}
