import { createCipheriv, createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import envelope from '#vectors/envelope.json' with { type: 'json' };
import stream from '#vectors/stream.json' with { type: 'json' };
import { concat, fromHex, toHex, utf8 } from './bytes.ts';
import { encodeCanonical } from './canonical.ts';
import { hkdfSha512Block } from './crypto.ts';
import {
  CHUNK_BYTES,
  objectDigest,
  openFrames,
  openObject,
  openWrap,
  plaintextDigest,
  splitFrames,
} from './envelope.ts';
import type { EnvelopeBinding, WrapContext } from './envelope.ts';

const wraps = envelope.wraps as readonly ((typeof envelope.wraps)[number] & { context: WrapContext })[];

/** Seals chunks as envelope.md §2 says; the vectors' digests judge it, so that it can stand in for megabytes of hex. */
function sealChunks(dataKey: Uint8Array, salt: Uint8Array, binding: EnvelopeBinding, chunks: readonly Uint8Array[]) {
  const context = encodeCanonical({ ...binding });
  const derived = hkdfSha512Block(dataKey, salt, concat(utf8('cordon sealed object v1\n'), context));
  const header = concat(utf8('CSO\x01\x02\0\0\0'), salt, derived.subarray(32));
  return [
    header,
    ...chunks.map((chunk, number) => {
      const nonce = new Uint8Array(12);
      new DataView(nonce.buffer).setUint32(7, number);
      nonce[11] = number === chunks.length - 1 ? 1 : 0;
      const cipher = createCipheriv('aes-256-gcm', derived.subarray(0, 32), nonce);
      cipher.setAAD(concat(header, context));
      return concat(cipher.update(chunk), cipher.final(), cipher.getAuthTag());
    }),
  ];
}

function pattern(spec: { readonly hex: string; readonly bytes: number }): Uint8Array {
  return Buffer.alloc(spec.bytes, fromHex(spec.hex));
}

describe('envelope, second reader', () => {
  it.each(envelope.whole)('opens whole object $binding.kind', (vector) => {
    const object = fromHex(vector.object);
    expect(toHex(openObject(object, fromHex(vector.dataKey), vector.binding))).toBe(vector.plaintext);
    expect(objectDigest(object)).toBe(vector.digest);
    expect(Buffer.from(encodeCanonical(vector.binding)).toString()).toBe(vector.bindingJson);
  });

  it.each(envelope.chunked)('opens $plaintext.bytes bytes in chunks', (vector) => {
    const plaintext = pattern(vector.plaintext);
    const chunks = Array.from({ length: Math.max(1, Math.ceil(plaintext.length / CHUNK_BYTES)) }, (_, at) =>
      plaintext.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES),
    );
    const dataKey = fromHex(vector.dataKey);
    const object = concat(...sealChunks(dataKey, fromHex(vector.salt), vector.binding, chunks));
    expect(objectDigest(object)).toBe(vector.digest);
    expect(object).toHaveLength(vector.objectBytes);
    expect(Buffer.compare(openObject(object, dataKey, vector.binding), plaintext)).toBe(0);
    expect(() => openObject(object.subarray(0, -1), dataKey, vector.binding)).toThrow('sealed_object_invalid');
  });

  it('refuses chunks that are swapped, repeated, dropped or cut off at a border', () => {
    const [dataKey, salt] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(9)];
    const binding = { tenant: '018f3c5e-7a10-7b3a-9c11-0d2f4a6b8c01', kind: 'recording', id: 'r', version: 1 };
    const plain = [1, 2, 3].map((byte) => new Uint8Array(CHUNK_BYTES).fill(byte));
    const [header, a, b, c] = sealChunks(dataKey, salt, binding, [...plain, Uint8Array.of(4)]);
    const last = sealChunks(dataKey, salt, binding, [...plain, Uint8Array.of(4)]).at(-1)!;
    const open = (...parts: Uint8Array[]) => openObject(concat(header!, ...parts), dataKey, binding);
    expect(open(a!, b!, c!, last)).toHaveLength(3 * CHUNK_BYTES + 1);
    const wrong = [
      [b!, a!, c!, last],
      [a!, a!, c!, last],
      [a!, c!, last],
      [a!, b!, c!],
      [a!, b!],
      [last],
      [a!, b!, c!, last, last],
    ];
    for (const parts of wrong) expect(() => open(...parts)).toThrow('sealed_object_invalid');
    const emptyLast = sealChunks(dataKey, salt, binding, [plain[0]!, new Uint8Array(0)]);
    expect(() => openObject(concat(...emptyLast), dataKey, binding)).toThrow('sealed_object_invalid');
  });

  it.each(envelope.refusedObjects)('refuses: $why', (vector) => {
    const open = () => openObject(fromHex(vector.object), fromHex(vector.dataKey), vector.binding);
    expect(open).toThrow('sealed_object_invalid');
  });

  it.each(envelope.plaintextDigest)('makes the keyed digest of $binding.kind', (vector) => {
    const digest = plaintextDigest(fromHex(vector.dataKey), vector.binding, fromHex(vector.plaintext));
    expect(toHex(digest)).toBe(vector.digest);
  });

  it.each(wraps)('opens a wrapped key of level $context.level', (vector) => {
    expect(toHex(openWrap(fromHex(vector.wrap), fromHex(vector.wrappingKey), vector.context))).toBe(vector.key);
    expect(Buffer.from(encodeCanonical({ ...vector.context })).toString()).toBe(vector.contextJson);
  });

  it.each(envelope.refusedWraps)('refuses a wrap: $why', (vector) => {
    const open = () => openWrap(fromHex(vector.wrap), fromHex(vector.wrappingKey), vector.context as WrapContext);
    expect(open).toThrow('sealed_object_invalid');
  });

  it.each(stream.streams)('opens a stream of $stream.frames frames', (vector) => {
    const bytes = fromHex(vector.streamBytes);
    const opened = openFrames(bytes, fromHex(vector.dataKey), vector.binding);
    expect(opened.map(toHex)).toEqual(vector.plaintextFrames);
    expect(splitFrames(bytes).map(toHex)).toEqual(vector.sealedFrames);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(vector.stream.digest);
    expect(bytes).toHaveLength(vector.stream.bytes);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1;
      expect(() => openFrames(changed, fromHex(vector.dataKey), vector.binding)).toThrow('sealed_object_invalid');
    }
  });
});
