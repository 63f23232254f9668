// Names said in letters and digits: ECG, A1c, L4-L5, type 2. Only those of the lists; a letter that may be a word stays.
import {
  ABBREVIATIONS,
  GRADED,
  LETTERED,
  NUMBERED_CUES,
  NUMBERED_NAMES,
  OXYGEN_AFTER,
  OXYGEN_BEFORE,
  SAID_NAMES,
  SPELLED_ONLY,
  SPINE,
  SPINE_CUES,
  TYPED_AFTER,
  TYPED_BEFORE,
} from './medical-names.data.ts';
import { isNumberWord, parseCardinal } from './numbers.ts';
import { parseUnit } from './units.ts';
import { asSpoken, longestOf, phraseAt } from './written.ts';
import type { Rule, Words, Written } from './written.ts';

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));
const listOf = (lines: string): readonly string[] => lines.trim().split(/\s+/);

const SAID: ReadonlyMap<string, string> = new Map([
  ...[...listOf(ABBREVIATIONS), ...listOf(SPELLED_ONLY)].map((name): [string, string] => [letters(name), name]),
  ...listOf(ABBREVIATIONS).map((name): [string, string] => [name.toLowerCase(), name]),
  ...Object.entries(SAID_NAMES),
]);
const LONGEST_SAID = longestOf(SAID.keys());

const NUMBERED = setOf(NUMBERED_NAMES);
const NUMBERED_AFTER = setOf(NUMBERED_CUES);
const OXYGEN_BEFORE_IT = setOf(OXYGEN_BEFORE);
const OXYGEN_AFTER_IT = setOf(OXYGEN_AFTER);
const GRADES = setOf(GRADED);
const KIND_BEFORE = setOf(TYPED_BEFORE);
const KIND_AFTER = setOf(TYPED_AFTER);
const SPINAL = setOf(SPINE_CUES);
const OWN_LETTER = setOf(LETTERED);

/** Words on either side in which a word of the spine makes a single level certain. */
const SPINE_REACH = 3;

/** Highest grade, stage or class that is said as a number. */
const MOST_GRADES = 9;

function letters(name: string): string {
  return name.toLowerCase().split('').join(' ');
}

/** "e c g" → ECG, "a one c" → A1c. */
function said(words: Words, at: number): readonly Written[] | null {
  if (words[at] === 'a' && words.slice(at, at + 3).join(' ') === 'a and e' && !/^vitamins?$/.test(words[at - 1] ?? ''))
    return [{ text: 'A&E', start: at, end: at + 3 }];
  const found = phraseAt(SAID, LONGEST_SAID, words, at);
  if (found === null) return null;
  // A further letter belongs to it: "c t d" is no CT.
  const spelled = found.end - at > 1 && /^[a-z]$/.test(words[found.end - 1] ?? '');
  if (spelled && (isLetter(words[found.end]) || isLetter(words[at - 1]))) return null;
  return found.value.includes(' ')
    ? found.value.split(' ').map((text, index, all) => ({
        text,
        start: at + index,
        end: index === all.length - 1 ? found.end : at + index + 1,
      }))
    : [{ text: found.value, start: at, end: found.end }];
}

/** "a" and "i" are words of their own. */
function isLetter(word: string | undefined): boolean {
  return word !== undefined && /^[b-hj-z]$/.test(word);
}

/** "vitamin d three" → vitamin D3, "o two sats" → O2 sats. */
function numbered(words: Words, at: number): readonly Written[] | null {
  const letter = words[at] ?? '';
  const number = letter.length === 1 ? parseCardinal(words, at + 1) : null;
  if (number?.end !== at + 2) return null;
  const name = `${letter.toUpperCase()}${number.digits}`;
  const [before, after] = [words[at - 1] ?? '', words[number.end] ?? ''];
  const vitamin = NUMBERED.has(name) && NUMBERED_AFTER.has(before);
  const oxygen = name === 'O2' && (OXYGEN_BEFORE_IT.has(before) || OXYGEN_AFTER_IT.has(after));
  return vitamin || oxygen ? [{ text: name, start: at, end: number.end }] : null;
}

interface Level {
  readonly letter: string;
  readonly number: number;
  readonly end: number;
}

