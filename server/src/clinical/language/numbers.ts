// Numbers as spoken or written, bound to their unit and to what they measure.
// "one twenty over eighty", "120/80", "seven point four", "a week", "twice daily", "the 20th": each becomes a Quantity.
import type { Token } from './tokens.ts';
import { attributeBefore, unitAt } from './units.ts';

/** `values`: canonical readings, the likeliest first ("one twenty" is 120, or 1 and 20). Token range [from, to) covers number and unit. */
export interface Quantity {
  readonly values: readonly string[];
  readonly unit: string | null;
  readonly attribute: string | null;
  readonly from: number;
  readonly to: number;
  /** Where the number's own words end; [from, numberTo) has no unit in it. */
  readonly numberTo: number;
  /** True when the number was not written in digits. */
  readonly spoken: boolean;
  /** "eighty five hundred" may be 8500, or 80 and 500 run together: never to be written in figures. */
  readonly loose: boolean;
}

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';
const SMALL = new Map(ONES.split(' ').map((word, value) => [word, value]));
const TENS = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, i) => [word, (i + 2) * 10]),
);
const ORDINALS = new Map(
  (
    'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth ' +
    'seventeenth eighteenth nineteenth twentieth'
  )
    .split(' ')
    .map((word, i) => [word, i + 1]),
);
const ROMAN = new Map([
  ['ii', 2],
  ['iii', 3],
  ['iv', 4],
]);
const COUNTS = new Map([
  ['once', '1'],
  ['twice', '2'],
  ['thrice', '3'],
  ['bid', '2'],
  ['tid', '3'],
  ['qid', '4'],
]);

interface Reading {
  readonly values: readonly string[];
  readonly to: number;
  readonly spoken: boolean;
  readonly loose?: boolean;
}

/** Every quantity of a token sequence, in order, none overlapping. */
export function quantities(tokens: readonly Token[]): Quantity[] {
  const out: Quantity[] = [];
  for (let i = 0; i < tokens.length;) {
    const reading = readAt(tokens, i);
    if (reading === null) {
      i += 1;
      continue;
    }
    const unit = unitAt(tokens, reading.to);
    const counted = COUNTS.has(normAt(tokens, i));
    const to = unit === null ? reading.to : unit.to;
    out.push({
      values: reading.values,
      unit: counted ? 'times' : (unit?.unit ?? null),
      attribute: attributeBefore(tokens, i, to),
      from: i,
      to,
      numberTo: reading.to,
      spoken: reading.spoken,
      loose: reading.loose === true,
    });
    i = to;
  }
  return out;
}

function normAt(tokens: readonly Token[], i: number): string {
  return tokens[i]?.norm ?? '';
}

function readAt(tokens: readonly Token[], i: number): Reading | null {
  const count = COUNTS.get(normAt(tokens, i));
  if (count !== undefined) return { values: [count], to: i + 1, spoken: true };
  const simple = readOne(tokens, i);
  if (simple === null) return readArticle(tokens, i);
  return readRatio(tokens, simple) ?? simple;
}

// "a week", "an hour", "couple of days", "half an hour": a count only when a unit of time follows.
function readArticle(tokens: readonly Token[], i: number): Reading | null {
  const word = normAt(tokens, i);
  if (word === 'couple') return { values: ['2'], to: normAt(tokens, i + 1) === 'of' ? i + 2 : i + 1, spoken: true };
  if (word === 'half' && /^(?:a|an)$/u.test(normAt(tokens, i + 1)) && unitAt(tokens, i + 2) !== null)
    return { values: ['0.5'], to: i + 2, spoken: true };
  if ((word === 'a' || word === 'an' || word === 'last' || word === 'next') && isTime(unitAt(tokens, i + 1)?.unit))
    return { values: ['1'], to: i + 1, spoken: true };
  return null;
}

function isTime(unit: string | undefined): boolean {
  return (
    unit === 'day' || unit === 'week' || unit === 'month' || unit === 'year' || unit === 'hour' || unit === 'minute'
  );
}

// "120 over 80", "4 out of 5" → 120/80, 4/5.
function readRatio(tokens: readonly Token[], top: Reading): Reading | null {
  const joint = normAt(tokens, top.to);
  const next = joint === 'over' ? top.to + 1 : joint === 'out' && normAt(tokens, top.to + 1) === 'of' ? top.to + 2 : -1;
  if (next < 0) return null;
  const bottom = readOne(tokens, next);
  if (bottom === null) return null;
  const ratio = `${top.values[0] ?? ''}/${bottom.values[0] ?? ''}`;
  return { values: [ratio], to: bottom.to, spoken: true, loose: bottom.loose === true };
}

function readOne(tokens: readonly Token[], i: number): Reading | null {
  const word = normAt(tokens, i);
  if (/^\d/u.test(word)) return readDigits(tokens, i);
  if (word === 'point' || word === 'oh') return word === 'point' ? readPoint(tokens, '0', i, true) : null;
  const ordinal = ORDINALS.get(word) ?? ROMAN.get(word);
  if (ordinal !== undefined) return { values: [String(ordinal)], to: i + 1, spoken: true };
  return readWords(tokens, i);
}

