// Every reader, fed with anything: it gives a value or a FormatError, and what it takes it would have written the same way.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  checkpointText,
  decodeEntryBundle,
  encodeCanonical,
  encodeEntry,
  encodeEntryBundle,
  encodeProof,
  FormatError,
  fromBase64,
  openFrames,
  openObject,
  openWrap,
  parseCanonical,
  parseCertificate,
  parseCheckpointText,
  parseEntry,
  parseFacts,
  parseNote,
  parseOrigin,
  parseProof,
  parseVkey,
  splitFrames,
  toBase64,
} from '#proofs/index.ts';
import { binary, toHex, utf8 } from '#proofs/bytes.ts';
import { parseManifest } from '#proofs/manifest.ts';
import { Frontier, inclusionProof, leafHash, rootOf, verifyInclusion } from '#proofs/merkle.ts';
import { TreeBuilder } from '#proofs/tree-build.ts';
import bundle from '#vectors/bundle.json' with { type: 'json' };
import entries from '#vectors/entry.json' with { type: 'json' };

const RUNS = { numRuns: 3000 };
const KEY = new Uint8Array(32);
const BINDING = { tenant: '0193d5a0-0000-7000-8000-0000000000aa', kind: 'note', id: 'x', version: 1 };
const CONTEXT = { by: 'a', level: 'data', of: null, tenant: BINDING.tenant } as const;

/** Real documents of every format, from the vectors. */
const seeds: readonly Uint8Array[] = [
  ...bundle.files.map((file) => fromBase64(file.base64)),
  ...bundle.anchors.map((anchor) => utf8(anchor.note)),
  ...entries.accepted.map((entry) => utf8(entry.header)),
];

/** Real documents with some bytes changed, and plain noise. */
const documents = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(2)), { maxLength: 3 }))
    .map(([seed, changes]) =>
      changes.reduce<Uint8Array>((bytes, [where, value, how]) => {
        const at = where % (bytes.length + 1);
        const before = bytes.subarray(0, at);
        const after = bytes.subarray(how === 0 ? at : at + 1);
        return Buffer.concat(how === 2 ? [before, after] : [before, Uint8Array.of(value), after]);
      }, seed),
    ),
);

const readers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  parseCanonical,
  parseCertificate,
  parseEntry,
  parseFacts,
  parseManifest,
  parseNote,
  parseProof,
  splitFrames,
  fromBase64: (bytes) => fromBase64(binary(bytes)),
  parseCheckpointText: (bytes) => parseCheckpointText(binary(bytes)),
  parseOrigin: (bytes) => parseOrigin(binary(bytes)),
  parseVkey: (bytes) => parseVkey(binary(bytes)),
  decodeEntryBundle: (bytes) => decodeEntryBundle(bytes, 3),
  openObject: (bytes) => openObject(bytes, KEY, BINDING),
  openFrames: (bytes) => openFrames(bytes, KEY, BINDING),
  openWrap: (bytes) => openWrap(bytes, KEY, CONTEXT),
};

describe.each(Object.entries(readers))('%s', (_, read) => {
  it('gives a value or a FormatError, whatever it is fed', () => {
    const property = fc.property(documents, (bytes) => {
      try {
        read(bytes);
      } catch (error) {
        if (!(error instanceof FormatError) || error.message !== error.reason) throw error;
      }
    });
    expect(() => {
      fc.assert(property, RUNS);
    }).not.toThrow();
  });
});

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger().map((value) => value + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,8}$/), tie('value'), { maxKeys: 5 }),
  ),
})).value;

/** Reads, and when the bytes are taken, gives what writing them again makes of them. */
function rewritten(bytes: Uint8Array, again: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  try {
    return again(bytes);
  } catch {
    return bytes;
  }
}

describe('one text per value', () => {
  it('canonical JSON comes back as it went out', () => {
    fc.assert(
      fc.property(json, (value) => {
        fc.pre(!JSON.stringify(value).includes('-0'));
        const bytes = encodeCanonical(value as Parameters<typeof encodeCanonical>[0]);
        expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(encodeCanonical(parseCanonical(bytes))).toEqual(bytes);
      }),
      RUNS,
    );
  });

  const pairs: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
    ['canonical JSON', (bytes) => encodeCanonical(parseCanonical(bytes))],
    ['entries', (bytes) => encodeEntry(parseEntry(bytes))],
    ['proofs', (bytes) => encodeProof(parseProof(bytes))],
    ['checkpoints', (bytes) => utf8(checkpointText(parseCheckpointText(binary(bytes))))],
    ['base64', (bytes) => utf8(toBase64(fromBase64(binary(bytes))))],
    ['entry bundles', (bytes) => encodeEntryBundle(decodeEntryBundle(bytes, entries.accepted.length))],
  ];
  it.each(pairs)('%s that are taken are written the same way', (_, again) => {
    fc.assert(
      fc.property(documents, (bytes) => {
        expect(toHex(rewritten(bytes, again))).toBe(toHex(bytes));
      }),
      RUNS,
    );
  });

  it('the entry scanner takes no header that plain JSON does not say is canonical', () => {
    fc.assert(
      fc.property(fc.constantFrom(...entries.accepted), fc.nat(), fc.nat(127), ({ header }, where, value) => {
        const at = where % header.length;
        const text = header.slice(0, at) + String.fromCharCode(value) + header.slice(at + 1);
        expect(accepts(text) && !acceptsPlainly(text)).toBe(false);
      }),
      RUNS,
    );
  });
});

function accepts(text: string): boolean {
  try {
    parseEntry(utf8(text));
    return true;
  } catch {
    return false;
  }
}

function acceptsPlainly(text: string): boolean {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    return JSON.stringify(sorted(value)) === text && !/[ \\]/.test(text);
  } catch {
    return false;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

describe('trees', () => {
  it('of any size are the same built entry by entry, tile by tile, and from any proof', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1200 }), fc.nat(), (size, pick) => {
        const frontier = new Frontier();
        const nodes = new Map<string, Uint8Array>();
        const tiles = new TreeBuilder(() => undefined);
        const leaves = Array.from({ length: size }, (_, at) => leafHash(Uint8Array.of(at & 255, at >> 8)));
        for (const leaf of leaves) {
          tiles.add(binary(leaf));
          for (const { node, hash } of frontier.append(leaf)) nodes.set(`${node.level}/${node.index}`, hash);
        }
        const lookup = (node: { level: number; index: number }) => nodes.get(`${node.level}/${node.index}`)!;
        const root = frontier.root();
        expect(toHex(tiles.finish())).toBe(toHex(root));
        expect(toHex(rootOf(size, lookup))).toBe(toHex(root));
        const index = pick % size;
        expect(verifyInclusion(leaves[index]!, index, size, inclusionProof(index, size, lookup), root)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
