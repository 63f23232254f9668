// Quasi-identifiers that a text gives away although nothing in it is an identifier by itself: how old its person is, where, when, which sex.
// Read from the engine's own spans, with nothing kept back from them.
import type { Keeping } from '../policy/policy.ts';
import { yearOf } from '../replace/generalise.ts';
import { zip3 } from '../replace/zip3.ts';
import type { Span } from '../span.ts';

/** With this the engine names ages, years, States and facilities too. */
export const NOTHING_KEPT: Keeping = { agesUnder90: false, years: false, states: false, facilities: false };

export const TEXT_COLUMNS = ['text.age', 'text.zip3', 'text.state', 'text.year', 'text.sex'] as const;

const TOP_AGE = 90;
const FEMALE = /\b(?:she|her|hers|herself|woman|female|lady|girl|mother|wife|daughter|mrs|ms)\b/giu;
const MALE = /\b(?:he|him|his|himself|man|male|gentleman|boy|father|husband|son|mr)\b/giu;

/** One value each, '' where the text says none: the first age and place, the latest year, the sex that most words speak of. */
export function quasiOfText(
  text: string,
  spans: readonly Span[],
): Readonly<Record<(typeof TEXT_COLUMNS)[number], string>> {
  const valueOf = ({ start, end }: Span): string => text.slice(start, end);
  const ages = spans.filter(({ type }) => type === 'AGE').map((span) => ageOf(valueOf(span)));
  const zips = spans.filter(({ type }) => type === 'LOCATION').map((span) => zipOf(valueOf(span), span.rule));
  const states = spans.filter(({ rule }) => rule === 'state').map((span) => valueOf(span).trim().toUpperCase());
  const years = spans.filter(({ type }) => type === 'DATE').map((span) => yearOf(span, valueOf(span)) ?? '');
  return {
    'text.age': ages.find((age) => age !== '') ?? '',
    'text.zip3': zips.find((zip) => zip !== '') ?? '',
    'text.state': states[0] ?? '',
    'text.year': years.reduce((latest, year) => (year > latest ? year : latest), ''),
    'text.sex': sexOf(text),
  };
}

function ageOf(value: string): string {
  const years = Number(/\d{1,3}/u.exec(value)?.[0] ?? NaN);
  if (Number.isNaN(years)) return '';
  if (/month|week|day|mes|semana|d[ií]a/iu.test(value)) return '0';
  return years >= TOP_AGE ? '90+' : String(years);
}

function zipOf(value: string, rule: string): string {
  const code = rule === 'zip' ? value : (/(\d{5})(?:-\d{4})?\s*$/u.exec(value)?.[1] ?? '');
  return /^\d{5}/u.test(code) ? zip3(code) : '';
}

function sexOf(text: string): string {
  const [female, male] = [FEMALE, MALE].map((words) => text.match(words)?.length ?? 0) as [number, number];
  if (female === male) return '';
  return female > male ? 'female' : 'male';
}
