// JSON whose names are escaped in any way is read for what it says, whatever was read before.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from './json.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;

/** Some letters of a name escaped, as any writer may. */
const written = (text: string, mask: number): string =>
  `"${Array.from({ length: text.length }, (_, at) => (((mask >> (at % 8)) & 1) === 1 ? escaped(text[at] ?? '').slice(1, -1) : JSON.stringify(text[at]).slice(1, -1))).join('')}"`;

const name = fc.oneof(fc.constantFrom('"', '\\', '\n', 'model', 'mod\\u', '__proto__', '', 'a"b'), fc.string());
const { any: json } = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, -1.5, 1e21),
    fc.string(),
    fc.array(tie('any'), { maxLength: 3 }),
    // Names that only look like numbers would be put in another order by any reader.
    fc
      .uniqueArray(fc.tuple(name, tie('any')), { maxLength: 4, selector: ([each]) => each })
      .map((members): Json => Object.fromEntries(members)),
  ),
}));

function text(value: Json, mask: number, gap: string): string {
  if (Array.isArray(value)) return `[${gap}${value.map((each: Json) => text(each, mask, gap)).join(`,${gap}`)}${gap}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([each, inner], at) => `${written(each, mask >> at)}${gap}:${text(inner, mask, gap)}${gap}`,
    );
    return `{${gap}${members.join(`,${gap}`)}}`;
  }
  return JSON.stringify(value);
}

/** Names told letter by letter: what V8 writes of names is not in question, what it reads is. */
function told(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(told);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([each, inner]) => [escaped(each), told(inner)]);
}

describe('JSON from a stranger', () => {
  it('says what was written, however its names are escaped', () => {
    fc.assert(
      fc.property(json, fc.nat(65_535), fc.constantFrom('', ' ', '\r\n\t'), (value, mask, gap) => {
        expect(told(parseJson(text(value, mask, gap)))).toEqual(told(value));
      }),
      { numRuns: 20_000 },
    );
  });

  it('is read the same after an object whose name begins like the escaped one', () => {
    const before = parseJson('{"h":[],"mod\\\\u":0}');
    const after = parseJson('{"h":[],"mod\\u0065l":1}');
    expect([told(before), told(after)]).toEqual([
      told({ h: [], 'mod\\u': 0 }),
      [
        [escaped('h'), []],
        [escaped('model'), 1],
      ],
    ]);
  });

  it('is refused where JSON.parse refuses it', () => {
    fc.assert(
      fc.property(json, fc.nat(65_535), fc.nat(), fc.string({ maxLength: 2 }), (value, mask, at, put) => {
        const whole = text({ 'a"': value }, mask, ' ');
        const cut = at % whole.length;
        const bent = whole.slice(0, cut) + put + whole.slice(cut + 1);
        expect(refused(() => parseJson(bent))).toBe(refused(() => JSON.parse(bent) as unknown));
      }),
      { numRuns: 20_000 },
    );
  });

  it('is not followed into any depth, and costs time by its length', () => {
    const deep = `{"\\"":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(() => parseJson(deep)).toThrow(SyntaxError);
    const began = performance.now();
    for (const hostile of ['{"\\"":"', `{"a":"${'\\"'.repeat(2_000_000)}"`, `"${'\\n:'.repeat(2_000_000)}`]) {
      expect(() => parseJson(hostile)).toThrow(SyntaxError);
    }
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

function refused(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    return error instanceof SyntaxError;
  }
}
