// Cursor pages: newest first, the cursor is the position of the last item that was seen. It holds a time and an id, no content.
import { ProblemError } from '@cordon/contract';
import { isUuid } from '#kernel/ids.ts';

export interface Position {
  readonly at: Date;
  readonly id: string;
}

export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

/** Errors: `invalid_request` for a cursor that no page gave. */
export function readCursor(cursor: string | undefined): Position | null {
  if (cursor === undefined) return null;
  const [ms = '', id = ''] = Buffer.from(cursor, 'base64url').toString('latin1').split('.');
  const at = new Date(Number(ms));
  if (!/^\d{1,15}$/.test(ms) || !isUuid(id) || Number.isNaN(at.getTime()))
    throw new ProblemError('invalid_request', { field: 'query.cursor' });
  return { at, id };
}

/** `rows` were asked for with one more than `limit`: the extra one says that there is a next page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  position: (row: Row) => Position,
  show: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? writeCursor(position(last)) : null;
  return { items: shown.map(show), next };
}

/** A list that always fits one page. */
export function wholePage<Row, Item>(rows: readonly Row[], show: (row: Row) => Item): Page<Item> {
  return { items: rows.map(show), next: null };
}

function writeCursor({ at, id }: Position): string {
  return Buffer.from(`${at.getTime()}.${id}`, 'latin1').toString('base64url');
}

/** For lists in the order of ids: the cursor is the last id. Errors: as `readCursor`. */
export function readIdCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (!isUuid(cursor)) throw new ProblemError('invalid_request', { field: 'query.cursor' });
  return cursor;
}

/** `rows` were asked for with one more than `limit`. */
export function toIdPage<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  return { items: shown.map(show), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

/**
 * A page of rows that are all at hand, in the order of ids of any form; the cursor is the last id. Errors: as `readCursor`.
 */
export function idPage<Row extends { readonly id: string }>(
  rows: readonly Row[],
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Page<Row> {
  const after = cursor === undefined ? null : Buffer.from(cursor, 'base64url').toString();
  if (after !== null && !/^[\x21-\x7e]{1,200}$/.test(after))
    throw new ProblemError('invalid_request', { field: 'query.cursor' });
  const rest = rows.filter(({ id }) => after === null || id > after).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const next = rest.length > limit && last !== undefined ? Buffer.from(last.id).toString('base64url') : null;
  return { items, next };
}
