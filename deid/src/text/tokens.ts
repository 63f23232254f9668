// A text as tokens with offsets: runs of letters, runs of digits, single other characters. Spaces are gaps, not tokens.
import { hashRange, isInvisible } from './fold.ts';

export const WORD = 1;
export const DIGITS = 2;
export const MARK = 3;

/** What stands before a token. */
export const GLUED = 0;
export const SPACE = 1;
export const LINE = 2;

/** How a word is written. */
export const LOWER = 1;
export const TITLE = 2;
export const UPPER = 3;
export const MIXED = 4;
export const INITIAL = 5;
export const CASELESS = 6;

/** Arrays of length `count`; offsets in UTF-16 code units. A token's hash is that of its folded form (`fold.ts`). */
export interface Tokens {
  readonly text: string;
  readonly count: number;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly kind: Uint8Array;
  readonly gap: Uint8Array;
  readonly shape: Uint8Array;
  readonly hash: Uint32Array;
}

const BLANK = 4;
const BREAK = 5;

const classes = buildClasses();

function buildClasses(): Uint8Array {
  const known = new Uint8Array(0x3000);
  for (let code = 0; code < known.length; code += 1) known[code] = classify(String.fromCharCode(code));
  return known;
}

function classify(character: string): number {
  if (/[\n\r\u0085\u2028\u2029]/.test(character)) return BREAK;
  if (/[\s\u180e]/.test(character)) return BLANK;
  if (/[0-9]/.test(character)) return DIGITS;
  if (/[\p{L}\p{M}\u00ad\u200b-\u200d\u2060]/u.test(character)) return WORD;
  return MARK;
}

function classOf(code: number): number {
  if (code < 0x3000) return classes[code] as number;
  if (code >= 0xff10 && code <= 0xff19) return DIGITS;
  if (code === 0x3000) return BLANK;
  if (code < 0x3040 || (code >= 0xd800 && code < 0xf900) || (code >= 0xff00 && code < 0xff21)) return MARK;
  return WORD;
}

/** One pass, linear in the text. */
export function tokenise(text: string): Tokens {
  const room = new Room(Math.max(16, text.length >> 2));
  let at = 0;
  let gap = LINE;
  while (at < text.length) {
    const kind = classOf(text.charCodeAt(at));
    if (kind === BLANK || kind === BREAK) {
      gap = kind === BREAK ? LINE : Math.max(gap, SPACE);
      at += 1;
      continue;
    }
    let end = at + 1;
    if (kind !== MARK) while (end < text.length && continues(kind, text.charCodeAt(end))) end += 1;
    room.add(text, at, end, kind, gap);
    gap = GLUED;
    at = end;
  }
  return room.tokens(text);
}

function continues(kind: number, code: number): boolean {
  return classOf(code) === kind || (kind === WORD && isInvisible(code));
}

/** Growing typed arrays: a token is at least one character, four on average. */
class Room {
  private count = 0;
  private start: Int32Array;
  private end: Int32Array;
  private kind: Uint8Array;
  private gap: Uint8Array;
  private shape: Uint8Array;
  private hash: Uint32Array;

  constructor(size: number) {
    this.start = new Int32Array(size);
    this.end = new Int32Array(size);
    this.kind = new Uint8Array(size);
    this.gap = new Uint8Array(size);
    this.shape = new Uint8Array(size);
    this.hash = new Uint32Array(size);
  }

  add(text: string, start: number, end: number, kind: number, gap: number): void {
    if (this.count === this.start.length) this.grow();
    const at = this.count;
    this.start[at] = start;
    this.end[at] = end;
    this.kind[at] = kind;
    this.gap[at] = gap;
    this.shape[at] = kind === WORD ? shapeOf(text, start, end) : 0;
    this.hash[at] = hashRange(text, start, end);
    this.count += 1;
  }

  private grow(): void {
    const size = this.start.length * 2;
    const larger = <T extends Int32Array | Uint8Array | Uint32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.start = larger(new Int32Array(size), this.start);
    this.end = larger(new Int32Array(size), this.end);
    this.kind = larger(new Uint8Array(size), this.kind);
    this.gap = larger(new Uint8Array(size), this.gap);
    this.shape = larger(new Uint8Array(size), this.shape);
    this.hash = larger(new Uint32Array(size), this.hash);
  }

  tokens(text: string): Tokens {
    const { count } = this;
    return {
      text,
      count,
      start: this.start.subarray(0, count),
      end: this.end.subarray(0, count),
      kind: this.kind.subarray(0, count),
      gap: this.gap.subarray(0, count),
      shape: this.shape.subarray(0, count),
      hash: this.hash.subarray(0, count),
    };
  }
}

function shapeOf(text: string, start: number, end: number): number {
  const first = caseOf(text.charCodeAt(start));
  if (end - start === 1) return first === UPPER ? INITIAL : first;
  let [upper, lower] = [0, 0];
  for (let at = start + 1; at < end; at += 1) {
    const found = caseOf(text.charCodeAt(at));
    if (found === UPPER) upper += 1;
    else if (found === LOWER) lower += 1;
  }
  if (first === UPPER) return upper === 0 ? (lower === 0 ? INITIAL : TITLE) : lower === 0 ? UPPER : MIXED;
  if (first === LOWER) return upper === 0 ? LOWER : MIXED;
  return upper + lower === 0 ? CASELESS : MIXED;
}

function caseOf(code: number): number {
  if (code >= 0x61 && code <= 0x7a) return LOWER;
  if (code >= 0x41 && code <= 0x5a) return UPPER;
  if (code < 0x80) return CASELESS;
  const character = String.fromCharCode(code);
  if (character !== character.toLowerCase()) return UPPER;
  return character === character.toUpperCase() ? (code < 0x250 ? LOWER : CASELESS) : LOWER;
}
