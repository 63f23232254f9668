// Vorbis codebooks (Vorbis I §3): Huffman codes for numbers, and vectors that the numbers stand for.
import type { LsbBits } from './lsb-bits.ts';

/** Entries in one file, all codebooks together. libvorbis writes some ten thousand; a claim of more costs memory before it shows as false. */
const MAX_ENTRIES = 1 << 20;

/** Numbers in the vectors of one file. */
const MAX_VALUES = 1 << 22;

const SYNC = 0x56_4342;
const MAX_CODE_BITS = 32;

/** Bits looked up at once; longer codes walk the tree from there. */
const FAST_BITS = 10;

/** What is left for the codebooks of this file. */
export interface Budget {
  entries: number;
  values: number;
}

export function fullBudget(): Budget {
  return { entries: MAX_ENTRIES, values: MAX_VALUES };
}

export interface Codebook {
  readonly dimensions: number;
  /** One vector of `dimensions` after another, by entry; null when the book is for numbers only. */
  readonly vectors: Float32Array | null;
  /** The next entry, or −1 when the packet ends or no code matches. */
  decode(bits: LsbBits): number;
}

/** Null when it is malformed, `too_large` when it is beyond the budget, which it lessens. */
export function readCodebook(bits: LsbBits, budget: Budget): Codebook | 'too_large' | null {
  if (bits.read(24) !== SYNC) return null;
  const dimensions = bits.read(16);
  const entries = bits.read(24);
  if (dimensions === 0 || bits.exhausted) return null;
  budget.entries -= entries;
  if (budget.entries < 0) return 'too_large';
  const lengths = readLengths(bits, entries);
  const tree = lengths === null ? null : buildTree(lengths);
  if (tree === null) return null;
  const vectors = readVectors(bits, dimensions, entries, budget);
  if (vectors === 'too_large' || vectors === 'malformed') return vectors === 'too_large' ? vectors : null;
  return bits.exhausted ? null : new Huffman(dimensions, vectors, tree);
}

/** Bits per entry's code, 0 for an unused one. */
function readLengths(bits: LsbBits, entries: number): Uint8Array | null {
  const lengths = new Uint8Array(entries);
  if (!bits.flag()) {
    const sparse = bits.flag();
    for (let entry = 0; entry < entries && !bits.exhausted; entry++) {
      if (!sparse || bits.flag()) lengths[entry] = bits.read(5) + 1;
    }
    return lengths;
  }
  let length = bits.read(5) + 1;
  for (let entry = 0; entry < entries; length++) {
    const count = bits.read(bitLength(entries - entry));
    if (length > MAX_CODE_BITS || entry + count > entries || bits.exhausted) return null;
    lengths.fill(length, entry, entry + count);
    entry += count;
  }
  return lengths;
}

/** Children of each node: positive is a node, negative is −1 − entry, zero is none. */
type Tree = Int32Array;

/** Each entry gets the first free code of its length, in order (§3.2.1). Null when there are too many, or gaps. */
function buildTree(lengths: Uint8Array): Tree | null {
  const used = lengths.reduce((sum, length) => sum + (length > 0 ? 1 : 0), 0);
  // A book of one entry spends one bit on it whose value means nothing.
  if (used === 1) {
    const leaf = -1 - lengths.findIndex((length) => length > 0);
    return Int32Array.of(leaf, leaf);
  }
  const builder = new TreeBuilder(used);
  for (const [entry, length] of lengths.entries()) if (length > 0 && !builder.add(entry, length)) return null;
  return builder.complete;
}

class TreeBuilder {
  readonly #children: Int32Array;
  #nodes = 1;
  /** By depth: the node whose second child is still free and the deepest such path; −1 when none. */
  readonly #open: number[] = Array.from({ length: MAX_CODE_BITS + 1 }, () => -1);

  constructor(entries: number) {
    // A full tree has as many inner nodes as leaves, less one; a path to a first leaf adds at most its depth.
    this.#children = new Int32Array(2 * (entries + MAX_CODE_BITS + 1));
  }

  /** A full tree, or null. An empty one is whole: such a book is never read from. */
  get complete(): Tree | null {
    const whole = this.#open.every((node) => node === -1);
    return whole ? this.#children.subarray(0, this.#nodes * 2) : null;
  }

