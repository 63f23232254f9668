// What a quasi-identifier may be made into, coarser step by step. Each level follows from the one before it, so that classes only ever
// join (docs/decisions/0128).
import { zip3 } from '../replace/zip3.ts';

export const COLUMN_KINDS = ['age', 'zip', 'date', 'number', 'category'] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

/** Every value alike. */
const ALL = '*';
/** What is no value of its kind: from the first level on one group, told apart from no one else's. */
const ODD = '?';
const TOP_AGE = 90; // 164.514(b)(2)(i)(C): one category from 90 on

interface Level {
  /** What a value becomes, as a reader would say it. */
  readonly means: string;
  readonly of: (value: string) => string;
}

const raw: Level = { means: 'as it is', of: (value) => value };
const all: Level = { means: 'left out', of: () => ALL };

const LEVELS: Readonly<Record<ColumnKind, readonly Level[]>> = {
  age: [raw, ...[5, 10, 20].map((width) => ({ means: `${width} years, 90+`, of: ageBand(width) })), all],
  zip: [
    raw,
    { means: 'three digits, 000 where few people live', of: (value) => zip3(value.trim()) },
    { means: 'one digit', of: (value) => firstDigit(zip3(value.trim())) },
    all,
  ],
  date: [
    raw,
    { means: 'month', of: (value) => datePart(value, 7) },
    { means: 'year', of: (value) => datePart(value, 4) },
    { means: 'decade', of: (value) => decade(datePart(value, 4)) },
    all,
  ],
  number: [raw, ...[10, 100].map((width) => ({ means: `steps of ${width}`, of: numberBand(width) })), all],
  category: [raw, all],
};

/** The highest level of a kind, at which every value is alike. */
export function heightOf(kind: ColumnKind): number {
  return LEVELS[kind].length - 1;
}

export function meaningOf(kind: ColumnKind, level: number): string {
  return levelOf(kind, level).means;
}

export function generalise(kind: ColumnKind, level: number, value: string): string {
  return levelOf(kind, level).of(value);
}

function levelOf(kind: ColumnKind, level: number): Level {
  return LEVELS[kind][level] ?? all;
}

function ageBand(width: number): (value: string) => string {
  return (value) => {
    const age = /^\s*(\d{1,3})\s*\+?\s*$/u.exec(value)?.[1];
    if (age === undefined) return ODD;
    const from = Math.floor(Number(age) / width) * width;
    // The band that reaches 90 takes all from there on, so that 90 and over stay together in every width.
    if (Number(age) >= TOP_AGE || from + width > TOP_AGE) return width > 10 ? '80+' : '90+';
    return `${from}-${from + width - 1}`;
  };
}

/** 000 stands for places of few people all over the country: it has no region. */
function firstDigit(prefix: string): string {
  return prefix === '000' ? prefix : prefix.slice(0, 1);
}

/** Of an ISO 8601 date its first characters: seven are year and month, four the year. */
function datePart(value: string, characters: 4 | 7): string {
  const found = /^\s*(\d{4})(?:-(\d{2})(?:-\d{2}.*)?)?\s*$/u.exec(value);
  if (found === null) return ODD;
  const [, year = '', month] = found;
  if (characters === 4) return year;
  return month === undefined ? year : `${year}-${month}`;
}

function decade(year: string): string {
  return year === ODD ? ODD : `${year.slice(0, 3)}0s`;
}

function numberBand(width: number): (value: string) => string {
  return (value) => {
    const number = value.trim() === '' ? NaN : Number(value);
    if (!Number.isFinite(number)) return ODD;
    const from = Math.floor(number / width) * width;
    return `${from}..${from + width}`;
  };
}
