// The day that a written date says, as far as it says one, for finding a shifted date again in whatever form an answer gives it.
import { MONTHS } from '../recognise/calendar.ts';

/** Names of the day: `2021-4-14`, without its year `4-14`, without its day `2021-4`. */
export interface DatesAt {
  readonly names: readonly string[];
  readonly end: number;
}

const NUMBERS = /(\d{1,4})\s?([-/.])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d{2}))?(?!\d)/uy;
const COMPACT = /((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)/uy;
const MONTH_FIRST =
  /(\p{L}{3,10})\.?\s{1,2}(?:(?:the\s)?(\d{1,2})(?:st|nd|rd|th)?(?!\d))?,?(?:\s{0,2}(?:of\s)?((?:19|20)\d{2})(?!\d))?/iuy;
const DAY_FIRST = /(\d{1,2})(?:st|nd|rd|th)?[\s-](?:of\s)?(\p{L}{3,10})\.?,?(?:[\s-]{1,2}((?:19|20)?\d{2})(?!\d))?/iuy;

/** Null when no date begins at `at`. Reads at most some 40 characters. */
export function datesAt(text: string, at: number): DatesAt | null {
  return compact(text, at) ?? numbers(text, at) ?? words(text, at);
}

function matched(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function compact(text: string, at: number): DatesAt | null {
  const [whole, year, month, day] = matched(COMPACT, text, at) ?? [];
  return whole === undefined ? null : named(at + whole.length, [[year, month, day]]);
}

function numbers(text: string, at: number): DatesAt | null {
  const [whole, first = '', , second, third] = matched(NUMBERS, text, at) ?? [];
  if (whole === undefined) return null;
  const end = at + whole.length;
  if (first.length === 4) return named(end, [[first, second, third]]);
  return named(end, [
    [third, first, second],
    [third, second, first],
  ]);
}

function words(text: string, at: number): DatesAt | null {
  const [whole, month = '', day, year] = matched(MONTH_FIRST, text, at) ?? [];
  if (whole !== undefined && isMonth(month) && (day ?? year) !== undefined)
    return named(at + whole.length, [[year, String(MONTHS[month.toLowerCase()]), day]]);
  const [other, number, name = '', then] = matched(DAY_FIRST, text, at) ?? [];
  if (other === undefined || !isMonth(name)) return null;
  return named(at + other.length, [[then, String(MONTHS[name.toLowerCase()]), number]]);
}

const isMonth = (word: string): boolean => Object.hasOwn(MONTHS, word.toLowerCase());

type Parts = readonly [year: string | undefined, month: string | undefined, day: string | undefined];

function named(end: number, readings: readonly Parts[]): DatesAt | null {
  const names = readings.flatMap(([year, month, day]): readonly string[] => {
    const [y, m, d] = [fullYear(year), Number(month), day === undefined ? null : Number(day)];
    if (!(m >= 1 && m <= 12) || (d !== null && !(d >= 1 && d <= 31))) return [];
    if (d === null) return y === null ? [] : [`${y}-${m}`];
    return y === null ? [`${m}-${d}`] : [`${y}-${m}-${d}`, `${m}-${d}`, `${y}-${m}`];
  });
  return names.length === 0 ? null : { names, end };
}

function fullYear(year: string | undefined): number | null {
  if (year === undefined || year === '') return null;
  if (year.length === 4) return Number(year);
  return year.length === 2 ? (Number(year) > PIVOT ? 1900 : 2000) + Number(year) : null;
}

const PIVOT = 49; // two-digit years up to 49 are of this century
