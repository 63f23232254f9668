// Makes the files of an export bundle (docs/formats/bundle.md) from entries in order; where they go is the caller's business.
import { binary, concat, equalBytes, fromBinary } from './bytes.ts';
import { encodeCanonical } from './canonical.ts';
import { parseCheckpointText, parseOrigin } from './checkpoint.ts';
import { sha256Hex } from './crypto.ts';
import type { EnvelopeBinding } from './envelope.ts';
import { FormatError } from './fault.ts';
import { toBase64 } from './base64.ts';
import { CHECKPOINT, encodeManifest, MANIFEST, MANIFEST_NOTE, manifestNoteText } from './manifest.ts';
import type { ListedFile } from './manifest.ts';
import { leafHash } from './merkle.ts';
import { parseNote, signNote } from './note.ts';
import type { NoteSigner } from './note.ts';
import { encodeEntryBundle, entriesPath, factsPath, TILE_WIDTH, tilePath } from './tiles.ts';
import { TreeBuilder } from './tree-build.ts';

export interface BundleFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** One leaf of the tree: with its header when the entry is exported, else its hash alone. */
export type BundleRow =
  | {
      readonly header: Uint8Array;
      /** Facts document; null when there is none or it is destroyed. Used only with `facts`. */
      readonly facts?: Uint8Array | null;
      readonly content?: RowContent;
    }
  | { readonly leaf: Uint8Array };

export interface RowContent {
  readonly kind: 'object' | 'stream';
  readonly sealed: Uint8Array;
  /** Null when destroyed. */
  readonly key: { readonly binding: EnvelopeBinding; readonly dataKey: Uint8Array } | null;
}

export interface BundleSource {
  /** Signed note of the tree to export. */
  readonly checkpoint: Uint8Array;
  /** Exactly one row per leaf of that tree, in order. */
  readonly rows: AsyncIterable<BundleRow> | Iterable<BundleRow>;
  readonly certificates: AsyncIterable<BundleCertificate> | Iterable<BundleCertificate>;
  readonly facts: boolean;
  readonly content: boolean;
  /** RFC 3339, UTC, milliseconds. */
  readonly exported: string;
  /** The log's keys, oldest first; the signer's is the last. */
  readonly vkeys: readonly string[];
  readonly signer: NoteSigner;
  /** Name and version of the writing program, a token. */
  readonly writer: string;
}

export interface BundleCertificate {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** Begin and end of the entry bundles that cover [from, to): rows outside bring only their hash. */
export function coveringRange(
  from: number,
  to: number,
  treeSize: number,
): { readonly from: number; readonly to: number } {
  const start = Math.floor(from / TILE_WIDTH) * TILE_WIDTH;
  return { from: start, to: Math.min(Math.ceil(to / TILE_WIDTH) * TILE_WIDTH, treeSize) };
}

/**
 * The files, each once; the manifest and its note come last, so that a broken-off export is no bundle.
 * Errors: `bundle_root_differs` when the rows are not the checkpoint's tree, `bundle_rows`, those of the parts.
 */
export async function* writeBundle(source: BundleSource): AsyncGenerator<BundleFile> {
  const stated = parseCheckpointText(parseNote(source.checkpoint).text);
  const files: ListedFile[] = [];
  const list = ({ path, bytes }: BundleFile): BundleFile => {
    files.push({ bytes: bytes.length, path, sha256: sha256Hex(bytes) });
    return { path, bytes };
  };
  yield list({ path: CHECKPOINT, bytes: source.checkpoint });
  const rows = new RowWriter(source, stated.size);
  for await (const row of source.rows) for (const file of rows.add(row)) yield list(file);
  for (const file of rows.finish(stated.root)) yield list(file);
  for await (const { id, bytes } of source.certificates) yield list({ path: `certificates/${id}.json`, bytes });
  const { log, epoch } = parseOrigin(stated.origin);
  const manifest = encodeManifest({
    content: source.content,
    entries: rows.range(),
    epoch,
    exported: source.exported,
    facts: source.facts,
    files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    log,
    rootHash: stated.root,
    treeSize: stated.size,
    vkeys: source.vkeys,
    writer: source.writer,
  });
  yield { path: MANIFEST, bytes: manifest };
  yield { path: MANIFEST_NOTE, bytes: await signNote(manifestNoteText(log, manifest), source.signer) };
}

/** Collects rows into entry bundles and tiles. */
class RowWriter {
  readonly #source: BundleSource;
  readonly #size: number;
  readonly #tiles: BundleFile[] = [];
  readonly #tree = new TreeBuilder((tile) => {
    this.#tiles.push({ path: tilePath(tile), bytes: fromBinary(tile.hashes.join('')) });
  });
  #count = 0;
  #headers: Uint8Array[] = [];
  #facts: Uint8Array[] = [];
  #from: number | null = null;
  #to = 0;

  constructor(source: BundleSource, size: number) {
    this.#source = source;
    this.#size = size;
  }

  add(row: BundleRow): readonly BundleFile[] {
    const index = this.#count;
    this.#count += 1;
    if (this.#count > this.#size) throw new FormatError('bundle_rows');
    const made: BundleFile[] = [];
    if ('leaf' in row) {
      this.#tree.add(binary(row.leaf));
      if (this.#headers.length > 0) throw new FormatError('bundle_rows');
    } else {
      this.#take(row, index);
      if (this.#source.content && row.content !== undefined) made.push(...contentFiles(index, row.content));
    }
    if (this.#count % TILE_WIDTH === 0) made.push(...this.#flush());
    return [...made, ...this.#tiles.splice(0)];
  }

  finish(root: Uint8Array): readonly BundleFile[] {
    if (this.#count !== this.#size) throw new FormatError('bundle_rows');
    const made = [...this.#flush()];
    if (!equalBytes(this.#tree.finish(), root)) throw new FormatError('bundle_root_differs');
    return [...made, ...this.#tiles.splice(0)];
  }

  /** Entries given with their headers, `to` exclusive. */
  range(): { readonly from: number; readonly to: number } {
    return { from: this.#from ?? 0, to: this.#to };
  }

  #take(row: Extract<BundleRow, { readonly header: Uint8Array }>, index: number): void {
    const gapBefore = this.#from !== null && this.#to !== index;
    const startsInside = this.#headers.length === 0 && index % TILE_WIDTH !== 0;
    if (gapBefore || startsInside) throw new FormatError('bundle_rows');
    this.#tree.add(binary(leafHash(row.header)));
    this.#headers.push(row.header);
    this.#facts.push(row.facts ?? new Uint8Array(0));
    this.#from ??= index;
    this.#to = index + 1;
  }

  #flush(): readonly BundleFile[] {
    const width = this.#headers.length;
    if (width === 0) return [];
    const number = Math.floor((this.#count - 1) / TILE_WIDTH);
    const made = [{ path: entriesPath(number, width), bytes: encodeEntryBundle(this.#headers) }];
    if (this.#source.facts) made.push({ path: factsPath(number, width), bytes: encodeEntryBundle(this.#facts) });
    this.#headers = [];
    this.#facts = [];
    return made;
  }
}

function contentFiles(index: number, content: RowContent): readonly BundleFile[] {
  const sealed = { path: `content/${index}.${content.kind}`, bytes: concat(content.sealed) };
  if (content.key === null) return [sealed];
  const { id, kind, tenant, version } = content.key.binding;
  const key = encodeCanonical({ binding: { id, kind, tenant, version }, key: toBase64(content.key.dataKey) });
  return [sealed, { path: `content/${index}.key.json`, bytes: key }];
}
