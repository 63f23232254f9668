// The bytes that leave are the caller's but for what is exchanged, whatever JSON they are.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProblem } from '@cordon/contract';
import { parseJson } from '#kernel/json.ts';
import { Phi } from '#kernel/phi.ts';
import { membersOf } from './members.ts';
import { outgoingOf } from './outgoing.ts';

/** JSON as strangers write it: spaces anywhere, escapes where none are needed, numbers in any form. */
const space = fc.constantFrom('', ' ', '\n', '\t\r\n ');
const escaped = (text: string): string =>
  Array.from(text)
    .map((letter) => (letter.length > 1 ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`))
    .join('');
const quoted = fc
  .tuple(
    fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('\\', '"', '\\"', 'model', '"model":"x"')),
    fc.boolean(),
  )
  .map(([text, coded]) => (coded ? `"${escaped(text)}"` : JSON.stringify(text)));
const number = fc.oneof(fc.integer().map(String), fc.constantFrom('-0', '1e5', '1E-2', '0.50', '1.0e+3'));
const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    quoted,
    number,
    fc.constantFrom('true', 'false', 'null'),
    tie('list'),
    tie('object'),
  ),
  list: fc
    .tuple(
      space,
      fc.array(
        fc.tuple(tie('value'), space).map(([text, after]) => text + after),
        { maxLength: 4 },
      ),
    )
    .map(([before, items]) => `[${before}${items.join(`,${before}`)}]`),
  object: fc
    .tuple(
      space,
      fc.uniqueArray(fc.tuple(quoted, tie('value')), {
        maxLength: 4,
        selector: ([name]) => JSON.parse(name) as string,
      }),
    )
    .map(
      ([gap, members]) =>
        `{${gap}${members.map(([name, text]) => `${name}${gap}:${gap}${text}${gap}`).join(`,${gap}`)}}`,
    ),
}));
const names = fc.constantFrom(
  'model',
  'messages',
  'stream',
  'store',
  'stream_options',
  'x',
  '__proto__',
  'mod\\u0065l',
  'a"b',
);
const request = fc
  .tuple(
    space,
    fc.uniqueArray(
      fc.tuple(
        names.map((name) => (name.includes('\\') ? `"${name}"` : JSON.stringify(name))),
        value,
      ),
      { maxLength: 7, selector: ([name]) => JSON.parse(name) as string },
    ),
  )
  .map(
    ([gap, members]) =>
      `${gap}{${gap}${members.map(([name, text]) => `${name}${gap}:${gap}${text}`).join(`,${gap}`)}${gap}}${gap}`,
  );

const from = (text: string, stream: boolean) => ({
  api: 'chat' as const,
  bytes: Phi.of(Buffer.from(text)),
  parsed: Phi.of(parseJson(text) as Record<string, unknown>),
  stream,
});
const wishes = { model: 'their "model"', reportsUsage: true };

describe('a request on its way out', () => {
  it('says what it said, with the service’s model and store off', () => {
    fc.assert(
      fc.property(request, fc.boolean(), (text, stream) => {
        const asked = parseJson(text) as Record<string, unknown>;
        const { bytes, usageIsOurs } = outgoingOf(from(text, stream), wishes);
        const sent = parseJson(Buffer.from(bytes).toString()) as Record<string, unknown>;
        const options = asked['stream_options'];
        const given = typeof options === 'object' && options !== null && !Array.isArray(options) ? options : {};
        const streaming = usageIsOurs ? { stream_options: { ...given, include_usage: true } } : {};
        const wanted = { ...asked, ...streaming, model: 'their "model"', store: false };
        const told = (object: object) =>
          Object.entries(object)
            .map((member) => JSON.stringify(member))
            .toSorted();
        expect(told(sent)).toEqual(told(wanted));
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps every byte outside of what is exchanged', () => {
    fc.assert(
      fc.property(request, (text) => {
        const original = Buffer.from(text);
        const { members, close } = membersOf(original);
        for (const { name, start, end } of members) {
          expect(parseJson(original.subarray(start, end).toString())).toEqual(
            Object.entries(parseJson(text) as object).find(([each]) => each === name)?.[1],
          );
        }
        const sent = Buffer.from(outgoingOf(from(text, false), wishes).bytes).toString();
        const kept = members.filter(({ name }) => name !== 'model' && name !== 'store');
        for (const { start, end } of kept) expect(sent).toContain(original.subarray(start, end).toString());
        expect(sent.endsWith(original.subarray(close).toString())).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of any bytes is read or refused, never anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          request.chain((text) => mutated(Buffer.from(text))),
        ),
        (bytes) => {
          try {
            membersOf(bytes);
          } catch (error) {
            expect(isProblem(error) && error.code).toBe('invalid_request');
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['{"model":"a","model":"b"}', 'duplicate_name'],
    ['{"model":"a","mod\\u0065l":"b"}', 'duplicate_name'],
    ['{"messages":[{"content":[{"type":"text","type":"image_url"}]}]}', 'duplicate_name'],
    [`{"a":{${Array.from({ length: 40 }, (_, at) => `"k${at % 39}":1`).join(',')}}}`, 'duplicate_name'],
    [`{"a":${'['.repeat(300)}${']'.repeat(300)}}`, 'depth'],
    ['[]', 'not_object'],
    ['{"a":1}{"b":2}', 'not_json'],
    ['{"a":"', 'not_json'],
  ])('%.40s is refused: %s', (text, reason) => {
    expect(() => membersOf(Buffer.from(text))).toThrowError(expect.objectContaining({ details: { reason } }) as Error);
  });

  it('that is not UTF-8 is refused', () => {
    const bytes = Buffer.from('{"a":"\xff"}', 'latin1');
    expect(() => membersOf(bytes)).toThrowError(expect.objectContaining({ details: { reason: 'utf8' } }) as Error);
  });

  it('is read in time that grows with its length', () => {
    const hostile = [
      `{"a":"${'\\"'.repeat(2_000_000)}"}`,
      `{"a":"${'\\\\'.repeat(2_000_000)}"}`,
      `{${Array.from({ length: 200_000 }, (_, at) => `"k${at}":0`).join(',')}}`,
    ];
    for (const text of hostile) {
      const began = performance.now();
      membersOf(Buffer.from(text));
      expect(performance.now() - began).toBeLessThan(1_500);
    }
  });
});

function mutated(bytes: Buffer): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]) => {
    const changed = Buffer.from(bytes);
    if (changed.length > 0) changed[at % changed.length] = byte;
    return changed;
  });
}
