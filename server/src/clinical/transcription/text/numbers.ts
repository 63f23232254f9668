// Spoken numbers to digits. Pure; each parser takes words and a place and gives the longest number that certainly is one, or null.

export interface SpokenNumber {
  /** Digits as written, with a decimal point if there is one: "120", "0.5", "98.2". */
  readonly digits: string;
  readonly value: number;
  /** Index after the last word that belongs to it. */
  readonly end: number;
}

const UNITS: ReadonlyMap<string, number> = new Map(
  ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'].map((word, value) => [word, value]),
);
const TEENS: ReadonlyMap<string, number> = new Map(
  ['ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'].map(
    (word, index) => [word, 10 + index],
  ),
);
const TENS: ReadonlyMap<string, number> = new Map(
  ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'].map((word, index) => [
    word,
    20 + index * 10,
  ]),
);
const SCALES: readonly (readonly [string, number])[] = [
  ['million', 1_000_000],
  ['thousand', 1_000],
];

/** Words of the longest number below a thousand million, with its "and"s. */
const LONGEST_CARDINAL = 16;

type Words = readonly string[];

/** One digit as a word, or null. "oh" counts as zero only where the caller says so. */
function digitOf(word: string | undefined, oh = false): number | null {
  if (word === undefined) return null;
  return UNITS.get(word) ?? (oh && (word === 'oh' || word === 'o') ? 0 : null);
}

/** Whether the word is a number by itself: "one", "twelve", "forty". */
export function isNumberWord(word: string | undefined): boolean {
  return word !== undefined && (UNITS.has(word) || TEENS.has(word) || TENS.has(word));
}

/** "forty nine", "two hundred and five", "five thousand": a cardinal below a thousand million. */
export function parseCardinal(words: Words, start: number): SpokenNumber | null {
  let total = 0;
  let at = start;
  for (const [scale, factor] of SCALES) {
    const part = belowThousand(words, at);
    if (part === null || words[part.end] !== scale) continue;
    total += part.value * factor;
    at = part.end + 1;
  }
  const joined = at > start && words[at] === 'and' ? at + 1 : at;
  const rest = belowThousand(words, joined);
  if (rest !== null && (at === start || rest.value > 0)) {
    total += rest.value;
    at = rest.end;
  }
  return at === start ? null : { digits: String(total), value: total, end: at };
}

function belowThousand(words: Words, start: number): SpokenNumber | null {
  const first = belowHundred(words, start);
  if (first === null || words[first.end] !== 'hundred' || first.value === 0) return first;
  let end = first.end + 1;
  let value = first.value * 100;
  const rest = belowHundred(words, words[end] === 'and' ? end + 1 : end);
  // "five hundred five hundred" is a number said twice and no 505.
  if (rest !== null && rest.value > 0 && words[rest.end] !== 'hundred') {
    value += rest.value;
    end = rest.end;
  }
  return { digits: String(value), value, end };
}

/** "a hundred", "a hundred and twenty", "hundred": certain only where a measurement is asked for. */
export function parseRoundHundred(words: Words, start: number): SpokenNumber | null {
  const skipped = words[start] === 'a' ? 1 : 0;
  const scale = words[start + skipped];
  if (scale !== 'hundred' && !(scale === 'thousand' && skipped === 1)) return null;
  const number = parseCardinal(['one', ...words.slice(start + skipped, start + skipped + LONGEST_CARDINAL)], 0);
  return number === null ? null : { ...number, end: start + skipped + number.end - 1 };
}

/** "two and a half" → 2.5. */
export function parseAndAHalf(words: Words, start: number): SpokenNumber | null {
  const whole = parseCardinal(words, start);
  if (whole === null) return null;
  const end = whole.end + 3;
  if (words.slice(whole.end, end).join(' ') !== 'and a half') return null;
  return { digits: `${whole.digits}.5`, value: whole.value + 0.5, end };
}

/** "oh three", "twelve", "twenty one": a part of a date or a clock time, up to 99. */
export function parsePart(words: Words, start: number): SpokenNumber | null {
  const word = words[start];
  if (word !== 'oh' && word !== 'o' && word !== 'zero') return belowHundred(words, start);
  const digit = digitOf(words[start + 1]);
  return digit === null ? null : { digits: `0${String(digit)}`, value: digit, end: start + 2 };
}

function belowHundred(words: Words, start: number): SpokenNumber | null {
  const word = words[start];
  if (word === undefined) return null;
  const simple = UNITS.get(word) ?? TEENS.get(word);
  if (simple !== undefined) return { digits: String(simple), value: simple, end: start + 1 };
  const tens = TENS.get(word);
  if (tens === undefined) return null;
  const unit = UNITS.get(words[start + 1] ?? '') ?? 0;
  const value = tens + unit;
  return { digits: String(value), value, end: unit === 0 ? start + 1 : start + 2 };
}

/** "ninety eight point two", "zero point oh five", "seven point twenty five". */
export function parseDecimal(words: Words, start: number): SpokenNumber | null {
  const unsaid = words[start + 1] === 'oh' ? parseElided(words, start) : null;
  const whole = unsaid ?? parseCardinal(words, start);
  if (whole === null || words[whole.end] !== 'point') return null;
  const fraction = parseFraction(words, whole.end + 1);
  return fraction === null ? null : decimal(whole.digits, fraction);
}

