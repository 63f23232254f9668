// Dates and high ages as they are said (identifier C).
import { MONTHS } from '../recognise/calendar.ts';
import { before, type Found, NOTHING, type Reading, type Recogniser } from '../recognise/recogniser.ts';
import { hashWord } from '../text/fold.ts';
import { type Tokens, WORD } from '../text/tokens.ts';
import { cardinalAt, dayAt, NUMBER_WORDS, yearAt } from './numbers.ts';

const months = new Set(Object.keys(MONTHS).map(hashWord));
const THE = hashWord('the');
const OF = hashWord('of');

/** `march third twenty twenty four`, `may fifth`, `june nineteen eighty one`. */
export const spokenMonth: Recogniser = {
  starts: { words: Object.keys(MONTHS) },
  find({ tokens }, at): readonly Found[] {
    let next = tokens.hash[at + 1] === THE ? at + 2 : at + 1;
    const day = dayAt(tokens, next, !isDoubtful(tokens, at));
    const year = yearAt(tokens, day?.end ?? at + 1) ?? yearAt(tokens, at + 1); // `august twenty ten` has no day
    if (day === null && year === null) return NOTHING;
    next = Math.max(year?.end ?? 0, day?.end ?? 0);
    if (tokens.kind[at + 1] !== WORD) return NOTHING; // figures are the written recogniser's
    return [spanOf(tokens, at, next, 0.9, 'spoken-date')];
  },
};

/** `may two tablets` is none: after a month that is a word the day must be an ordinal, or a year follow. */
function isDoubtful(tokens: Tokens, at: number): boolean {
  const hash = tokens.hash[at];
  if (hash !== hashWord('may') && hash !== hashWord('march')) return false;
  const plain = dayAt(tokens, at + 1, true);
  return plain === null || yearAt(tokens, plain.end) === null;
}

const DAY_WORDS =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth twenty thirty'.split(
    ' ',
  );

/** `the third of march`, `twenty first of june nineteen ninety`. */
export const spokenDay: Recogniser = {
  starts: { words: DAY_WORDS },
  find({ tokens }, at): readonly Found[] {
    const day = dayAt(tokens, at, false);
    if (day === null) return NOTHING;
    const month = tokens.hash[day.end] === OF ? day.end + 1 : day.end;
    if (month >= tokens.count || !months.has(tokens.hash[month] as number) || tokens.kind[month] !== WORD)
      return dayAlone(tokens, at, day.end);
    const end = yearAt(tokens, month + 1)?.end ?? month + 1;
    return [spanOf(tokens, tokens.hash[at - 1] === THE ? at - 1 : at, end, 0.9, 'spoken-date')];
  },
};

const WEEKDAYS = new Set('monday tuesday wednesday thursday friday saturday sunday'.split(' ').map(hashWord));
const ONE_OF = new Set('this last next'.split(' ').map(hashWord));
const MONTH_WORD = hashWord('month');

/** `monday the sixth`, `the twenty second of this month`: a day without a month's name. */
function dayAlone(tokens: Tokens, at: number, end: number): readonly Found[] {
  if (tokens.hash[at - 1] !== THE) return NOTHING;
  const named = WEEKDAYS.has(tokens.hash[at - 2] as number);
  const counted =
    tokens.hash[end] === OF && ONE_OF.has(tokens.hash[end + 1] as number) && tokens.hash[end + 2] === MONTH_WORD;
  if (!named && !counted) return NOTHING;
  return [spanOf(tokens, named ? at - 2 : at - 1, end, 0.85, 'spoken-date')];
}

const DATE_LEAD =
  /(?:date of birth|birth ?date|d ?o ?b|born|birthday is|birthday|date of (?:service|admission|discharge|surgery|visit|death)|admitted|discharged|admission|discharge|dated?|seen on|on)\s(?:is\s|was\s|on\s)?$/u;

/** `date of birth three fifteen nineteen eighty`: month, day and year as numbers. */
export const spokenNumbersDate: Recogniser = {
  starts: { words: NUMBER_WORDS },
  find({ tokens }, at): readonly Found[] {
    const month = cardinalAt(tokens, at);
    if (month === null || month.value < 1 || month.value > 12) return NOTHING;
    const day = dayAt(tokens, month.end, true);
    const year = day === null ? null : (yearAt(tokens, day.end) ?? cardinalAt(tokens, day.end));
    if (year === null || !DATE_LEAD.test(before(tokens, at, 40))) return NOTHING;
    return [spanOf(tokens, at, year.end, 0.85, 'spoken-date')];
  },
};

const AGE_AFTER = /^[\s-]{0,2}(?:years?|yrs?)[\s-](?:old|of age)|^[\s-]{0,2}(?:year)\b/u;
const AGE_LEAD = /\b(?:age|aged|age of|turned|turning|turns)\s(?:is\s)?$/u;
const FIRST_OVER = 90;

/** `ninety two year old`, `aged one hundred and one`; others under their own rule, which the policy keeps. */
export const spokenAge: Recogniser = {
  starts: { words: [...NUMBER_WORDS, 'a', 'hundred'] },
  find({ tokens }: Reading, at): readonly Found[] {
    const number = cardinalAt(tokens, at);
    if (number === null) return NOTHING;
    if (at > 0 && cardinalAt(tokens, at - 1)?.end === number.end) return NOTHING;
    const end = tokens.end[number.end - 1] as number;
    const tail = tokens.text.slice(end, end + 16).toLowerCase();
    if (!AGE_AFTER.test(tail) && !AGE_LEAD.test(before(tokens, at, 16))) return NOTHING;
    if (number.value > 125) return NOTHING;
    return [spanOf(tokens, at, number.end, 0.9, number.value >= FIRST_OVER ? 'age-90' : 'age', 'AGE')];
  },
};

function spanOf(
  tokens: Tokens,
  from: number,
  to: number,
  score: number,
  rule: string,
  type: 'DATE' | 'AGE' = 'DATE',
): Found {
  return { start: tokens.start[from] as number, end: tokens.end[to - 1] as number, type, score, rule };
}
