import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverEvents } from './events.ts';
import type { ServerEvent } from './events.ts';

const line = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll(/[\r\n]/g, ''));
const event = fc.record({
  event: fc.constantFrom('message', 'job', 'note'),
  data: fc.array(line, { minLength: 1, maxLength: 3 }),
});
const end = fc.constantFrom('\n', '\r\n', '\r');

interface Drawn {
  readonly bytes: Uint8Array;
  readonly expected: readonly ServerEvent[];
}

const streams: fc.Arbitrary<Drawn> = fc
  .record({ events: fc.array(event, { maxLength: 6 }), end, comment: fc.boolean() })
  .map(({ events, end, comment }) => ({
    bytes: new TextEncoder().encode(
      events
        .flatMap((one) => [
          ...(comment ? [': still here'] : []),
          ...(one.event === 'message' ? [] : [`event: ${one.event}`]),
          ...one.data.map((data) => `data: ${data}`),
          '',
        ])
        .map((text) => text + end)
        .join(''),
    ),
    expected: events.map((one) => ({ event: one.event, data: one.data.join('\n') })),
  }));

async function read(pieces: readonly Uint8Array[]): Promise<ServerEvent[]> {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  const found: ServerEvent[] = [];
  for await (const one of serverEvents(source())) found.push(one);
  return found;
}

/** The bytes cut at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  return at.slice(1).map((to, index) => bytes.subarray(at[index], to));
}

describe('serverEvents', () => {
  it('reads the same events however the bytes are cut, within characters and line ends too', async () => {
    await fc.assert(
      fc.asyncProperty(streams, fc.array(fc.nat(), { maxLength: 10 }), async ({ bytes, expected }, places) => {
        // Lone surrogates become U+FFFD on their way through UTF-8.
        const wanted = expected.map((one) => ({ ...one, data: one.data.toWellFormed() }));
        // A final CR waits for its LF; the stream's end is not an event's end (WHATWG HTML §9.2.6).
        const whole = bytes.at(-1) === 0x0d ? wanted.slice(0, -1) : wanted;
        expect(await read(cut(bytes, places))).toEqual(whole);
      }),
      { numRuns: 2_000 },
    );
  });

  it('drops an unfinished event and refuses one without end', async () => {
    expect(await read([new TextEncoder().encode('data: a\n\ndata: b\n')])).toEqual([{ event: 'message', data: 'a' }]);
    const endless = Array.from({ length: 20 }, () => new TextEncoder().encode('data: ' + 'x'.repeat(99_999)));
    await expect(read(endless)).rejects.toThrow(RangeError);
  });
});
