// Lines into parts, and the words for why something was found.
import { DEID_TYPES } from '@cordon/contract';
import { CATEGORIES } from '@cordon/deid';
import { expect, test } from 'vitest';
import { partsOf } from './lines.ts';
import { reasonOf } from './reasons.ts';

async function parts(text: string, size: number): Promise<readonly { text: string; lines: number }[]> {
  const bytes = Buffer.from(text);
  const body = (async function* pieces(): AsyncGenerator<Uint8Array> {
    const reused = Buffer.alloc(size);
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      reused.set(piece);
      yield reused.subarray(0, piece.length);
    }
  })();
  const found = [];
  for await (const part of partsOf(body)) found.push({ text: part.bytes.toString(), lines: part.lines });
  return found;
}

test.each([1, 3, 7, 4096])('lines survive pieces of %d bytes, whose buffer is used again', async (size) => {
  expect(await parts('a\n\r\n  \nbö\ncc', size)).toEqual([{ text: 'a\nbö\ncc\n', lines: 3 }]);
});

test('parts end with a line and are of bounded size', async () => {
  const line = `${'x'.repeat(999)}\n`;
  const made = await parts(line.repeat(1_000), 65_536);
  expect(made.length).toBe(4);
  expect(made.map(({ text }) => text).join('')).toBe(line.repeat(1_000));
  expect(Math.max(...made.map(({ text }) => text.length))).toBeLessThan(264_000);
});

test('a line without an end cannot fill the memory', async () => {
  await expect(parts('x'.repeat(3_000_000), 65_536)).rejects.toMatchObject({ code: 'payload_too_large' });
});

test('the wire has the types of the engine, and words for each', () => {
  expect(DEID_TYPES).toEqual(CATEGORIES);
  for (const type of CATEGORIES) expect(reasonOf({ type, rule: 'phone' })).toMatch(/^Read as .+: its form\.$/u);
  expect(reasonOf({ type: 'NAME', rule: 'tagger' })).toContain('trained tagger');
});
