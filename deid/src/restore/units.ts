// One character at a time as a reader sees it: `\u00b7`, `&middot;`, full-width and invisible characters are what they stand for.
import { isInvisible } from '../text/fold.ts';

/** A place in a text that may not be all there yet. */
export interface Cursor {
  text: string;
  at: number;
  /** No more text comes. */
  final: boolean;
  /** JSON text: `\n` is the end of a line, not a letter. */
  json: boolean;
  /** Nothing at or behind this offset is read. */
  limit: number;
  /** Set when what stands behind the end of the text could change what was read. */
  starved: boolean;
  /** Offset behind what `unitAt` read. */
  next: number;
}

export const NOTHING = -1;

const BACKSLASH = 0x5c;
const AMPERSAND = 0x26;
const MAX_BACKSLASHES = 8; // JSON in JSON in JSON in JSON
const MAX_INVISIBLE = 4;
const ENTITY = /&(?:(middot|centerdot|#183|#[xX]0*[bB]7)|(nbsp|#160)|(lsqb|lbrack|#91)|(rsqb|rbrack|#93));/y;
const ENTITY_ROOM = 12;

/** The folded character at `cursor.at` (ASCII for full-width forms) and in `cursor.next` where the next one begins; `NOTHING` at the end. */
export function unitAt(cursor: Cursor): number {
  const { text } = cursor;
  let at = cursor.at;
  for (let skipped = 0; skipped < MAX_INVISIBLE && at < text.length && isInvisible(text.charCodeAt(at)); skipped += 1)
    at += 1;
  if (at >= text.length || at >= cursor.limit) {
    cursor.starved ||= !cursor.final && at < cursor.limit;
    cursor.next = at;
    return NOTHING;
  }
  const code = text.charCodeAt(at);
  cursor.next = at + 1;
  if (code < 0x80) return code === BACKSLASH ? escaped(cursor, at) : code === AMPERSAND ? entity(cursor, at) : code;
  return code >= 0xff01 && code <= 0xff5e ? code - 0xfee0 : code;
}

/** A run of backslashes with what it escapes; the run alone when it escapes nothing. */
function escaped(cursor: Cursor, start: number): number {
  const { text } = cursor;
  let at = start;
  while (at - start < MAX_BACKSLASHES && text.charCodeAt(at) === BACKSLASH) at += 1;
  cursor.next = at;
  const kind = text.charAt(at);
  if (kind === '') {
    cursor.starved ||= !cursor.final;
    return BACKSLASH;
  }
  if (kind === 'u') return unicode(cursor, at);
  if (!cursor.json || !'nrtbf"/'.includes(kind)) return BACKSLASH;
  cursor.next = at + 1;
  return kind === '"' ? 0x22 : kind === '/' ? 0x2f : 0x0a;
}

function unicode(cursor: Cursor, at: number): number {
  const digits = cursor.text.slice(at + 1, at + 5);
  if (digits.length < 4 && /^[\da-f]*$/iu.test(digits)) cursor.starved ||= !cursor.final;
  if (!/^[\da-f]{4}$/iu.test(digits)) return BACKSLASH;
  cursor.next = at + 5;
  const code = Number.parseInt(digits, 16);
  return code >= 0xff01 && code <= 0xff5e ? code - 0xfee0 : code;
}

function entity(cursor: Cursor, at: number): number {
  const { text } = cursor;
  ENTITY.lastIndex = at;
  const [whole, dot, space, open] = ENTITY.exec(text) ?? [];
  if (whole === undefined) {
    if (text.length - at < ENTITY_ROOM && !text.includes(';', at)) cursor.starved ||= !cursor.final;
    return AMPERSAND;
  }
  cursor.next = at + whole.length;
  return dot === undefined ? (space === undefined ? (open === undefined ? 0x5d : 0x5b) : 0x20) : 0xb7;
}

export const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
export const isAsciiLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;

/** Letters and digits that a word goes on with; scripts without spaces do not glue. */
export function isGlue(code: number): boolean {
  if (code < 0x80) return isDigit(code) || isAsciiLetter(code);
  return (code >= 0xc0 && code < 0x2000 && code !== 0xd7 && code !== 0xf7) || (code >= 0x2c00 && code < 0x2e80);
}
