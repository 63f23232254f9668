// Dates moved by one number of days, each in the form it was written in. Only under an expert determination or where what leaves is
// still treated as PHI: 164.514(b)(2)(i)(C) lets nothing of a date stay but its year.
import { MONTHS } from '../recognise/calendar.ts';
import { mix } from '../text/fold.ts';

const LEAST = 30; // days
const MOST = 395;
const DAY = 86_400_000; // ms

/** By how many days the dates of one map move: 30 to 395 to either side, drawn with its salt. */
export function shiftOf(salt: number): number {
  const drawn = mix(salt ^ 0x5bd1e995);
  const days = LEAST + ((drawn >>> 1) % (MOST - LEAST + 1));
  return (drawn & 1) === 0 ? days : -days;
}

/** `value` moved by `days`; null when it is no date that is understood whole. `year` stands for one that is not written. */
export function shifted(value: string, days: number, year: number): string | null {
  return numeric(value, days) ?? numericShort(value, days, year) ?? named(value, days, year);
}

const at = (year: number, month: number, day: number, days: number): Date | null => {
  const from = new Date(0);
  from.setUTCFullYear(year, month - 1, day);
  if (from.getUTCMonth() !== month - 1 || from.getUTCDate() !== day) return null;
  return new Date(from.getTime() + days * DAY);
};

const NUMERIC = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/u;

function numeric(value: string, days: number): string | null {
  const [whole, first = '', sign = '', second = '', third = ''] = NUMERIC.exec(value) ?? [];
  if (whole === undefined || /\d/u.test(value.slice(whole.length, whole.length + 1)) || first.length === 3) return null;
  const yearFirst = first.length === 4;
  if (yearFirst && third.length === 4) return null;
  const dayFirst = !yearFirst && Number(first) > 12;
  const [y, m, d] = yearFirst ? [first, second, third] : dayFirst ? [third, second, first] : [third, first, second];
  const century = y.length === 4 ? 0 : Number(y) > PIVOT ? 1900 : 2000;
  const to = at(century + Number(y), Number(m), Number(d), days);
  if (to === null) return null;
  const year = like(y, y.length === 2 ? to.getUTCFullYear() % 100 : to.getUTCFullYear());
  const month = like(m, to.getUTCMonth() + 1);
  const day = like(d, to.getUTCDate());
  const parts = yearFirst ? [year, month, day] : dayFirst ? [day, month, year] : [month, day, year];
  return parts.join(sign) + value.slice(whole.length);
}

const PIVOT = 49; // two-digit years up to 49 are of this century

function numericShort(value: string, days: number, year: number): string | null {
  const [whole, month = '', day = ''] = /^(\d{1,2})\/(\d{1,2})$/u.exec(value) ?? [];
  const to = whole === undefined ? null : at(year, Number(month), Number(day), days);
  return to === null ? null : `${like(month, to.getUTCMonth() + 1)}/${like(day, to.getUTCDate())}`;
}

/** As many digits as `written` has, with zeros before. */
const like = (written: string, number: number): string => String(number).padStart(written.length, '0');

const ENGLISH = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const WORDS = /\p{L}+/gu;
const DAYS = /(?<![\d:.])(\d{1,2})(st|nd|rd|th)?(?![\d:.]|\s?[ap]\.?m)/iu;
const YEAR = /(?<!\d)((?:19|20)\d{2})(?!\d)/u;

/** English months and weekdays by their names or three letters: `Tuesday, May 5th, 2022 at 3 pm`, `12 Feb 2021`, `March 2020`. */
function named(value: string, days: number, year: number): string | null {
  const words = value.match(WORDS) ?? [];
  const month = words.find((word) => ENGLISH.some((name) => isForm(word, name)));
  if (month === undefined || !words.every((word) => word === month || isHarmless(word))) return null;
  const number = MONTHS[month.toLowerCase()] ?? ENGLISH.findIndex((name) => isForm(month, name)) + 1;
  const written = YEAR.exec(value)?.[1];
  const rest = written === undefined ? value : value.replace(written, '');
  const day = DAYS.exec(rest)?.[1];
  const to = at(written === undefined ? year : Number(written), number, day === undefined ? MIDDLE : Number(day), days);
  if (to === null) return null;
  return value.replace(/\p{L}+|\d+(?:st|nd|rd|th)?/giu, (part) => {
    if (part === month) return inForm(part, ENGLISH[to.getUTCMonth()] ?? '');
    if (WEEKDAYS.some((name) => isForm(part, name))) return inForm(part, WEEKDAYS[to.getUTCDay()] ?? '');
    if (part === written) return String(to.getUTCFullYear());
    const [, digits, ordinal] = /^(\d+)(\p{L}*)$/u.exec(part) ?? [];
    if (digits === undefined || digits !== day) return part;
    return (
      (digits.startsWith('0') ? like(digits, to.getUTCDate()) : String(to.getUTCDate())) +
      (ordinal === '' ? '' : ordinalOf(to.getUTCDate()))
    );
  });
}

const MIDDLE = 15; // of a month that is written without a day

const isForm = (word: string, name: string): boolean =>
  word.toLowerCase() === name.toLowerCase() ||
  (word.length >= 3 && word.length <= 4 && name.toLowerCase().startsWith(word.toLowerCase()));

const isHarmless = (word: string): boolean =>
  /^(?:st|nd|rd|th|at|on|of|the|am|pm|a|p|m|hours|hrs|h)$/iu.test(word) || WEEKDAYS.some((name) => isForm(word, name));

/** `name` as long and in the case that `written` has. */
function inForm(written: string, name: string): string {
  const full = [...ENGLISH, ...WEEKDAYS].some(
    (known) => known.toLowerCase() === written.toLowerCase() && known.length > 3,
  );
  const text = full || written.length > 4 ? name : name.slice(0, 3);
  if (written === written.toUpperCase()) return text.toUpperCase();
  return written === written.toLowerCase() ? text.toLowerCase() : text;
}

function ordinalOf(day: number): string {
  if (day % 10 === 1 && day !== 11) return 'st';
  if (day % 10 === 2 && day !== 12) return 'nd';
  return day % 10 === 3 && day !== 13 ? 'rd' : 'th';
}
