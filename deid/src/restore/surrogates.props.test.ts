// Surrogates: whole ones come back, whatever pieces they come in; parts and other forms are counted before they are given out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReplacementMap } from '../replace/placeholder.ts';
import { Surrogates } from '../replace/surrogate.ts';
import type { Category } from '../span.ts';
import { createRestorer, MAX_HOLD_BACK } from './restorer.ts';

const RUNS = { numRuns: Number(process.env['DEID_CASES'] ?? 1000) };

const values: readonly (readonly [Category, string])[] = [
  ['NAME', 'Mary Whitfield'],
  ['NAME', 'Whitfield'],
  ['NAME', 'WHITFIELD'],
  ['NAME', 'Mcdonald'],
  ['NAME', 'McDonald'],
  ['NAME', 'A. Whitfield'],
  ['NAME', 'José Ñandú'],
  ['NAME', '李小龙'],
  ['LOCATION', 'Tucson'],
  ['LOCATION', '12 Elm Street'],
  ['FACILITY', 'Banner Hospital'],
  ['PHONE', '(617) 555-7890'],
  ['SSN', '123-45-6789'],
  ['MRN', '12'],
  ['MRN', 'JH-112233'],
  ['EMAIL', 'j.doe@mail.example.org'],
  ['URL', 'https://clinic.example/"q"'],
  ['DATE', '03/04/2021'],
  ['DATE', 'March 4th, 2021'],
];

function given(salt: number, count = values.length): ReplacementMap {
  const surrogates = new Surrogates({ salt, shiftDates: true, year: 2026, previous: null });
  for (const [type, value] of values.slice(0, count)) surrogates.see(`${type} ${value}`);
  for (const [type, value] of values.slice(0, count))
    surrogates.of({ start: 0, end: 1, type, score: 1, rule: 'x' }, value);
  return surrogates.map();
}

function restored(
  map: ReplacementMap,
  text: string,
  size = text.length,
): { text: string; leftover: number; held: number; early: boolean } {
  const restorer = createRestorer(map, 'text');
  let [out, held, early] = ['', 0, false];
  for (let at = 0; at < text.length; at += size) {
    out += restorer.push(text.slice(at, at + size));
    if (restorer.report.restored === 0) held = Math.max(held, Math.min(text.length, at + size) - out.length);
    early ||= restorer.report.leftover === 0 && out.includes('§');
  }
  return { text: out + restorer.end(), leftover: restorer.report.leftover, held, early };
}

test('no two values share a surrogate, and everything comes back exactly in any pieces', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.array(fc.nat({ max: values.length - 1 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 50 }),
      (salt, picks, size) => {
        const map = given(salt);
        expect(new Set(map.entries.map(({ token }) => token)).size).toBe(map.entries.length);
        const entries = picks.map((at) => map.entries[at % map.entries.length]!);
        const sent = entries.map(({ token }) => `— then 👩‍⚕️ ${token}’s, `).join('');
        const wanted = entries.map(({ value }) => `— then 👩‍⚕️ ${value}’s, `).join('');
        const got = restored(map, sent, size);
        expect(got.text).toBe(wanted);
        expect(got.leftover).toBe(0);
        expect(got.held).toBeLessThanOrEqual(MAX_HOLD_BACK);
        expect(restored(map, sent).text).toBe(got.text);
      },
    ),
    RUNS,
  );
});

test('parts, initials, other casing and other forms of dates and numbers are leftovers', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 1, max: 200 }), (salt, size) => {
      const map = given(salt);
      const of = (value: string): string => map.entries.find((entry) => entry.value === value)!.token;
      const [first = '', last = ''] = of('Mary Whitfield').split(' ');
      const day = new Date(Date.UTC(2021, 2, 4) + map.shiftedDays! * 86_400_000);
      const long = day.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
      const bad = [
        first,
        first.toLowerCase(),
        `${first.charAt(0)}.${last.charAt(0)}.`,
        `${first.charAt(0)}${last.charAt(0)}`,
        `${first.charAt(0)}. ${last}`,
        of('Mary Whitfield').toUpperCase(),
        of('Banner Hospital').split(' ')[0]!,
        of('(617) 555-7890').replaceAll('-', ''),
        of('(617) 555-7890').replaceAll('-', ' '),
        of('123-45-6789').replaceAll('-', ''),
        of('j.doe@mail.example.org').split('@')[0]!,
        long,
        day.toISOString().slice(0, 10),
        day.toISOString().slice(0, 10).replaceAll('-', ''),
        long.replace(/^\d+ /u, ''),
        long.replace(/ \d+$/u, ''),
      ];
      for (const form of bad) {
        const got = restored(map, `It says ${form} § ${'and so on '.repeat(30)}`, size);
        expect(got.leftover, form).toBeGreaterThan(0);
        expect(got.early, form).toBe(false);
      }
    }),
    { numRuns: Math.min(RUNS.numRuns, 2000) / 10 },
  );
});

test('an answer that says nothing of surrogates has no leftovers', () => {
  const map = given(7);
  const text =
    'Increase lisinopril to 20 mg daily; BP 120/80, HR 72, EF 55%. Labs on day 3: Na 138, K 4.1. Follow up in 2 weeks (MRI, CT). PT and OT to see.';
  expect(restored(map, text).leftover).toBe(0);
});

test('a thousand people of one request have a thousand names, towns and numbers', () => {
  const surrogates = new Surrogates({ salt: 3, shiftDates: false, year: 2026, previous: null });
  const letters = (at: number): string =>
    Array.from({ length: 6 }, (_, place) => String.fromCharCode(97 + ((at >> (place * 2)) & 3) + place)).join('');
  for (let at = 0; at < 1000; at += 1)
    for (const type of ['NAME', 'LOCATION', 'PHONE', 'EMAIL'] as const)
      surrogates.of({ start: 0, end: 1, type, score: 1, rule: 'x' }, `X${letters(at)} Y${letters(999 - at)}`);
  const { entries } = surrogates.map();
  expect(new Set(entries.map(({ token }) => token)).size).toBe(4000);
});
