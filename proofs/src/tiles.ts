// C2SP tlog-tiles: which files a tree of a size has, what they are called and what is in them (docs/formats/bundle.md).
import { concat } from './bytes.ts';
import { FormatError } from './fault.ts';
import { HASH_BYTES, nodeHash } from './merkle.ts';
import type { TreeNode } from './merkle.ts';

/** Hashes in a full tile, entries in a full entry bundle. */
export const TILE_WIDTH = 256;
/** Tree levels that one tile level spans. */
const TILE_HEIGHT = 8;
/** The length prefix has 16 bits. */
export const MAX_ENTRY_BYTES = 65_535;

export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 256, or less for the last tile of its level. */
  readonly width: number;
}

/** Every hash tile of a tree, level by level. One after the other: the size may be anybody's claim. */
export function* tilesOf(size: number): Generator<Tile> {
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    for (let index = 0; index * TILE_WIDTH < count; index += 1) {
      yield { level, index, width: Math.min(TILE_WIDTH, count - index * TILE_WIDTH) };
    }
  }
}

export function tilePath(tile: Tile): string {
  return `tile/${tile.level}/${numberPath(tile.index, tile.width)}`;
}

/** Path of the entry bundle beside the level-0 tile of that index. */
export function entriesPath(index: number, width: number): string {
  return `tile/entries/${numberPath(index, width)}`;
}

export function factsPath(index: number, width: number): string {
  return `facts/${numberPath(index, width)}`;
}

/** u16 length and bytes, one after the other. Errors: `entry_too_long`. */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) throw new FormatError('entry_too_long');
    parts.push(Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry);
  }
  return concat(...parts);
}

/** Errors: `entry_bundle_malformed` with the offset, also when there are more or fewer than `count`. */
export function decodeEntryBundle(bytes: Uint8Array, count: number): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [high, low] = [bytes[at], bytes[at + 1]];
    const start = at + 2;
    const end = start + (high ?? 0) * 256 + (low ?? 0);
    if (low === undefined || end > bytes.length) throw new FormatError('entry_bundle_malformed', at);
    entries.push(bytes.subarray(start, end));
    at = end;
  }
  if (entries.length !== count) throw new FormatError('entry_bundle_malformed', at);
  return entries;
}

/** The hashes of a tile. Errors: `tile_malformed`. */
export function decodeTile(bytes: Uint8Array, width: number): readonly Uint8Array[] {
  if (bytes.length !== width * HASH_BYTES) throw new FormatError('tile_malformed', bytes.length);
  return Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

/** Which tile holds a complete subtree, and how its hash is made of the tile's hashes. */
export function tileOfNode(node: TreeNode): {
  readonly level: number;
  readonly index: number;
  readonly within: TreeNode;
} {
  const level = Math.floor(node.level / TILE_HEIGHT);
  const inner = node.level - level * TILE_HEIGHT; // 0…7
  const perTile = TILE_WIDTH / 2 ** inner;
  return { level, index: Math.floor(node.index / perTile), within: { level: inner, index: node.index % perTile } };
}

/** Hash of a complete subtree inside one tile. */
export function hashInTile(hashes: readonly Uint8Array[], within: TreeNode): Uint8Array {
  const span = 2 ** within.level;
  let row = hashes.slice(within.index * span, (within.index + 1) * span);
  if (row.length !== span) throw new FormatError('tile_malformed');
  while (row.length > 1) row = pairUp(row);
  const [hash] = row;
  if (hash === undefined) throw new FormatError('tile_malformed');
  return hash;
}

function pairUp(row: readonly Uint8Array[]): Uint8Array[] {
  const next: Uint8Array[] = [];
  for (let at = 0; at + 1 < row.length; at += 2) {
    const [left, right] = [row[at], row[at + 1]];
    if (left !== undefined && right !== undefined) next.push(nodeHash(left, right));
  }
  return next;
}

function numberPath(index: number, width: number): string {
  let path = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  }
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}
