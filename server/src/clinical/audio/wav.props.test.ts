import { isProblem } from '@cordon/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WavReader } from './wav.ts';
import { writeWav } from './wav-writer.ts';
import type { WavSpec } from './wav-writer.ts';

const spec: fc.Arbitrary<WavSpec> = fc
  .constantFrom<[WavSpec['encoding'], number]>(
    ['pcm', 1],
    ['pcm', 2],
    ['pcm', 3],
    ['pcm', 4],
    ['float', 4],
    ['float', 8],
    ['mulaw', 1],
    ['alaw', 1],
  )
  .chain(([encoding, bytes]) =>
    fc.record({
      encoding: fc.constant(encoding),
      bytes: fc.constant(bytes),
      sampleRate: fc.integer({ min: 8_000, max: 192_000 }),
      extensible: fc.boolean(),
      before: fc.array(fc.tuple(fc.constantFrom('LIST', 'bext', 'JUNK'), fc.uint8Array({ maxLength: 40 })), {
        maxLength: 2,
      }),
      after: fc.array(fc.tuple(fc.constantFrom('LIST', 'id3 '), fc.uint8Array({ maxLength: 40 })), { maxLength: 2 }),
    }),
  );

const file = fc
  .tuple(spec, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 200 }))
  .map(([given, channels, frames]) =>
    writeWav(
      Array.from({ length: channels }, (_, channel) =>
        Float32Array.from({ length: frames }, (_, index) => Math.sin(index * (channel + 1))),
      ),
      given,
    ),
  );

/** All samples, or the code of the refusal. */
function outcome(bytes: Uint8Array, cuts: readonly number[]): unknown {
  const reader = new WavReader();
  const samples: number[][] = [];
  const push = (piece: Uint8Array): void => {
    for (const block of reader.push(piece)) {
      for (const [channel, values] of block.entries()) (samples[channel] ??= []).push(...values);
    }
  };
  try {
    let at = 0;
    for (const cut of cuts.map((share) => Math.floor(share * bytes.length)).toSorted((a, b) => a - b)) {
      push(bytes.subarray(at, cut));
      at = cut;
    }
    push(bytes.subarray(at));
    return { ...reader.end(), samples };
  } catch (error) {
    if (isProblem(error)) return { code: error.code, details: error.details };
    throw error;
  }
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

it('reads the same whatever the chunks', () => {
  fc.assert(
    fc.property(file, cuts, (bytes, at) => {
      expect(outcome(bytes, at)).toEqual(outcome(bytes, []));
    }),
    { numRuns: 400 },
  );
});

it('reads a damaged file the same whatever the chunks, and only ever refuses in its own terms', () => {
  const damaged = fc
    .tuple(
      file,
      fc.array(fc.tuple(fc.nat({ max: 80 }), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([bytes, changes, keep]) => {
      const copy = Buffer.from(bytes.subarray(0, Math.ceil(bytes.length * keep)));
      for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
      return copy;
    });
  fc.assert(
    fc.property(damaged, cuts, (bytes, at) => {
      const whole = outcome(bytes, []);
      const pieces = outcome(bytes, at);
      // The offset of a refusal may lie within the chunk that showed it; the reason may not differ.
      expect(strip(pieces)).toEqual(strip(whole));
    }),
    { numRuns: 2_000 },
  );
});

function strip(result: unknown): unknown {
  const { details, ...rest } = result as { details?: { reason?: string } };
  return details === undefined ? rest : { ...rest, reason: details.reason };
}

it('survives any bytes at all', () => {
  const answered = (bytes: Uint8Array): boolean => {
    const result = outcome(bytes, [0.3, 0.6]) as { code?: string; frames?: number };
    return result.code !== undefined || result.frames !== undefined;
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(answered(bytes)).toBe(true);
      expect(answered(Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), bytes]))).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});
