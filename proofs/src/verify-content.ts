// Facts and content that an export brings along, each held against the header that commits to it.
import { fromBase64 } from './base64.ts';
import { binary } from './bytes.ts';
import type { BundleFiles } from './bundle-files.ts';
import { isObject, parseCanonicalObject } from './canonical.ts';
import { sha256Hex } from './crypto.ts';
import { parseEntry, parseFacts } from './entry.ts';
import type { EntryHeader } from './entry.ts';
import { openFrames, openObject, splitFrames } from './envelope.ts';
import type { EnvelopeBinding } from './envelope.ts';
import { FormatError } from './fault.ts';
import { BundleFault, within } from './report.ts';
import { decodeEntryBundle } from './tiles.ts';

const DIGEST_CHARACTERS = 64;

/** Where an entry's header begins in its bundle, and its digest of facts (-1: none). */
export interface EntryPlace {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly facts: number;
}

/** Every facts document has the digest that its header carries. Errors: BundleFault. */
export function checkFacts(path: string, facts: Uint8Array, entries: Uint8Array, places: readonly EntryPlace[]): void {
  const documents = within(path, null, () => decodeEntryBundle(facts, places.length));
  for (const [at, document] of documents.entries()) {
    const place = places[at];
    if (place === undefined || document.length === 0) continue; // none, or destroyed
    const { index } = place;
    if (place.facts < 0) throw new BundleFault(path, 'facts_unexpected', { index });
    const digest = binary(entries, place.facts, place.facts + DIGEST_CHARACTERS);
    if (sha256Hex(document) !== digest) throw new BundleFault(path, 'facts_differ', { index });
    within(path, index, () => parseFacts(document));
  }
}

/** The content files of one entry. Errors: BundleFault. */
export async function checkContent(files: BundleFiles, entries: Uint8Array, place: EntryPlace): Promise<void> {
  const { index } = place;
  const paths = files.content.get(index);
  if (paths === undefined) return;
  const header = within(`content/${index}`, index, () => parseEntry(entries.subarray(place.start, place.end)));
  const kind = header.stream === undefined ? 'object' : 'stream';
  const [sealedPath, keyPath] = [`content/${index}.${kind}`, `content/${index}.key.json`];
  const stray = paths.find((path) => path !== sealedPath && path !== keyPath);
  if (stray !== undefined) throw new BundleFault(stray, 'file_unexpected', { index });
  if (!paths.includes(sealedPath)) throw new BundleFault(sealedPath, 'file_missing', { index });
  const sealed = await files.read(sealedPath);
  within(sealedPath, index, () => {
    requireCommitted(header, sealed);
  });
  if (!paths.includes(keyPath)) return; // destroyed
  const key = await files.read(keyPath);
  within(keyPath, index, () => {
    openWith(header, sealed, key);
  });
}

function requireCommitted(header: EntryHeader, sealed: Uint8Array): void {
  const committed = header.stream ?? header.body;
  if (committed === undefined) throw new FormatError('content_unexpected');
  if (committed.bytes !== sealed.length || committed.digest !== sha256Hex(sealed)) {
    throw new FormatError('content_differs');
  }
  if (header.stream !== undefined && splitFrames(sealed).length !== header.stream.frames) {
    throw new FormatError('content_differs');
  }
}

function openWith(header: EntryHeader, sealed: Uint8Array, keyFile: Uint8Array): void {
  const { binding, key, ...rest } = parseCanonicalObject(keyFile);
  if (!isObject(binding) || typeof key !== 'string' || Object.keys(rest).length > 0) {
    throw new FormatError('content_key_malformed');
  }
  const { id, kind, tenant, version, ...more } = binding;
  const typed = typeof id === 'string' && typeof kind === 'string' && typeof version === 'number';
  if (!typed || typeof tenant !== 'string' || Object.keys(more).length > 0 || !header.log.endsWith(`/${tenant}`)) {
    throw new FormatError('content_key_malformed');
  }
  const bound: EnvelopeBinding = { id, kind, tenant, version };
  if (header.stream === undefined) openObject(sealed, fromBase64(key), bound);
  else openFrames(sealed, fromBase64(key), bound);
}
