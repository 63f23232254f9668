// Whatever is said, with whatever pauses: what was told is never taken back, and in the end it is what a batch would have written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segmentsOf } from './assemble.ts';
import type { SpokenWord } from './engines/messages.ts';
import { GrowingText, type WordUnderWay } from './live-text.ts';

const WORDS = (
  'the patient is was takes he she i mr dr with pain of a b d c one two five nine ten twelve fifteen twenty thirty forty eighty ninety ' +
  'hundred thousand million and oh point over out year years old month months day percent milligrams microgram per deciliter minute liter ' +
  'degrees fahrenheit millimeters mercury beats units tablets to or first third twentieth march may the since in vitamin free pulse rate ' +
  'systolic nineteen how are you do at about headache lisinopril monday'
).split(' ');

const GAPS = [0.02, 0.1, 0.3, 0.5, 0.65, 0.8, 1.6];

const speech = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(...GAPS)), { minLength: 1, maxLength: 14 })
  .map((said) => {
    let at = 0;
    return said.map(([spoken, gap]): SpokenWord => {
      const start = at + gap;
      at = start + 0.2;
      return { spoken, start, end: at, confidence: 0.9 };
    });
  });

function batch(words: readonly SpokenWord[]): string {
  return segmentsOf(0, [{ channel: 0, words, resumeAt: 0 }])
    .map(({ segment }) => segment.text)
    .join(' ');
}

/** The first letters of the word that comes. */
function underWay(word: SpokenWord | undefined, letters: number): WordUnderWay | null {
  return word === undefined ? null : { spoken: word.spoken.slice(0, letters), start: word.start };
}

describe('a turn told while it is spoken', () => {
  it('grows only, and ends as the batch would write it', () => {
    fc.assert(
      fc.property(speech, fc.integer({ min: 1, max: 6 }), (words, letters) => {
        const text = new GrowingText('');
        let told = '';
        for (let count = 1; count <= words.length; count += 1) {
          told += text.grow(words.slice(0, count), underWay(words[count], letters));
          if (letters % 2 === 0) told += text.grow(words.slice(0, count), null);
        }
        told += text.end(words);
        expect(told).toBe(batch(words));
      }),
      { numRuns: 400 },
    );
  });

  it('goes on after what another listener told, from any place', () => {
    fc.assert(
      fc.property(speech, fc.nat(), (words, cut) => {
        const first = new GrowingText('');
        let told = '';
        for (let count = 1; count <= cut % words.length; count += 1) told += first.grow(words.slice(0, count), null);
        const second = new GrowingText(told);
        for (let count = 1; count <= words.length; count += 1) told += second.grow(words.slice(0, count), null);
        told += second.end(words);
        expect(told).toBe(batch(words));
      }),
      { numRuns: 200 },
    );
  });

  it('tells plain words as soon as the next one has begun', () => {
    const words = 'the patient is a gentleman'.split(' ').map((spoken, index) => {
      return { spoken, start: index * 0.3, end: index * 0.3 + 0.25, confidence: 0.9 };
    });
    const text = new GrowingText('');
    expect(words.map((_, index) => text.grow(words.slice(0, index + 1), null))).toEqual([
      'The',
      ' patient',
      ' is',
      '',
      ' a gentleman',
    ]);
  });

  it('tells an article at once when what follows cannot be a name of a test', () => {
    const words = [{ spoken: 'a', start: 0, end: 0.2, confidence: 0.9 }];
    expect(new GrowingText('').grow(words, { spoken: 'on', start: 0.25 })).toBe('');
    expect(new GrowingText('').grow(words, { spoken: 'pa', start: 0.25 })).toBe('A');
  });
});
