// What must hold for every plaintext and every damage (docs/formats/envelope.md).
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newTenantId } from '#kernel/ids.ts';
import { CHUNK_BYTES, ChunkSealer, FrameSealer, openChunks, openFrames, openWhole, sealWhole } from './envelope.ts';
import type { Binding, ObjectKind } from './sealer.ts';

const UNIT = CHUNK_BYTES + 16;
const HEAD = 72;
const kinds = ['recording', 'transcript', 'draft', 'note', 'entry', 'stream'] as const satisfies readonly ObjectKind[];
const bindings: fc.Arbitrary<Binding> = fc.record({
  tenant: fc.constant(0).map(() => newTenantId()),
  kind: fc.constantFrom(...kinds),
  id: fc.uuid(),
  version: fc.integer({ min: 1, max: 1_000_000 }),
});
const keys = fc.constant(0).map(() => randomBytes(32));
const bytes = fc.uint8Array({ maxLength: 5000 });
const invalid = { code: 'sealed_object_invalid' };

describe('whole', () => {
  test('opens to what was sealed, and under no other key, tenant, kind, id or version', () => {
    fc.assert(
      fc.property(keys, bindings, bindings, bytes, (key, binding, other, plaintext) => {
        const sealed = sealWhole(key, binding, plaintext);
        expect(openWhole(key, binding, sealed).equals(plaintext)).toBe(true);
        expect(() => openWhole(randomBytes(32), binding, sealed)).toThrow();
        const strangers = [
          { ...binding, tenant: other.tenant },
          { ...binding, kind: kinds.find((kind) => kind !== binding.kind) ?? 'note' },
          { ...binding, id: `${other.id}x` },
          { ...binding, version: binding.version + 1 },
        ] satisfies Binding[];
        for (const stranger of strangers) expect(() => openWhole(key, stranger, sealed)).toThrow();
      }),
      { numRuns: 100 },
    );
  });

  test('no changed byte, no cut and no addition opens', () => {
    fc.assert(
      fc.property(
        keys,
        bindings,
        bytes,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (key, binding, plain, at, flip) => {
          const sealed = sealWhole(key, binding, plain);
          const changed = Buffer.from(sealed);
          changed[at % changed.length]! ^= flip;
          expect(() => openWhole(key, binding, changed)).toThrowError(expect.objectContaining(invalid));
          const cut = sealed.subarray(0, at % sealed.length);
          expect(() => openWhole(key, binding, cut)).toThrowError(expect.objectContaining(invalid));
          expect(() => openWhole(key, binding, Buffer.concat([sealed, Buffer.of(flip)]))).toThrowError(
            expect.objectContaining(invalid),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('chunked', () => {
  // Around the borders of a chunk, where mistakes live.
  const sizes = fc.oneof(
    fc.nat(3000),
    fc.constantFrom(CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 77),
  );

  test('any cutting of the plaintext and of the ciphertext gives the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(keys, bindings, sizes, cuts(), cuts(), async (key, binding, size, inCuts, outCuts) => {
        const plaintext = randomBytes(size);
        const sealed = sealInPieces(key, binding, pieces(plaintext, inCuts));
        expect(sealed.length).toBe(HEAD + size + 16 * Math.max(1, Math.ceil(size / CHUNK_BYTES)));
        const opened = await collect(openChunks(key, binding, stream(pieces(sealed, outCuts))));
        expect(opened.equals(plaintext)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test('truncated at any place, reordered, repeated, shortened or extended streams fail', async () => {
    const key = randomBytes(32);
    const binding: Binding = { tenant: newTenantId(), kind: 'recording', id: 'a', version: 1 };
    const sealed = sealInPieces(key, binding, [randomBytes(3 * CHUNK_BYTES + 100)]);
    const unit = (i: number): Buffer => sealed.subarray(HEAD + i * UNIT, HEAD + (i + 1) * UNIT);
    const head = sealed.subarray(0, HEAD);
    const damaged: Record<string, Buffer[]> = {
      'last chunk dropped': [head, unit(0), unit(1), unit(2)],
      'middle chunk dropped': [head, unit(0), unit(2), unit(3)],
      'first chunk dropped': [head, unit(1), unit(2), unit(3)],
      reordered: [head, unit(1), unit(0), unit(2), unit(3)],
      repeated: [head, unit(0), unit(0), unit(1), unit(2), unit(3)],
      'one byte more': [sealed, Buffer.of(0)],
      'last chunk twice': [sealed, unit(3)],
      'header only': [head],
      nothing: [],
    };
    const opened: string[] = [];
    for (const [name, parts] of Object.entries(damaged)) {
      await collect(openChunks(key, binding, stream(parts))).then(
        () => opened.push(name),
        (error: unknown) => expect(error).toMatchObject(invalid),
      );
    }
    expect(opened).toEqual([]);
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), async (length) => {
        const cut = [sealed.subarray(0, length)];
        await expect(collect(openChunks(key, binding, stream(cut)))).rejects.toMatchObject(invalid);
      }),
      { numRuns: 40 },
    );
  });

  test('what is released before a damage is a prefix of the truth', async () => {
    const key = randomBytes(32);
    const binding: Binding = { tenant: newTenantId(), kind: 'recording', id: 'a', version: 1 };
    const plaintext = randomBytes(2 * CHUNK_BYTES + 5);
    const sealed = sealInPieces(key, binding, [plaintext]);
    sealed[HEAD + UNIT + 9]! ^= 1;
    const released: Buffer[] = [];
    await expect(
      (async () => {
        for await (const chunk of openChunks(key, binding, stream([sealed]))) released.push(chunk);
      })(),
    ).rejects.toMatchObject(invalid);
    expect(Buffer.concat(released).equals(plaintext.subarray(0, CHUNK_BYTES))).toBe(true);
  });
});

describe('frames', () => {
  test('open in order; none can be moved, dropped before another or changed', () => {
    const framesOf = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(keys, bindings, framesOf, fc.nat(), (key, binding, plaintexts, at) => {
        const sealer = new FrameSealer(key, binding);
        const frames = plaintexts.map((plaintext) => prefixed(sealer.seal(plaintext)));
        const opened = openFrames(key, binding, Buffer.concat([sealer.header, ...frames]));
        expect(opened.equals(Buffer.concat(plaintexts))).toBe(true);
        const i = at % (frames.length - 1);
        const swapped = frames.with(i, frames[i + 1]!).with(i + 1, frames[i]!);
        const dropped = frames.toSpliced(i, 1);
        for (const wrong of [swapped, dropped]) {
          expect(() => openFrames(key, binding, Buffer.concat([sealer.header, ...wrong]))).toThrow();
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('key commitment', () => {
  // Without a commitment two keys can be found under which one AES-GCM ciphertext opens (Dodis et al. 2018; Len, Grubbs,
  // Ristenpart 2021). With this format the attacker would need two inputs of HKDF-SHA-512 with one 32-byte commitment.
  test('a commitment computed for another key does not let that key open the object', () => {
    fc.assert(
      fc.property(keys, keys, bindings, bytes, (key, second, binding, plaintext) => {
        const sealed = sealWhole(key, binding, plaintext);
        const salt = sealed.subarray(8, 40);
        const forged = sealWhole(second, binding, plaintext, salt);
        const mixed = Buffer.concat([forged.subarray(0, HEAD), sealed.subarray(HEAD)]);
        for (const candidate of [key, second]) expect(() => openWhole(candidate, binding, mixed)).toThrow();
        const opens = [key, second].filter((candidate) => {
          try {
            openWhole(candidate, binding, sealed);
            return true;
          } catch {
            return false;
          }
        });
        expect(opens).toEqual([key]);
      }),
      { numRuns: 60 },
    );
  });
});

function sealInPieces(key: Uint8Array, binding: Binding, plaintexts: readonly Uint8Array[]): Buffer {
  const sealer = new ChunkSealer(key, binding);
  const parts = plaintexts.map((piece) => sealer.push(piece));
  return Buffer.concat([...parts, sealer.end()]);
}

function cuts(): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: 0, max: 700_000 }), { minLength: 1, maxLength: 6 });
}

/** Pieces of the given sizes, around and around, until nothing is left. */
function pieces(whole: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const found: Uint8Array[] = [];
  const sound = sizes.map((size, i) => (i === 0 ? size + 1 : size));
  for (let at = 0, i = 0; at < whole.length; i += 1) {
    const size = Math.max(sound[i % sound.length] ?? 1, whole.length > 100_000 ? 10_000 : 0);
    found.push(whole.subarray(at, at + size));
    at += size;
  }
  return found;
}

function prefixed(frame: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

async function* stream(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks));
}
