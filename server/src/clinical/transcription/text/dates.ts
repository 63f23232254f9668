// Dates, years and times of day. A day or a month alone is left: "may", "march" and "second" are other words too.
import { parseCardinal, parseOrdinal, parsePart, parseYear } from './numbers.ts';
import type { SpokenNumber } from './numbers.ts';
import { parseUnit } from './units.ts';
import { asSpoken, capitalised, one } from './written.ts';
import type { Rule, Words, Written } from './written.ts';

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const MONTHS = setOf('january february march april may june july august september october november december');

/** Months that are also verbs: without a year they need a word before them that speaks of time. */
const VERBS = setOf('march may');
const TIME_CUES = setOf(
  'on since until till by from before after of through this last next dated for early late is was',
);

/** After these a year stands: "since nineteen ninety eight". Without one "twenty twenty" may be eyesight. */
const YEAR_CUES = setOf('in since until during year');
const BEFORE_OF_YEAR = setOf('fall summer spring winter autumn end beginning start class year');
/** "in twenty ten minute sessions": no year. */
const COUNTED_TIME = setOf('second seconds minute minutes hour hours day days week weeks month months year years');

const BIRTH_CUES = setOf('birth born dob birthday birthdate');
/** Words between the cue and the date: "date of birth is …". */
const CUE_REACH = 3;

const CLOCK_CUES = setOf('at by around until till from to about before after between since');

/** "march third twenty twenty four" → March 3, 2024; "august sixteen nineteen seventy six" → August 16, 1976. */
function monthFirst(words: Words, at: number): readonly Written[] | null {
  const month = words[at] ?? '';
  if (!MONTHS.has(month)) return null;
  const named = { text: capitalised(month), start: at, end: at + 1 };
  const day = dayOf(words, words[at + 1] === 'the' ? at + 2 : at + 1);
  if (day !== null) {
    const year = parseYear(words, day.end);
    if (year !== null) return [named, { text: `${day.digits},`, start: at + 1, end: day.end }, one(year, day.end)];
    if (day.ordinal && (!VERBS.has(month) || TIME_CUES.has(words[at - 1] ?? '')))
      return [named, { text: day.digits, start: at + 1, end: day.end }];
  }
  const yearAt = words[at + 1] === 'of' ? at + 2 : at + 1;
  const year = parseYear(words, yearAt);
  return year === null ? null : [named, ...asSpoken(words, at + 1, yearAt), one(year, yearAt)];
}

/** A day of the month as ordinal, or as cardinal where a year follows it: "twenty twenty one" is a year and no day. */
function dayOf(words: Words, at: number): (SpokenNumber & { readonly ordinal: boolean }) | null {
  const ordinal = parseOrdinal(words, at);
  if (ordinal !== null) return ordinal.value <= 31 ? { ...ordinal, ordinal: true } : null;
  const cardinal = parseCardinal(words, at);
  if (cardinal === null || cardinal.value < 1 || cardinal.value > 31) return null;
  return parseYear(words, cardinal.end) === null ? null : { ...cardinal, ordinal: false };
}

/** "the third of march twenty twenty four" → the 3rd of March 2024. */
function dayFirst(words: Words, at: number): readonly Written[] | null {
  const day = parseOrdinal(words, at);
  if (day === null || day.value > 31 || words[day.end] !== 'of') return null;
  const month = words[day.end + 1] ?? '';
  if (!MONTHS.has(month)) return null;
  const yearAt = day.end + 2;
  const year = parseYear(words, yearAt);
  return [
    { text: `${day.digits}${suffix(day.value)}`, start: at, end: day.end },
    ...asSpoken(words, day.end, day.end + 1),
    { text: capitalised(month), start: day.end + 1, end: yearAt },
    ...(year === null ? [] : [one(year, yearAt)]),
  ];
}

function suffix(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}

/**
 * "oh three oh five nineteen sixty" → 03/05/1960, in the order in which it was said. Certain with an "oh" before the day or
 * the month, with "slash" between, or after a word of birth; and only with a whole year.
 */
function figures(words: Words, at: number): readonly Written[] | null {
  const first = parsePart(words, at);
  if (first === null || first.value < 1 || first.value > 31) return null;
  const slashed = words[first.end] === 'slash';
  const second = parsePart(words, slashed ? first.end + 1 : first.end);
  if (second === null || second.value < 1 || second.value > 31 || (first.value > 12 && second.value > 12)) return null;
  const year = parseYear(words, slashed && words[second.end] === 'slash' ? second.end + 1 : second.end);
  if (year === null) return null;
  const certain = slashed || first.digits.startsWith('0') || second.digits.startsWith('0') || isBirth(words, at);
  if (!certain) return null;
  return [{ text: `${first.digits}/${second.digits}/${year.digits}`, start: at, end: year.end }];
}

function isBirth(words: Words, at: number): boolean {
  return words.slice(Math.max(0, at - CUE_REACH), at).some((word) => BIRTH_CUES.has(word));
}

/** "since nineteen ninety eight" → since 1998. */
function yearAlone(words: Words, at: number): readonly Written[] | null {
  const before = words[at - 1] ?? '';
  const cued = YEAR_CUES.has(before) || (before === 'of' && BEFORE_OF_YEAR.has(words[at - 2] ?? ''));
  if (!cued) return null;
  const year = parseYear(words, at);
  if (year === null || year.end === at + 1) return null;
  const next = words[year.end] ?? '';
  return COUNTED_TIME.has(next) || parseUnit(words, year.end) !== null ? null : [one(year, at)];
}

/** "seven thirty a m" → 7:30 a.m., "eight o'clock" → 8 o'clock. "Seven thirty" alone may be anything. */
function clock(words: Words, at: number): readonly Written[] | null {
  const hour = parseCardinal(words, at);
  if (hour === null || hour.end !== at + 1 || hour.value < 1 || hour.value > 12) return null;
  const minutes = parsePart(words, hour.end);
  const timed = minutes !== null && minutes.value < 60 && minutes.digits.length === 2;
  const end = timed ? minutes.end : hour.end;
  const written = { text: timed ? `${hour.digits}:${minutes.digits}` : hour.digits, start: at, end };
  if (words[end] === "o'clock" && !timed) return [written, ...asSpoken(words, end, end + 1)];
  if (timed && /^in the (?:morning|afternoon|evening)$/.test(words.slice(end, end + 3).join(' '))) return [written];
  const half = halfOfDay(words, end, timed || CLOCK_CUES.has(words[at - 1] ?? ''));
  return half === null ? null : [written, half];
}

/** `certain`: whether "am", which is a verb too, must be the half of a day here. */
function halfOfDay(words: Words, at: number, certain: boolean): Written | null {
  const [first, second] = [words[at] ?? '', words[at + 1]];
  if ((first === 'a' || first === 'p') && second === 'm') return { text: `${first}.m.`, start: at, end: at + 2 };
  if (first === 'pm') return { text: 'p.m.', start: at, end: at + 1 };
  if (first === 'am' && certain && second !== 'i') return { text: 'a.m.', start: at, end: at + 1 };
  return null;
}

export const DATE_RULES: readonly Rule[] = [monthFirst, dayFirst, figures, yearAlone, clock];
