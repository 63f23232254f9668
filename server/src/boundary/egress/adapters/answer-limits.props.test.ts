// Whatever way bytes come in chunks, the same whole events come out, and a service that never ends one is stopped.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { event } from '#test/vendors/event-frames.ts';
import { capped, MAX_EVENT_BYTES, wholeFrames, wholeLines } from './answer-limits.ts';

async function* chunked(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    yield bytes.subarray(from, end);
    from = end;
  }
}

async function all(stream: AsyncIterable<Uint8Array>): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return parts;
}

const cuts = fc.array(fc.nat(), { maxLength: 40 });

it('frames come whole, one by one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 12 }), cuts, async (texts, at) => {
      const frames = texts.map((text) => event('chunk', { text }));
      expect(await all(wholeFrames(chunked(Buffer.concat(frames), at)))).toEqual(frames);
    }),
  );
});

it('lines come whole, none is lost, and what has no end of line comes last', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('data: {"é":1}\n', '\n', '\r\n', ': ping\n', 'half')),
      cuts,
      async (lines, at) => {
        const bytes = Buffer.from(lines.join(''));
        const parts = await all(wholeLines(chunked(bytes, at)));
        expect(Buffer.concat(parts).equals(bytes)).toBe(true);
        for (const part of parts.slice(0, -1)) expect(part.at(-1)).toBe(0x0a);
      },
    ),
  );
});

async function* endless(first: Buffer): AsyncGenerator<Uint8Array> {
  yield first;
  for (;;) yield Buffer.alloc(65_536, 0x78);
}

it.each([
  ['a line', () => wholeLines(endless(Buffer.from('data: ')))],
  ['a frame that claims four gigabytes', () => wholeFrames(endless(Buffer.alloc(12, 0xff)))],
  ['a frame that is shorter than its own head', () => wholeFrames(endless(Buffer.alloc(12, 0)))],
  ['an answer', () => capped(endless(Buffer.alloc(1)), MAX_EVENT_BYTES)],
])('%s without an end is given up within its bound', async (_name, stream) => {
  await expect(all(stream())).rejects.toMatchObject({ code: 'upstream_invalid' });
});

it('a frame that comes byte by byte costs its own length, not the square of it', async () => {
  const frame = event('chunk', { text: 'x'.repeat(300_000) });
  async function* drip(): AsyncGenerator<Uint8Array> {
    for (const byte of frame) yield Uint8Array.of(byte);
  }
  const began = performance.now();
  expect((await all(wholeFrames(drip())))[0]?.equals(frame)).toBe(true);
  // Copied with each chunk it would be 45 GB.
  expect(performance.now() - began).toBeLessThan(5000);
});
