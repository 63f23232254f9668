// What the tagger sees of a token: words around it that are terms, never a name itself; how it is written; what the dictionaries
// say; what the rules found beside it. Training and inference compute it here, so they cannot differ.
import * as flag from '../lexicon/flags.ts';
import { hashWord, mix } from '../text/fold.ts';
import { DIGITS, GLUED, LINE, LOWER, MARK, type Tokens, UPPER, WORD } from '../text/tokens.ts';

/** log2 of the rows of the weight table. */
export const ROW_BITS = 20;
const SHIFT = 32 - ROW_BITS;

/** Features of one token at most. */
export const MAX_FEATURES = 48;

/** Per token what the templates combine. */
export interface Seen {
  readonly count: number;
  /** The word where it is a term, otherwise its class. */
  readonly id: Uint32Array;
  /** How it is written together with what the dictionaries say. */
  readonly cls: Uint32Array;
  readonly shape: Uint32Array;
  readonly prefix: Uint32Array;
  readonly suffix: Uint32Array;
  readonly ending: Uint32Array;
  /** The nearest term at the left and at the right of the run of name-like tokens that this one is in, and the run's edges. */
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  readonly mode: Uint32Array;
  readonly raw: Uint32Array;
}

/** `covered[i]`: 0, or the category number of a structured finding over token i. */
export function see(tokens: Tokens, flags: Uint32Array, covered: Uint8Array): Seen {
  const { count } = tokens;
  const array = (): Uint32Array => new Uint32Array(count);
  const seen: Seen = {
    count,
    id: array(),
    cls: array(),
    shape: array(),
    prefix: array(),
    suffix: array(),
    ending: array(),
    left: array(),
    right: array(),
    first: array(),
    last: array(),
    mode: modes(tokens),
    raw: flags,
  };
  for (let at = 0; at < count; at += 1) describe(seen, tokens, flags[at] as number, covered[at] as number, at);
  spread(seen, tokens, flags, covered);
  return seen;
}

/** Words this short are abbreviations (`Dr`, `St`, `pt`) far more often than names. */
const SHORTEST_NAME = 2;

function describe(seen: Seen, tokens: Tokens, flags: number, covered: number, at: number): void {
  const kind = tokens.kind[at] as number;
  const hash = tokens.hash[at] as number;
  if (covered !== 0) {
    const id = mix(0x1000 + covered);
    seen.id[at] = id;
    seen.cls[at] = id;
    seen.shape[at] = 40;
    return;
  }
  const gap = tokens.gap[at] as number;
  const length = (tokens.end[at] as number) - (tokens.start[at] as number);
  if (kind === WORD) {
    const shape = tokens.shape[at] as number;
    const form = shape * 4 + (gap === GLUED ? 1 : 0) + (length <= 2 ? 2 : 0);
    const cls = mix(0x2000 + form * 0x10000 + reduced(flags));
    seen.cls[at] = cls;
    seen.shape[at] = form;
    seen.id[at] = (flags & flag.ANY_TERM) !== 0 || length <= SHORTEST_NAME ? hash : mix(0x3000 + reduced(flags));
    affixes(seen, tokens, at, length);
    return;
  }
  if (kind === DIGITS) {
    seen.id[at] = mix(0x4000 + Math.min(length, 9));
    seen.cls[at] = mix(0x5000 + Math.min(length, 9) * 2 + Number(gap === GLUED));
    seen.shape[at] = 30 + Math.min(length, 9);
    return;
  }
  seen.id[at] = hash;
  seen.cls[at] = mix(0x6000 ^ hash);
  seen.shape[at] = 28 + Number(gap === GLUED);
}

/** The flags that matter together, few enough to be learnt in combination. */
function reduced(flags: number): number {
  const first = (flags & flag.FIRST_EN) !== 0 ? 2 : (flags & flag.FIRST) !== 0 ? 1 : 0;
  const last = (flags & flag.LAST) !== 0 ? 2 : (flags & flag.PERSON) !== 0 ? 1 : 0;
  const place =
    (flags & flag.CITY_US) !== 0 ? 3 : (flags & flag.CITY) !== 0 ? 2 : (flags & flag.CITY_PART) !== 0 ? 1 : 0;
  const word =
    (flags & flag.WORD_COMMON) !== 0 ? 3 : (flags & flag.WORD_USUAL) !== 0 ? 2 : (flags & flag.WORD_RARE) !== 0 ? 1 : 0;
  const term =
    (flags & (flag.DRUG | flag.MEDICINE)) !== 0
      ? 3
      : (flags & flag.EPONYM) !== 0
        ? 2
        : (flags & (flag.LAND | flag.PEOPLE)) !== 0
          ? 1
          : 0;
  const facility = (flags & flag.FACILITY_WORD) !== 0 ? 1 : 0;
  return ((((first * 3 + last) * 4 + place) * 4 + word) * 4 + term) * 2 + facility + 1;
}

