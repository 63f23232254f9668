import { describe, expect, it } from 'vitest';

import { fromHex } from './bytes.ts';
import {
  completeSubtrees,
  consistencyProof,
  EMPTY_ROOT,
  Frontier,
  inclusionProof,
  leafHash,
  nodeHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';
import type { NodeHashes } from './merkle.ts';
import { toHex } from './bytes.ts';
import vectors from '#vectors/merkle.json' with { type: 'json' };

const leaves = vectors.leaves.map(fromHex);

/** RFC 6962 §2.1 word for word, as a peer for the frontier. */
function recursiveRoot(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) return EMPTY_ROOT;
  if (hashes.length === 1) return only;
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return nodeHash(recursiveRoot(hashes.slice(0, k)), recursiveRoot(hashes.slice(k)));
}

function tree(count: number): { hashes: Uint8Array[]; nodes: NodeHashes; frontier: Frontier } {
  const hashes = Array.from({ length: count + 1 }, (_, index) => leafHash(Uint8Array.of(index, index >> 8)));
  const frontier = new Frontier();
  const made = new Map<string, Uint8Array>();
  for (const hash of hashes.slice(0, count)) {
    for (const { node, hash: value } of frontier.append(hash)) made.set(`${node.level}/${node.index}`, value);
  }
  const nodes: NodeHashes = (node) => {
    const hash = made.get(`${node.level}/${node.index}`);
    if (hash === undefined) throw new Error('a proof asks for a subtree that is not complete');
    return hash;
  };
  return { hashes, nodes, frontier };
}

describe('merkle tree', () => {
  it('has the roots of the certificate transparency reference', () => {
    const frontier = new Frontier();
    expect(toHex(frontier.root())).toBe(vectors.emptyRoot);
    expect(vectors.roots).toHaveLength(8);
    for (const [at, leaf] of leaves.entries()) {
      frontier.append(leafHash(leaf));
      expect(toHex(frontier.root())).toBe(vectors.roots[at]);
      expect(frontier.size).toBe(at + 1);
    }
  });

  it('proves every leaf of every size up to 130, and nothing else', () => {
    const { hashes, nodes } = tree(130);
    for (let size = 1; size <= 130; size += size < 20 ? 1 : 13) {
      const root = rootOf(size, nodes);
      expect(root).toEqual(recursiveRoot(hashes.slice(0, size)));
      for (let index = 0; index < size; index += 1) {
        const path = inclusionProof(index, size, nodes);
        const leaf = hashes[index]!;
        expect(verifyInclusion(leaf, index, size, path, root)).toBe(true);
        expect(verifyInclusion(hashes[index + 1]!, index, size, path, root)).toBe(false);
        expect(size > 1 && verifyInclusion(leaf, (index + 1) % size, size, path, root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, [...path, leaf], root)).toBe(false);
        expect(path.length > 0 && verifyInclusion(leaf, index, size, path.slice(1), root)).toBe(false);
        expect(verifyInclusion(leaf, size, size, path, root)).toBe(false);
      }
    }
  });

  it('proves every pair of sizes up to 40 consistent, and refuses a changed history', () => {
    const { nodes } = tree(40);
    for (let newer = 1; newer <= 40; newer += 1) {
      const newerRoot = rootOf(newer, nodes);
      for (let older = 1; older <= newer; older += 1) {
        const path = consistencyProof(older, newer, nodes);
        const from = { size: older, root: rootOf(older, nodes) };
        const to = { size: newer, root: newerRoot };
        expect(verifyConsistency(from, to, path)).toBe(true);
        expect(verifyConsistency({ ...from, root: EMPTY_ROOT }, to, path)).toBe(false);
        expect(verifyConsistency(from, { ...to, root: EMPTY_ROOT }, path)).toBe(false);
        expect(verifyConsistency(from, to, [...path, newerRoot])).toBe(false);
        expect(path.length > 0 && verifyConsistency(from, to, path.slice(0, -1))).toBe(false);
        expect(older < newer && verifyConsistency(to, from, path)).toBe(false);
      }
      expect(verifyConsistency({ size: 0, root: EMPTY_ROOT }, { size: newer, root: newerRoot }, [])).toBe(true);
      expect(verifyConsistency({ size: 0, root: newerRoot }, { size: newer, root: newerRoot }, [])).toBe(false);
    }
  });

  it('goes on from a stored frontier and refuses one of another size', () => {
    const { hashes, frontier } = tree(77);
    const again = Frontier.of(77, frontier.hashes);
    again.append(hashes[3]!);
    frontier.append(hashes[3]!);
    expect(again.root()).toEqual(frontier.root());
    expect(() => Frontier.of(79, frontier.hashes.slice(1))).toThrow('frontier_invalid');
  });

  it('counts in sizes beyond 32 bits', () => {
    expect(completeSubtrees(0, 2 ** 40 + 1)).toEqual([
      { level: 40, index: 0 },
      { level: 0, index: 2 ** 40 },
    ]);
  });
});