function readDigits(tokens: readonly Token[], i: number): Reading {
  const value = canonical(normAt(tokens, i).replace(/(?:st|nd|rd|th)$/u, ''));
  const next = normAt(tokens, i + 1);
  if (/^\d+$/u.test(value) && next === 'point') {
    const decimal = readPoint(tokens, value, i + 1, false);
    if (decimal !== null) return decimal;
  }
  if (next === 'and' && normAt(tokens, i + 2) === 'a' && normAt(tokens, i + 3) === 'half')
    return { values: [`${value}.5`, value], to: i + 4, spoken: false };
  return { values: [value], to: i + 1, spoken: false };
}

/** Digits as one form: no thousands commas, no leading zeros, no trailing decimal zeros. */
function canonical(digits: string): string {
  const plain = digits.replace(/,(?=\d{3})/gu, '');
  if (!/^\d+(?:\.\d+)?$/u.test(plain)) return plain;
  return plain.includes('.') ? plain.replace(/^0+(?=\d)/u, '').replace(/\.?0+$/u, '') : plain.replace(/^0+(?=\d)/u, '');
}

// "seven point one", "ninety eight point two", "point four".
function readPoint(tokens: readonly Token[], whole: string, at: number, spoken: boolean): Reading | null {
  let digits = '';
  let i = at + 1;
  for (; ; i += 1) {
    const word = normAt(tokens, i);
    const digit =
      word === 'oh' ? 0 : (SMALL.get(word) ?? (/^\d+$/u.test(word) && digits === '' ? Number(word) : undefined));
    const tens = TENS.get(word);
    if (digit === undefined && tens === undefined) break;
    if (tens === undefined) digits += String(digit);
    else digits += String(tens + (SMALL.get(normAt(tokens, i + 1)) ?? 0));
    if (tens !== undefined && SMALL.has(normAt(tokens, i + 1))) i += 1;
  }
  return digits === '' ? null : { values: [canonical(`${whole}.${digits}`)], to: i, spoken: spoken || i > at + 1 };
}

/** A cardinal in words from `i`, with what follows it: a second cardinal said in one breath, decimals, a half. */
function readWords(tokens: readonly Token[], i: number): Reading | null {
  const first = cardinal(tokens, i);
  if (first === null) return null;
  if (normAt(tokens, first.to) === 'point') {
    const decimal = readPoint(tokens, String(first.value), first.to, true);
    if (decimal !== null) return decimal;
  }
  if (
    normAt(tokens, first.to) === 'and' &&
    normAt(tokens, first.to + 1) === 'a' &&
    normAt(tokens, first.to + 2) === 'half'
  )
    return { values: [String(first.value + 0.5), String(first.value)], to: first.to + 3, spoken: true };
  const ordinal = ORDINALS.get(normAt(tokens, first.to));
  if (ordinal !== undefined && first.value % 10 === 0 && first.value <= 90 && ordinal < 10)
    return { values: [String(first.value + ordinal)], to: first.to + 1, spoken: true };
  if (isLoose(tokens, i, first.to)) return { values: [String(first.value)], to: first.to, spoken: true, loose: true };
  return readPair(tokens, first);
}

function isLoose(tokens: readonly Token[], from: number, to: number): boolean {
  return tokens.slice(from, to).some((token, k) => TENS.has(token.norm) && normAt(tokens, from + k + 2) === 'hundred');
}

// "one twenty" is 120, "nineteen eighty six" is 1986, "one oh five" is 105.
function readPair(tokens: readonly Token[], first: { value: number; to: number }): Reading {
  const zero = normAt(tokens, first.to) === 'oh' || normAt(tokens, first.to) === 'o';
  const second = cardinal(tokens, zero ? first.to + 1 : first.to);
  const joins =
    second !== null &&
    first.value >= 1 &&
    first.value <= 99 &&
    (zero ? second.value < 10 : second.value >= 10 && second.value <= 99);
  if (!joins) return { values: [String(first.value)], to: first.to, spoken: true };
  const together = String(first.value * 100 + second.value);
  return { values: [together, String(first.value), String(second.value)], to: second.to, spoken: true };
}

function cardinal(tokens: readonly Token[], start: number): { value: number; to: number } | null {
  let [total, group, i] = [0, belowHundred(tokens, start), start];
  if (group === null) return null;
  i = group.to;
  let value = group.value;
  for (;;) {
    const word = normAt(tokens, i);
    if (word === 'hundred') value *= 100;
    else if (word === 'thousand') [total, value] = [total + value * 1000, 0];
    else break;
    i += 1;
    const and = normAt(tokens, i) === 'and' ? i + 1 : i;
    group = belowHundred(tokens, and);
    if (group !== null) [value, i] = [value + group.value, group.to];
  }
  return { value: total + value, to: i };
}

function belowHundred(tokens: readonly Token[], i: number): { value: number; to: number } | null {
  const word = normAt(tokens, i);
  const small = SMALL.get(word);
  if (small !== undefined) return { value: small, to: i + 1 };
  const tens = TENS.get(word);
  if (tens === undefined) return null;
  const unit = SMALL.get(normAt(tokens, i + 1));
  return unit !== undefined && unit > 0 && unit < 10 ? { value: tens + unit, to: i + 2 } : { value: tens, to: i + 1 };
}
