// Proofs out of stored tiles: the few hashes that a proof needs are fetched, the rest is proofs' own code.
import { ProblemError } from '@cordon/contract';
import {
  completeSubtrees,
  consistencyProof,
  consistencyRanges,
  hashInTile,
  inclusionProof,
  inclusionRanges,
  rootOf,
  TILE_WIDTH,
  tileOfNode,
} from '@cordon/proofs';
import type { NodeHashes, Tile, TreeNode } from '@cordon/proofs';
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import { readLevel, readTile } from './checkpoint.queries.ts';
import { hashesIn } from './plan.ts';

type Range = readonly [number, number];

/** Root of the tree of the first `size` entries. All of them must be under a stored checkpoint or above the last full tile. */
export async function rootAt(tx: Transaction, tenant: TenantId, size: number): Promise<Uint8Array> {
  return rootOf(size, await loadHashes(tx, tenant, [[0, size]]));
}

/** RFC 6962 §2.1.1; `index` < `size`. */
export async function proveInclusion(
  tx: Transaction,
  tenant: TenantId,
  index: number,
  size: number,
): Promise<readonly Uint8Array[]> {
  return inclusionProof(index, size, await loadHashes(tx, tenant, inclusionRanges(index, size)));
}

/** RFC 6962 §2.1.2; 0 < `older` ≤ `newer`. */
export async function proveConsistency(
  tx: Transaction,
  tenant: TenantId,
  older: number,
  newer: number,
): Promise<readonly Uint8Array[]> {
  return consistencyProof(older, newer, await loadHashes(tx, tenant, consistencyRanges(older, newer)));
}

/** Hashes of a tile as bytes; a tile that is not full is made of what lies below it. */
export async function loadTile(tx: Transaction, tenant: TenantId, tile: Tile): Promise<Uint8Array> {
  const { level, index, width } = tile;
  const stored = width === TILE_WIDTH ? await readTile(tx, tenant, level, index) : null;
  return stored ?? readLevel(tx, tenant, level, index * TILE_WIDTH, index * TILE_WIDTH + width);
}

async function loadHashes(tx: Transaction, tenant: TenantId, ranges: readonly Range[]): Promise<NodeHashes> {
  const tiles = new Map<string, readonly Uint8Array[]>();
  for (const [from, to] of ranges) {
    for (const node of completeSubtrees(from, to)) {
      const { level, index } = tileOfNode(node);
      const key = `${level}/${index}`;
      if (!tiles.has(key)) tiles.set(key, hashesIn(await loadTile(tx, tenant, { level, index, width: TILE_WIDTH })));
    }
  }
  return (node: TreeNode) => {
    const { level, index, within } = tileOfNode(node);
    const hashes = tiles.get(`${level}/${index}`);
    if (hashes === undefined) throw new ProblemError('internal');
    return hashInTile(hashes, within);
  };
}
