// What is measured and given: blood pressures, doses, ranges, scales, laboratory values, ages.
import {
  isNumberWord,
  parseAndAHalf,
  parseCardinal,
  parseDecimal,
  parseElided,
  parsePoint,
  parseRoundHundred,
} from './numbers.ts';
import type { SpokenNumber } from './numbers.ts';
import { isDose, isDoseUnit, isPiece, parseUnit } from './units.ts';
import type { WrittenUnit } from './units.ts';
import { asSpoken, one } from './written.ts';
import type { Rule, Words, Written } from './written.ts';

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** From here on a number is written in digits even when it stands alone. */
const LEAST_PLAIN = 10;

/** After these a bare "one ten" is a measured value: what has three digits in the body or the laboratory. */
const MEASURED = setOf(
  'pulse rate systolic pressure glucose sugar sugars weight weighs saturation temperature temp fever sodium chloride platelets ' +
    'cholesterol ldl hdl triglycerides',
);
/** Between the measured thing and its value. "At" and "around" are not here: "her sugar at one fifteen" is a time of day. */
const COPULAS = setOf('is was of were are level levels today reads');
const COPULA_REACH = 3;

/** After these "point oh four" begins a number also without a unit. */
const FRACTIONAL = setOf('troponin creatinine lactate bilirubin procalcitonin dimer tsh potassium magnesium calcium');

/** Units of which there are no pieces to count, so that "one ten" before them is 110. */
const UNCOUNTED = setOf('beats breaths degrees percent pounds');

const SCALES = setOf('hundred thousand million');

const RANGE_WORDS = setOf('to or through by');

/** The longest reading that needs no context. */
function certain(words: Words, at: number): SpokenNumber | null {
  return parseDecimal(words, at) ?? parseCardinal(words, at) ?? hundredAnd(words, at);
}

/** "a hundred and eighty" is 180; "a hundred" alone may be many. */
function hundredAnd(words: Words, at: number): SpokenNumber | null {
  const number = words[at] === 'a' ? parseRoundHundred(words, at) : null;
  return number === null || number.value % 100 === 0 ? null : number;
}

/** A reading in a context that asks for a number: hundreds may be left unsaid. */
function asked(words: Words, at: number): SpokenNumber | null {
  const decimal = parseDecimal(words, at) ?? parseRoundHundred(words, at);
  if (decimal !== null) return decimal;
  const elided = parseElided(words, at);
  const cardinal = parseCardinal(words, at);
  return elided !== null && elided.end > (cardinal?.end ?? 0) ? elided : cardinal;
}

/** "one twenty over eighty" → 120/80; "twenty over forty" → 20/40 (visual acuity). */
function bloodPressure(words: Words, at: number): readonly Written[] | null {
  const upper = asked(words, at);
  if (upper === null || words[upper.end] !== 'over') return null;
  const lower = asked(words, upper.end + 1);
  if (lower === null) return null;
  const pressure = upper.value >= 50 && upper.value <= 300 && lower.value >= 20 && lower.value < upper.value;
  const acuity = upper.value === 20 && lower.value >= 10 && lower.value <= 400;
  if (!pressure && !acuity) return null;
  // "one twenty to one thirty over seventy to eighty" are two ranges and no 130/70.
  if (words[at - 1] === 'to' && isNumberWord(words[at - 2])) return asSpoken(words, at, lower.end);
  if (words[lower.end] === 'to' && isNumberWord(words[lower.end + 1])) return asSpoken(words, at, lower.end);
  return [{ text: `${upper.digits}/${lower.digits}`, start: at, end: lower.end }];
}

/** "seven out of ten" → 7 out of 10. "Six seven out of ten" is somewhere between two and stays. */
function scale(words: Words, at: number): readonly Written[] | null {
  const value = certain(words, at);
  if (value === null || words[value.end] !== 'out' || words[value.end + 1] !== 'of') return null;
  const whole = parseCardinal(words, value.end + 2);
  if (whole === null || whole.value < 5) return null;
  if (isNumberWord(words[at - 1])) return asSpoken(words, at, whole.end);
  return [one(value, at), ...asSpoken(words, value.end, value.end + 2), one(whole, value.end + 2)];
}

