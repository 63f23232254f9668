// The files of a bundle, held against its signed manifest (docs/formats/bundle.md §1, §2). Nothing is read that is not listed.
import { toBase64 } from './base64.ts';
import { equalBytes } from './bytes.ts';
import { originOf, verifyCheckpoint } from './checkpoint.ts';
import { sha256Hex } from './crypto.ts';
import { CHECKPOINT, keysOf, MANIFEST, MANIFEST_NOTE, manifestNoteText, parseManifest } from './manifest.ts';
import type { ListedFile, Manifest } from './manifest.ts';
import { verifyNote } from './note.ts';
import type { VerifierKey } from './note.ts';
import { BundleFault, within } from './report.ts';
import { entriesPath, factsPath, TILE_WIDTH, tilePath, tilesOf } from './tiles.ts';
import { FormatError } from './fault.ts';

/** How a bundle is reached: a directory, an archive, a browser's file list. Paths have `/` between segments. */
export interface BundleReader {
  /** Every file there is, also what should not be there. `bytes`: its length; −1 for what is no plain file, which is never read. */
  list(): AsyncIterable<{ readonly path: string; readonly bytes: number }>;
  read(path: string): Promise<Uint8Array>;
}

const CERTIFICATE = /^certificates\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.json$/;
const CONTENT = /^content\/(0|[1-9][0-9]{0,15})\.(object|stream|key\.json)$/;

export class BundleFiles {
  readonly manifest: Manifest;
  /** The log's keys, oldest first. */
  readonly keys: readonly VerifierKey[];
  /** Ids of the certificates in the bundle. */
  readonly certificates: readonly string[];
  /** Content files by entry index. */
  readonly content: ReadonlyMap<number, readonly string[]>;
  readonly #reader: BundleReader;
  readonly #listed: ReadonlyMap<string, ListedFile>;

  private constructor(reader: BundleReader, manifest: Manifest, keys: readonly VerifierKey[]) {
    this.#reader = reader;
    this.manifest = manifest;
    this.keys = keys;
    this.#listed = new Map(manifest.files.map((file) => [file.path, file]));
    this.certificates = manifest.files.flatMap(({ path }) => CERTIFICATE.exec(path)?.[1] ?? []);
    this.content = contentByIndex(manifest.files);
  }

  /**
   * Reads and checks manifest, signature, list of files and checkpoint.
   * Errors: FormatError `manifest_missing` when there is no manifest; BundleFault for everything else; what the reader throws.
   */
  static async open(reader: BundleReader): Promise<BundleFiles> {
    const present = new Map<string, number>();
    for await (const { path, bytes } of reader.list()) present.set(path, bytes);
    if (!present.has(MANIFEST)) throw new FormatError('manifest_missing');
    for (const path of [MANIFEST, MANIFEST_NOTE]) mustBePlain(path, present.get(path));
    const bytes = await reader.read(MANIFEST);
    const manifest = within(MANIFEST, null, () => parseManifest(bytes));
    const keys = within(MANIFEST, null, () => keysOf(manifest));
    if (!present.has(MANIFEST_NOTE)) throw new BundleFault(MANIFEST_NOTE, 'file_missing');
    const note = await reader.read(MANIFEST_NOTE);
    const signed = within(MANIFEST_NOTE, null, () => verifyNote(note, keys.slice(-1), { unknown: 'refuse' }));
    if (signed.text !== manifestNoteText(manifest.log, bytes)) throw new BundleFault(MANIFEST, 'manifest_not_signed');
    const files = new BundleFiles(reader, manifest, keys);
    files.#checkPaths();
    files.#checkPresent(present);
    await files.#checkCheckpoint();
    return files;
  }

  /** A listed file, its length and digest checked. Errors: BundleFault `file_missing`, `file_length_differs`, `file_digest_differs`. */
  async read(path: string): Promise<Uint8Array> {
    const { bytes, holds } = await this.readUnchecked(path);
    if (!holds) throw new BundleFault(path, 'file_digest_differs');
    return bytes;
  }

  /** Like read, for a caller who can say more exactly where a file with another digest differs. */
  async readUnchecked(path: string): Promise<{ readonly bytes: Uint8Array; readonly holds: boolean }> {
    const listed = this.#listed.get(path);
    if (listed === undefined) throw new BundleFault(path, 'file_missing');
    const bytes = await this.#reader.read(path);
    return { bytes, holds: bytes.length === listed.bytes && sha256Hex(bytes) === listed.sha256 };
  }

  has(path: string): boolean {
    return this.#listed.has(path);
  }

  /** Exactly the files that a bundle of this size, range and kind has. A size beyond what is listed ends at the first gap. */
  #checkPaths(): void {
    const expected = new Set<string>();
    for (const path of expectedPaths(this.manifest)) {
      if (!this.#listed.has(path)) throw new BundleFault(path, 'file_missing');
      expected.add(path);
    }
    for (const { path } of this.manifest.files) {
      const beside = CERTIFICATE.test(path) || (this.manifest.content && CONTENT.test(path));
      if (!expected.has(path) && !beside) throw new BundleFault(path, 'file_unexpected');
    }
  }

  #checkPresent(present: ReadonlyMap<string, number>): void {
    for (const { path, bytes } of this.manifest.files) {
      const length = present.get(path);
      if (length === undefined) throw new BundleFault(path, 'file_missing');
      if (length !== bytes) throw new BundleFault(path, 'file_length_differs', { offset: Math.min(length, bytes) });
    }
    for (const path of present.keys()) {
      if (path !== MANIFEST && path !== MANIFEST_NOTE && !this.#listed.has(path)) {
        throw new BundleFault(path, 'file_unlisted');
      }
    }
  }

  async #checkCheckpoint(): Promise<void> {
    const bytes = await this.read(CHECKPOINT);
    const { manifest, keys } = this;
    const read = within(CHECKPOINT, null, () => verifyCheckpoint(bytes, keys.slice(-1), { unknown: 'refuse' }));
    const same =
      read.origin === originOf(manifest.log, manifest.epoch) &&
      read.size === manifest.treeSize &&
      equalBytes(read.root, manifest.rootHash);
    if (!same) throw new BundleFault(CHECKPOINT, 'checkpoint_differs');
  }

  /** What the report says of the tree as a whole. */
  head(): { readonly origin: string; readonly treeSize: number; readonly rootHash: string } {
    const { log, epoch, treeSize, rootHash } = this.manifest;
    return { origin: originOf(log, epoch), treeSize, rootHash: toBase64(rootHash) };
  }
}

/** A link or a pipe in the place of the manifest could keep its reader for ever. No length says so for the other files: none is listed as −1. */
function mustBePlain(path: string, bytes: number | undefined): void {
  if (bytes !== undefined && bytes < 0) throw new BundleFault(path, 'file_length_differs');
}

function* expectedPaths(manifest: Manifest): Generator<string> {
  const { from, to } = manifest.entries;
  yield CHECKPOINT;
  for (const tile of tilesOf(manifest.treeSize)) yield tilePath(tile);
  for (let at = from; at < to; at += TILE_WIDTH) {
    const [index, width] = [at / TILE_WIDTH, Math.min(TILE_WIDTH, manifest.treeSize - at)];
    yield entriesPath(index, width);
    if (manifest.facts) yield factsPath(index, width);
  }
}

function contentByIndex(files: readonly ListedFile[]): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  for (const { path } of files) {
    const index = CONTENT.exec(path)?.[1];
    if (index !== undefined) found.set(Number(index), [...(found.get(Number(index)) ?? []), path]);
  }
  return found;
}
