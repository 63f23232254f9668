// Text, bars and times as they stand on a terminal.
import { expect, test } from 'vitest';
import { clock } from '#show/draft.ts';
import { brief, printable } from './printable.ts';
import { bar } from './progress.ts';
import { wrap } from './terminal.ts';

test('what steers a terminal does not reach it', () => {
  expect(printable('a\u001b[31mb\u0007c\u009bd\r\u202ee')).toBe('a\ufffd[31mb\ufffdc\ufffdd\ufffd\ufffde');
  expect(printable('née O’Brien 10 µg\n\tline')).toBe('née O’Brien 10 µg\n\tline');
});

test('a brief text is one line and says that it was cut', () => {
  expect(brief('one\n two\t three')).toBe('one two three');
  expect(brief('abcdef', 4)).toBe('abc…');
});

test('wrapped lines keep within the columns and lose no word', () => {
  const text = 'The patient reports a dry cough for three weeks, worse at night, without fever.';
  const lines = wrap(text, 30, '    ').split('\n');
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line).toMatch(/^ {4}\S.{0,25}$/);
  expect(lines.map((line) => line.trim()).join(' ')).toBe(text);
});

test('a bar has its width at every fraction', () => {
  for (let step = 0; step <= 1000; step += 1) expect(bar(step / 1000)).toHaveLength(24);
  expect(bar(0)).toBe('·'.repeat(24));
  expect(bar(1)).toBe('█'.repeat(24));
});

test.each([
  [0, '0:00.0'],
  [7.25, '0:07.3'],
  [59.96, '1:00.0'],
  [187.2, '3:07.2'],
])('%d s is %s', (seconds, shown) => expect(clock(seconds)).toBe(shown));
