// A vocabulary from a CSV file: header `term`, `spoken`, `kind`, `weight` in any order, of which only `term` is needed. Pure.
import { VocabularyTerm } from '@cordon/contract';
import { csvRecords, type CsvRecord } from './csv.ts';
import { MAX_TERMS, type Term } from './terms.ts';

/** What is wrong with a line: a code, never the line's words. */
export interface LineFault {
  readonly line: number;
  readonly reason: string;
}

export interface ReadTerms {
  readonly terms: readonly Term[];
  readonly faults: readonly LineFault[];
  /** Well-formed lines that were not taken. */
  readonly skipped: number;
}

/** Bad lines after which reading stops: it is another file. */
export const ENOUGH_FAULTS = 200;

const COLUMNS = ['term', 'spoken', 'kind', 'weight'] as const;
type Column = (typeof COLUMNS)[number];

/** Separates several spoken forms in one field. */
const FORMS = /[|;]/;

export function readCsvTerms(text: string): ReadTerms {
  const records = csvRecords(text.replace(/^\ufeff/, ''));
  const first = records.next();
  if (first.done === true) return { terms: [], faults: [{ line: 1, reason: 'header_missing' }], skipped: 0 };
  const columns = headerOf(first.value);
  if (typeof columns === 'string')
    return { terms: [], faults: [{ line: first.value.line, reason: columns }], skipped: 0 };
  const terms: Term[] = [];
  const faults: LineFault[] = [];
  for (const record of records) {
    const read = termOf(record, columns);
    if (typeof read === 'string') faults.push({ line: record.line, reason: read });
    else if (terms.length === MAX_TERMS) faults.push({ line: record.line, reason: 'too_many_terms' });
    else terms.push(read);
    if (faults.length === ENOUGH_FAULTS) break;
  }
  return { terms, faults, skipped: 0 };
}

/** Column → place, or what is wrong with the header. */
function headerOf({ fields, broken }: CsvRecord): ReadonlyMap<Column, number> | string {
  if (broken) return 'quote';
  const columns = new Map<Column, number>();
  for (const [place, field] of fields.entries()) {
    const name = COLUMNS.find((column) => column === field.trim().toLowerCase());
    if (name === undefined) return 'header_unknown_column';
    if (columns.has(name)) return 'header_column_twice';
    columns.set(name, place);
  }
  return columns.has('term') ? columns : 'header_without_term';
}

function termOf({ fields, broken }: CsvRecord, columns: ReadonlyMap<Column, number>): Term | string {
  if (broken) return 'quote';
  if (fields.length > columns.size) return 'too_many_fields';
  const field = (column: Column): string => fields[columns.get(column) ?? -1]?.trim() ?? '';
  const spoken = field('spoken')
    .split(FORMS)
    .map((form) => form.trim())
    .filter((form) => form !== '');
  const parsed = VocabularyTerm.safeParse({
    term: field('term'),
    ...(spoken.length === 0 ? {} : { spoken }),
    kind: field('kind') === '' ? 'other' : field('kind').toLowerCase(),
    ...(field('weight') === '' ? {} : { weight: Number(field('weight')) }),
  });
  return parsed.success ? parsed.data : String(parsed.error.issues[0]?.path[0] ?? 'line');
}
