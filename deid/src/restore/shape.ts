// What looks like a placeholder, however a model wrote it: other case, other brackets or none, other signs between its parts.
import { CATEGORIES, type Category } from '../span.ts';
import { type Cursor, isAsciiLetter, isDigit, isGlue, NOTHING, unitAt } from './units.ts';

/** Nothing longer is read as one token; in UTF-16 code units as written, escapes included. */
const MAX_WRITTEN = 96;

export interface Shape {
  /** Null when the letters are no category. */
  readonly type: Category | null;
  /** Null when there is none, or more digits than a token has. */
  readonly number: number | null;
  /** Two check characters in lower case, the next not glued to them; null when they do not stand there. */
  readonly check: string | null;
  /** It began with a bracket; `square` with `[`. */
  readonly bracket: 'none' | 'square' | 'other';
  /** It ended with a bracket. */
  readonly closed: boolean;
  /** A hyphen or dash stands between category and number. */
  readonly hyphen: boolean;
  /** A middle dot, bullet or full stop stands before the check characters. */
  readonly dot: boolean;
  /** The category's letters are capitals. */
  readonly capitals: boolean;
  /** Offset behind it: behind what was read as its parts. */
  readonly end: number;
}

const OPENING = new Set(Array.from('[({<【⟦〔「⟨《', (sign) => sign.charCodeAt(0)));
const CLOSING = new Set(Array.from('])}>】⟧〕」⟩》', (sign) => sign.charCodeAt(0)));
const HYPHENS = new Set(Array.from('-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\u00ad', (sign) => sign.charCodeAt(0)));
const DOTS = new Set(
  Array.from('·.\u2022\u2024\u2027\u2219\u22c5\u0387\u30fb\uff65\u2e31', (sign) => sign.charCodeAt(0)),
);
const SPACES = new Set(Array.from(' \u00a0\u202f', (sign) => sign.charCodeAt(0)));
const FILLERS = new Set(Array.from(' \u00a0\u202f_#:|~^*\\', (sign) => sign.charCodeAt(0)));

const TYPES: ReadonlyMap<string, Category> = new Map(
  CATEGORIES.map((type) => [type.replace('_', '').toLowerCase(), type]),
);
/** First words of categories of two words: `HEALTH_PLAN`, also written `HEALTH\_PLAN` or `health plan`. */
const HEADS: ReadonlySet<string> = new Set(
  CATEGORIES.filter((type) => type.includes('_')).map((type) => type.slice(0, type.indexOf('_')).toLowerCase()),
);
const LONGEST_WORD = 20;
/** First two letters of categories: `pairOf`. */
const PAIRS = new Uint8Array(0x400);
for (const type of CATEGORIES) PAIRS[pairOf(type.charCodeAt(0), type.charCodeAt(1))] = 1;
const STARTS: ReadonlySet<number> = new Set(CATEGORIES.map((type) => type.charCodeAt(0) | 0x20));
const MAX_DIGITS = 7;

export const isOpening = (code: number): boolean => OPENING.has(code);

/** A word that begins with this letter may be a category. */
export const mayBegin = (code: number): boolean => STARTS.has(code | 0x20);

/** Two ASCII letters with which no category begins; false when one of them is something else. */
export function isNoBeginning(first: number, second: number): boolean {
  return isAsciiLetter(first) && isAsciiLetter(second) && PAIRS[pairOf(first, second)] === 0;
}

function pairOf(first: number, second: number): number {
  return ((first & 0x1f) << 5) | (second & 0x1f);
}

/**
 * Reads from `cursor.at`, where a bracket or the first letter of a word stands. Null when it is nothing like a token. When
 * `cursor.starved` is set afterwards, more text may change the answer.
 */
export function shapeAt(cursor: Cursor, bracketed: boolean): Shape | null {
  cursor.limit = cursor.at + MAX_WRITTEN;
  const first = unitAt(cursor);
  if (bracketed) {
    cursor.at = cursor.next;
    skip(cursor, SPACES, 2);
  }
  const word = wordAt(cursor);
  const type = TYPES.get(word.letters) ?? null;
  if (type === null && (!bracketed || first !== 0x5b)) return null;
  const between = signs(cursor, 3);
  const digits = digitsAt(cursor);
  const number = digits === '' || digits.length > MAX_DIGITS ? null : Number(digits);
  let end = cursor.at;
  const beforeCheck = digits === '' ? between : signs(cursor, 4);
  const check = number === null && !between.dot ? null : checkAt(cursor);
  if (check !== null) end = cursor.at;
  skip(cursor, SPACES, 1);
  const closed = bracketed && CLOSING.has(unitAt(cursor));
  if (closed) end = cursor.next;
  if (cursor.at >= cursor.limit) return null;
  const bracket = bracketed ? (first === 0x5b ? 'square' : 'other') : 'none';
  return {
    type,
    number,
    check,
    bracket,
    closed,
    hyphen: between.hyphen,
    dot: beforeCheck.dot,
    capitals: word.capitals,
    end,
  };
}

interface Word {
  readonly letters: string;
  readonly capitals: boolean;
}

function wordAt(cursor: Cursor): Word {
  const word = lettersAt(cursor);
  if (!HEADS.has(word.letters)) return word;
  skip(cursor, FILLERS, 3);
  skip(cursor, HYPHENS, 1);
  const rest = lettersAt(cursor);
  return { letters: word.letters + rest.letters, capitals: word.capitals && rest.capitals };
}

function lettersAt(cursor: Cursor): Word {
  let letters = '';
  let capitals = true;
  while (letters.length < LONGEST_WORD) {
    const code = unitAt(cursor);
    if (!isAsciiLetter(code) && !(code >= 0xc0 && isGlue(code))) break;
    letters += String.fromCharCode(code < 0x80 ? code | 0x20 : code);
    capitals &&= code < 0x60;
    cursor.at = cursor.next;
  }
  return { letters, capitals };
}

function signs(cursor: Cursor, most: number): { readonly hyphen: boolean; readonly dot: boolean } {
  let [hyphen, dot] = [false, false];
  for (let count = 0; count < most; count += 1) {
    const code = unitAt(cursor);
    if (HYPHENS.has(code)) hyphen = true;
    else if (DOTS.has(code)) dot = true;
    else if (!FILLERS.has(code)) break;
    cursor.at = cursor.next;
  }
  return { hyphen, dot };
}

function digitsAt(cursor: Cursor): string {
  let digits = '';
  while (digits.length <= MAX_DIGITS) {
    const code = unitAt(cursor);
    if (!isDigit(code)) break;
    digits += String.fromCharCode(code);
    cursor.at = cursor.next;
  }
  return digits;
}

/** A letter and a digit, nothing glued behind; leaves the cursor where it was otherwise. */
function checkAt(cursor: Cursor): string | null {
  const before = cursor.at;
  const letter = unitAt(cursor);
  if (isAsciiLetter(letter)) {
    cursor.at = cursor.next;
    const digit = unitAt(cursor);
    if (isDigit(digit)) {
      cursor.at = cursor.next;
      const behind = unitAt(cursor);
      if (behind === NOTHING || !isGlue(behind)) return String.fromCharCode(letter | 0x20, digit);
    }
  }
  cursor.at = before;
  return null;
}

function skip(cursor: Cursor, these: ReadonlySet<number>, most: number): void {
  for (let count = 0; count < most; count += 1) {
    if (!these.has(unitAt(cursor))) return;
    cursor.at = cursor.next;
  }
}