function affixes(seen: Seen, tokens: Tokens, at: number, length: number): void {
  const { text } = tokens;
  const start = tokens.start[at] as number;
  const end = tokens.end[at] as number;
  seen.suffix[at] = letters(text, Math.max(start, end - 3), end);
  seen.ending[at] = letters(text, Math.max(start, end - 2), end);
  seen.prefix[at] = letters(text, start, start + Math.min(3, length));
}

function letters(text: string, from: number, to: number): number {
  let value = 7;
  for (let at = from; at < to; at += 1) value = Math.imul(value, 0x10dcd) + (text.charCodeAt(at) | 0x20);
  return value >>> 0;
}

/** A token that may be part of a name: capital where capitals mean something, otherwise no common word. */
function isNameLike(tokens: Tokens, flags: number, mode: number, at: number): boolean {
  if (tokens.kind[at] !== WORD) return false;
  const shape = tokens.shape[at] as number;
  if (mode === 0 || mode === 3) return shape !== LOWER;
  return (flags & (flag.WORD_COMMON | flag.MEDICINE)) === 0 || (flags & (flag.FIRST_EN | flag.FACILITY_WORD)) !== 0;
}

/** Hands the edges of each run of name-like tokens, and what stands around it, to all of its tokens. */
function spread(seen: Seen, tokens: Tokens, flags: Uint32Array, covered: Uint8Array): void {
  const { count } = tokens;
  let at = 0;
  while (at < count) {
    const start = at;
    while (at < count && joins(tokens, flags, covered, seen.mode[at] as number, start, at)) at += 1;
    const end = Math.max(at, start + 1);
    const left = start > 0 ? (seen.id[start - 1] as number) : 1;
    const right = end < count ? (seen.id[end] as number) : 2;
    for (let inside = start; inside < end; inside += 1) {
      seen.left[inside] = left;
      seen.right[inside] = right;
      seen.first[inside] = seen.id[start] as number;
      seen.last[inside] = seen.id[end - 1] as number;
    }
    at = end;
  }
}

const LONGEST_RUN = 8;

function joins(
  tokens: Tokens,
  flags: Uint32Array,
  covered: Uint8Array,
  mode: number,
  start: number,
  at: number,
): boolean {
  if (covered[at] !== 0 || at - start >= LONGEST_RUN) return false;
  if (at > start && tokens.gap[at] === LINE) return false;
  if (isNameLike(tokens, flags[at] as number, mode, at)) return true;
  if (at === start || tokens.kind[at] !== MARK) return false;
  const code = tokens.text.charCodeAt(tokens.start[at] as number);
  return code === 0x2e || code === 0x27 || code === 0x2019 || code === 0x2d || code === 0x26;
}

const SPANISH = new Set(
  'de la el en que los del con por una las se para al su un y paciente años'.split(' ').map(hashWord),
);
const SPANISH_SHARE = 0.14; // of the words; English texts have 0.03, of `la`, `de` and `a` in names and Latin

function isSpanish(tokens: Tokens): boolean {
  let [words, spanish] = [0, 0];
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== WORD) continue;
    words += 1;
    if (SPANISH.has(tokens.hash[at] as number)) spanish += 1;
  }
  return words >= 12 && spanish > words * SPANISH_SHARE;
}

/** Per token 0 where capitals mean something, 3 if in Spanish, 1 in a line without any, 2 in a line of capitals alone. */
function modes(tokens: Tokens): Uint32Array {
  const { count } = tokens;
  const spanish = isSpanish(tokens);
  const result = new Uint32Array(count);
  let at = 0;
  while (at < count) {
    const start = at;
    let [lower, upper, title] = [0, 0, 0];
    do {
      const shape = tokens.shape[at] as number;
      if (shape === LOWER) lower += 1;
      else if (shape === UPPER) upper += 1;
      else if (shape !== 0) title += 1;
      at += 1;
    } while (at < count && tokens.gap[at] !== LINE);
    const cased = spanish ? 3 : 0;
    const mode = title + upper === 0 && lower >= 4 ? 1 : upper > 1 && lower + title === 0 ? 2 : cased;
    result.fill(mode, start, at);
  }
  return result;
}

