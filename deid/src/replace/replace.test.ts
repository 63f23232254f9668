import { expect, test } from 'vitest';
import type { Span } from '../span.ts';
import { generalised } from './generalise.ts';
import { checkOf, placeholderOf } from './placeholder.ts';
import { zip3 } from './zip3.ts';

const of = (type: Span['type'], rule = 'x'): Span => ({ start: 0, end: 1, type, score: 1, rule });

test('three digits stay where more than 20,000 people share them; 000 otherwise, and where the Census counted nobody', () => {
  expect(['02118', '03601', '05901', '10201', '20501', '89301', '99999', '00801'].map((zip) => zip3(zip))).toEqual([
    '021',
    '000',
    '000',
    '000',
    '000',
    '000',
    '999',
    '000',
  ]);
});

test('dates become years, ages 90+, places their State', () => {
  expect(generalised(of('DATE'), 'April 12th, 2023')).toBe('2023');
  expect(generalised(of('DATE'), '04/22/61')).toBe('1961');
  expect(generalised(of('DATE'), 'April 12th')).toBe('[DATE]');
  expect(generalised(of('DATE', 'year-of-birth-90'), '1930')).toBe('[DATE]');
  expect(generalised(of('AGE', 'age-90'), '94-year-old')).toBe('90+-year-old');
  expect(generalised(of('LOCATION', 'zip'), '02118-1234')).toBe('02100');
  expect(generalised(of('LOCATION'), 'Reno, NV')).toBe('NV');
  expect(generalised(of('NAME'), 'Ann Tan')).toBe('[NAME]');
});

test('a changed digit of a placeholder always shows: 1 to 180 have different check characters', () => {
  for (const salt of [0, 1, 0xffffffff]) {
    const checks = new Set(Array.from({ length: 180 }, (_, number) => checkOf('NAME', number + 1, salt)));
    expect(checks.size).toBe(180);
  }
  expect(placeholderOf('MRN', 3, 5)).toMatch(/^\[MRN-3·[a-hjkmnp-z][2-9]\]$/u);
});
