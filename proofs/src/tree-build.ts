// Builds the tree tile by tile from leaf hashes in order, in the form in which hashing is fastest (binary strings), for
// whoever reads or writes a whole log. merkle.ts is the plain form; the tests hold them against each other.
import { allocate, fromBinary, writeBinary } from './bytes.ts';
import { sha256Binary } from './crypto.ts';
import { EMPTY_ROOT, HASH_BYTES } from './merkle.ts';
import { TILE_WIDTH } from './tiles.ts';
import type { Tile } from './tiles.ts';

/** A tile that became complete, or at the end the last of its level. */
export interface BuiltTile extends Tile {
  readonly hashes: readonly string[];
}

export class TreeBuilder {
  readonly #levels: { index: number; hashes: string[] }[] = [];
  readonly #scratch = allocate(1 + 2 * HASH_BYTES).fill(1, 0, 1);
  readonly #onTile: (tile: BuiltTile) => void;

  /** `onTile` is called once for every tile of the tree, full tiles as they fill. */
  constructor(onTile: (tile: BuiltTile) => void) {
    this.#onTile = onTile;
  }

  add(leaf: string): void {
    this.#push(0, leaf);
  }

  /** Gives the partial tiles to `onTile` and the root of all leaves. */
  finish(): Uint8Array {
    let right: string | null = null;
    for (const [level, { index, hashes }] of this.#levels.entries()) {
      if (hashes.length > 0) this.#onTile({ level, index, width: hashes.length, hashes });
      right = this.#fold(hashes, right);
    }
    return right === null ? EMPTY_ROOT : fromBinary(right);
  }

  #push(level: number, hash: string): void {
    const row = (this.#levels[level] ??= { index: 0, hashes: [] });
    row.hashes.push(hash);
    if (row.hashes.length < TILE_WIDTH) return;
    const full = row.hashes;
    this.#onTile({ level, index: row.index, width: TILE_WIDTH, hashes: full });
    row.index += 1;
    row.hashes = [];
    this.#push(level + 1, this.#complete(full, 0, TILE_WIDTH));
  }

  /** Hash of a complete subtree over hashes[from, from + count), count a power of two. */
  #complete(hashes: readonly string[], from: number, count: number): string {
    let row = count === hashes.length ? hashes : hashes.slice(from, from + count);
    while (row.length > 1) {
      const next: string[] = [];
      for (let at = 0; at + 1 < row.length; at += 2) next.push(this.#node(row[at] ?? '', row[at + 1] ?? ''));
      row = next;
    }
    return row[0] ?? '';
  }

  /** A row of complete subtrees with an incomplete one to its right. */
  #fold(hashes: readonly string[], right: string | null): string | null {
    let folded = right;
    let end = hashes.length;
    for (let count = 1; end > 0; count *= 2) {
      if (Math.floor(end / count) % 2 === 0) continue;
      const left = this.#complete(hashes, end - count, count);
      folded = folded === null ? left : this.#node(left, folded);
      end -= count;
    }
    return folded;
  }

  #node(left: string, right: string): string {
    const scratch = this.#scratch;
    writeBinary(scratch, left, 1);
    writeBinary(scratch, right, 1 + HASH_BYTES);
    return sha256Binary(scratch);
  }
}
