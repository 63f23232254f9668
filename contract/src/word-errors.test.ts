import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alignWords,
  editsOf,
  spokenWords,
  termRecall,
  wordErrorInterval,
  wordErrorRate,
  wordErrors,
  type WordErrors,
} from './word-errors.ts';

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');

describe('word errors', () => {
  it('are counted over words without case, punctuation and hyphens', () => {
    expect(spokenWords('The 49-year-old, he’s “well”.')).toEqual(['the', '49', 'year', 'old', 'hes', 'well']);
    expect(wordErrors('He is well.', 'he is WELL')).toBe(0);
  });

  it.each([
    ['a b c', 'a x c', [1, 0, 0]],
    ['a b c', 'a c', [0, 0, 1]],
    ['a c', 'a b c', [0, 1, 0]],
    ['', 'a b', [0, 2, 0]],
    ['a b', '', [0, 0, 2]],
    ['a b c d e f', 'x b d e f g', [1, 1, 1]],
    ['a b', 'c d e', [2, 1, 0]],
  ] as const)('%j heard as %j', (reference, heard, [substitutions, insertions, deletions]) => {
    expect(alignWords(words(reference), words(heard))).toEqual({
      words: words(reference).length,
      substitutions,
      insertions,
      deletions,
    });
  });

  it('agree with the lengths, are none for the same words, and never more than the longer text has', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (reference, heard) => {
        const found = alignWords(reference, heard);
        expect(found.insertions - found.deletions).toBe(heard.length - reference.length);
        expect(editsOf(found)).toBeLessThanOrEqual(Math.max(reference.length, heard.length));
        expect(editsOf(found) === 0).toBe(reference.join(' ') === heard.join(' '));
        expect(editsOf(alignWords(heard, reference))).toBe(editsOf(found));
      }),
    );
  });
});

describe('a rate', () => {
  const part = (count: number, substitutions: number): WordErrors => ({
    words: count,
    substitutions,
    insertions: 0,
    deletions: 0,
  });

  it('is over all words, not over recordings', () => {
    expect(wordErrorRate([part(90, 0), part(10, 10)])).toBe(0.1);
    expect(wordErrorRate([part(0, 0)])).toBeNull();
  });

  it('has an interval around it that is wide for few recordings, the same each time, and none for one', () => {
    const uneven = Array.from({ length: 10 }, (_, index) => part(50, index < 5 ? 0 : 10));
    const [low, high] = wordErrorInterval(uneven) ?? [1, 0];
    expect(low).toBeLessThan(0.1);
    expect(high).toBeGreaterThan(0.1);
    // Ten recordings of 0 or 20 %: 0.1 ± 1.96 · 0.1/√10.
    expect(low).toBeCloseTo(0.038, 1);
    expect(high).toBeCloseTo(0.162, 1);
    expect(wordErrorInterval(uneven)).toEqual([low, high]);
    const [narrowLow, narrowHigh] = wordErrorInterval([...uneven, ...uneven, ...uneven, ...uneven]) ?? [0, 1];
    expect(narrowHigh - narrowLow).toBeLessThan((high - low) * 0.7);
    expect(wordErrorInterval([part(10, 1)])).toBeNull();
    expect(wordErrorInterval([part(0, 0), part(0, 0)])).toBeNull();
  });
});

it('counts the terms that were said and those heard exactly, in any of their forms', () => {
  const terms = [[words('epogen')], [words('a one c'), words('hba1c')], [words('bone marrow')], [words('lasix')]];
  const said = words('epogen and epogen for bone marrow with an a one c of seven');
  expect(termRecall(said, words('epogen and epigen for bone marrow with an hba1c of seven'), terms)).toEqual({
    said: 4,
    heard: 3,
  });
  expect(termRecall(said, words('epogen epogen epogen'), terms)).toEqual({ said: 4, heard: 2 });
  expect(termRecall([], words('lasix'), terms)).toEqual({ said: 0, heard: 0 });
});
