// A text as streams in which disguises of a value look alike: letters and digits without anything between them, and what is said
// letter by letter or digit by digit.
import { cardinalAt, spokenRun } from '../spoken/numbers.ts';
import { foldCode, hashWord } from '../text/fold.ts';
import { lettersOf } from './edits.ts';
import { DIGITS, LINE, MARK, type Tokens, WORD } from '../text/tokens.ts';

/** Characters with the offsets in the text at which each begins and ends. */
export interface Stream {
  readonly codes: Uint16Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly length: number;
}

/** Stands in a stream where nothing may go over. */
const BREAK = 1;
/** Stands after the tens of `sixty two`, which is 62 or 60 and 2. */
export const MAYBE_ZERO = 2;

/** Folded letters and digits of the whole text, nothing else. */
export function compact({ text }: Tokens): Stream {
  const writer = new Writer(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = foldCode(text.charCodeAt(at));
    if (isAlnum(code)) writer.put(code, at, at + 1);
  }
  return writer.stream();
}

export function isAlnum(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code > 0xbf &&
      code !== 0xd7 &&
      code !== 0xf7 &&
      !(code >= 0x2000 && code < 0x2c00) &&
      !(code >= 0x3000 && code < 0x3040))
  );
}

/** The spelling alphabet of ICAO, NATO and the ITU. */
const ALPHABET = new Map(
  'alfa alpha bravo charlie delta echo foxtrot golf hotel india juliett juliet kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu'
    .split(' ')
    .map((word) => [hashWord(word), word.charCodeAt(0)] as const),
);
const SKIPPED = new Set(
  [
    'capital',
    'letter',
    'lowercase',
    'uppercase',
    'cap',
    'then',
    'and',
    'dash',
    'hyphen',
    'space',
    'dot',
    'period',
    'apostrophe',
  ].map(hashWord),
);
/** The letters of a code may be written together while its figures are said: `XJH eight eight two`. */
const LETTERS_OF_A_CODE = 4;
const AS = hashWord('as');
const IN = hashWord('in');
const FOR = hashWord('for');
const LIKE = hashWord('like');
const A = hashWord('a');

/** What is spelled or said figure by figure; every other word breaks. */
export function spelledOut(tokens: Tokens): Stream {
  const writer = new Writer(tokens.count * 4 + 16);
  let at = 0;
  while (at < tokens.count) {
    if (tokens.gap[at] === LINE && at > 0) writer.put(BREAK, tokens.start[at] as number, tokens.start[at] as number);
    at = spell(tokens, at, writer);
  }
  return writer.stream();
}

/** Writes what token `at` says; gives the token after it. */
function spell(tokens: Tokens, at: number, writer: Writer): number {
  const hash = tokens.hash[at] as number;
  const [start, end] = [tokens.start[at] as number, tokens.end[at] as number];
  if (tokens.kind[at] === MARK) return at + 1;
  if (tokens.kind[at] === DIGITS) {
    for (let index = start; index < end; index += 1)
      writer.put(foldCode(tokens.text.charCodeAt(index)), index, index + 1);
    return at + 1;
  }
  if (end - start === 1 || lettersOf(tokens.text, start, Math.min(end, start + 3)).length === 1) {
    const next = afterExample(tokens, at + 1);
    writer.put(foldCode(tokens.text.charCodeAt(start)), start, tokens.end[next - 1] as number);
    return next;
  }
  const letter = ALPHABET.get(hash);
  if (letter !== undefined) {
    writer.put(letter, start, end);
    return at + 1;
  }
  const hundreds = cardinalAt(tokens, at);
  if (hundreds !== null && hundreds.value >= 100) return said(tokens, at, hundreds.end, String(hundreds.value), writer);
  const number = numberEnd(tokens, at);
  if (number !== null) return said(tokens, at, number.end, number.digits, writer);
  if (SKIPPED.has(hash)) return at + 1;
  if (end - start <= LETTERS_OF_A_CODE)
    for (let index = start; index < end; index += 1)
      writer.put(foldCode(tokens.text.charCodeAt(index)), index, index + 1);
  else writer.put(BREAK, start, end);
  return at + 1;
}

/** One said number: `double three`, `forty two` (whose zero may be meant), `seven`; null when there is none. */
function numberEnd(tokens: Tokens, at: number): { readonly end: number; readonly digits: string } | null {
  if (tokens.kind[at] !== WORD) return null;
  for (const length of [1, 2]) {
    const run = spokenRun({ ...tokens, count: Math.min(tokens.count, at + length) }, at, false);
    if (run.digits === '') continue;
    const pair = spokenRun({ ...tokens, count: Math.min(tokens.count, at + 2) }, at, false);
    const merged = length === 1 && /^[2-9]0$/u.test(run.digits) && /^[2-9][1-9]$/u.test(pair.digits);
    return merged
      ? { end: at + 2, digits: `${pair.digits.charAt(0)}${String.fromCharCode(MAYBE_ZERO)}${pair.digits.charAt(1)}` }
      : { end: run.end, digits: run.digits };
  }
  return null;
}

function said(tokens: Tokens, from: number, to: number, digits: string, writer: Writer): number {
  const start = tokens.start[from] as number;
  const end = tokens.end[to - 1] as number;
  for (let index = 0; index < digits.length; index += 1) writer.put(digits.charCodeAt(index), start, end);
  return to;
}

/** `s as in sam`, `s for sugar`, `s like sam`: the example is passed over. */
function afterExample(tokens: Tokens, at: number): number {
  const hash = tokens.hash[at];
  if (at + 2 < tokens.count && hash === AS && tokens.hash[at + 1] === IN) return at + 3;
  if (at + 1 < tokens.count && (hash === FOR || hash === LIKE) && tokens.hash[at + 1] !== A) return at + 2;
  return at;
}

class Writer {
  private codes: Uint16Array;
  private starts: Int32Array;
  private ends: Int32Array;
  private length = 0;

  constructor(room: number) {
    this.codes = new Uint16Array(room);
    this.starts = new Int32Array(room);
    this.ends = new Int32Array(room);
  }

  put(code: number, start: number, end: number): void {
    if (this.length === this.codes.length) this.grow();
    this.codes[this.length] = code;
    this.starts[this.length] = start;
    this.ends[this.length] = end;
    this.length += 1;
  }

  private grow(): void {
    const size = this.length * 2 + 16;
    const [codes, starts, ends] = [new Uint16Array(size), new Int32Array(size), new Int32Array(size)];
    codes.set(this.codes);
    starts.set(this.starts);
    ends.set(this.ends);
    this.codes = codes;
    this.starts = starts;
    this.ends = ends;
  }

  stream(): Stream {
    return { codes: this.codes, starts: this.starts, ends: this.ends, length: this.length };
  }
}
