// Spoken words to written ones where a rule makes it certain: doses, measurements, blood pressures, ages, dates, names in letters.
// What is not certain stays as spoken: a reader can turn "one twenty" into 120, but nobody can turn a wrong 120 back.
import { DATE_RULES } from './dates.ts';
import { MEASUREMENT_RULES, PLAIN_RULES } from './measurements.ts';
import { NAME_RULES } from './medical-names.ts';
import { parseDigitString, parseOrdinal } from './numbers.ts';
import { asSpoken, longestOf, one, phraseAt } from './written.ts';
import type { Rule, Words, Written } from './written.ts';

export interface Writing {
  /** Lower-case phrase → as it is written, of the same number of words: names that a tenant's vocabulary knows. */
  readonly names: ReadonlyMap<string, string>;
}

export const NO_NAMES: Writing = { names: new Map() };

/** Digits said singly, from this many on, are a number of something and no counting; after a cue fewer. */
const LEAST_DIGITS = 5;
const LEAST_CUED_DIGITS = 3;

/** "medical record number is four one two": what numbers of digits are called. */
const DIGIT_NAMES: ReadonlySet<string> = new Set(['mrn', 'extension', 'zip', 'postcode']);
const NUMBERED_THINGS: ReadonlySet<string> = new Set(
  'phone telephone mobile cell record account chart room fax identification id patient hospital insurance policy security'.split(
    ' ',
  ),
);

function digitString(words: Words, at: number): readonly Written[] | null {
  const digits = parseDigitString(words, at, isNumberCue(words, at) ? LEAST_CUED_DIGITS : LEAST_DIGITS);
  return digits === null ? null : [one(digits, at)];
}

function isNumberCue(words: Words, at: number): boolean {
  const last = words[at - 1] === 'is' ? at - 2 : at - 1;
  const word = words[last] ?? '';
  if (DIGIT_NAMES.has(word) || words.slice(last - 2, last + 1).join(' ') === 'm r n') return true;
  return word === 'number' && NUMBERED_THINGS.has(words[last - 1] ?? '');
}

/** "twenty first" is no twenty. */
function ordinal(words: Words, at: number): readonly Written[] | null {
  const found = parseOrdinal(words, at);
  return found === null ? null : asSpoken(words, at, found.end);
}

/** The first that holds at a place decides what is written there. */
const RULES: readonly Rule[] = [
  ...DATE_RULES,
  ...NAME_RULES,
  digitString,
  ...MEASUREMENT_RULES,
  ordinal,
  ...PLAIN_RULES,
];

/** Every spoken word comes out exactly once, in order. */
export function writeWords(words: Words, { names }: Writing = NO_NAMES): readonly Written[] {
  const rules = names.size === 0 ? RULES : [nameRule(names), ...RULES];
  const written: Written[] = [];
  let at = 0;
  while (at < words.length) {
    const found = firstOf(rules, words, at) ?? asSpoken(words, at, at + 1);
    written.push(...found);
    at = found.at(-1)?.end ?? at + 1;
  }
  return written;
}

function firstOf(rules: readonly Rule[], words: Words, at: number): readonly Written[] | null {
  for (const rule of rules) {
    const found = rule(words, at);
    if (found !== null) return found;
  }
  return null;
}

function nameRule(names: ReadonlyMap<string, string>): Rule {
  const longest = longestOf(names.keys());
  return (words, at) => {
    const found = phraseAt(names, longest, words, at);
    const texts = found?.value.split(' ');
    if (texts?.length !== (found?.end ?? 0) - at) return null;
    return texts.map((text, index) => ({ text, start: at + index, end: at + index + 1 }));
  };
}