/** Writes the rows of the weight table that token `at` reads into `out`; gives their number. */
export function featuresAt(seen: Seen, at: number, out: Int32Array): number {
  const { id, cls, shape, suffix, prefix, ending, count } = seen;
  const id0 = id[at] as number;
  const cls0 = cls[at] as number;
  const shape0 = shape[at] as number;
  const l1 = at > 0 ? (id[at - 1] as number) : 11;
  const l2 = at > 1 ? (id[at - 2] as number) : 12;
  const l3 = at > 2 ? (id[at - 3] as number) : 13;
  const r1 = at + 1 < count ? (id[at + 1] as number) : 21;
  const r2 = at + 2 < count ? (id[at + 2] as number) : 22;
  const r3 = at + 3 < count ? (id[at + 3] as number) : 23;
  const c1 = at > 0 ? (cls[at - 1] as number) : 31;
  const c2 = at > 1 ? (cls[at - 2] as number) : 32;
  const d1 = at + 1 < count ? (cls[at + 1] as number) : 41;
  const d2 = at + 2 < count ? (cls[at + 2] as number) : 42;
  const mode = seen.mode[at] as number;
  const left = seen.left[at] as number;
  const right = seen.right[at] as number;
  const last = seen.last[at] as number;
  const first = seen.first[at] as number;
  const modeShape = shape0 * 4 + mode;
  let n = 0;
  out[n++] = row(1, id0, modeShape);
  out[n++] = row(2, l1, shape0);
  out[n++] = row(3, r1, shape0);
  out[n++] = row(4, l2, shape0);
  out[n++] = row(5, r2, shape0);
  out[n++] = row(6, l1, id0);
  out[n++] = row(7, id0, r1);
  out[n++] = row(8, cls0, mode);
  out[n++] = row(9, cls0, l1);
  out[n++] = row(10, cls0, r1);
  out[n++] = row(11, cls0, c1);
  out[n++] = row(12, cls0, d1);
  out[n++] = row3(13, cls0, c1, d1);
  out[n++] = row3(14, cls0, l1, l2);
  out[n++] = row3(15, cls0, r1, r2);
  out[n++] = row3(16, cls0, l1, r1);
  out[n++] = row(17, suffix[at] as number, modeShape);
  out[n++] = row(18, prefix[at] as number, modeShape);
  out[n++] = row(19, ending[at] as number, modeShape);
  out[n++] = row(20, left, cls0);
  out[n++] = row(21, right, cls0);
  out[n++] = row3(22, left, right, shape0);
  out[n++] = row(23, last, cls0);
  out[n++] = row(24, first, cls0);
  out[n++] = row3(25, last, left, shape0);
  out[n++] = row3(26, first, last, shape0);
  out[n++] = row3(27, cls0, c1, c2);
  out[n++] = row3(28, cls0, d1, d2);
  out[n++] = row3(29, l3, l2, l1);
  out[n++] = row3(30, r1, r2, r3);
  out[n++] = row(31, (seen.raw[at] as number) * 64 + shape0, mode);
  out[n++] = row3(32, left, last, mode);
  out[n++] = row(33, left, modeShape);
  out[n++] = row(34, right, modeShape);
  return n;
}

function row(template: number, a: number, b: number): number {
  const value = Math.imul(a ^ (template * 0x51ed2705), 0x9e3779b1) ^ Math.imul(b + template, 0x85ebca77);
  return Math.imul(value ^ (value >>> 15), 0x2c1b3c6d) >>> SHIFT;
}

function row3(template: number, a: number, b: number, c: number): number {
  const value =
    Math.imul(a ^ (template * 0x51ed2705), 0x9e3779b1) ^
    Math.imul(b + template, 0x85ebca77) ^
    Math.imul((c ^ (c >>> 13)) + 0x27d4eb2f, 0x165667b1);
  return Math.imul(value ^ (value >>> 15), 0x2c1b3c6d) >>> SHIFT;
}
