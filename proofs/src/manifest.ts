// The signed list of what is in a bundle (docs/formats/bundle.md §1).
import { fromBase64, toBase64 } from './base64.ts';
import { encodeCanonical, isObject, parseCanonicalObject } from './canonical.ts';
import type { Json } from './canonical.ts';
import { originOf, parseOrigin } from './checkpoint.ts';
import { sha256Hex } from './crypto.ts';
import { FormatError } from './fault.ts';
import { HASH_BYTES } from './merkle.ts';
import { parseVkey } from './note.ts';
import type { VerifierKey } from './note.ts';
import { TILE_WIDTH } from './tiles.ts';

export const MANIFEST = 'manifest.json';
export const MANIFEST_NOTE = 'manifest.note';
export const CHECKPOINT = 'checkpoint';

const PATH = /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/;
const DIGEST = /^[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const TOKEN = /^[!#-[\]-~]{1,4096}$/;

export interface ListedFile {
  readonly bytes: number;
  readonly path: string;
  readonly sha256: string;
}

export interface Manifest {
  readonly content: boolean;
  /** `to` exclusive. */
  readonly entries: { readonly from: number; readonly to: number };
  readonly epoch: number;
  readonly exported: string;
  readonly facts: boolean;
  /** Ascending by path. */
  readonly files: readonly ListedFile[];
  readonly log: string;
  readonly rootHash: Uint8Array;
  readonly treeSize: number;
  /** Oldest first. */
  readonly vkeys: readonly string[];
  readonly writer: string;
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  const value = { ...manifest, rootHash: toBase64(manifest.rootHash), v: 1 };
  const bytes = encodeCanonical(value as unknown as Json);
  parseManifest(bytes);
  return bytes;
}

/** Errors: `json_…`, `manifest_malformed`, `origin_malformed`, `base64_malformed`. */
export function parseManifest(bytes: Uint8Array): Manifest {
  const { content, entries, epoch, exported, facts, files, log, rootHash, treeSize, v, vkeys, writer, ...rest } =
    parseCanonicalObject(bytes);
  const flags = typeof content === 'boolean' && typeof facts === 'boolean' && v === 1;
  const texts = isText(exported) && isText(log) && isText(rootHash) && isText(writer);
  if (!flags || !texts || !isCount(epoch) || !isCount(treeSize) || Object.keys(rest).length > 0) throw malformed();
  if (!TIME.test(exported) || Number.isNaN(Date.parse(exported)) || !TOKEN.test(writer)) throw malformed();
  parseOrigin(originOf(log, epoch));
  const root = fromBase64(rootHash);
  if (root.length !== HASH_BYTES) throw malformed();
  return {
    content,
    entries: readRange(entries, treeSize),
    epoch,
    exported,
    facts,
    files: readFiles(files),
    log,
    rootHash: root,
    treeSize,
    vkeys: readTexts(vkeys),
    writer,
  };
}

/** The text that `manifest.note` signs. */
export function manifestNoteText(log: string, manifestBytes: Uint8Array): string {
  return `cordon bundle manifest v1\n${log}\n${sha256Hex(manifestBytes)}\n`;
}

/** The log's keys, oldest first; at least one, each once. Errors: `vkey_…`, `manifest_malformed`. */
export function keysOf(manifest: Manifest): readonly VerifierKey[] {
  const unique = new Set(manifest.vkeys).size === manifest.vkeys.length;
  if (manifest.vkeys.length === 0 || !unique) throw malformed();
  return manifest.vkeys.map(parseVkey);
}

function readRange(range: Json | undefined, treeSize: number): Manifest['entries'] {
  if (!isObject(range)) throw malformed();
  const { from, to, ...rest } = range;
  if (!isCount(from) || !isCount(to) || Object.keys(rest).length > 0) throw malformed();
  const whole = from % TILE_WIDTH === 0 && (to % TILE_WIDTH === 0 || to === treeSize);
  if (!whole || from > to || to > treeSize) throw malformed();
  return { from, to };
}

function readFiles(files: Json | undefined): readonly ListedFile[] {
  if (!Array.isArray(files)) throw malformed();
  let before = '';
  return files.map((file: Json) => {
    if (!isObject(file)) throw malformed();
    const { bytes, path, sha256, ...rest } = file;
    const typed = isCount(bytes) && isText(path) && isText(sha256) && Object.keys(rest).length === 0;
    if (!typed || !PATH.test(path) || !DIGEST.test(sha256) || path <= before) throw malformed();
    if (path === MANIFEST || path === MANIFEST_NOTE) throw malformed();
    before = path;
    return { bytes, path, sha256 };
  });
}

function readTexts(texts: Json | undefined): readonly string[] {
  if (!Array.isArray(texts) || !texts.every((text) => isText(text))) throw malformed();
  return texts;
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && value >= 0;
}

function malformed(): FormatError {
  return new FormatError('manifest_malformed');
}
