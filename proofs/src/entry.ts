// Ledger entries (docs/formats/entry.md): the header that goes into the tree, and the facts beside it.
import { fromBase64, toBase64 } from './base64.ts';
import { binary } from './bytes.ts';
import { encodeCanonical, isObject, parseCanonicalObject } from './canonical.ts';
import type { Json, JsonObject } from './canonical.ts';
import { sha256Hex } from './crypto.ts';
import { FormatError } from './fault.ts';
import { HeaderScanner } from './header-scan.ts';
import type { Kind } from './kinds.ts';
import { MAX_ENTRY_BYTES } from './tiles.ts';

const SALT_BYTES = 32;

export interface EntryActor {
  readonly id: string;
  readonly onBehalfOf?: { readonly id: string; readonly proven: boolean };
  readonly type: 'key' | 'person' | 'system';
}

export interface EntryHeader {
  readonly actor: EntryActor;
  /** Length and SHA-256 of the sealed object without its key wraps. */
  readonly body?: { readonly bytes: number; readonly digest: string };
  readonly detail: JsonObject;
  readonly epoch: number;
  /** SHA-256 of the facts document. */
  readonly facts?: string;
  readonly id: string;
  readonly index: number;
  readonly kind: Kind;
  readonly log: string;
  readonly objects: readonly { readonly id: string; readonly type: string; readonly version?: number }[];
  readonly stream?: {
    readonly bytes: number;
    readonly digest: string;
    readonly frames: number;
    readonly id: string;
  };
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly v: 1;
}

/**
 * The header bytes, checked as a verifier would. Errors: `json_…`, `entry_too_long`, and those of HeaderScanner.scan; a
 * string with a space in it is `header_malformed`: sentences belong in the body.
 */
export function encodeEntry(header: EntryHeader): Uint8Array {
  const bytes = encodeCanonical(header as unknown as Json);
  if (bytes.length > MAX_ENTRY_BYTES) throw new FormatError('entry_too_long');
  new HeaderScanner(header.log).scan(bytes, 0, bytes.length);
  return bytes;
}

/**
 * Checks a header of one log, in bytes 0 to `end`, as encodeEntry does, for writers that make the bytes themselves. Made once per log, used
 * often; fastest when it is always given the same memory.
 */
export function entryChecker(log: string): (bytes: Uint8Array, end: number) => void {
  const scanner = new HeaderScanner(log);
  return (bytes, end) => {
    if (end > MAX_ENTRY_BYTES) throw new FormatError('entry_too_long');
    scanner.scan(bytes, 0, end);
  };
}

/** Errors: as encodeEntry. */
export function parseEntry(bytes: Uint8Array): EntryHeader {
  if (bytes.length > MAX_ENTRY_BYTES) throw new FormatError('entry_too_long');
  const header = parseCanonicalObject(bytes);
  const log = header['log'];
  if (typeof log !== 'string') throw new FormatError('header_malformed', 0);
  new HeaderScanner(log).scan(bytes, 0, bytes.length);
  return header as unknown as EntryHeader;
}

/** The facts document and its digest for the header. `salt`: 32 random bytes. Errors: `facts_malformed`, `json_…`. */
export function encodeFacts(
  facts: JsonObject,
  salt: Uint8Array,
): { readonly document: Uint8Array; readonly digest: string } {
  if (salt.length !== SALT_BYTES) throw new FormatError('facts_malformed');
  const document = encodeCanonical({ facts, salt: toBase64(salt) });
  if (document.length > MAX_ENTRY_BYTES) throw new FormatError('facts_malformed');
  return { document, digest: sha256Hex(document) };
}

/** Errors: `facts_malformed`, `json_…`, `base64_malformed`. */
export function parseFacts(document: Uint8Array): JsonObject {
  const { facts, salt, ...rest } = parseCanonicalObject(document);
  if (!isObject(facts) || typeof salt !== 'string' || Object.keys(rest).length > 0) {
    throw new FormatError('facts_malformed');
  }
  if (fromBase64(salt).length !== SALT_BYTES) throw new FormatError('facts_malformed');
  return facts;
}

/** The detail of a header that a scanner has read, as an object. */
export function scannedDetail(scanner: HeaderScanner): JsonObject {
  const text = binary(scanner.bytes, scanner.detailStart, scanner.detailEnd);
  return JSON.parse(text) as JsonObject; // canonical: the scanner read it
}