function levelAt(words: Words, at: number): Level | null {
  const letter = words[at] ?? '';
  const most = Object.hasOwn(SPINE, letter) ? SPINE[letter] : undefined;
  const number = most === undefined ? null : parseCardinal(words, at + 1);
  if (most === undefined || number?.end !== at + 2 || number.value < 1 || number.value > most) return null;
  return { letter, number: number.value, end: number.end };
}

/** "l four l five" → L4-L5, "l four five" → L4-5, "s one and s two" → S1 and S2, "l five" → L5. */
function spine(words: Words, at: number): readonly Written[] | null {
  const first = levelAt(words, at);
  if (first === null || OWN_LETTER.has(words[at - 1] ?? '')) return null;
  const name = `${first.letter.toUpperCase()}${String(first.number)}`;
  const second = levelAt(words, first.end);
  if (second !== null && isNext(first, second) && !isMeasured(words, second.end))
    return [{ text: `${name}-${second.letter.toUpperCase()}${String(second.number)}`, start: at, end: second.end }];
  const next = parseCardinal(words, first.end);
  if (next !== null && next.value === first.number + 1 && next.end === first.end + 1 && !isMeasured(words, next.end))
    return isCertainLevel(words, at, next.end, first)
      ? [{ text: `${name}-${next.digits}`, start: at, end: next.end }]
      : null;
  if (next !== null || isMeasured(words, first.end) || !isCertainLevel(words, at, first.end, first)) return null;
  return [{ text: name, start: at, end: first.end }];
}

/** L5 is followed by S1, T12 by L1, C7 by T1. */
function isNext(first: Level, second: Level): boolean {
  if (first.letter === second.letter) return second.number === first.number + 1;
  return (
    second.number === 1 &&
    first.number === SPINE[first.letter] &&
    ['ct', 'tl', 'ls'].includes(first.letter + second.letter)
  );
}

/** "c one tablet", "l two milligrams": the number counts what follows. */
function isMeasured(words: Words, at: number): boolean {
  return parseUnit(words, at) !== null || /^(?:second|minute|hour|day|week|month|year|time)s?$/.test(words[at] ?? '');
}

function isCertainLevel(words: Words, at: number, end: number, { letter }: Level): boolean {
  if (letter === 'l') return true;
  const around = [...words.slice(Math.max(0, at - SPINE_REACH), at), ...words.slice(end, end + SPINE_REACH)];
  if (around.some((word) => SPINAL.has(word))) return true;
  const joined = (index: number): boolean => levelAt(words, index)?.letter === letter;
  const after = /^(?:and|to|through)$/.test(words[end] ?? '') && joined(end + 1);
  const before = /^(?:and|to|through)$/.test(words[at - 1] ?? '') && joined(at - 3);
  return after || before;
}

/** "type two diabetes" → type 2 diabetes, "grade three" → grade 3. */
function kind(words: Words, at: number): readonly Written[] | null {
  const name = words[at] ?? '';
  const number = parseCardinal(words, at + 1);
  if (number === null || number.value < 1 || number.value > MOST_GRADES) return null;
  const next = words[number.end] ?? '';
  if (isNumberWord(next) || next === 'of' || parseUnit(words, number.end) !== null) return null;
  const graded = GRADES.has(name);
  const typed = name === 'type' && number.value <= 2 && (KIND_AFTER.has(next) || KIND_BEFORE.has(words[at - 1] ?? ''));
  if (!graded && !typed) return null;
  const written = { text: number.digits, start: at + 1, end: number.end };
  const other = /^(?:or|and|to)$/.test(next) ? parseCardinal(words, number.end + 1) : null;
  const paired =
    other !== null && other.value > number.value && other.value <= MOST_GRADES && isPairEnd(words, other.end);
  return [
    ...asSpoken(words, at, at + 1),
    written,
    ...(paired
      ? [...asSpoken(words, number.end, number.end + 1), { text: other.digits, start: number.end + 1, end: other.end }]
      : []),
  ];
}

/** "grade two or three" ends there; in "stage two or three days" the second number counts something else. */
function isPairEnd(words: Words, at: number): boolean {
  return !isNumberWord(words[at]) && words[at] !== 'of' && !isMeasured(words, at);
}

export const NAME_RULES: readonly Rule[] = [said, numbered, spine, kind];
