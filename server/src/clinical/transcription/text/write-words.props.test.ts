import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ABBREVIATIONS, SAID_NAMES } from './medical-names.data.ts';
import { writeWords } from './write-words.ts';

const VOCABULARY = (
  'zero one two three five ten twelve fifteen twenty forty ninety hundred thousand million point oh and over to or out of percent milligrams ' +
  'half hundred through by between l s five grade type stage diabetes m p am pm birth oh double slash the march may august of puff e g x ray ' +
  'per deciliter degrees fahrenheit year years old march may first third nineteen a b c d t the is rate pulse in since tablet'
).split(' ');

it('gives every spoken word exactly once, in order, whatever is said', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...VOCABULARY), { maxLength: 30 }), (words) => {
      const written = writeWords(words);
      let at = 0;
      for (const word of written) {
        expect(word.start).toBe(at);
        expect(word.end).toBeGreaterThan(word.start);
        expect(word.text).not.toBe('');
        at = word.end;
      }
      expect(at).toBe(words.length);
    }),
    { numRuns: 3000 },
  );
});

const NAMES = new Set([...ABBREVIATIONS.trim().toLowerCase().split(/\s+/), ...Object.keys(SAID_NAMES)]);

it('leaves words that are no numbers as they are', () => {
  const plain = fc
    .stringMatching(/^[a-z]{4,9}$/)
    .filter(
      (word) =>
        !NAMES.has(word) &&
        !/(teen|ty|ion|sand|red|red|zero|five|nine|four|seven|eight|three|eleven|twelve|point|percent|gram|liter|degrees|over|first|second|third|fifth|h)$/.test(
          word,
        ),
    );
  fc.assert(
    fc.property(fc.array(plain, { maxLength: 12 }), (words) => {
      expect(writeWords(words).map((word) => word.text)).toEqual(words);
    }),
  );
});
