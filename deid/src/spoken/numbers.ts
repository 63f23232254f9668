// Numbers as they are said: `four one five`, `double three`, `forty two`, `nineteen eighty five`, `oh nine`.
import { hashWord } from '../text/fold.ts';
import { DIGITS, LINE, type Tokens, WORD } from '../text/tokens.ts';

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const SPANISH = 'cero uno dos tres cuatro cinco seis siete ocho nueve'.split(' ');
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ORDINALS =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'.split(
    ' ',
  );

const values = new Map<number, number>([
  ...ONES.map((word, value) => [hashWord(word), value] as const),
  ...SPANISH.map((word, value) => [hashWord(word), value] as const),
  ...TENS.map((word, index) => [hashWord(word), (index + 2) * 10] as const),
  [hashWord('oh'), 0],
  [hashWord('niner'), 9],
  [hashWord('nought'), 0],
]);
const ordinals = new Map<number, number>([
  ...ORDINALS.map((word, index) => [hashWord(word), index + 1] as const),
  [hashWord('thirtieth'), 30],
]);
const times = new Map<number, number>([
  [hashWord('double'), 2],
  [hashWord('triple'), 3],
]);
const joints = new Set(
  ['dash', 'hyphen', 'minus', 'slash', 'space', 'area', 'code', 'guion', 'period', 'point', 'dot'].map(hashWord),
);
const HUNDRED = hashWord('hundred');
const THOUSAND = hashWord('thousand');
const AND = hashWord('and');
const A = hashWord('a');
const OH = hashWord('oh');
const O = hashWord('o');
const AS = hashWord('as');
const IN = hashWord('in');
const X = hashWord('x');
const RAY = hashWord('ray');

/** Words that may begin a spoken number. */
export const NUMBER_WORDS: readonly string[] = [
  ...ONES,
  ...SPANISH,
  ...TENS,
  'oh',
  'niner',
  'nought',
  'double',
  'triple',
];

/** A run of said digits: from its first token to `end`, exclusive. */
export interface SpokenRun {
  readonly end: number;
  readonly digits: string;
  /** Letters among the digits. */
  readonly letters: number;
  /** At least one number was a word. */
  readonly words: number;
}

const LONGEST = 40; // tokens: a card number said digit by digit with its pauses

/** Digits as they are said from token `at`; single letters are part of it where `letters` says so. */
export function spokenRun(tokens: Tokens, at: number, letters: boolean): SpokenRun {
  let digits = '';
  let [end, seenLetters, words, repeat] = [at, 0, 0, 1];
  let index = at;
  while (index < tokens.count && index - at < LONGEST && (index === at || tokens.gap[index] !== LINE)) {
    const hash = tokens.hash[index] as number;
    const value = valueAt(tokens, index, hash);
    const times_ = times.get(hash);
    if (times_ !== undefined && index + 1 < tokens.count && values.has(tokens.hash[index + 1] as number)) {
      repeat = times_;
      index += 1;
      continue;
    }
    if (value !== null) {
      digits += digitsOf(tokens, index, value).repeat(repeat);
      words += Number(tokens.kind[index] === WORD);
      index += isTens(value) && followsOne(tokens, index) ? 2 : 1;
      repeat = 1;
      end = index;
      continue;
    }
    if (letters && isLetter(tokens, index)) {
      seenLetters += 1;
      digits += tokens.text.charAt(tokens.start[index] as number).toUpperCase();
      index = afterExample(tokens, index + 1);
      end = index;
      continue;
    }
    if (!isJoint(tokens, index, hash) || end === at) break;
    index += 1;
  }
  return { end, digits, letters: seenLetters, words };
}

/** Past `as in x ray`, `as in boy`. */
function afterExample(tokens: Tokens, at: number): number {
  if (at + 2 >= tokens.count || tokens.hash[at] !== AS || tokens.hash[at + 1] !== IN) return at;
  return tokens.hash[at + 2] === X && tokens.hash[at + 3] === RAY ? at + 4 : at + 3;
}

function valueAt(tokens: Tokens, at: number, hash: number): number | null {
  if (tokens.kind[at] === DIGITS) {
    const length = (tokens.end[at] as number) - (tokens.start[at] as number);
    return length <= 4 ? Number(tokens.text.slice(tokens.start[at], tokens.end[at])) : null;
  }
  if (hash === O) return 0;
  return tokens.kind[at] === WORD ? (values.get(hash) ?? null) : null;
}

function digitsOf(tokens: Tokens, at: number, value: number): string {
  if (tokens.kind[at] === DIGITS) return tokens.text.slice(tokens.start[at], tokens.end[at]);
  if (isTens(value) && followsOne(tokens, at)) return String(value + (values.get(tokens.hash[at + 1] as number) ?? 0));
  return String(value);
}

