// Vorbis residues: the fine structure of the spectrum, in up to eight passes of vectors (Vorbis I §8).
import type { LsbBits } from './lsb-bits.ts';
import type { Codebook } from './vorbis-codebook.ts';
import { must, SetupRefused } from './vorbis-refused.ts';

const PASSES = 8;

export interface Residue {
  /** 0: interleaved vectors; 1: vectors in order; 2: all channels as one, in turn. */
  readonly type: number;
  readonly begin: number;
  readonly end: number;
  readonly partitionSize: number;
  readonly classifications: number;
  readonly classbook: Codebook;
  /** By class, then pass; null: nothing in this pass. */
  readonly books: readonly (readonly (Codebook | null)[])[];
}

/** Throws `SetupRefused`. */
export function readResidue(bits: LsbBits, codebooks: readonly Codebook[]): Residue {
  const type = bits.read(16);
  must(type <= 2);
  const begin = bits.read(24);
  const end = bits.read(24);
  const partitionSize = bits.read(24) + 1;
  const classifications = bits.read(6) + 1;
  const book = (number: number): Codebook => {
    const found = codebooks[number];
    if (found === undefined) throw new SetupRefused('header_invalid');
    return found;
  };
  const classbook = book(bits.read(8));
  const cascades = Array.from({ length: classifications }, () => {
    const low = bits.read(3);
    return bits.flag() ? bits.read(5) * 8 + low : low;
  });
  const books = cascades.map((cascade) =>
    Array.from({ length: PASSES }, (_, pass) => {
      if (((cascade >> pass) & 1) === 0) return null;
      const found = book(bits.read(8));
      must(found.vectors !== null);
      return found;
    }),
  );
  return { type, begin, end, partitionSize, classifications, classbook, books };
}

/** `spectra`: one per channel of the submap, zeroed; `silent`: channels that have none. Stops where the packet ends (§8.6.2). */
export function decodeResidue(
  residue: Residue,
  bits: LsbBits,
  spectra: readonly Float32Array[],
  silent: readonly boolean[],
): void {
  if (residue.type !== 2) {
    const heard = spectra.filter((_, index) => silent[index] !== true);
    decodeVectors(residue, bits, heard);
    return;
  }
  if (silent.every(Boolean)) return;
  const length = spectra[0]?.length ?? 0;
  const woven = new Float32Array(length * spectra.length);
  decodeVectors(residue, bits, [woven]);
  for (const [channel, spectrum] of spectra.entries()) {
    for (let index = 0; index < length; index++) spectrum[index] = woven[index * spectra.length + channel] ?? 0;
  }
}

function decodeVectors(residue: Residue, bits: LsbBits, vectors: readonly Float32Array[]): void {
  const length = vectors[0]?.length ?? 0;
  const begin = Math.min(residue.begin, length);
  const partitions = Math.floor((Math.min(residue.end, length) - begin) / residue.partitionSize);
  if (partitions <= 0) return;
  const classes = vectors.map(() => new Uint8Array(partitions));
  for (let pass = 0; pass < PASSES; pass++) {
    for (let first = 0; first < partitions; first += residue.classbook.dimensions) {
      if (pass === 0 && !vectors.every((_, index) => readClasses(residue, bits, classes[index], first))) return;
      const last = Math.min(partitions, first + residue.classbook.dimensions);
      if (!decodePartitions(residue, bits, vectors, classes, { pass, first, last, begin })) return;
    }
  }
}

/** One number holds the classes of as many partitions as the class book has dimensions, the first one in its highest digit. */
function readClasses(residue: Residue, bits: LsbBits, classes: Uint8Array | undefined, first: number): boolean {
  let number = residue.classbook.decode(bits);
  if (number < 0 || classes === undefined) return false;
  for (let index = residue.classbook.dimensions - 1; index >= 0; index--) {
    if (first + index < classes.length) classes[first + index] = number % residue.classifications;
    number = Math.floor(number / residue.classifications);
  }
  return true;
}

interface Stretch {
  readonly pass: number;
  /** Partitions. */
  readonly first: number;
  readonly last: number;
  /** Index in the vector of the first partition. */
  readonly begin: number;
}

/** False when the packet ended. */
function decodePartitions(
  residue: Residue,
  bits: LsbBits,
  vectors: readonly Float32Array[],
  classes: readonly Uint8Array[],
  { pass, first, last, begin }: Stretch,
): boolean {
  for (let partition = first; partition < last; partition++) {
    for (const [channel, vector] of vectors.entries()) {
      const book = residue.books[classes[channel]?.[partition] ?? 0]?.[pass] ?? null;
      const at = begin + partition * residue.partitionSize;
      if (book !== null && !addVectors(residue, bits, book, vector.subarray(at, at + residue.partitionSize)))
        return false;
    }
  }
  return true;
}

/** Adds what the book says to one partition (§8.6.3, §8.6.4). */
function addVectors(residue: Residue, bits: LsbBits, book: Codebook, target: Float32Array): boolean {
  const { dimensions, vectors } = book;
  if (vectors === null) return false;
  const rounds = Math.ceil(target.length / dimensions);
  // Type 0 spreads a vector over the partition, the others lay it down in order.
  const across = residue.type === 0 ? rounds : 1;
  const along = residue.type === 0 ? 1 : dimensions;
  for (let round = 0; round < rounds; round++) {
    const entry = book.decode(bits);
    if (entry < 0) return false;
    for (let index = 0; index < dimensions; index++) {
      const at = round * along + index * across;
      if (at < target.length) target[at] = (target[at] ?? 0) + (vectors[entry * dimensions + index] ?? 0);
    }
  }
  return true;
}