/** "point five": a zero is written before it, as the safe writing of doses asks (ISMP, "List of Error-Prone Abbreviations"). */
export function parsePoint(words: Words, start: number): SpokenNumber | null {
  if (words[start] !== 'point') return null;
  const fraction = parseFraction(words, start + 1);
  return fraction === null ? null : decimal('0', fraction);
}

function decimal(whole: string, fraction: { readonly digits: string; readonly end: number }): SpokenNumber {
  const digits = `${whole}.${fraction.digits}`;
  return { digits, value: Number(digits), end: fraction.end };
}

function parseFraction(words: Words, start: number): { readonly digits: string; readonly end: number } | null {
  let digits = '';
  let at = start;
  for (let digit = digitOf(words[at], true); digit !== null; digit = digitOf(words[at], true)) {
    digits += String(digit);
    at += 1;
  }
  if (digits !== '') return { digits, end: at };
  const pair = belowHundred(words, start);
  return pair === null ? null : { digits: pair.digits, end: pair.end };
}

/** "one twenty", "one oh five", "two fifty": hundreds left unsaid. Only in a context that makes it certain. */
export function parseElided(words: Words, start: number): SpokenNumber | null {
  const hundreds = digitOf(words[start]);
  if (hundreds === null || hundreds === 0) return null;
  const oh = words[start + 1] === 'oh' || words[start + 1] === 'o' ? digitOf(words[start + 2]) : null;
  if (oh !== null && oh > 0) return elided(hundreds, oh, start + 3);
  const rest = belowHundred(words, start + 1);
  return rest === null || rest.value < 10 ? null : elided(hundreds, rest.value, rest.end);
}

function elided(hundreds: number, rest: number, end: number): SpokenNumber {
  const value = hundreds * 100 + rest;
  return { digits: String(value), value, end };
}

/** "nineteen ninety eight", "twenty twenty four", "twenty oh nine", "two thousand eighteen". */
export function parseYear(words: Words, start: number): SpokenNumber | null {
  const cardinal = parseCardinal(words, start);
  if (cardinal !== null && cardinal.value >= 1900 && cardinal.value <= 2100) return cardinal;
  const century = words[start] === 'nineteen' ? 1900 : words[start] === 'twenty' ? 2000 : null;
  if (century === null) return null;
  const oh = words[start + 1] === 'oh' ? digitOf(words[start + 2]) : null;
  if (oh !== null) return { digits: String(century + oh), value: century + oh, end: start + 3 };
  const rest = belowHundred(words, start + 1);
  if (rest === null || rest.value < 10) return null;
  return { digits: String(century + rest.value), value: century + rest.value, end: rest.end };
}

const REPEATS: ReadonlyMap<string, number> = new Map([
  ['double', 2],
  ['triple', 3],
]);

/**
 * Digits said one by one, "double five" among them: a number of a record, a telephone number. `least`: how many make it
 * certain. Counting aloud ("one two three four five") is no number.
 */
export function parseDigitString(words: Words, start: number, least: number): SpokenNumber | null {
  let digits = '';
  let at = start;
  for (;;) {
    const repeats = REPEATS.get(words[at] ?? '');
    const digit = digitOf(words[repeats === undefined ? at : at + 1], true);
    if (digit === null) break;
    digits += String(digit).repeat(repeats ?? 1);
    at += repeats === undefined ? 1 : 2;
  }
  if (digits.length < least || isCounting(digits) || isStammer(digits)) return null;
  return { digits, value: Number(digits), end: at };
}

/** "nine nine nine nine nine" is 999 said again: one digit alone makes no number of a thing. */
function isStammer(digits: string): boolean {
  return new Set(digits).size === 1;
}

function isCounting(digits: string): boolean {
  return digits.split('').every((digit, index) => index === 0 || Number(digit) === Number(digits[index - 1]) + 1);
}

const ORDINALS: ReadonlyMap<string, number> = new Map([
  ['first', 1],
  ['second', 2],
  ['third', 3],
  ['fourth', 4],
  ['fifth', 5],
  ['sixth', 6],
  ['seventh', 7],
  ['eighth', 8],
  ['ninth', 9],
  ['tenth', 10],
  ['eleventh', 11],
  ['twelfth', 12],
  ['thirteenth', 13],
  ['fourteenth', 14],
  ['fifteenth', 15],
  ['sixteenth', 16],
  ['seventeenth', 17],
  ['eighteenth', 18],
  ['nineteenth', 19],
  ['twentieth', 20],
  ['thirtieth', 30],
]);

/** "third", "twenty first": a day of a month. */
export function parseOrdinal(words: Words, start: number): SpokenNumber | null {
  const word = words[start] ?? '';
  const simple = ORDINALS.get(word);
  if (simple !== undefined) return { digits: String(simple), value: simple, end: start + 1 };
  const tens = TENS.get(word);
  const unit = ORDINALS.get(words[start + 1] ?? '');
  if (tens === undefined || unit === undefined || unit > 9) return null;
  return { digits: String(tens + unit), value: tens + unit, end: start + 2 };
}