/** "forty nine year old" → 49-year-old; "six months old" → 6 months old. */
function age(words: Words, at: number): readonly Written[] | null {
  const number = parseCardinal(words, at);
  if (number === null || number.value > 120) return null;
  const unit = words[number.end] ?? '';
  if (!/^olds?$/.test(words[number.end + 1] ?? '') || !/^(year|month|week|day)s?$/.test(unit)) return null;
  const end = number.end + 2;
  if (isNumberWord(words[at - 1]) || words.slice(at - 3, at).join(' ') === 'and a half')
    return asSpoken(words, at, end);
  if (unit.endsWith('s')) return [one(number, at), ...asSpoken(words, number.end, end)];
  return [{ text: `${number.digits}-${unit}-${words[number.end + 1] ?? 'old'}`, start: at, end }];
}

/** "ten milligrams" → 10 mg, "point five milligrams" → 0.5 mg, "half a milligram" → 0.5 mg, "ninety eight percent" → 98%. */
function quantity(words: Words, at: number): readonly Written[] | null {
  const number = amount(words, at);
  if (number === null) return null;
  const unit = parseUnit(words, number.end);
  if (unit === null) return null;
  // "one twenty milligram tablet" may be one tablet of 20 mg or 120 mg: it stays as it was said.
  if (isRunOn(words, at) || isDoubtful(words, at, number)) return asSpoken(words, at, unit.end);
  return withUnit(number, unit, at);
}

function amount(words: Words, at: number): SpokenNumber | null {
  const point = parsePoint(words, at);
  if (point !== null) return isDoseUnit(words[point.end]) ? point : null;
  const loose = halfOf(words, at) ?? parseAndAHalf(words, at) ?? parseRoundHundred(words, at);
  const unit = loose === null ? null : parseUnit(words, loose.end);
  if (loose !== null && unit !== null && !isPiece(unit)) return loose;
  return unsaidHundreds(words, at) ?? certain(words, at);
}

/** "half a milligram": of what is poured or weighed, not of a tablet, which is cut. */
function halfOf(words: Words, at: number): SpokenNumber | null {
  if (words[at] !== 'half') return null;
  const end = words[at + 1] === 'a' ? at + 2 : at + 1;
  return isDoseUnit(words[end]) ? { digits: '0.5', value: 0.5, end } : null;
}

function withUnit(number: SpokenNumber, unit: WrittenUnit, at: number): readonly Written[] {
  if (unit.attached) return [{ text: `${number.digits}${unit.text}`, start: at, end: unit.end }];
  const text = isDose(unit) ? doseDigits(number.digits) : number.digits;
  return [
    { text, start: at, end: number.end },
    { text: unit.text, start: number.end, end: unit.end },
  ];
}

/** Doses as the ISMP list of error-prone writing asks: 1,000 with its comma, never 1.0, which is read as 10. */
function doseDigits(digits: string): string {
  const [whole = '', fraction = ''] = digits.split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  const kept = fraction.replace(/0+$/, '');
  return kept === '' ? grouped : `${grouped}.${kept}`;
}

/** A number stands in front that may belong to this one: "one twenty", "and a half milligram". */
function isRunOn(words: Words, at: number): boolean {
  const before = words[at - 1];
  if (isNumberWord(before) || before === 'hundred' || before === 'thousand' || before === 'point') return true;
  return words[at] === 'half' && (before === 'a' || before === 'and');
}

/** "one twenty" and "one oh five" before any unit. */
function unsaidHundreds(words: Words, at: number): SpokenNumber | null {
  const elided = parseElided(words, at);
  return elided !== null && parseUnit(words, elided.end) !== null ? elided : null;
}

