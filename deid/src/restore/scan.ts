// Finds what looks like a placeholder in a text that comes in pieces. The same tokens are found however it is cut.
import { isInvisible } from '../text/fold.ts';
import { isNoBeginning, isOpening, mayBegin, type Shape, shapeAt } from './shape.ts';
import { type Cursor, isAsciiLetter, isGlue, NOTHING, unitAt } from './units.ts';

/** What is done with a shape that begins at `start`: text instead of it, `'leave'` it and read on behind it, or null: it is none. */
export type Visit = (shape: Shape, start: number, cursor: Cursor) => { readonly instead: string } | 'leave' | null;

const PLAIN = 0;
const GLUE = 1; // a letter or digit with which no category begins
const START = 2; // a letter with which one may
const OPEN = 3;
const SPECIAL = 4; // read by `unitAt`

const CLASSES = Uint8Array.from({ length: 0x80 }, (_, code) => {
  if (isOpening(code)) return OPEN;
  if (code === 0x5c || code === 0x26 || code === 0x25) return SPECIAL;
  if (isAsciiLetter(code) && mayBegin(code)) return START;
  return isGlue(code) ? GLUE : PLAIN;
});
const PERCENT = /%[\dA-Fa-f]{2}/y;

/** Reads on from piece to piece. */
export class Scanner {
  private readonly cursor: Cursor;
  private readonly visit: Visit;
  /** A letter or digit stands before the place reached. */
  private glued = false;

  constructor(json: boolean, visit: Visit) {
    this.cursor = { text: '', at: 0, final: false, starved: false, json, next: 0, limit: 0 };
    this.visit = visit;
  }

  /** Reads `text` as far as it is certain; `out` gets what is to be given out. Returns the offset of what has to be held back. */
  read(text: string, final: boolean, out: (from: number, to: number, instead: string) => void): number {
    const { cursor } = this;
    Object.assign(cursor, { text, final });
    let from = 0;
    let at = 0;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      let kind = code < 0x80 ? (CLASSES[code] as number) : SPECIAL;
      if (kind === PLAIN) {
        this.glued = false;
        at += 1;
        continue;
      }
      if (kind === GLUE || (kind === START && (this.glued || isNoBeginning(code, text.charCodeAt(at + 1))))) {
        this.glued = true;
        at += 1;
        continue;
      }
      let next = at + 1;
      if (isInvisible(code)) {
        at = next; // it is part of no token that it stands before, and glues nothing
        continue;
      }
      if (kind === SPECIAL) {
        cursor.starved = false;
        kind = this.special(at);
        next = cursor.next;
        if (cursor.starved) break;
      }
      const found = kind === OPEN || (kind === START && !this.glued) ? this.tried(at, kind === OPEN) : null;
      if (found === 'more') break;
      if (found === null) {
        this.glued = kind === GLUE || kind === START;
        at = next;
        continue;
      }
      if (found.instead !== null) {
        out(from, at, found.instead);
        from = found.end;
      }
      this.glued = false;
      at = found.end;
    }
    out(from, at, '');
    return at;
  }

  /** The class of what is not plain ASCII; `cursor.next` is behind it. */
  private special(at: number): number {
    const { cursor } = this;
    Object.assign(cursor, { at, limit: Number.MAX_SAFE_INTEGER });
    if (cursor.text.charCodeAt(at) === 0x25) return this.percent(at);
    const code = unitAt(cursor);
    if (code === NOTHING) return PLAIN;
    if (isOpening(code)) return OPEN;
    if (isAsciiLetter(code)) return mayBegin(code) ? START : GLUE;
    return isGlue(code) ? GLUE : PLAIN;
  }

  /** `%5B` is a sign, not letters and digits. */
  private percent(at: number): number {
    const { cursor } = this;
    PERCENT.lastIndex = at;
    const whole = PERCENT.test(cursor.text);
    cursor.starved = !whole && !cursor.final && cursor.text.length - at < 3;
    cursor.next = at + (whole ? 3 : 1);
    return PLAIN;
  }

  private tried(
    at: number,
    bracketed: boolean,
  ): { readonly instead: string | null; readonly end: number } | 'more' | null {
    const { cursor } = this;
    cursor.at = at;
    cursor.starved = false;
    const shape = shapeAt(cursor, bracketed);
    if (cursor.starved) return 'more';
    if (shape === null) return null;
    const said = this.visit(shape, at, cursor);
    if (said === null) return null;
    return { instead: said === 'leave' ? null : said.instead, end: shape.end };
  }
}
