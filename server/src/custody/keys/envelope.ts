// Sealed objects (docs/formats/envelope.md §2, stream.md): pure functions from a data key to bytes and back.
import { createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { ProblemError } from '@cordon/contract';
import { isUuid } from '#kernel/ids.ts';
import {
  HEAD_BYTES,
  KEY_BYTES,
  SALT_BYTES,
  TAG_BYTES,
  decrypt,
  derive,
  deriveFor,
  encrypt,
  headOf,
  invalidObject,
} from './derive.ts';
import type { Binding } from './sealer.ts';

const LABEL = 'cordon sealed object v1';
const DIGEST_LABEL = 'cordon plaintext digest v1';
const MODE = { whole: 0x01, chunked: 0x02, frames: 0x03 } as const;
/** docs/formats/envelope.md §2: larger objects are sealed in chunks. */
const WHOLE_LIMIT_BYTES = 64 * 1024 * 1024;
/** docs/formats/envelope.md §2: memory of a stream is one chunk. */
export const CHUNK_BYTES = 1024 * 1024;
const UNIT_BYTES = CHUNK_BYTES + TAG_BYTES;
const FRAME_LENGTH_BYTES = 4;
/** u32 counter in the nonce. */
const CHUNK_LIMIT = 2 ** 32 - 1;
const TOKEN = /^[!#-[\]-~]{1,4096}$/;

/** Canonical JSON of the binding. Errors: `sealed_object_invalid` for a binding that could not have been sealed. */
function bindingBytes(binding: Binding): Buffer {
  const { id, kind, tenant, version } = binding;
  const sound = TOKEN.test(id) && TOKEN.test(kind) && isUuid(tenant) && Number.isSafeInteger(version) && version >= 1;
  if (!sound) throw invalidObject();
  return Buffer.from(`{"id":"${id}","kind":"${kind}","tenant":"${tenant}","version":${version}}`, 'ascii');
}

/** Mode whole: 88 bytes longer than the plaintext. Errors: `payload_too_large` above 64 MiB. */
export function sealWhole(
  dataKey: Uint8Array,
  binding: Binding,
  plaintext: Uint8Array,
  salt: Uint8Array = randomBytes(SALT_BYTES),
): Buffer {
  if (plaintext.length > WHOLE_LIMIT_BYTES) throw new ProblemError('payload_too_large');
  const begun = begin(dataKey, binding, 'whole', salt);
  const parts = encrypt(begun.key, nonce(0, true), begun.aad, plaintext);
  begun.key.fill(0);
  return Buffer.concat([begun.head, ...parts]);
}

/** Errors: `sealed_object_invalid`. */
export function openWhole(dataKey: Uint8Array, binding: Binding, sealed: Uint8Array): Buffer {
  const { key, aad } = resume(dataKey, binding, 'whole', sealed.subarray(0, HEAD_BYTES));
  if (sealed.length > WHOLE_LIMIT_BYTES + HEAD_BYTES + TAG_BYTES) throw invalidObject();
  const plaintext = decrypt(key, nonce(0, true), aad, sealed.subarray(HEAD_BYTES));
  key.fill(0);
  return plaintext;
}

/** Mode chunked. Memory: one chunk. */
export class ChunkSealer {
  readonly #key: Uint8Array;
  readonly #aad: Uint8Array;
  readonly #pending = Buffer.alloc(CHUNK_BYTES);
  #filled = 0;
  #index = 0;
  #head: Buffer | null;
  #ended = false;

  constructor(dataKey: Uint8Array, binding: Binding, salt: Uint8Array = randomBytes(SALT_BYTES)) {
    const { key, aad, head } = begin(dataKey, binding, 'chunked', salt);
    this.#key = key;
    this.#aad = aad;
    this.#head = head;
  }

  /** Bytes ready to be stored. A full chunk is held back until more comes: it could be the last. */
  push(plaintext: Uint8Array): Buffer {
    this.#refuseAfterEnd();
    const ready = this.#takeHead();
    for (let from = 0; from < plaintext.length;) {
      if (this.#filled === CHUNK_BYTES) ready.push(...this.#chunk(false));
      const piece = plaintext.subarray(from, from + CHUNK_BYTES - this.#filled);
      this.#pending.set(piece, this.#filled);
      this.#filled += piece.length;
      from += piece.length;
    }
    return Buffer.concat(ready);
  }

  end(): Buffer {
    this.#refuseAfterEnd();
    const last = Buffer.concat([...this.#takeHead(), ...this.#chunk(true)]);
    this.#ended = true;
    this.#key.fill(0);
    this.#pending.fill(0);
    return last;
  }

  #takeHead(): Buffer[] {
    const head = this.#head;
    this.#head = null;
    return head === null ? [] : [head];
  }

  #chunk(last: boolean): Buffer[] {
    const parts = encrypt(this.#key, nonce(this.#index, last), this.#aad, this.#pending.subarray(0, this.#filled));
    this.#index += 1;
    this.#filled = 0;
    return parts;
  }

  #refuseAfterEnd(): void {
    if (this.#ended || this.#index > CHUNK_LIMIT)
      throw new ProblemError('internal', { reason: 'sealing_stream_ended' });
  }
}

/** Chunks in order, each as soon as its tag holds. It throws `sealed_object_invalid` unless the last one was seen. */
export async function* openChunks(
  dataKey: Uint8Array,
  binding: Binding,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, void> {
  let opened: { readonly key: Uint8Array; readonly aad: Uint8Array } | null = null;
  let waiting: Buffer = Buffer.alloc(0);
  let index = 0;
  for await (const piece of sealed) {
    waiting = waiting.length === 0 ? Buffer.from(piece) : Buffer.concat([waiting, piece]);
    if (opened === null && waiting.length >= HEAD_BYTES) {
      opened = resume(dataKey, binding, 'chunked', waiting.subarray(0, HEAD_BYTES));
      waiting = waiting.subarray(HEAD_BYTES);
    }
    if (opened === null) continue;
    // Strictly more than a unit waits, so the unit at the front is not the last.
    while (waiting.length > UNIT_BYTES) {
      yield decrypt(opened.key, nonce(index, false), opened.aad, waiting.subarray(0, UNIT_BYTES));
      waiting = waiting.subarray(UNIT_BYTES);
      index += 1;
    }
  }
  if (opened === null || (waiting.length === TAG_BYTES && index > 0)) throw invalidObject();
  yield decrypt(opened.key, nonce(index, true), opened.aad, waiting);
  opened.key.fill(0);
}

/** Mode frames (stream.md): the end is marked by the ledger, not here. */
export class FrameSealer {
  readonly #key: KeyObject;
  readonly #aad: Uint8Array;
  /** The first 72 bytes of the stream. */
  readonly header: Uint8Array;
  #index = 0;

  constructor(dataKey: Uint8Array, binding: Binding, salt: Uint8Array = randomBytes(SALT_BYTES)) {
    const { key, aad, head } = begin(dataKey, binding, 'frames', salt);
    this.#key = createSecretKey(key);
    key.fill(0);
    this.#aad = aad;
    this.header = head;
  }

  /** One frame without its length prefix. `plaintext`: 1 byte to 1 MiB. */
  seal(plaintext: Uint8Array): Buffer {
    const fits = plaintext.length >= 1 && plaintext.length <= CHUNK_BYTES && this.#index < CHUNK_LIMIT;
    if (!fits) throw new ProblemError('internal', { reason: 'frame_size' });
    const parts = encrypt(this.#key, nonce(this.#index, false), this.#aad, plaintext);
    this.#index += 1;
    return Buffer.concat(parts);
  }
}

/** Opens the stream bytes of stream.md: header, then length and frame in turn. Whether all are there is the outcome entry's word. */
export function openFrames(dataKey: Uint8Array, binding: Binding, stream: Uint8Array): Buffer {
  const { key, aad } = resume(dataKey, binding, 'frames', stream.subarray(0, HEAD_BYTES));
  const plaintexts: Buffer[] = [];
  for (let at = HEAD_BYTES; at < stream.length;) {
    const frame = frameAt(stream, at);
    plaintexts.push(decrypt(key, nonce(plaintexts.length, false), aad, frame));
    at += FRAME_LENGTH_BYTES + frame.length;
  }
  key.fill(0);
  return Buffer.concat(plaintexts);
}

function frameAt(stream: Uint8Array, at: number): Uint8Array {
  const from = at + FRAME_LENGTH_BYTES;
  if (from > stream.length) throw invalidObject();
  const length = new DataView(stream.buffer, stream.byteOffset).getUint32(at);
  const fits = length > TAG_BYTES && length <= UNIT_BYTES && from + length <= stream.length;
  if (!fits) throw invalidObject();
  return stream.subarray(from, from + length);
}

/** The only digest of a plaintext that may be stored: it dies with the data key (docs/formats/envelope.md §2). */
export function plaintextDigest(dataKey: Uint8Array, binding: Binding, plaintext: Uint8Array): Buffer {
  const info = Buffer.concat([Buffer.from(`${DIGEST_LABEL}\n`, 'ascii'), bindingBytes(binding)]);
  const key = new Uint8Array(hkdfSync('sha512', dataKey, '', info, KEY_BYTES));
  const digest = createHmac('sha256', key).update(plaintext).digest();
  key.fill(0);
  return digest;
}

function begin(
  dataKey: Uint8Array,
  binding: Binding,
  mode: keyof typeof MODE,
  salt: Uint8Array,
): { readonly key: Uint8Array; readonly aad: Buffer; readonly head: Buffer } {
  const context = bindingBytes(binding);
  const { key, commitment } = derive(dataKey, salt, LABEL, context);
  const head = headOf('CSO', MODE[mode], salt, commitment);
  return { key, head, aad: Buffer.concat([head, context]) };
}

function resume(
  dataKey: Uint8Array,
  binding: Binding,
  mode: keyof typeof MODE,
  head: Uint8Array,
): { readonly key: Uint8Array; readonly aad: Buffer } {
  const context = bindingBytes(binding);
  const { key } = deriveFor(head, 'CSO', MODE[mode], dataKey, LABEL, context);
  return { key, aad: Buffer.concat([head, context]) };
}

function nonce(index: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(index, 7);
  bytes[11] = last ? 0x01 : 0x00;
  return bytes;
}
