// What every recogniser has in common: it is tried at a token and looks at a bounded stretch, so that a text of any kind costs
// linear time.
import type { Category } from '../span.ts';
import { DIGITS, GLUED, type Tokens } from '../text/tokens.ts';

export interface Found {
  readonly start: number;
  readonly end: number;
  readonly type: Category;
  readonly score: number;
  readonly rule: string;
}

/** What recognisers are handed. `flags` are those of the lexicon per token (`lexicon/flags.ts`). */
export interface Reading {
  readonly tokens: Tokens;
  readonly flags: Uint32Array;
  /** A year above which nobody born in it is 90: ages implied by years of birth are counted from here. */
  readonly year: number;
}

export interface Recogniser {
  /** Which tokens it is tried at. */
  readonly starts: {
    readonly digits?: true;
    /** Folded words; every word when `*`. */
    readonly words?: readonly string[] | '*';
    /** Single characters. */
    readonly marks?: string;
  };
  /** Zero or more findings that begin at, or are found from, token `at`. */
  find(reading: Reading, at: number): readonly Found[];
}

export const NOTHING: readonly Found[] = [];

/** Matches a sticky expression at `at`; null when it does not. */
export function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

/** The text before token `at`, at most `reach` code units of it, in lower case. */
export function before(tokens: Tokens, at: number, reach: number): string {
  const start = tokens.start[at] ?? 0;
  return tokens.text.slice(Math.max(0, start - reach), start).toLowerCase();
}

/** The text after offset `end`, at most `reach` code units of it, in lower case. */
export function after(text: string, end: number, reach: number): string {
  return text.slice(end, end + reach).toLowerCase();
}

/** Token `at` begins a number: nothing numeric is glued to it from the left (`12.5`, `3-4`, `A12` go on, they do not begin). */
export function beginsNumber(tokens: Tokens, at: number): boolean {
  if (tokens.gap[at] !== GLUED || at === 0) return true;
  const code = tokens.text.charCodeAt((tokens.start[at] ?? 0) - 1);
  if (tokens.kind[at - 1] === 1) return false;
  if (!isJoint(code)) return true;
  return !(tokens.gap[at - 1] === GLUED && tokens.kind[at - 2] === DIGITS);
}

/** Characters that may stand within one number: . , - / : and the dashes. */
function isJoint(code: number): boolean {
  return (code >= 0x2c && code <= 0x2f) || code === 0x3a || (code >= 0x2010 && code <= 0x2014);
}

/** The code unit at `at` is a letter or a digit (ASCII) or beyond ASCII. */
export function isAlnum(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code >= 0xc0
  );
}
