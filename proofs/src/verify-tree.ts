// The long part of verification: entries in index order against rules and tiles, tiles against each other and the root.
import { binary, equalBytes, plain } from './bytes.ts';
import type { BundleFiles } from './bundle-files.ts';
import { sha256Binary } from './crypto.ts';
import { FormatError } from './fault.ts';
import { HeaderScanner } from './header-scan.ts';
import { CHECKPOINT } from './manifest.ts';
import { HASH_BYTES } from './merkle.ts';
import { BundleFault } from './report.ts';
import { Rules } from './rules.ts';
import { entriesPath, factsPath, TILE_WIDTH, tilePath } from './tiles.ts';
import { TreeBuilder } from './tree-build.ts';
import type { BuiltTile } from './tree-build.ts';
import { checkContent, checkFacts } from './verify-content.ts';
import type { EntryPlace } from './verify-content.ts';

/** One entry bundle while it is read. */
interface Batch {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly first: number;
  readonly width: number;
  /** The level-0 tile beside it, as a binary string. */
  readonly tile: string;
}

/** Reads every entry and tile once. Errors: BundleFault. Gives the rules' state for what is checked afterwards. */
export async function verifyTree(files: BundleFiles): Promise<Rules> {
  const { manifest, keys } = files;
  const { from, to } = manifest.entries;
  const scanner = new HeaderScanner(manifest.log);
  const exportedMs = Date.parse(manifest.exported);
  const rules = new Rules({ log: manifest.log, first: from, count: to - from, keys, exportedMs });
  const built: BuiltTile[] = [];
  const tree = new TreeBuilder((tile) => {
    if (tile.level > 0) built.push(tile);
  });
  for (let first = 0; first < manifest.treeSize; first += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, manifest.treeSize - first);
    const tileBytes = await files.read(tilePath({ level: 0, index: first / TILE_WIDTH, width }));
    if (tileBytes.length !== width * HASH_BYTES) throw new BundleFault(CHECKPOINT, 'tile_malformed');
    const tile = binary(tileBytes);
    if (first >= from && first < to) await verifyBatch(files, { first, width, tile }, scanner, rules);
    for (let at = 0; at < tile.length; at += HASH_BYTES) tree.add(tile.slice(at, at + HASH_BYTES));
    await checkTiles(files, built.splice(0));
  }
  const root = tree.finish();
  await checkTiles(files, built.splice(0));
  if (!equalBytes(root, manifest.rootHash)) throw new BundleFault(CHECKPOINT, 'root_differs');
  return rules;
}

async function verifyBatch(
  files: BundleFiles,
  part: Pick<Batch, 'first' | 'width' | 'tile'>,
  scanner: HeaderScanner,
  rules: Rules,
): Promise<void> {
  const number = part.first / TILE_WIDTH;
  const path = entriesPath(number, part.width);
  const { bytes, holds } = await files.readUnchecked(path);
  const batch = { ...part, path, bytes: plain(bytes) };
  if (!holds) throw locate(batch);
  const { facts } = files.manifest;
  const hasContent = files.content.size > 0;
  const places = readEntries(batch, scanner, rules, facts || hasContent);
  if (facts) {
    const factsFile = factsPath(number, part.width);
    checkFacts(factsFile, await files.read(factsFile), bytes, places);
  }
  if (hasContent) for (const place of places) await checkContent(files, bytes, place);
}

/** The inner loop: hash, compare with the tile, read the header, apply the rules. */
function readEntries(batch: Batch, scanner: HeaderScanner, rules: Rules, keepPlaces: boolean): readonly EntryPlace[] {
  const { bytes, first, width, tile } = batch;
  const places: EntryPlace[] = [];
  let at = 0;
  for (let count = 0; count < width; count += 1) {
    const index = first + count;
    const start = at + 2;
    const end = start + (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    if (end > bytes.length) throw new BundleFault(batch.path, 'entry_bundle_malformed', { offset: at, index });
    if (!tile.startsWith(leafOf(bytes, start, end), count * HASH_BYTES)) {
      throw new BundleFault(batch.path, 'entry_not_in_tree', { offset: start, index });
    }
    try {
      scanner.scan(bytes, start, end);
      rules.take(scanner);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw new BundleFault(batch.path, error.reason, { offset: error.offset ?? start, index });
    }
    if (keepPlaces) places.push({ index, start, end, facts: scanner.factsDigest });
    at = end;
  }
  if (at !== bytes.length) throw new BundleFault(batch.path, 'entry_bundle_malformed', { offset: at });
  return places;
}

/** Leaf hash of bytes[start, end): the byte in front, part of the length, stands in for the 0x00 while hashing. */
function leafOf(bytes: Uint8Array, start: number, end: number): string {
  const before = bytes[start - 1] ?? 0;
  bytes[start - 1] = 0;
  const hash = sha256Binary(bytes.subarray(start - 1, end));
  bytes[start - 1] = before;
  return hash;
}

/** An entry bundle has not the digest listed: the first entry that is not the tree's says where. */
function locate(batch: Batch): BundleFault {
  const { bytes, first, width, tile, path } = batch;
  let at = 0;
  for (let count = 0; count < width; count += 1) {
    const start = at + 2;
    const end = start + (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    const whole = end <= bytes.length;
    if (!whole || !tile.startsWith(leafOf(bytes, start, end), count * HASH_BYTES)) {
      return new BundleFault(path, 'entry_not_in_tree', { offset: at, index: first + count });
    }
    at = end;
  }
  return new BundleFault(path, 'file_digest_differs', { offset: at });
}

async function checkTiles(files: BundleFiles, tiles: readonly BuiltTile[]): Promise<void> {
  for (const tile of tiles) {
    const path = tilePath(tile);
    const stored = binary(await files.read(path));
    const computed = tile.hashes.join('');
    if (stored === computed) continue;
    const wrong = tile.hashes.findIndex((hash, at) => !stored.startsWith(hash, at * HASH_BYTES));
    throw new BundleFault(path, 'tile_not_of_tree', { offset: Math.max(wrong, 0) * HASH_BYTES });
  }
}
