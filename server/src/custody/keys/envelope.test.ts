// The writer against the vectors that an independent implementation made (proofs/vectors).
import { readFileSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { openFrames as openFramesElsewhere, openObject, openWrap } from '@cordon/proofs';
import { describe, expect, test } from 'vitest';
import { derive } from './derive.ts';
import { ChunkSealer, FrameSealer, openChunks, openFrames, openWhole, plaintextDigest, sealWhole } from './envelope.ts';
import type { Binding } from './sealer.ts';
import type { WrapPlace } from './wrap.ts';
import { unwrapKey, wrapContext, wrapKey } from './wrap.ts';

interface Whole {
  readonly dataKey: string;
  readonly salt: string;
  readonly binding: Binding;
  readonly key: string;
  readonly commitment: string;
  readonly bindingJson: string;
  readonly plaintext: string;
  readonly object: string;
}
interface Chunked {
  readonly dataKey: string;
  readonly salt: string;
  readonly binding: Binding;
  readonly plaintext: { readonly hex: string; readonly bytes: number };
  readonly objectBytes: number;
  readonly digest: string;
}
interface EnvelopeVectors {
  readonly whole: readonly Whole[];
  readonly chunked: readonly Chunked[];
  readonly plaintextDigest: readonly { dataKey: string; binding: Binding; plaintext: string; digest: string }[];
  readonly wraps: readonly {
    wrappingKey: string;
    salt: string;
    key: string;
    context: WrapPlace;
    contextJson: string;
    wrap: string;
  }[];
  readonly refusedObjects: readonly { why: string; dataKey: string; binding: Binding; object: string }[];
  readonly refusedWraps: readonly { why: string; wrappingKey: string; context: WrapPlace; wrap: string }[];
}
interface StreamVectors {
  readonly streams: readonly {
    dataKey: string;
    salt: string;
    binding: Binding;
    header: string;
    plaintextFrames: readonly string[];
    sealedFrames: readonly string[];
    streamBytes: string;
  }[];
}

const vectors = read('envelope') as EnvelopeVectors;
const { streams } = read('stream') as StreamVectors;

describe('whole objects', () => {
  test.each(vectors.whole)('$binding.kind version $binding.version', (vector) => {
    const derived = derive(
      hex(vector.dataKey),
      hex(vector.salt),
      'cordon sealed object v1',
      Buffer.from(vector.bindingJson),
    );
    expect(Buffer.from(derived.key).toString('hex')).toBe(vector.key);
    expect(Buffer.from(derived.commitment).toString('hex')).toBe(vector.commitment);
    const sealed = sealWhole(hex(vector.dataKey), vector.binding, hex(vector.plaintext), hex(vector.salt));
    expect(sealed.toString('hex')).toBe(vector.object);
    expect(openWhole(hex(vector.dataKey), vector.binding, sealed).toString('hex')).toBe(vector.plaintext);
  });

  test.each(vectors.refusedObjects)('refused: $why', async (vector) => {
    const object = hex(vector.object);
    const open = async (): Promise<unknown> =>
      object[4] === 2
        ? collect(openChunks(hex(vector.dataKey), vector.binding, pieces(object, 100)))
        : openWhole(hex(vector.dataKey), vector.binding, object);
    await expect(open()).rejects.toMatchObject({ code: 'sealed_object_invalid' });
  });

  test.each(vectors.plaintextDigest)('keyed digest', (vector) => {
    const digest = plaintextDigest(hex(vector.dataKey), vector.binding, hex(vector.plaintext));
    expect(digest.toString('hex')).toBe(vector.digest);
  });
});

describe('chunked objects', () => {
  test.each(vectors.chunked)('$plaintext.bytes bytes', async (vector) => {
    const plaintext = pattern(hex(vector.plaintext.hex), vector.plaintext.bytes);
    const sealer = new ChunkSealer(hex(vector.dataKey), vector.binding, hex(vector.salt));
    const sealed = Buffer.concat([sealer.push(plaintext), sealer.end()]);
    expect(sealed.length).toBe(vector.objectBytes);
    expect(createHash('sha256').update(sealed).digest('hex')).toBe(vector.digest);
    const opened = await collect(openChunks(hex(vector.dataKey), vector.binding, pieces(sealed, 65_537)));
    expect(opened.equals(plaintext)).toBe(true);
  });

  test('an empty last chunk after a full one is refused', async () => {
    const vector = vectors.chunked[4]!;
    const sealer = new ChunkSealer(hex(vector.dataKey), vector.binding, hex(vector.salt));
    const begun = sealer.push(Buffer.alloc(1_048_577));
    const tag = sealer.end().subarray(-16);
    const forged = pieces(Buffer.concat([begun, tag]), 4096);
    await expect(collect(openChunks(hex(vector.dataKey), vector.binding, forged))).rejects.toMatchObject({
      code: 'sealed_object_invalid',
    });
  });
});

describe('frames', () => {
  test.each(streams)('$plaintextFrames.length frames', (vector) => {
    const sealer = new FrameSealer(hex(vector.dataKey), vector.binding, hex(vector.salt));
    expect(Buffer.from(sealer.header).toString('hex')).toBe(vector.header);
    expect(vector.plaintextFrames.map((frame) => sealer.seal(hex(frame)).toString('hex'))).toEqual(vector.sealedFrames);
    const opened = openFrames(hex(vector.dataKey), vector.binding, hex(vector.streamBytes));
    expect(opened.toString('hex')).toBe(vector.plaintextFrames.join(''));
  });
});

// What we write, the auditor's reader opens: a second implementation that shares no code with this one.
describe('the second reader', () => {
  const binding = vectors.whole[0]!.binding;
  const key = randomBytes(32);

  test.each([0, 1, 2048, 70_000])('opens %i bytes', (size) => {
    const plaintext = randomBytes(size);
    expect(Buffer.from(openObject(sealWhole(key, binding, plaintext), key, binding)).equals(plaintext)).toBe(true);
  });

  test.each([0, 1, 1_048_576, 1_048_577, 2_500_000])('opens %i bytes in chunks', (size) => {
    const plaintext = randomBytes(size);
    const sealer = new ChunkSealer(key, binding);
    const sealed = Buffer.concat([sealer.push(plaintext), sealer.end()]);
    expect(Buffer.from(openObject(sealed, key, binding)).equals(plaintext)).toBe(true);
  });

  test('opens frames and wraps, and refuses what we refuse', () => {
    const sealer = new FrameSealer(key, binding);
    const frames = ['a', 'bc'].map((text) => sealer.seal(Buffer.from(text)));
    const lengths = frames.map((frame) => Buffer.from(Uint32Array.of(frame.length).buffer).toReversed());
    const stream = Buffer.concat([sealer.header, lengths[0]!, frames[0]!, lengths[1]!, frames[1]!]);
    expect(Buffer.concat(openFramesElsewhere(stream, key, binding)).toString()).toBe('abc');
    expect(openFrames(key, binding, stream).toString()).toBe('abc');
    const place = { by: 'clinical.2026-11.1', level: 'data', of: null, tenant: binding.tenant } as const;
    const dataKey = randomBytes(32);
    const wrap = wrapKey(key, 'data', wrapContext(place), dataKey);
    expect(Buffer.from(openWrap(wrap, key, place)).equals(dataKey)).toBe(true);
    expect(() => openWrap(wrap, key, { ...place, by: 'clinical.2026-11.2' })).toThrow();
  });
});

describe('key wraps', () => {
  test.each(vectors.wraps)('$context.level', (vector) => {
    const context = wrapContext(vector.context);
    expect(context.toString()).toBe(vector.contextJson);
    const wrap = wrapKey(hex(vector.wrappingKey), vector.context.level, context, hex(vector.key), hex(vector.salt));
    expect(wrap.toString('hex')).toBe(vector.wrap);
    expect(unwrapKey(hex(vector.wrappingKey), vector.context.level, context, wrap).toString('hex')).toBe(vector.key);
  });

  test.each(vectors.refusedWraps)('refused: $why', (vector) => {
    const open = (): unknown =>
      unwrapKey(hex(vector.wrappingKey), vector.context.level, wrapContext(vector.context), hex(vector.wrap));
    expect(open).toThrowError(expect.objectContaining({ code: 'sealed_object_invalid' }));
  });
});

function read(name: string): unknown {
  const path = new URL(`../../../../proofs/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8'));
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

function pattern(unit: Buffer, bytes: number): Buffer {
  return bytes === 0 ? Buffer.alloc(0) : Buffer.alloc(bytes, unit);
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks));
}
