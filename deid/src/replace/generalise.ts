// The coarser truth that Safe Harbor lets stay: a year for a date, 90+ for an age, three digits or a State for a place.
import { MONTHS } from '../recognise/calendar.ts';
import type { Span } from '../span.ts';
import { zip3 } from './zip3.ts';

const STATE_AT_END = /,?\s([A-Z]{2}|[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)(?:[,\s]+\d{5}(?:-\d{4})?)?$/u;

/** Nothing that this gives back is an identifier: what cannot be made coarser becomes its category. */
export function generalised(span: Span, value: string): string {
  if (span.type === 'DATE') return yearOf(span, value) ?? '[DATE]';
  if (span.type === 'AGE') return value.replace(/\d+/u, '90+');
  if (span.rule === 'zip') return `${zip3(value)}00`;
  if (span.type === 'LOCATION') return stateOf(value) ?? '[LOCATION]';
  return `[${span.type}]`;
}

/** The year in a date; null when there is none, or when it would tell an age over 89. */
export function yearOf(span: Span, value: string): string | null {
  if (span.rule === 'year-of-birth-90') return null;
  const four = /(?:^|\D)((?:19|20)\d{2})(?!\d)/u.exec(value)?.[1];
  if (four !== undefined) return four;
  const two = /(?:[-/.]|['\u2019])(\d{2})$/u.exec(value)?.[1];
  const parts = value.split(/[-/.\s]/u).length;
  if (two === undefined || (parts < 3 && !/['\u2019]/u.test(value)) || !mentionsDay(value)) return null;
  return `${Number(two) > PIVOT ? '19' : '20'}${two}`;
}

const PIVOT = 49; // two-digit years up to 49 are of this century

function mentionsDay(value: string): boolean {
  const words = value.toLowerCase().match(/[a-z]+/gu) ?? [];
  return /^\d/u.test(value) || words.some((word) => Object.hasOwn(MONTHS, word));
}

const STATES: ReadonlySet<string> = new Set(
  'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC'.split(
    ' ',
  ),
);

function stateOf(value: string): string | null {
  const state = STATE_AT_END.exec(value)?.[1];
  return state !== undefined && STATES.has(state) ? state : null;
}
