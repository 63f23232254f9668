// Tables of text (RFC 4180, and its cousins with tabs and semicolons): cells of the wanted columns replaced, every other byte as it was.
import { randomInt } from 'node:crypto';
import type { RunSettings } from './run.ts';

/** What stands between cells. */
const DELIMITERS = [',', '\t', ';', '|'] as const;

/** Characters of one record. A quote that nothing closes would else gather the rest of the file. */
const MAX_RECORD_CHARS = 16 * 1024 * 1024;

export class TableFault extends Error {
  readonly code: 'invalid_request' | 'payload_too_large';

  constructor(code: TableFault['code']) {
    super(code);
    this.name = 'TableFault';
    this.code = code;
  }
}

/**
 * `columns`: names of the head or numbers from 1; null: all. Gives pieces of the new table. The head is read as text too, lest a table
 * without one lose its first record's identifiers to the output. Errors: `TableFault`.
 */
export async function* replacedTable(
  text: AsyncIterable<string>,
  columns: readonly string[] | null,
  settings: RunSettings,
  onSpans: (count: number) => void,
): AsyncGenerator<string, void, undefined> {
  let head: readonly string[] | null = null;
  let wanted: ReadonlySet<number> | null = null;
  for await (const { cells, delimiter, ending } of recordsOf(text)) {
    const isHead = head === null;
    if (head === null) {
      head = cells.map(valueOf);
      wanted = columns === null ? null : indexesOf(columns, head);
    }
    const names = head;
    const made = cells.map((cell, index) => {
      if (!isHead && wanted !== null && !wanted.has(index)) return cell;
      return replacedCell(cell, isHead ? '' : (names[index] ?? ''), delimiter, settings, onSpans);
    });
    yield made.join(delimiter) + ending;
  }
}

interface TableRecord {
  /** As they stand, quotes included. */
  readonly cells: readonly string[];
  readonly delimiter: string;
  /** The line end as it stands; empty at the end of a file without one. */
  readonly ending: string;
}

/** The delimiter is the one that the first line holds most of, outside of quotes. */
async function* recordsOf(text: AsyncIterable<string>): AsyncGenerator<TableRecord, void, undefined> {
  let rest = '';
  let delimiter: string | null = null;
  let scanned = { at: 0, quoted: false };
  for await (const piece of text) {
    rest += piece;
    for (;;) {
      const end = recordEnd(rest, scanned);
      if (end === null) break;
      const line = rest.slice(0, end.at);
      delimiter ??= delimiterOf(line);
      yield { cells: cellsOf(line, delimiter), delimiter, ending: rest.slice(end.at, end.next) };
      rest = rest.slice(end.next);
      scanned = { at: 0, quoted: false };
    }
    if (rest.length > MAX_RECORD_CHARS) throw new TableFault('payload_too_large');
  }
  if (scanned.quoted) throw new TableFault('invalid_request');
  if (rest === '') return;
  const ending = rest.endsWith('\r') ? '\r' : '';
  const line = rest.slice(0, rest.length - ending.length);
  delimiter ??= delimiterOf(line);
  yield { cells: cellsOf(line, delimiter), delimiter, ending };
}

/** Where the first record ends; null when more is needed, and then `scanned` says how far was looked. */
function recordEnd(
  text: string,
  scanned: { at: number; quoted: boolean },
): { readonly at: number; readonly next: number } | null {
  for (; scanned.at < text.length; scanned.at += 1) {
    const code = text.charCodeAt(scanned.at);
    if (code === 0x22) scanned.quoted = !scanned.quoted;
    else if (code === 0x0a && !scanned.quoted) {
      const at = text.charCodeAt(scanned.at - 1) === 0x0d ? scanned.at - 1 : scanned.at;
      return { at, next: scanned.at + 1 };
    }
  }
  return null;
}

function delimiterOf(line: string): string {
  const counts = DELIMITERS.map((delimiter) => cellsOf(line, delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

function cellsOf(line: string, delimiter: string): readonly string[] {
  const cells: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      cells.push(line.slice(from, at));
      from = at + 1;
    }
  }
  return [...cells, line.slice(from)];
}

function valueOf(cell: string): string {
  const inner = /^\s*"(.*)"\s*$/su.exec(cell)?.[1];
  return inner === undefined ? cell : inner.replaceAll('""', '"');
}

function indexesOf(columns: readonly string[], head: readonly string[]): ReadonlySet<number> {
  const found = columns.map((column) => {
    const named = head.findIndex((name) => name.trim().replace(/^\ufeff/u, '') === column);
    return named === -1 && /^[1-9]\d{0,4}$/.test(column) ? Number(column) - 1 : named;
  });
  if (found.some((index) => index < 0 || index >= head.length)) throw new TableFault('invalid_request');
  return new Set(found);
}

/** The name of the column says what its cells are (`MRN: 1042`), so it is read before each. */
function replacedCell(
  cell: string,
  name: string,
  delimiter: string,
  settings: RunSettings,
  onSpans: (count: number) => void,
): string {
  const value = valueOf(cell);
  if (value.trim() === '') return cell;
  const replaced = replacedValue(value, name, settings, onSpans);
  if (replaced === value) return cell;
  return /["\r\n]/u.test(replaced) || replaced.includes(delimiter) ? `"${replaced.replaceAll('"', '""')}"` : replaced;
}

function replacedValue(
  value: string,
  name: string,
  { engine, mode, options, known }: RunSettings,
  onSpans: (count: number) => void,
): string {
  // A salt for each cell: equal numbers in two cells do not stand for one value.
  const detecting = { ...options, known, mode };
  const before = name === '' ? '' : `${name}: `;
  const read = engine.deidentify(before + value, { ...detecting, salt: randomInt(2 ** 32) });
  if (before !== '' && read.text.startsWith(before) && read.spans.every(({ start }) => start >= before.length)) {
    onSpans(read.spans.length);
    return read.text.slice(before.length);
  }
  const alone = engine.deidentify(value, { ...detecting, salt: randomInt(2 ** 32) });
  onSpans(alone.spans.length);
  return alone.text;
}
