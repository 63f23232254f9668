import { expect, test } from 'vitest';
import { loadModel } from '../../model/load.ts';
import { createEngine } from '../engine.ts';
import { createRestorer } from '../restore/restorer.ts';
import { createSession } from '../session.ts';
import { shifted, shiftOf } from './shift.ts';

test.each([
  ['03/04/2021', '04/14/2021'],
  ['3/4/21', '4/14/21'],
  ['2021-03-04', '2021-04-14'],
  ['25.12.2020', '04.02.2021'],
  ['2020-02-29', '2020-04-10'],
  ['March 4th, 2021', 'April 14th, 2021'],
  ['4 Mar 2021', '14 Apr 2021'],
  ['MARCH 4, 2021', 'APRIL 14, 2021'],
  ['Thursday, March 4, 2021', 'Wednesday, April 14, 2021'],
  ['March 2021', 'April 2021'],
  ['December 22nd', 'February 1st'],
  ['Feb 1st, 2022 at 3 pm', 'Mar 14th, 2022 at 3 pm'],
  ['12/25', '02/04'],
])('%s and 41 days are %s', (from, to) => {
  expect(shifted(from, 41, 2026)).toBe(to);
});

test.each(['13/13/2021', '02/30/2021', 'Easter 2021', 'last Tuesday', '2021', 'tres de marzo', ''])(
  '%s is not moved',
  (value) => {
    expect(shifted(value, 41, 2026)).toBeNull();
  },
);

test('30 to 395 days to either side, by salt', () => {
  const days = Array.from({ length: 5000 }, (_, salt) => shiftOf(salt));
  expect(days.every((count) => Math.abs(count) >= 30 && Math.abs(count) <= 395)).toBe(true);
  expect(new Set(days).size).toBeGreaterThan(700);
});

test('shifted dates come back; without a basis a date is its year and stays so', () => {
  const engine = createEngine(loadModel());
  const text = 'Mr. Okafor was seen on 03/04/2021 and on April 14th, 2021.';
  const shiftedSession = createSession(engine, { year: 2026, mode: 'surrogate', salt: 8, shiftDates: 'minimised-phi' });
  const out = shiftedSession.deidentify(text).text;
  expect(out).not.toMatch(/03\/04\/2021|April 14th, 2021/u);
  const restorer = createRestorer(shiftedSession.map(), 'text');
  expect(restorer.push(out) + restorer.end()).toBe(text);
  expect(restorer.report.leftover).toBe(0);
  const plain = createSession(engine, { year: 2026, mode: 'surrogate', salt: 8 });
  expect(plain.deidentify(text).text).toMatch(/on 2021 and on 2021\.$/u);
  expect(plain.map().entries.some(({ type }) => type === 'DATE')).toBe(false);
  expect(plain.map().shiftedDays).toBeUndefined();
});
