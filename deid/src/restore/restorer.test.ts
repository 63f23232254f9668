// What is read as a token, what is left, and how long a restorer waits.
import { describe, expect, test } from 'vitest';
import { checkOf, placeholderOf, type ReplacementMap } from '../replace/placeholder.ts';
import type { RestoreForm, RestoreReport } from './forms.ts';
import { createRestorer, MAX_HOLD_BACK } from './restorer.ts';

const SALT = 3;
const map: ReplacementMap = {
  salt: SALT,
  entries: [
    { token: placeholderOf('NAME', 1, SALT), type: 'NAME', value: 'Ann "Bo"' },
    { token: placeholderOf('NAME', 2, SALT), type: 'NAME', value: 'Carl' },
    { token: placeholderOf('HEALTH_PLAN', 1, SALT), type: 'HEALTH_PLAN', value: 'H1' },
  ],
};
const [ONE, TWO, PLAN] = [checkOf('NAME', 1, SALT), checkOf('NAME', 2, SALT), checkOf('HEALTH_PLAN', 1, SALT)];

function restored(text: string, form: RestoreForm = 'text'): readonly [string, Partial<RestoreReport>] {
  const restorer = createRestorer(map, form);
  const out = restorer.push(text) + restorer.end();
  return [out, Object.fromEntries(Object.entries(restorer.report).filter(([, count]) => count > 0))];
}

describe('certain: restored', () => {
  test.each([
    [`[name-1·${ONE}]`, 'Ann "Bo"'],
    [`[Name-1·${ONE.toUpperCase()}]`, 'Ann "Bo"'],
    [`[NAME 1 ${ONE}]`, 'Ann "Bo"'],
    [`(NAME-1·${ONE})`, 'Ann "Bo"'],
    [`NAME-1·${ONE}`, 'Ann "Bo"'],
    [`**[NAME-1·${ONE}]**’s`, '**Ann "Bo"**’s'],
    [`[NAME-1&middot;${ONE}]`, 'Ann "Bo"'],
    [`［ＮＡＭＥ－１·${ONE}］`, 'Ann "Bo"'],
    [`[NAME-1\\u00b7${ONE}]`, 'Ann "Bo"'],
    [`[NAME_1•${ONE}]`, 'Ann "Bo"'],
    [`[HEALTH\\_PLAN-1·${PLAN}]`, 'H1'],
    [`[health plan-1·${PLAN}]`, 'H1'],
    [`[NAME-1·${ONE}, NAME-2·${TWO}]`, '[Ann "Bo", Carl]'],
    [`[NAME-1·${ONE}][NAME-2·${TWO}]`, 'Ann "Bo"Carl'],
    [`患者NAME-2·${TWO}は`, '患者Carlは'],
  ])('%s', (text, expected) => {
    expect(restored(text)[0]).toBe(expected);
    expect(restored(text)[1]).not.toHaveProperty('bent');
  });
});

describe('not certain: left as it is written, and counted', () => {
  test.each([
    ['[NAME-1]', { bent: 1 }],
    ['NAME-1', { bent: 1 }],
    [`[NAME-2·${ONE}]`, { bent: 1 }],
    [`[NAME-1·${TWO}]`, { bent: 1 }],
    [`[NAME-1·${ONE.charAt(1)}${ONE.charAt(0)}]`, { bent: 1 }],
    [`[NAME-1·${ONE}9]`, { bent: 1 }],
    [`[NAME-9·${ONE}]`, { unknown: 1 }],
    [`[DATE-1·${ONE}]`, { unknown: 1 }],
    [`[NOMBRE-1·${ONE}]`, { unknown: 1 }],
    [`[NAME·${ONE}]`, { unknown: 1 }],
    [`%5BNAME-1%C2%B7${ONE}%5D`, { bent: 1 }],
    [`[NAME-1·${ONE.charAt(0)}`, { bent: 1 }],
    ['[NAME-1·', { bent: 1 }],
  ])('%s', (text, counts) => {
    expect(restored(`so ${text} said`)).toEqual([`so ${text} said`, counts]);
  });
});

test.each([
  'Her name is (age 45), [1], [Smith 2019], name 1, date 1, MRN 1, 5·m2, [NAME], IP 10.0.0.1, phone-1 and e-mail 2.',
])('no token at all: %s', (text) => {
  expect(restored(text)).toEqual([text, {}]);
});

test('values are escaped as deep as they stand in JSON', () => {
  const token = map.entries[0]!.token;
  const inner = JSON.stringify({ a: token, b: [token] });
  const text = JSON.stringify({ a: token, b: inner, c: `${token} said` });
  const value = map.entries[0]!.value;
  const wanted = JSON.stringify({ a: value, b: JSON.stringify({ a: value, b: [value] }), c: `${value} said` });
  expect(restored(text, 'json')).toEqual([wanted, { restored: 4 }]);
});

test('what cannot be the beginning of a token is given out at once; no more than the bound ever waits', () => {
  const restorer = createRestorer(map, 'text');
  for (const piece of ['The patient ', 'is well.', ' 5 mg, 12 ', 'é']) expect(restorer.push(piece)).toBe(piece);
  expect(restorer.push(' [NA')).toBe(' ');
  expect(restorer.push('ME-')).toBe('');
  expect(restorer.push('xylol')).toBe('[NAME-xylol');
  for (const unit of [
    '[NAME-1',
    '\\',
    '[ NAME_',
    '\u200b',
    'N\u200bA\u200b',
    '\\\\\\\\u00b7',
    '&mid',
    '[',
    '\ud83d',
    'HEALTH ',
    '[NAME-1\\\\\\\\\\\\\\\\u00b7',
  ]) {
    const hostile = createRestorer(map, 'json');
    let held = 0;
    for (const piece of Array.from({ length: 400 }, () => unit)) {
      held += piece.length - hostile.push(piece).length;
      expect(held, unit).toBeLessThanOrEqual(MAX_HOLD_BACK);
    }
  }
});

test('hostile text takes time in proportion to its length', () => {
  const took = (unit: string, length: number): number => {
    const started = process.cpuUsage();
    const restorer = createRestorer(map, 'json');
    const text = unit.repeat(length / unit.length);
    for (let at = 0; at < text.length; at += 512) restorer.push(text.slice(at, at + 512));
    restorer.end();
    return process.cpuUsage(started).user / 1e6;
  };
  for (const unit of ['[', '[NAME-1', '\\', '&', '［', '{"a":"', 'NAME-1·k'])
    expect(took(unit, 400_000), unit).toBeLessThan(2); // 0.1 s alone
}, 60_000);
