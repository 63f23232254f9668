// Larger bundles, damaged at random: anything that is not exactly the bundle is found.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { verifyBundle } from '#proofs/index.ts';
import type { Anchor } from '#proofs/index.ts';

import { addCall, beginLog, SampleLog, sampleVisit } from './sample-log.ts';
import type { MemoryBundle } from './sample-log.ts';

let log: SampleLog;
let bundle: MemoryBundle;
let anchors: Anchor[];

beforeAll(async () => {
  log = new SampleLog();
  beginLog(log);
  for (let call = 0; call < 290; call += 1) addCall(log, String(call));
  await sampleVisit(log);
  anchors = [{ name: 'newest', bytes: await log.checkpoint() }];
  bundle = await log.bundle({ facts: true });
});

type Damage = (bytes: Uint8Array, at: number, value: number) => Uint8Array;
const damages: readonly Damage[] = [
  (bytes, at, value) => Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ (1 + (value % 255)) : byte)),
  (bytes, at, value) => Buffer.concat([bytes.subarray(0, at), Uint8Array.of(value), bytes.subarray(at)]),
  (bytes, at, value) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + value)]),
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, value) => {
    const other = (at + 1 + value) % bytes.length;
    const copy = Uint8Array.from(bytes);
    [copy[at], copy[other]] = [copy[other] ?? 0, copy[at] ?? 0];
    return copy;
  },
];

async function isVerified(candidate: MemoryBundle): Promise<boolean> {
  const report = await verifyBundle(candidate, { vkeys: log.vkeys, anchors, strict: false });
  return report.result === 'verified';
}

describe('a larger bundle', () => {
  it('verifies', async () => {
    expect(log.size).toBeGreaterThan(512);
    expect(await isVerified(bundle)).toBe(true);
  });

  it('is refused after any damage to any file', async () => {
    const paths = [...bundle.files.keys()];
    const anyDamage = fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...damages), fc.nat(), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(anyDamage, { minLength: 1, maxLength: 3 }), async (list) => {
        const copy = bundle.copy();
        for (const [path, damage, where, value] of list) {
          const bytes = copy.files.get(path);
          if (bytes !== undefined && bytes.length > 0) copy.files.set(path, damage(bytes, where % bytes.length, value));
        }
        const same = paths.every((path) => Buffer.compare(copy.files.get(path)!, bundle.files.get(path)!) === 0);
        expect(await isVerified(copy)).toBe(same);
      }),
      { numRuns: 400 },
    );
  });

  it('is refused when two entries change places and tiles, tree and manifest are made anew', async () => {
    const index = fc.nat(log.size - 1);
    await fc.assert(
      fc.asyncProperty(index, index, async (a, b) => {
        fc.pre(a !== b);
        const forged = new SampleLog();
        const headers = log.headers.with(a, log.headers[b]!).with(b, log.headers[a]!);
        for (const header of headers) forged.addBytes(header);
        forged.certificates.push(...log.certificates);
        expect(await isVerified(await forged.bundle())).toBe(false);
      }),
      { numRuns: 25 },
    );
  });
});
