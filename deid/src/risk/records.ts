// Records of a file as the values of chosen columns: CSV (RFC 4180, the first line names the columns) or JSON Lines. Text comes in pieces
// of any size; what is held is one unfinished record.
import { RiskError } from './fault.ts';

export type RecordFormat = 'csv' | 'jsonl';

/** What a text says of its person, by name of the quasi-identifier (of-text.ts). */
export type Derive = (text: string) => Readonly<Record<string, string>>;

/** Columns of this name are derived from the member or column `text`. */
export const DERIVED = 'text.';
const TEXT = 'text';

/** Characters of one unfinished record: a clinical text fits, a file without ends of lines does not. */
const MAX_RECORD_CHARS = 16 * 1024 * 1024;

export class RecordReader {
  readonly #format: RecordFormat;
  readonly #columns: readonly string[];
  readonly #derive: Derive | null;
  #rest = '';
  #line = 0;
  #begun = false;
  /** Of a CSV file: where each chosen column stands; the text's place for derived ones. */
  #places: readonly number[] | null = null;
  #textAt = -1;
  #width = 0;

  /** `derive`: needed where a column is called `text.…`. Errors: `RiskError` `options_unusable`. */
  constructor(format: RecordFormat, columns: readonly string[], derive: Derive | null = null) {
    if (derive === null && columns.some((name) => name.startsWith(DERIVED))) throw new RiskError('options_unusable');
    this.#format = format;
    this.#columns = columns;
    this.#derive = derive;
  }

  /** Whole records that end in this piece. Errors: `RiskError`. */
  *push(piece: string): Generator<readonly string[], void, undefined> {
    let text = this.#rest + piece;
    if (!this.#begun && text !== '') {
      this.#begun = true;
      if (text.startsWith('\ufeff')) text = text.slice(1);
    }
    let from = 0;
    const marks = new Marks(this.#format === 'csv' ? text : '');
    for (let end = endOf(text, from, marks); end !== -1; end = endOf(text, from, marks)) {
      const values = this.#recordOf(text.slice(from, text.charCodeAt(end - 1) === CR && end > from ? end - 1 : end));
      if (values !== null) yield values;
      from = end + 1;
    }
    this.#rest = from === 0 ? text : text.slice(from);
    if (this.#rest.length > MAX_RECORD_CHARS) throw new RiskError('value_too_long', this.#line + 1);
  }

  /** The last record, where nothing ends it. Errors: `RiskError`. */
  *end(): Generator<readonly string[], void, undefined> {
    if (this.#rest !== '') yield* this.push('\n');
    if (this.#rest !== '') throw new RiskError('record_unreadable', this.#line + 1);
    if (this.#format === 'csv' && this.#places === null) throw new RiskError('no_records');
  }

  #recordOf(record: string): readonly string[] | null {
    this.#line += 1;
    if (record.length > MAX_RECORD_CHARS) throw new RiskError('value_too_long', this.#line);
    if (record.trim() === '' && (this.#format === 'jsonl' || this.#places === null || this.#width > 1)) return null;
    return this.#format === 'csv' ? this.#csv(record) : this.#json(record);
  }

  #csv(record: string): readonly string[] | null {
    const cells = cellsOf(record, this.#line);
    if (this.#places !== null) {
      if (cells.length !== this.#width) throw new RiskError('record_uneven', this.#line);
      const derived = this.#textAt === -1 ? {} : this.#derived(cells[this.#textAt] as string);
      return this.#columns.map((name, column) => {
        const place = this.#places?.[column] ?? -1;
        return place === -1 ? (derived[name] ?? '') : (cells[place] as string);
      });
    }
    this.#width = cells.length;
    const isDerived = (name: string): boolean => name.startsWith(DERIVED) && !cells.includes(name);
    this.#places = this.#columns.map((name) => (isDerived(name) ? -1 : cells.indexOf(name)));
    const text = this.#columns.some(isDerived);
    this.#textAt = text ? cells.indexOf(TEXT) : -1;
    const missing = this.#columns.some((name, column) => this.#places?.[column] === -1 && !isDerived(name));
    if (missing || (text && this.#textAt === -1)) throw new RiskError('column_missing', this.#line);
    return null;
  }

  #json(line: string): readonly string[] {
    const record = objectOf(line, this.#line);
    let derived: Readonly<Record<string, string>> | null = null;
    return this.#columns.map((name) => {
      if (Object.hasOwn(record, name)) return textOf(record[name], this.#line);
      if (!name.startsWith(DERIVED)) throw new RiskError('column_missing', this.#line);
      if (typeof record[TEXT] !== 'string') throw new RiskError('column_missing', this.#line);
      derived ??= this.#derived(record[TEXT]);
      return derived[name] ?? '';
    });
  }

  #derived(text: string): Readonly<Record<string, string>> {
    return this.#derive?.(text) ?? {};
  }
}

const CR = 0x0d;
const QUOTE = 0x22;

/** Quotation marks of a text, read once from front to back. */
class Marks {
  readonly #text: string;
  #next: number;

  constructor(text: string) {
    this.#text = text;
    this.#next = text.indexOf('"');
  }

  /** Whether an odd number of them stands before `end`, from where the last question ended. */
  oddBefore(end: number): boolean {
    let odd = false;
    for (; this.#next !== -1 && this.#next < end; this.#next = this.#text.indexOf('"', this.#next + 1)) odd = !odd;
    return odd;
  }
}

/** Where the record that begins at `from` ends; -1: not in this text. A line's end between quotation marks is content. */
function endOf(text: string, from: number, marks: Marks): number {
  let end = text.indexOf('\n', from);
  for (let open = false; end !== -1; end = text.indexOf('\n', end + 1)) {
    if (marks.oddBefore(end)) open = !open;
    if (!open) return end;
  }
  return -1;
}

/** RFC 4180 §2: a cell in quotation marks holds anything; a mark in it is written twice. */
function cellsOf(record: string, line: number): string[] {
  if (!record.includes('"')) return record.split(',');
  const cells: string[] = [];
  for (let at = 0; ;) {
    if (record.charCodeAt(at) !== QUOTE) {
      const comma = record.indexOf(',', at);
      const cell = record.slice(at, comma === -1 ? undefined : comma);
      if (cell.includes('"')) throw new RiskError('record_unreadable', line);
      cells.push(cell);
      if (comma === -1) return cells;
      at = comma + 1;
      continue;
    }
    let end = record.indexOf('"', at + 1);
    while (end !== -1 && record.charCodeAt(end + 1) === QUOTE) end = record.indexOf('"', end + 2);
    if (end === -1) throw new RiskError('record_unreadable', line);
    cells.push(record.slice(at + 1, end).replaceAll('""', '"'));
    if (end + 1 === record.length) return cells;
    if (record[end + 1] !== ',') throw new RiskError('record_unreadable', line);
    at = end + 2;
  }
}

function objectOf(line: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // told below: what JSON.parse says quotes the line
  }
  throw new RiskError('record_unreadable', number);
}

function textOf(value: unknown, line: number): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new RiskError('record_unreadable', line);
}
