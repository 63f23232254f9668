// Second reader of sealed objects, stream frames and key wraps (docs/formats/envelope.md, stream.md). It opens; it does not seal.
import { concat, equalBytes, fromBinary, utf8 } from './bytes.ts';
import { encodeCanonical } from './canonical.ts';
import { equalInConstantTime, hkdfSha512Block, hmacSha256, openAesGcm, sha256Hex } from './crypto.ts';
import { FormatError } from './fault.ts';

export interface EnvelopeBinding {
  readonly tenant: string;
  readonly kind: string;
  readonly id: string;
  readonly version: number;
}

export interface WrapContext {
  readonly by: string;
  readonly level: 'data' | 'erasure' | 'tenant';
  readonly of: string | null;
  readonly tenant: string;
}

const KEY_BYTES = 32;
const HEADER_BYTES = 72;
const TAG_BYTES = 16;
export const CHUNK_BYTES = 1_048_576;
const MAX_WHOLE_BYTES = 64 * 1_048_576;
const WRAP_BYTES = 120;
const OBJECT_MAGIC = fromBinary('CSO\x01');
const WRAP_MAGIC = fromBinary('CKW\x01');
const MODE = { whole: 1, chunked: 2, frames: 3 } as const;
const LEVEL = { data: 1, erasure: 2, tenant: 3 } as const;

/** Opens a whole or chunked object. Errors: `sealed_object_invalid`, and nothing more exact (envelope.md §4). */
export function openObject(object: Uint8Array, dataKey: Uint8Array, binding: EnvelopeBinding): Uint8Array {
  const mode = object[4];
  if (mode === MODE.chunked) return openChunks(object, readHeader(object, MODE.chunked, dataKey, binding));
  const header = readHeader(object, MODE.whole, dataKey, binding);
  const sealed = object.subarray(HEADER_BYTES);
  if (sealed.length > MAX_WHOLE_BYTES + TAG_BYTES) throw invalid();
  return openChunk(header, 0, true, sealed);
}

/** The plaintext frames of stream bytes, in order. Errors: `sealed_object_invalid`. */
export function openFrames(stream: Uint8Array, dataKey: Uint8Array, binding: EnvelopeBinding): readonly Uint8Array[] {
  const header = readHeader(stream, MODE.frames, dataKey, binding);
  return splitFrames(stream).map((frame, number) => {
    const length = frame.length - TAG_BYTES;
    if (length < 1 || length > CHUNK_BYTES) throw invalid();
    return openChunk(header, number, false, frame);
  });
}

/** The sealed frames of stream bytes; needs no key. Errors: `sealed_object_invalid`. */
export function splitFrames(stream: Uint8Array): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  let at = HEADER_BYTES;
  while (at < stream.length) {
    const start = at + 4;
    if (start > stream.length) throw invalid();
    const end = start + new DataView(stream.buffer, stream.byteOffset + at, 4).getUint32(0);
    if (end > stream.length) throw invalid();
    frames.push(stream.subarray(start, end));
    at = end;
  }
  return frames;
}

/** The key inside a wrap. Errors: `sealed_object_invalid`. */
export function openWrap(wrap: Uint8Array, wrappingKey: Uint8Array, context: WrapContext): Uint8Array {
  if (wrap.length !== WRAP_BYTES || wrappingKey.length !== KEY_BYTES) throw invalid();
  const { by, level, of, tenant } = context;
  requireStart(wrap, WRAP_MAGIC, LEVEL[level]);
  const contextBytes = encodeCanonical({ by, level, of, tenant });
  const key = derive(wrap, wrappingKey, 'cordon key wrap v1', contextBytes);
  const aad = concat(wrap.subarray(0, HEADER_BYTES), contextBytes);
  const opened = openAesGcm(key, new Uint8Array(12), aad, wrap.subarray(HEADER_BYTES));
  if (opened?.length !== KEY_BYTES) throw invalid();
  return opened;
}

/** Digest of a sealed object, as ledger entries carry it: hex SHA-256 of all its bytes. */
export function objectDigest(object: Uint8Array): string {
  return sha256Hex(object);
}

/** The keyed digest of a plaintext, which says nothing to who lacks the data key. */
export function plaintextDigest(dataKey: Uint8Array, binding: EnvelopeBinding, plaintext: Uint8Array): Uint8Array {
  const info = concat(utf8('cordon plaintext digest v1\n'), bindingBytes(binding));
  const macKey = hkdfSha512Block(dataKey, new Uint8Array(0), info).subarray(0, KEY_BYTES);
  return hmacSha256(macKey, plaintext);
}

interface Header {
  readonly key: Uint8Array;
  readonly aad: Uint8Array;
}

function readHeader(object: Uint8Array, mode: number, dataKey: Uint8Array, binding: EnvelopeBinding): Header {
  if (object.length < HEADER_BYTES || dataKey.length !== KEY_BYTES) throw invalid();
  requireStart(object, OBJECT_MAGIC, mode);
  const context = bindingBytes(binding);
  const key = derive(object, dataKey, 'cordon sealed object v1', context);
  return { key, aad: concat(object.subarray(0, HEADER_BYTES), context) };
}

function requireStart(bytes: Uint8Array, magic: Uint8Array, mode: number): void {
  const start = concat(magic, Uint8Array.of(mode, 0, 0, 0));
  if (!equalBytes(bytes.subarray(0, start.length), start)) throw invalid();
}

/** Derives, compares the commitment, and only then gives the key. */
function derive(bytes: Uint8Array, secret: Uint8Array, label: string, context: Uint8Array): Uint8Array {
  const [salt, commitment] = [bytes.subarray(8, 40), bytes.subarray(40, HEADER_BYTES)];
  const derived = hkdfSha512Block(secret, salt, concat(utf8(`${label}\n`), context));
  if (!equalInConstantTime(derived.subarray(KEY_BYTES), commitment)) throw invalid();
  return derived.subarray(0, KEY_BYTES);
}

function openChunks(object: Uint8Array, header: Header): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = HEADER_BYTES;
  for (let number = 0; ; number += 1) {
    const end = Math.min(at + CHUNK_BYTES + TAG_BYTES, object.length);
    const last = end === object.length;
    const chunk = object.subarray(at, end);
    if (last && number > 0 && chunk.length <= TAG_BYTES) throw invalid();
    parts.push(openChunk(header, number, last, chunk));
    at = end;
    if (last) return concat(...parts);
  }
}

function openChunk(header: Header, number: number, last: boolean, sealed: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, number);
  nonce[11] = last ? 1 : 0;
  const opened = openAesGcm(header.key, nonce, header.aad, sealed);
  if (opened === null) throw invalid();
  return opened;
}

function bindingBytes(binding: EnvelopeBinding): Uint8Array {
  const { id, kind, tenant, version } = binding;
  return encodeCanonical({ id, kind, tenant, version });
}

function invalid(): FormatError {
  return new FormatError('sealed_object_invalid');
}