const isTens = (value: number): boolean => value >= 20 && value % 10 === 0 && value < 100;

function followsOne(tokens: Tokens, at: number): boolean {
  if (at + 1 >= tokens.count || tokens.kind[at] === DIGITS || tokens.kind[at + 1] === DIGITS) return false;
  const next = values.get(tokens.hash[at + 1] as number);
  return next !== undefined && next > 0 && next < 10 && tokens.hash[at + 1] !== OH;
}

function isLetter(tokens: Tokens, at: number): boolean {
  return (
    tokens.kind[at] === WORD && (tokens.end[at] as number) - (tokens.start[at] as number) === 1 && tokens.hash[at] !== A
  );
}

function isJoint(tokens: Tokens, at: number, hash: number): boolean {
  if (tokens.kind[at] === WORD) return joints.has(hash);
  const code = tokens.text.charCodeAt(tokens.start[at] as number);
  return code === 0x2d || code === 0x2c || (code >= 0x2010 && code <= 0x2014);
}

/** A said cardinal below 1000 at `at`: its value and where it ends; null when there is none. `ninety two`, `one hundred and three`. */
export function cardinalAt(tokens: Tokens, at: number): { readonly value: number; readonly end: number } | null {
  const small = belowHundred(tokens, at);
  const hundredAt = small === null ? at + Number(tokens.hash[at] === A) : small.end;
  if (tokens.hash[hundredAt] !== HUNDRED) return small;
  const hundreds = small === null ? 1 : small.value;
  if (hundreds > 9) return small;
  const next = tokens.hash[hundredAt + 1] === AND ? hundredAt + 2 : hundredAt + 1;
  const rest = belowHundred(tokens, next);
  return rest === null
    ? { value: hundreds * 100, end: hundredAt + 1 }
    : { value: hundreds * 100 + rest.value, end: rest.end };
}

function belowHundred(tokens: Tokens, at: number): { readonly value: number; readonly end: number } | null {
  if (at >= tokens.count || tokens.kind[at] !== WORD) return null;
  const value = values.get(tokens.hash[at] as number);
  if (value === undefined) return null;
  const next = isHyphen(tokens, at + 1) ? at + 2 : at + 1;
  const unit = next < tokens.count ? values.get(tokens.hash[next] as number) : undefined;
  if (isTens(value) && unit !== undefined && unit > 0 && unit < 10) return { value: value + unit, end: next + 1 };
  return { value, end: at + 1 };
}

function isHyphen(tokens: Tokens, at: number): boolean {
  return at < tokens.count && tokens.gap[at] === 0 && tokens.text.charCodeAt(tokens.start[at] as number) === 0x2d;
}

/** `third`, `twenty first`, `3rd`, and a plain cardinal to 31 where `plain`. */
export function dayAt(tokens: Tokens, at: number, plain: boolean): { readonly end: number } | null {
  if (at >= tokens.count) return null;
  const single = ordinals.get(tokens.hash[at] as number);
  if (single !== undefined) return { end: at + 1 };
  const tens = values.get(tokens.hash[at] as number);
  const next = isHyphen(tokens, at + 1) ? at + 2 : at + 1;
  const unit = next < tokens.count ? ordinals.get(tokens.hash[next] as number) : undefined;
  if ((tens === 20 || tens === 30) && unit !== undefined && unit < 10) return { end: next + 1 };
  if (!plain) return null;
  const cardinal = belowHundred(tokens, at);
  return cardinal !== null && cardinal.value >= 1 && cardinal.value <= 31 ? { end: cardinal.end } : null;
}

/** A said year: `nineteen eighty five`, `twenty twenty four`, `two thousand (and) nine`, `twenty oh six`, or four digits. */
export function yearAt(tokens: Tokens, at: number): { readonly end: number } | null {
  if (at >= tokens.count) return null;
  if (tokens.kind[at] === DIGITS)
    return /^(?:19|20)\d\d$/u.test(tokens.text.slice(tokens.start[at], tokens.end[at])) ? { end: at + 1 } : null;
  const first = values.get(tokens.hash[at] as number);
  if (first === 2 && tokens.hash[at + 1] === THOUSAND) {
    const next = tokens.hash[at + 2] === AND ? at + 3 : at + 2;
    return { end: belowHundred(tokens, next)?.end ?? at + 2 };
  }
  if (first !== 19 && first !== 20 && first !== 18) return null;
  if (tokens.hash[at + 1] === HUNDRED) return { end: at + 2 };
  const zero = tokens.hash[at + 1] === OH || tokens.hash[at + 1] === O;
  const rest = belowHundred(tokens, zero ? at + 2 : at + 1);
  return rest === null || (!zero && rest.value < 10) ? null : { end: rest.end };
}
