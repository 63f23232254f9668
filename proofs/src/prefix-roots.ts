// Roots of the first n leaves of a verified bundle, from its tiles: where older checkpoints must fit in.
import type { BundleFiles } from './bundle-files.ts';
import { equalBytes } from './bytes.ts';
import type { Checkpoint } from './checkpoint.ts';
import { completeSubtrees, rootOf } from './merkle.ts';
import type { TreeNode } from './merkle.ts';
import { decodeTile, hashInTile, TILE_WIDTH, tileOfNode, tilePath } from './tiles.ts';

export class PrefixRoots {
  readonly #files: BundleFiles;

  /** The tiles must have been verified. */
  constructor(files: BundleFiles) {
    this.#files = files;
  }

  /** Is the checkpoint, of at most the tree's size, a prefix of the tree? */
  async matches(checkpoint: Checkpoint): Promise<boolean> {
    const hashes = new Map<string, Uint8Array>();
    for (const node of completeSubtrees(0, checkpoint.size)) hashes.set(nameOf(node), await this.#hash(node));
    const root = rootOf(checkpoint.size, (node) => hashes.get(nameOf(node)) ?? new Uint8Array(0));
    return equalBytes(root, checkpoint.root);
  }

  async #hash(node: TreeNode): Promise<Uint8Array> {
    const { level, index, within } = tileOfNode(node);
    const count = Math.floor(this.#files.manifest.treeSize / TILE_WIDTH ** level) - index * TILE_WIDTH;
    const width = Math.min(TILE_WIDTH, count);
    const bytes = await this.#files.read(tilePath({ level, index, width }));
    return hashInTile(decodeTile(bytes, width), within);
  }
}

function nameOf(node: TreeNode): string {
  return `${node.level}/${node.index}`;
}
