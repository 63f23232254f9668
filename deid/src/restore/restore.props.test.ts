// Answers become what was said, whatever pieces they come in, and no token ever becomes another's value.
// `DEID_CASES=100000 npx vitest run --project props deid/src/restore` runs as many cases of each property.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeholderOf, Placeholders, partsOf, type ReplacementMap } from '../replace/placeholder.ts';
import { CATEGORIES, type Category } from '../span.ts';
import type { RestoreForm } from './forms.ts';
import { createRestorer, MAX_HOLD_BACK } from './restorer.ts';

const RUNS = { numRuns: Number(process.env['DEID_CASES'] ?? 2000) };

const value = fc.oneof(
  fc.constantFrom('Ann "Bo" O\\Neil', 'Zoë 👩‍⚕️', 'line\nbreak', '[NAME-1·k7]', 'NAME-2·m4', '</b>', '\ud83d', 'a'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
);
const map: fc.Arbitrary<ReplacementMap> = fc
  .tuple(
    fc.integer({ min: 0, max: 0xffffffff }),
    fc.array(fc.tuple(fc.constantFrom<Category>('NAME', 'DATE', 'HEALTH_PLAN', 'OTHER_ID', 'MRN', 'AGE'), value), {
      minLength: 1,
      maxLength: 40,
    }),
  )
  .map(([salt, values]) => {
    const placeholders = new Placeholders(salt, new Set());
    for (const [type, of] of values) placeholders.of(type, of);
    return placeholders.map();
  });

/** Plain text between tokens, much of it what tokens are made of. */
const prose = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '[',
        ']',
        '·',
        'NAME',
        'NAME-1',
        'age 3',
        '-',
        '\\',
        '\\u00b7',
        '&middot;',
        '&',
        '%5B',
        '**',
        ' ',
        '\n',
        '"',
      ),
      fc.constantFrom('👩‍⚕️', '\ud83d', '\u200b', 'é', 'date', 'h', 'the patient', '１', '［'),
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

function cut(text: string, places: readonly number[]): readonly string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].toSorted((a, b) => a - b);
  return [...at, text.length].map((end, index) => text.slice(index === 0 ? 0 : at[index - 1], end));
}

interface Read {
  readonly text: string;
  readonly report: object;
  readonly mostHeld: number;
}

function restore(given: ReplacementMap, form: RestoreForm, pieces: readonly string[]): Read {
  const restorer = createRestorer(given, form);
  let [text, pushed, mostHeld] = ['', 0, 0];
  let seen = 0;
  for (const piece of pieces) {
    pushed += piece.length;
    const before = restorer.report.restored;
    const out = restorer.push(piece);
    text += out;
    if (restorer.report.restored === before && seen === 0) mostHeld = Math.max(mostHeld, pushed - text.length);
    seen += restorer.report.restored - before;
  }
  return { text: text + restorer.end(), report: restorer.report, mostHeld };
}

const cuts = fc.array(fc.nat(), { maxLength: 40 });
const forms = fc.constantFrom<RestoreForm>('text', 'json');

test('text with tokens comes back exactly, however it is cut', () => {
  fc.assert(
    fc.property(
      map,
      fc.array(fc.tuple(prose, fc.nat()), { maxLength: 8 }),
      prose,
      cuts,
      (given, parts, last, places) => {
        const { entries } = given;
        // prose that would itself be one of these tokens is what the session gives a token of its own: not here
        const clean = (text: string): string =>
          (restore(given, 'text', [text]).report as { restored: number }).restored === 0 ? text : '';
        const pick = (at: number) => entries[at % entries.length]!;
        const sent = parts.map(([text, at]) => clean(text) + pick(at).token).join('') + clean(last);
        const wanted = parts.map(([text, at]) => clean(text) + pick(at).value).join('') + clean(last);
        const got = restore(given, 'text', cut(sent, places));
        expect(got.text).toBe(wanted);
        expect(got.mostHeld).toBeLessThanOrEqual(MAX_HOLD_BACK);
      },
    ),
    RUNS,
  );
});

/** JSON whose strings hold tokens, some of them JSON again. */
const { any: json } = fc.letrec<{ readonly leaf: unknown; readonly nested: unknown; readonly any: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.nat().map((at) => ({ token: at })),
    fc.boolean(),
    fc.integer(),
    fc.constantFrom('plain', 'q"\\\n', '{"a', '[x'),
  ),
  nested: fc.array(tie('any'), { maxLength: 2 }).map((inner) => ({ nested: inner })),
  any: fc.oneof(
    { depthSize: 'small', maxDepth: 6 },
    tie('leaf'),
    tie('nested'),
    fc.array(tie('leaf'), { maxLength: 3 }),
  ),
}));

function written(given: unknown, put: (at: number) => string): unknown {
  if (Array.isArray(given)) return given.map((inner) => written(inner, put));
  if (typeof given !== 'object' || given === null) return given;
  if ('token' in given) return `about ${put(given.token as number)} and ${put((given.token as number) + 1)}`;
  return JSON.stringify(written((given as { nested: unknown }).nested, put));
}

/** As far down as JSON goes. */
function parsed(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(parsed);
  if (typeof given === 'string' && given.startsWith('[')) {
    try {
      return { in: parsed(JSON.parse(given)) };
    } catch {
      return given;
    }
  }
  return given;
}

const ascii = (text: string): string =>
  text.replaceAll(/[\u0080-\uffff]/gu, (sign) =>
    Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );

test('JSON, JSON within its strings and escaped signs come back as the same JSON with the values', () => {
  fc.assert(
    fc.property(
      map,
      fc.array(json, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      cuts,
      (given, content, escaped, places) => {
        const pick = (at: number) => given.entries[at % given.entries.length]!;
        const sent = JSON.stringify(written(content, (at) => pick(at).token));
        const wanted = JSON.stringify(written(content, (at) => pick(at).value));
        const got = restore(given, 'json', cut(escaped ? ascii(sent) : sent, places));
        expect(parsed(JSON.parse(got.text))).toEqual(parsed(JSON.parse(wanted)));
        if (!escaped) expect(got.text).toBe(wanted);
        expect(got.mostHeld).toBeLessThanOrEqual(MAX_HOLD_BACK);
      },
    ),
    RUNS,
  );
});

test('any text at all reads the same in pieces as whole', () => {
  const noise = fc.array(fc.oneof(prose, fc.nat()), { maxLength: 14 });
  fc.assert(
    fc.property(map, noise, cuts, forms, (given, parts, places, form) => {
      const text = parts
        .map((part) =>
          typeof part === 'string' ? part : given.entries[part % given.entries.length]!.token.slice(part % 3),
        )
        .join('');
      const whole = restore(given, form, [text]);
      const pieces = restore(given, form, cut(text, places));
      expect(pieces.text).toBe(whole.text);
      expect(pieces.report).toEqual(whole.report);
    }),
    RUNS,
  );
});

/** One way in which a model bends a token. `null`: what came of it names no single token any more. */
type Bend = (token: string, other: string, chance: number) => string;
const BENDS: readonly Bend[] = [
  (token) => token.toLowerCase(),
  (token) => token.toUpperCase(),
  (token) => token.slice(1, -1),
  (token) => `(${token.slice(1, -1)})`,
  (token) => token.replace('·', ' ').replace('-', ' '),
  (token) => token.replace('·', '&middot;'),
  (token) => token.replace('·', '\\u00b7'),
  (token) => token.replace('·', '.'),
  (token) => `**${token}**'s`,
  (token) => token.replace(/·../u, ''),
  (token) => token.replace(/-\d+/u, ''),
  (token, _, chance) => token.replace(/\d+/u, (digits) => String(Number(digits) + 1 + (chance % 180))),
  (token, _, chance) => token.replace(/\d+/u, (digits) => `${digits}${chance % 1000}`),
  (token, _, chance) => token.replace(/\d+/u, (digits) => digits.slice(0, -1) || String(chance % 10)),
  (token, other) => token.replace(/^\[[A-Z_]+/u, /^\[[A-Z_]+/u.exec(other)?.[0] ?? ''),
  (token, other) => token.replace(/·../u, `·${other.slice(-3, -1)}`),
  (token, other) => token.slice(0, -1) + other.slice(1),
  (token, other) => token.slice(0, -4) + other,
  (token, other) => `${token.slice(0, -1)}, ${other.slice(1)}`,
  (token, _, chance) => token.slice(0, 1 + (chance % (token.length - 1))),
  (token, _, chance) => token.slice(chance % token.length),
  (token, _, chance) => token.slice(0, chance % token.length) + token.slice((chance % token.length) + 1),
  (token, _, chance) => {
    const at = chance % (token.length - 1);
    return token.slice(0, at) + token.charAt(at + 1) + token.charAt(at) + token.slice(at + 2);
  },
  (token) =>
    Array.from(token, (sign) =>
      sign > ' ' && sign < '\u007f' ? String.fromCharCode(sign.charCodeAt(0) + 0xfee0) : sign,
    ).join(''),
  (token) => token.replace('_', '\\_'),
  (token) => Array.from(token).join('\u200b'),
  (token) => token.replace('[', '\\[').replace(']', '\\]'),
  (token) => `%5B${token.slice(1, -1)}%5D`,
];

test('a bent token becomes its own value or stays as it is written: never anyone else’s', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.integer({ min: 2, max: 260 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat({ max: BENDS.length - 1 })), {
        minLength: 1,
        maxLength: 6,
      }),
      forms,
      cuts,
      (salt, count, bends, form, places) => {
        const placeholders = new Placeholders(salt, new Set());
        for (let at = 0; at < count; at += 1)
          placeholders.of((['NAME', 'DATE', 'MRN', 'HEALTH_PLAN'] as const)[at % 4]!, `‹${at}›`);
        const given = placeholders.map();
        const { entries } = given;
        for (const [one, two, chance, bend] of bends) {
          const [token, other] = [entries[one % count]!, entries[two % count]!];
          const text = `so ${BENDS[bend]!(token.token, other.token, chance)} said`;
          const got = restore(given, form, cut(text, places));
          const allowed = new Set([token.value, ...(text.includes(other.token.slice(1, -1)) ? [other.value] : [])]);
          // exactly another token by what is written: then it is that one that was said
          for (const entry of entries) if (text.includes(entry.token)) allowed.add(entry.value);
          for (const [found] of got.text.matchAll(/‹\d+›/gu)) expect([...allowed], text).toContain(found);
        }
      },
    ),
    RUNS,
  );
});

test('placeholders are read back for every category', () => {
  for (const type of CATEGORIES) expect(partsOf(placeholderOf(type, 12, 5))).toMatchObject({ type, number: 12 });
});
