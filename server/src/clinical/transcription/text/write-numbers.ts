// Spoken words to written ones where a rule makes it certain: doses, measurements, blood pressures, ages, dates, vitamins.
// What is not certain stays as spoken: a reader can turn "one twenty" into 120, but nobody can turn a wrong 120 back.
import {
  isNumberWord,
  parseCardinal,
  parseDecimal,
  parseDigitString,
  parseElided,
  parseOrdinal,
  parsePoint,
  parseYear,
} from './numbers.ts';
import type { SpokenNumber } from './numbers.ts';
import { isDoseUnit, parseUnit } from './units.ts';

/** One written word for the spoken words `start` (inclusive) to `end` (exclusive). */
export interface Written {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

type Words = readonly string[];
/** Gives what is written from `at` on, or null when the rule does not hold there. */
type Rule = (words: Words, at: number) => readonly Written[] | null;

/** Digits said singly, from this many on, are a number of something and no counting. */
const LEAST_DIGITS = 5;

/** From here on a number is written in digits even when it stands alone. */
const LEAST_PLAIN = 10;

/** After these a bare "one ten" is a measured value. */
const MEASURED: ReadonlySet<string> = new Set([
  'pulse',
  'rate',
  'systolic',
  'glucose',
  'sugar',
  'sugars',
  'weight',
  'weighs',
  'saturation',
]);
/** Units of which there are no pieces to count, so that "one ten" before them is 110. */
const UNCOUNTED: ReadonlySet<string> = new Set(['beats', 'breaths', 'degrees', 'percent', 'pounds']);
/** Letters with a number that are one thing, and the words before them that make it sure. */
const LAB_NAMES: ReadonlySet<string> = new Set(['B1', 'B2', 'B6', 'D2', 'D3', 'K2', 'T3', 'T4']);
const LAB_CUES: ReadonlySet<string> = new Set(['vitamin', 'free', 'total']);

const COPULAS: ReadonlySet<string> = new Set(['is', 'was', 'of', 'at', 'were', 'are', 'around', 'about']);
const YEAR_CUES: ReadonlySet<string> = new Set(['in', 'since', 'until', 'during', 'of', 'year']);

const RULES: readonly Rule[] = [
  date,
  bloodPressure,
  labName,
  scale,
  age,
  quantity,
  range,
  digitString,
  year,
  ordinal,
  plain,
];

/** Every spoken word comes out exactly once, in order. */
export function writeNumbers(words: Words): readonly Written[] {
  const written: Written[] = [];
  let at = 0;
  while (at < words.length) {
    const found = firstOf(words, at) ?? [{ text: words[at] ?? '', start: at, end: at + 1 }];
    written.push(...found);
    at = found.at(-1)?.end ?? at + 1;
  }
  return written;
}

function firstOf(words: Words, at: number): readonly Written[] | null {
  for (const rule of RULES) {
    const found = rule(words, at);
    if (found !== null) return found;
  }
  return null;
}

/** The longest reading that needs no context. */
function certain(words: Words, at: number): SpokenNumber | null {
  return parseDecimal(words, at) ?? parseCardinal(words, at);
}

/** A reading in a context that asks for a number: hundreds may be left unsaid. */
function asked(words: Words, at: number): SpokenNumber | null {
  const decimal = parseDecimal(words, at);
  if (decimal !== null) return decimal;
  const elided = parseElided(words, at);
  const cardinal = parseCardinal(words, at);
  return elided !== null && elided.end > (cardinal?.end ?? 0) ? elided : cardinal;
}

/** "one twenty over eighty" → 120/80; "twenty over forty" → 20/40 (visual acuity). */
function bloodPressure(words: Words, at: number): readonly Written[] | null {
  const upper = asked(words, at);
  if (upper === null || words[upper.end] !== 'over') return null;
  const lower = asked(words, upper.end + 1);
  if (lower === null) return null;
  const pressure = upper.value >= 50 && upper.value <= 300 && lower.value >= 20 && lower.value < upper.value;
  const acuity = upper.value === 20 && lower.value >= 10 && lower.value <= 400;
  if (!pressure && !acuity) return null;
  return [{ text: `${upper.digits}/${lower.digits}`, start: at, end: lower.end }];
}

/** "a one c" → A1c, "b twelve" → B12: only the names that exist. */
function labName(words: Words, at: number): readonly Written[] | null {
  if (words[at] === 'a' && words[at + 1] === 'one' && words[at + 2] === 'c')
    return [{ text: 'A1c', start: at, end: at + 3 }];
  const letter = words[at] ?? '';
  const number = parseCardinal(words, at + 1);
  if (number?.end !== at + 2) return null;
  const name = `${letter.toUpperCase()}${number.digits}`;
  const known = name === 'B12' || (LAB_NAMES.has(name) && LAB_CUES.has(words[at - 1] ?? ''));
  return known ? [{ text: name, start: at, end: number.end }] : null;
}

/** "seven out of ten" → 7 out of 10. */
function scale(words: Words, at: number): readonly Written[] | null {
  const value = certain(words, at);
  if (value === null || words[value.end] !== 'out' || words[value.end + 1] !== 'of') return null;
  const whole = parseCardinal(words, value.end + 2);
  if (whole === null || whole.value < 5) return null;
  return [one(value, at), ...asSpoken(words, value.end, value.end + 2), one(whole, value.end + 2)];
}

/** "forty nine year old" → 49-year-old; "six months old" → 6 months old. */
function age(words: Words, at: number): readonly Written[] | null {
  const number = parseCardinal(words, at);
  if (number === null || number.value > 120) return null;
  const unit = words[number.end] ?? '';
  if (words[number.end + 1] !== 'old' || !/^(year|month|week|day)s?$/.test(unit)) return null;
  const end = number.end + 2;
  if (unit.endsWith('s')) return [one(number, at), ...asSpoken(words, number.end, end)];
  return [{ text: `${number.digits}-${unit}-old`, start: at, end }];
}

/** "ten milligrams" → 10 mg, "point five milligrams" → 0.5 mg, "ninety eight percent" → 98%. */
function quantity(words: Words, at: number): readonly Written[] | null {
  const point = parsePoint(words, at);
  const number =
    point !== null && isDoseUnit(words[point.end]) ? point : (unsaidHundreds(words, at) ?? certain(words, at));
  if (number === null) return null;
  const unit = parseUnit(words, number.end);
  if (unit === null) return null;
  // "one twenty milligram tablet" may be one tablet of 20 mg or 120 mg: it stays as it was said.
  if (isNumberWord(words[at - 1]) || isDoubtful(words, at, number)) return asSpoken(words, at, unit.end);
  if (unit.attached) return [{ text: `${number.digits}${unit.text}`, start: at, end: unit.end }];
  return [one(number, at), { text: unit.text, start: number.end, end: unit.end }];
}

/** "one twenty" and "one oh five" before any unit. */
function unsaidHundreds(words: Words, at: number): SpokenNumber | null {
  const elided = parseElided(words, at);
  return elided !== null && parseUnit(words, elided.end) !== null ? elided : null;
}

/** Hundreds left unsaid are certain with an "oh", or where nobody counts the things measured: heart beats, degrees. */
function isDoubtful(words: Words, at: number, number: SpokenNumber): boolean {
  const elided = parseElided(words, at);
  if (elided === null || elided.end !== number.end || parseDecimal(words, at) !== null) return false;
  const second = words[at + 1];
  return second !== 'oh' && second !== 'o' && !UNCOUNTED.has(words[number.end] ?? '');
}

/** "five to ten milligrams" → 5 to 10 mg. */
function range(words: Words, at: number): readonly Written[] | null {
  const low = certain(words, at);
  if (low === null || !['to', 'or'].includes(words[low.end] ?? '')) return null;
  const high = quantity(words, low.end + 1);
  return high === null ? null : [one(low, at), ...asSpoken(words, low.end, low.end + 1), ...high];
}

function digitString(words: Words, at: number): readonly Written[] | null {
  const digits = parseDigitString(words, at, LEAST_DIGITS);
  return digits === null ? null : [one(digits, at)];
}

const MONTHS: ReadonlySet<string> = new Set([
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]);

/** "march third twenty twenty four" → March 3, 2024. A month alone is left ("may", "march" are verbs too). */
function date(words: Words, at: number): readonly Written[] | null {
  const month = words[at] ?? '';
  if (!MONTHS.has(month)) return null;
  const named = { text: capitalised(month), start: at, end: at + 1 };
  const day = parseOrdinal(words, words[at + 1] === 'the' ? at + 2 : at + 1);
  if (day !== null && day.value <= 31) {
    const spoken = parseYear(words, day.end);
    const comma = spoken === null ? '' : ',';
    const written = { text: `${day.digits}${comma}`, start: at + 1, end: day.end };
    return spoken === null ? [named, written] : [named, written, one(spoken, day.end)];
  }
  const yearAt = words[at + 1] === 'of' ? at + 2 : at + 1;
  const spoken = parseYear(words, yearAt);
  return spoken === null ? null : [named, ...asSpoken(words, at + 1, yearAt), one(spoken, yearAt)];
}

/** "since nineteen ninety eight" → since 1998. Without a cue "twenty twenty" may be eyesight. */
function year(words: Words, at: number): readonly Written[] | null {
  if (!YEAR_CUES.has(words[at - 1] ?? '')) return null;
  const spoken = parseYear(words, at);
  return spoken === null || spoken.end === at + 1 ? null : [one(spoken, at)];
}

/** "twenty first" is no twenty. */
function ordinal(words: Words, at: number): readonly Written[] | null {
  const found = parseOrdinal(words, at);
  return found === null ? null : asSpoken(words, at, found.end);
}

function plain(words: Words, at: number): readonly Written[] | null {
  const number = afterMeasure(words, at) ? asked(words, at) : certain(words, at);
  if (number === null) return null;
  if (number.digits.includes('.')) return [one(number, at)];
  // "twenty twenty", "one ten": two readings, so none is chosen.
  const ambiguous = isNumberWord(words[number.end]) || isNumberWord(words[at - 1]);
  return number.value >= LEAST_PLAIN && !ambiguous ? [one(number, at)] : asSpoken(words, at, number.end);
}

function afterMeasure(words: Words, at: number): boolean {
  const before = words[at - 1] ?? '';
  return MEASURED.has(before) || (COPULAS.has(before) && MEASURED.has(words[at - 2] ?? ''));
}

function one(number: SpokenNumber, start: number): Written {
  return { text: number.digits, start, end: number.end };
}

function asSpoken(words: Words, start: number, end: number): readonly Written[] {
  return words.slice(start, end).map((text, index) => ({ text, start: start + index, end: start + index + 1 }));
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
