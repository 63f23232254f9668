// Samples of any shape: counted, or refused by a line; never a fault, never a word of them.
import { isProblem } from '@cordon/contract';
import { createEngine } from '@cordon/deid';
import { loadModel } from '@cordon/deid/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROFILE } from '#boundary/policy/decide.samples.ts';
import { goldLines, readLines } from './evidence.samples.ts';
import { countReview, measureSample } from './sample.ts';

const parts = { engine: createEngine(loadModel()), profile: PROFILE, year: 2026 };

async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('pieces of any size change nothing', async () => {
  const bytes = Buffer.from(goldLines(4));
  const whole = await measureSample(parts, piecesOf(bytes, bytes.length));
  for (const size of [1, 7, 100]) expect(await measureSample(parts, piecesOf(bytes, size))).toEqual(whole);
});

test('damaged bytes are refused by their line', async () => {
  const seeds = [Buffer.from(goldLines(3)), Buffer.from(readLines(3))];
  const damage = fc.array(fc.record({ at: fc.nat(900), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      damage,
      fc.constantFrom(measureSample, countReview),
      async (seed, hits, read) => {
        const bytes = Buffer.from(seed);
        for (const { at, byte } of hits) bytes[at % bytes.length] = byte;
        try {
          await read(parts, piecesOf(bytes, 64));
        } catch (error) {
          if (!isProblem(error)) throw error;
          expect(error.code).toBe('sample_unusable');
          expect(JSON.stringify(error.details)).not.toMatch(/Zyx|415|cough/);
        }
      },
    ),
    { numRuns: 400 },
  );
});
