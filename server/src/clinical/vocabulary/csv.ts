// Comma-separated values (RFC 4180): quoted fields with commas, quotes and line ends in them; CRLF, LF or CR. Pure.

export interface CsvRecord {
  /** Number of the line on which the record begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** A quote where none may stand, one that is never closed, or more fields or characters than any list of terms has. */
  readonly broken: boolean;
}

/** Characters of one field, and fields of one record: beyond these it is another file, or a quote that was never closed. */
const MAX_FIELD_CHARS = 10_000;
const MAX_FIELDS = 100;

interface Field {
  readonly value: string;
  readonly end: number;
}

/** Every record in order. Empty lines are none. A broken one ends at its line, so that the lines after it are read too. */
export function* csvRecords(text: string): Generator<CsvRecord> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const { fields, end } = recordAt(text, at);
    const stop = fields === null ? endOfLine(text, at) : end;
    if (fields === null) yield { line, fields: [], broken: true };
    else if (fields.length > 1 || fields[0] !== '') yield { line, fields, broken: false };
    line += lineEnds(text.slice(at, stop)) + 1;
    at = stop + (text.startsWith('\r\n', stop) ? 2 : 1);
  }
}

function recordAt(text: string, start: number): { readonly fields: readonly string[] | null; readonly end: number } {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    const field = text[at] === '"' ? quoted(text, at) : bare(text, at);
    if (field === null || fields.length === MAX_FIELDS) return { fields: null, end: at };
    fields.push(field.value);
    if (text[field.end] !== ',') return { fields, end: field.end };
    at = field.end + 1;
  }
}

function bare(text: string, start: number): Field | null {
  let end = start;
  while (end < text.length && !isEnd(text[end])) {
    if (text[end] === '"' || end - start > MAX_FIELD_CHARS) return null;
    end += 1;
  }
  return { value: text.slice(start, end), end };
}

function quoted(text: string, start: number): Field | null {
  let value = '';
  let at = start + 1;
  for (;;) {
    const quote = text.slice(at, at + MAX_FIELD_CHARS).indexOf('"');
    if (quote < 0) return null;
    value += text.slice(at, at + quote);
    at += quote + 1;
    if (text[at] !== '"') return at === text.length || isEnd(text[at]) ? { value, end: at } : null;
    value += '"';
    at += 1;
    if (value.length > MAX_FIELD_CHARS) return null;
  }
}

function isEnd(character: string | undefined): boolean {
  return character === ',' || character === '\r' || character === '\n';
}

function endOfLine(text: string, start: number): number {
  let end = start;
  while (end < text.length && text[end] !== '\r' && text[end] !== '\n') end += 1;
  return end;
}

function lineEnds(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
