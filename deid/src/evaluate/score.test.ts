import { expect, test } from 'vitest';
import { CATEGORIES, type Span } from '../span.ts';
import { goldOf } from './gold.ts';
import { Score } from './score.ts';
import { shareOf } from './wilson.ts';

const span = (start: number, end: number, type: Span['type'] = 'NAME'): Span => ({
  start,
  end,
  type,
  score: 1,
  rule: 'x',
});
const TYPES: ReadonlySet<string> = new Set(CATEGORIES);

function scored(text: string, gold: readonly { start: number; end: number; type: string }[], spans: readonly Span[]) {
  const score = new Score();
  score.add(text, goldOf({ id: 1, text, spans: gold }, TYPES), spans);
  return score.report();
}

test('fragments that touch make one span; marks at the edges count for nothing', () => {
  const text = 'Seen: Ann-Marie O.';
  const report = scored(text, [{ start: 6, end: 18, type: 'PERSON' }], [span(6, 9), span(10, 15), span(16, 17)]);
  expect(report.full).toMatchObject({ found: 1, of: 1 });
  expect(report.characterRecall.value).toBe(1);
  expect(report.strict.found).toBe(0);
});

test('one letter left is a leak', () => {
  const report = scored('Call Robert Tan', [{ start: 5, end: 15, type: 'NAME' }], [span(5, 14)]);
  expect(report.full).toMatchObject({ found: 0, of: 1 });
  expect(report.any.found).toBe(1);
  expect(report.leakFree).toMatchObject({ found: 0, of: 1 });
  expect(report.relaxed.found).toBe(1);
});

test('a title counts neither way; nor does a year, an age to 89 or a State', () => {
  const text = 'Dr. Tan, 62, Ohio, 2019';
  const gold = [
    { start: 0, end: 7, type: 'NAME' },
    { start: 9, end: 11, type: 'AGE' },
    { start: 13, end: 17, type: 'LOCATION' },
    { start: 19, end: 23, type: 'DATE' },
  ];
  for (const spans of [[span(4, 7)], [span(0, 7), span(9, 23)]]) {
    const report = scored(text, gold, spans);
    expect(report.full).toMatchObject({ found: 1, of: 1 });
    expect(report.characterPrecision.value).toBe(1);
  }
});

test('a text without gold is touched or not', () => {
  expect(scored('Murphy sign', [], []).overRedaction).toMatchObject({ found: 0, of: 1 });
  expect(scored('Murphy sign', [], [span(0, 6)]).overRedaction).toMatchObject({ found: 1, of: 1 });
});

test('Wilson: known values; nothing counted is no value', () => {
  const { low, high } = shareOf({ found: 81, of: 263 });
  expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.2553', '0.3662']); // Newcombe 1998, table I
  expect(shareOf({ found: 0, of: 0 })).toMatchObject({ value: null, low: 0, high: 1 });
});

test('gold outside of its text is refused', () => {
  expect(() => goldOf({ id: 1, text: 'abc', spans: [{ start: 2, end: 9, type: 'NAME' }] }, TYPES)).toThrow(RangeError);
});
