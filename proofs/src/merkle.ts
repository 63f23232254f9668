// The tree of RFC 6962 §2.1 with SHA-256: append, root, inclusion and consistency proofs (RFC 9162 §2.1.3, §2.1.4).
import { equalBytes } from './bytes.ts';
import { sha256 } from './crypto.ts';
import { FormatError } from './fault.ts';

export const HASH_BYTES = 32;

/** SHA-256("") */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** A complete subtree: the 2^level leaves from index × 2^level on. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** Hash of a complete subtree. */
export type NodeHashes = (node: TreeNode) => Uint8Array;

/** SHA-256(0x00 || leaf) */
export function leafHash(leaf: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + leaf.length);
  input.set(leaf, 1);
  return sha256(input);
}

/** SHA-256(0x01 || left || right) */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

/** Grows by one leaf at a time and always knows its root; holds one hash per set bit of its size. */
export class Frontier {
  #size = 0;
  #hashes: Uint8Array[] = [];

  /** `hashes`: the complete subtrees of a tree of that size, largest (leftmost) first. Errors: `frontier_invalid`. */
  static of(size: number, hashes: readonly Uint8Array[]): Frontier {
    const wanted = completeSubtrees(0, size).length;
    if (hashes.length !== wanted || hashes.some((hash) => hash.length !== HASH_BYTES)) {
      throw new FormatError('frontier_invalid');
    }
    const frontier = new Frontier();
    frontier.#size = size;
    frontier.#hashes = [...hashes];
    return frontier;
  }

  get size(): number {
    return this.#size;
  }

  get hashes(): readonly Uint8Array[] {
    return this.#hashes;
  }

  /** Adds a leaf hash. Gives the hash of every subtree that became complete, from level 0 (the leaf itself) up. */
  append(leaf: Uint8Array): readonly { readonly node: TreeNode; readonly hash: Uint8Array }[] {
    let index = this.#size;
    let hash = leaf;
    const made = [{ node: { level: 0, index }, hash }];
    for (let level = 1; index % 2 === 1; level += 1) {
      const left = this.#hashes.pop();
      if (left === undefined) throw new FormatError('frontier_invalid');
      hash = nodeHash(left, hash);
      index = (index - 1) / 2;
      made.push({ node: { level, index }, hash });
    }
    this.#hashes.push(hash);
    this.#size += 1;
    return made;
  }

  root(): Uint8Array {
    return foldRight(this.#hashes);
  }
}

/** The complete subtrees that make up the leaves [from, to), left to right; `from` must be a multiple of the largest. */
export function completeSubtrees(from: number, to: number): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  let at = from;
  while (at < to) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/** Root of the tree of the first `size` leaves. */
export function rootOf(size: number, hashes: NodeHashes): Uint8Array {
  return size === 0 ? EMPTY_ROOT : rangeHash([0, size], hashes);
}

/** The ranges of leaves whose hashes make up an inclusion proof, in its order (RFC 6962 §2.1.1). */
export function inclusionRanges(index: number, size: number): readonly (readonly [number, number])[] {
  if (!(index >= 0 && index < size)) throw new FormatError('index_beyond_tree');
  const ranges: (readonly [number, number])[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + split(to - from);
    if (index < middle) {
      ranges.push([middle, to]);
      to = middle;
    } else {
      ranges.push([from, middle]);
      from = middle;
    }
  }
  return ranges.toReversed();
}

/** The ranges that make up a consistency proof between two sizes, 0 < older ≤ newer, in its order (RFC 6962 §2.1.2). */
export function consistencyRanges(older: number, newer: number): readonly (readonly [number, number])[] {
  if (!(older > 0 && older <= newer)) throw new FormatError('index_beyond_tree');
  const ranges: (readonly [number, number])[] = [];
  let [from, to] = [0, newer];
  while (to !== older) {
    const middle = from + split(to - from);
    if (older <= middle) {
      ranges.push([middle, to]);
      to = middle;
    } else {
      ranges.push([from, middle]);
      from = middle;
    }
  }
  if (from > 0) ranges.push([from, to]); // otherwise the older root itself, which the verifier has
  return ranges.toReversed();
}

/** Hash of a range that a proof names, from complete subtrees. */
export function rangeHash(range: readonly [number, number], hashes: NodeHashes): Uint8Array {
  return foldRight(completeSubtrees(range[0], range[1]).map(hashes));
}

export function inclusionProof(index: number, size: number, hashes: NodeHashes): readonly Uint8Array[] {
  return inclusionRanges(index, size).map((range) => rangeHash(range, hashes));
}

export function consistencyProof(older: number, newer: number, hashes: NodeHashes): readonly Uint8Array[] {
  return consistencyRanges(older, newer).map((range) => rangeHash(range, hashes));
}

/** RFC 9162 §2.1.3.2. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!(index >= 0 && index < size)) return false;
  let [fn, sn] = [index, size - 1];
  let hash = leaf;
  for (const step of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(step, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash = nodeHash(hash, step);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equalBytes(hash, root);
}

/** RFC 9162 §2.1.4.2. The empty tree is consistent with every tree, with an empty proof (C2SP tlog-witness). */
export function verifyConsistency(
  older: { readonly size: number; readonly root: Uint8Array },
  newer: { readonly size: number; readonly root: Uint8Array },
  path: readonly Uint8Array[],
): boolean {
  if (older.size > newer.size || older.size < 0) return false;
  if (older.size === newer.size) return path.length === 0 && equalBytes(older.root, newer.root);
  if (older.size === 0) return path.length === 0 && equalBytes(older.root, EMPTY_ROOT);
  if (path.length === 0) return false;
  const [first, ...rest] = isPowerOfTwo(older.size) ? [older.root, ...path] : path;
  if (first === undefined) return false;
  let [fn, sn] = [older.size - 1, newer.size - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let [olderHash, newerHash] = [first, first];
  for (const step of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      olderHash = nodeHash(step, olderHash);
      newerHash = nodeHash(step, newerHash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      newerHash = nodeHash(newerHash, step);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equalBytes(olderHash, older.root) && equalBytes(newerHash, newer.root);
}

function foldRight(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The largest power of two smaller than n, n > 1. Sizes go to 2^53, so no bit operators, which stop at 2^32. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function half(n: number): number {
  return Math.floor(n / 2);
}

function isPowerOfTwo(n: number): boolean {
  return n > 0 && split(n + 1) === n;
}