/** Hundreds left unsaid are certain with an "oh", or where nobody counts the things measured: heart beats, degrees. */
function isDoubtful(words: Words, at: number, number: SpokenNumber): boolean {
  const elided = parseElided(words, at);
  if (elided === null || elided.end !== number.end || parseDecimal(words, at) !== null) return false;
  const second = words[at + 1];
  return second !== 'oh' && second !== 'o' && !UNCOUNTED.has(words[number.end] ?? '');
}

/** "five to ten milligrams" → 5 to 10 mg; "six to twelve weeks" → 6 to 12 weeks; "two to three days" stays. */
function range(words: Words, at: number): readonly Written[] | null {
  const read = afterMeasure(words, at) ? asked : certain;
  const low = read(words, at);
  if (low === null || isRunOn(words, at) || !isRangeWord(words, at, low.end)) return null;
  const joint = asSpoken(words, low.end, low.end + 1);
  const measured = quantity(words, low.end + 1);
  if (measured !== null) {
    const written = measured[0]?.text !== words[low.end + 1] && !sharesScale(words, at, low.end);
    return written ? [one(low, at), ...joint, ...measured] : asSpoken(words, at, measured.at(-1)?.end ?? low.end);
  }
  const high = read(words, low.end + 1);
  if (high === null || Math.max(low.value, high.value) < LEAST_PLAIN) return null;
  const doubtful = isNumberWord(words[high.end]) || words[high.end] === 'and' || sharesScale(words, at, low.end);
  if (doubtful) return asSpoken(words, at, high.end);
  return [one(low, at), ...joint, one(high, low.end + 1)];
}

/** "five or six hundred" is 500 or 600, "two to three thousand" 2,000 to 3,000: the low number's scale is left unsaid. */
function sharesScale(words: Words, low: number, joint: number): boolean {
  const scaled = (from: number, to: number): boolean => words.slice(from, to).some((word) => SCALES.has(word));
  const high = parseCardinal(words, joint + 1);
  return high !== null && scaled(joint + 1, high.end) && !scaled(low, joint);
}

function isRangeWord(words: Words, at: number, joint: number): boolean {
  const word = words[joint] ?? '';
  return RANGE_WORDS.has(word) || (word === 'and' && words[at - 1] === 'between');
}

/** "troponin of point oh four" → 0.04: a name from the laboratory stands before it. */
function fraction(words: Words, at: number): readonly Written[] | null {
  const point = parsePoint(words, at);
  if (point === null || !follows(words, at, FRACTIONAL)) return null;
  return [one(point, at)];
}

function plain(words: Words, at: number): readonly Written[] | null {
  const number = afterMeasure(words, at) ? asked(words, at) : certain(words, at);
  if (number === null) return null;
  // What a range left as it was said is not written half: "one twenty to thirty" never becomes "one twenty to 30".
  const ranged =
    RANGE_WORDS.has(words[at - 1] ?? '') && (isNumberWord(words[at - 2]) || SCALES.has(words[at - 2] ?? ''));
  if (ranged || isRunOn(words, at)) return asSpoken(words, at, number.end);
  if (number.digits.includes('.')) return [one(number, at)];
  // "twenty twenty", "one ten", "two hundred point": two readings, so none is chosen.
  const ambiguous =
    isNumberWord(words[number.end]) || words.slice(number.end, number.end + 3).join(' ') === 'and a half';
  return number.value >= LEAST_PLAIN && !ambiguous ? [one(number, at)] : asSpoken(words, at, number.end);
}

function afterMeasure(words: Words, at: number): boolean {
  return follows(words, at, MEASURED);
}

/** Whether one of `names` stands right before, or with an "is" or "level was" between. */
function follows(words: Words, at: number, names: ReadonlySet<string>): boolean {
  for (let back = at - 1; back >= Math.max(0, at - COPULA_REACH); back -= 1) {
    const word = words[back] ?? '';
    if (names.has(word)) return true;
    if (!COPULAS.has(word)) return false;
  }
  return false;
}

export const MEASUREMENT_RULES: readonly Rule[] = [bloodPressure, scale, age, range, quantity, fraction];
export const PLAIN_RULES: readonly Rule[] = [plain];
