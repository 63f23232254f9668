// A stream is the same however it is cut into chunks, and what passes is whole events, byte for byte.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsOf, EventCutter } from './events.ts';
import { StreamReader } from './stream.ts';

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const data = fc.oneof(
  fc
    .string({ unit: 'grapheme' })
    .map((text) => `data: ${JSON.stringify({ choices: [{ delta: { content: text }, finish_reason: null }] })}`),
  fc.constant('data: {"choices":[{"delta":{"content":"\\"usage\\":{ [DONE] \\"error\\""}}]}'),
  fc.constantFrom('data: not JSON', 'data', 'id: 7'),
);
const event = fc
  .tuple(fc.array(fc.constantFrom(': comment', 'event: x', 'retry: 1'), { maxLength: 2 }), data, lineEnd)
  .map(([lines, line, end]) => `${[...lines, line].join(end)}${end}${end}`);
const events = fc.array(event, { minLength: 1, maxLength: 8 });

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...sorted].map((start, at) => bytes.subarray(start, sorted[at] ?? bytes.length));
}

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":6}}\n\n';
const FINISH = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":null}\n\n';
const DONE = 'data: [DONE]\n\n';

describe('a stream of events', () => {
  it('is cut at the end of events only, and every byte comes out', () => {
    fc.assert(
      fc.property(events, fc.array(fc.nat(), { maxLength: 20 }), (texts, places) => {
        const bytes = Buffer.from(texts.join(''));
        const cutter = new EventCutter();
        const segments = cutAt(bytes, places)
          .map((chunk) => cutter.push(chunk))
          .filter((segment) => segment !== null);
        expect(Buffer.concat([...segments, cutter.rest()]).equals(bytes)).toBe(true);
        // A CRLF cut in two leaves its second half behind.
        expect(cutter.rest().toString()).toMatch(/^\n?$/);
        for (const segment of segments) expect(Buffer.from(segment).toString()).toMatch(/(?:\n\n|\r\r|\r\n\r\n?)\n?$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the same events from a segment as a line reader', () => {
    fc.assert(
      fc.property(events, (texts) => {
        const found = eventsOf(Buffer.from(texts.join('')));
        expect(found.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(texts);
      }),
    );
  });

  it('passes all but our own usage report, and knows it, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.array(fc.nat(), { maxLength: 30 }), fc.boolean(), async (texts, places, ours) => {
        const told = [...texts, FINISH].join('');
        const reader = new StreamReader('chat', ours);
        const passed: Uint8Array[] = [];
        for await (const segment of reader.segments(each(cutAt(Buffer.from(`${told}${USAGE}${DONE}`), places))))
          passed.push(segment);
        expect(Buffer.concat(passed).toString()).toBe(`${told}${ours ? '' : USAGE}${DONE}`);
        expect(reader.usage()).toEqual({ inputTokens: 5, cachedInputTokens: null, outputTokens: 6, audioMs: null });
      }),
      { numRuns: 1_000 },
    );
  });

  it('that is cut anywhere is never taken for whole', async () => {
    const text = Buffer.from(`data: {"choices":[{"delta":{"content":"a"}}]}\n\n${FINISH}`);
    for (let at = 0; at < text.length; at += 1) {
      const read = async () => {
        for await (const segment of new StreamReader('chat', false).segments(each([text.subarray(0, at)])))
          expect(segment.length).toBeGreaterThan(0);
      };
      await expect(read()).rejects.toMatchObject({ code: 'upstream_invalid', details: { reason: 'cut' } });
    }
  });

  it('whose event does not end is given up', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield await Promise.resolve(Buffer.alloc(65_536, 'x'));
    }
    const read = async () => {
      for await (const segment of new StreamReader('chat', false).segments(endless()))
        expect(segment.length).toBeGreaterThan(0);
    };
    await expect(read()).rejects.toMatchObject({ code: 'upstream_invalid', details: { reason: 'event_size' } });
  });
});