  /** False when no code of this length is left. */
  add(entry: number, length: number): boolean {
    const depth = this.#startingDepth(length);
    if (depth === 0) return false;
    let node = this.#open[depth] ?? -1;
    const fresh = node === -1;
    // From the free branch at `depth` downwards, leaving a free second branch at every level passed.
    this.#open[depth] = -1;
    let side = fresh ? 0 : 1;
    if (fresh) {
      node = 0;
      this.#open[1] = 0;
    }
    for (let level = fresh ? 1 : depth; level < length; level++) {
      const child = this.#nodes++;
      if (child * 2 + 1 >= this.#children.length) return false;
      this.#children[node * 2 + side] = child;
      node = child;
      side = 0;
      this.#open[level + 1] = node;
    }
    this.#children[node * 2 + side] = -1 - entry;
    return true;
  }

  /** The depth (1 and more) of the deepest free branch not below `length`; 1 too for the very first code; 0 when none. */
  #startingDepth(length: number): number {
    for (let depth = length; depth > 0; depth--) if (this.#open[depth] !== -1) return depth;
    return this.#nodes === 1 && this.#children[0] === 0 ? 1 : 0;
  }
}

/** Vectors by entry (§3.2.1, §3.3). */
function readVectors(
  bits: LsbBits,
  dimensions: number,
  entries: number,
  budget: Budget,
): Float32Array | null | 'too_large' | 'malformed' {
  const type = bits.read(4);
  if (type === 0) return null;
  if (type > 2) return 'malformed';
  const minimum = unpackFloat(bits.read(32));
  const delta = unpackFloat(bits.read(32));
  const width = bits.read(4) + 1;
  const sequence = bits.flag();
  const count = type === 1 ? latticeSide(entries, dimensions) : entries * dimensions;
  budget.values -= entries * dimensions;
  if (budget.values < 0) return 'too_large';
  const values = Float64Array.from({ length: count }, () => (bits.exhausted ? 0 : bits.read(width)));
  const vectors = new Float32Array(entries * dimensions);
  for (let entry = 0; entry < entries; entry++) {
    let last = 0;
    let divisor = 1;
    for (let index = 0; index < dimensions; index++) {
      const at = type === 1 ? Math.floor(entry / divisor) % count : entry * dimensions + index;
      const value = (values[at] ?? 0) * delta + minimum + last;
      vectors[entry * dimensions + index] = value;
      if (sequence) last = value;
      divisor *= count;
    }
  }
  return vectors;
}

/** The greatest whole number whose power `dimensions` is at most `entries` (§9.2.3). */
function latticeSide(entries: number, dimensions: number): number {
  let side = Math.floor(entries ** (1 / dimensions));
  while ((side + 1) ** dimensions <= entries) side++;
  while (side > 0 && side ** dimensions > entries) side--;
  return side;
}

/** §9.2.2: 21 bits of mantissa, 10 of exponent, a sign. */
function unpackFloat(word: number): number {
  const mantissa = word & 0x1f_ffff;
  const exponent = (word >>> 21) & 0x3ff;
  return (word >= 0x8000_0000 ? -mantissa : mantissa) * 2 ** (exponent - 788);
}

/** Bits needed to write the number: 0 for 0, 1 for 1, 2 for 2 and 3 (`ilog`, §9.2.1). */
export function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}

class Huffman implements Codebook {
  readonly dimensions: number;
  readonly vectors: Float32Array | null;
  readonly #tree: Tree;
  /** By the next `FAST_BITS` bits: entry × 64 + length of its code, or −1 − node where the code is longer. */
  readonly #fast: Int32Array;

  constructor(dimensions: number, vectors: Float32Array | null, tree: Tree) {
    this.dimensions = dimensions;
    this.vectors = vectors;
    this.#tree = tree;
    this.#fast = Int32Array.from({ length: 1 << FAST_BITS }, (_, word) => fastEntry(tree, word));
  }

  decode(bits: LsbBits): number {
    const found = this.#fast[bits.peek() & ((1 << FAST_BITS) - 1)] ?? -1;
    if (found >= 0) {
      bits.skip(found & 63);
      return bits.exhausted ? -1 : found >> 6;
    }
    bits.skip(FAST_BITS);
    let node = -1 - found;
    while (!bits.exhausted) {
      const next = this.#tree[node * 2 + bits.read(1)] ?? 0;
      if (next < 0) return bits.exhausted ? -1 : -1 - next;
      if (next === 0) return -1;
      node = next;
    }
    return -1;
  }
}

function fastEntry(tree: Tree, word: number): number {
  let node = 0;
  for (let depth = 0; depth < FAST_BITS; depth++) {
    const next = tree[node * 2 + ((word >> depth) & 1)] ?? 0;
    if (next < 0) return (-1 - next) * 64 + depth + 1;
    node = next;
  }
  return -1 - node;
}
