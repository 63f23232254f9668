// Words that stand out: capitals where the language has none, in words that no dictionary of words knows or that are names.
import {
  ANY_CITY,
  ANY_NAME,
  ANY_WORD,
  CITY_PART,
  DRUG,
  EPONYM,
  FACILITY_WORD,
  FIRST_EN,
  LAND,
  LAST,
  MEDICINE,
  PEOPLE,
  PERSON,
  WORD_COMMON,
  WORD_USUAL,
} from '../lexicon/flags.ts';
import { hashWord } from '../text/fold.ts';
import { DIGITS, INITIAL, LINE, LOWER, MARK, TITLE, type Tokens, UPPER, WORD } from '../text/tokens.ts';
import type { Shape } from './shapes.ts';

const setOf = (words: string): ReadonlySet<number> => new Set(words.split(' ').map(hashWord));

const TITLES = setOf('dr drs mr mrs ms miss prof professor doctor sr sra dra don doña señor señora');
const CUES = setOf(
  'named name patient pt called nurse seen by at surgeon mother father wife husband son daughter lives visited referred male female man woman',
);
const THINGS = setOf(
  'disease syndrome sign scale score test criteria trial study classification stage index method procedure maneuver reflex palsy tumor tumour lymphoma catheter tube cells virus fever phenomenon law rule equation formula questionnaire inventory guidelines protocol regimen technique operation law rash nodes bodies body line triad position grade type contracture hernia fracture disorder anemia sarcoma thyroiditis esophagus ulcer',
);
const HOUSES = setOf(
  'hospital hospitals clinic clinics center centre infirmary hospice medical health langone presbyterian',
);
/** Kinds of houses and what they are for: `Cancer Center` names none. */
const GENERIC = setOf(
  'the a an our your this that each any no all at in to from of and or for with general medical health regional community university academic teaching cancer heart stroke trauma pain sleep eye dental surgery surgical surgicenter women children pediatric veterans public private local urgent primary care specialty outpatient inpatient ambulatory rehabilitation rehab wound burn transplant dialysis infusion imaging mental behavioral occupational rural urban tertiary level comprehensive national county city state federal emergency patient please mobile digital electronic personal student family home headache memory diabetes asthma allergy vascular breast fertility hiv tb std icu er ed va us hospital clinic center centre poison birth world global',
);
const CALENDAR = setOf(
  'monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays january february march april may june july august september october november december',
);
const SAINT = hashWord('st');
const WORT = hashWord('wort');
/** Without those that are words of talk in capitals (`OK`, `OH`, `IN`). */
const STATES = new Set(
  'AL AK AZ AR CA CO CT DE FL GA ID IL IA KS KY LA MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND PA RI SC SD TN TX UT VT VA WA WV WI WY DC'.split(
    ' ',
  ),
);
const HOUSE_WORDS = 4;
const LEAST_LETTERS = 3;
const ODD = 1;
/** Where the dictionary does not know the language, capitals at the beginning of a sentence say nothing. */
const ODD_ELSEWHERE = 2.5;
const UNKNOWN_SHARE = 0.25; // of the words in lower case; English text has one in twenty

/** Capitalised words that score as names, and names by their form; linear in the text. */
export function oddWords(tokens: Tokens, flags: Uint32Array): readonly Shape[] {
  if (isShouted(tokens)) return [];
  const foreign = isForeign(tokens, flags);
  const found: Shape[] = [];
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== WORD || !isCapital(tokens.shape[at] as number)) continue;
    const reason = formOf(tokens, flags, at) ?? (isOdd(tokens, flags, at, foreign) ? 'capitals' : null);
    if (reason !== null) found.push({ start: tokens.start[at] as number, end: tokens.end[at] as number, reason });
  }
  return found;
}

function isOdd(tokens: Tokens, flags: Uint32Array, at: number, foreign: boolean): boolean {
  if (!isLong(tokens, at)) return false;
  if (!foreign) return oddness(tokens, flags, at) >= ODD;
  const glued = [at - 1, at + 1].some((mark) => tokens.text.charAt(tokens.start[mark] ?? -1) === '-');
  return !glued && oddness(tokens, flags, at) >= ODD_ELSEWHERE; // glued: mostly signs and syndromes named after several people
}

const isLong = (tokens: Tokens, at: number): boolean =>
  (tokens.end[at] as number) - (tokens.start[at] as number) >= LEAST_LETTERS;

/** Names told by their form alone, common words or not: `Dr. Green`, `Thomas Green`, `Sally R.`, `Mercy Hospital`. */
function formOf(tokens: Tokens, flags: Uint32Array, at: number): string | null {
  const before = previous(tokens, at);
  if (before !== null && TITLES.has(tokens.hash[before] as number)) return 'title';
  if (isSaint(tokens, at)) return 'facility';
  if (((flags[at] as number) & (ANY_CITY | CITY_PART)) !== 0 && isBeforeState(tokens, at)) return 'place';
  const next = following(tokens, at);
  if (next === null || next !== at + 1) return null;
  if (HOUSES.has(tokens.hash[next] as number) && isCapital(tokens.shape[next] as number) && isHouse(tokens, at))
    return 'facility';
  return tokens.shape[at] === TITLE && ((flags[at] as number) & FIRST_EN) !== 0
    ? namePair(tokens, flags, at, before === null)
    : null;
}

/** A given name and what may be a family name or its initial. */
function namePair(tokens: Tokens, flags: Uint32Array, at: number, isFirst: boolean): string | null {
  const [flag, next] = [flags[at] as number, at + 1];
  if ((flag & (MEDICINE | DRUG)) !== 0 || (isFirst && (flag & ANY_WORD) !== 0)) return null;
  if (tokens.shape[next] === INITIAL)
    return '.,;)'.includes(tokens.text.charAt(tokens.end[next] as number)) ? 'initial' : null;
  const behind = following(tokens, next);
  if (behind !== null && THINGS.has(tokens.hash[behind] as number)) return null;
  return tokens.shape[next] === TITLE && ((flags[next] as number) & (LAST | PERSON)) !== 0 ? 'pair' : null;
}

/** `St. Luke's Hospital`, `St. Mary's`; `St. John's wort` is none. */
function isSaint(tokens: Tokens, at: number): boolean {
  const dot = at > 0 && tokens.kind[at - 1] === MARK ? at - 2 : at - 1;
  if (dot < 0 || tokens.hash[dot] !== SAINT || tokens.shape[dot] !== TITLE || tokens.gap[at] === LINE) return false;
  const next = following(tokens, at);
  return next === null || tokens.hash[next] !== WORT;
}

/** `Houston, TX` */
function isBeforeState(tokens: Tokens, at: number): boolean {
  if (at + 2 >= tokens.count || tokens.text.charAt(tokens.start[at + 1] as number) !== ',') return false;
  const [start, end] = [tokens.start[at + 2] as number, tokens.end[at + 2] as number];
  return tokens.gap[at + 2] !== LINE && STATES.has(tokens.text.slice(start, end));
}

/** Of the capitals before a house's kind one is more than a kind itself. */
function isHouse(tokens: Tokens, at: number): boolean {
  for (let word = at; word >= Math.max(0, at - HOUSE_WORDS); word -= 1) {
    if (!isCapital(tokens.shape[word] as number)) return false;
    if (!GENERIC.has(tokens.hash[word] as number)) return true;
    if (tokens.gap[word] === LINE) return false;
  }
  return false;
}

/** Most words in lower case that no dictionary has. */
function isForeign(tokens: Tokens, flags: Uint32Array): boolean {
  let [unknown, words] = [0, 0];
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.shape[at] !== LOWER || !isLong(tokens, at)) continue;
    words += 1;
    if (((flags[at] as number) & (ANY_WORD | MEDICINE | DRUG)) === 0) unknown += 1;
  }
  return unknown > words * UNKNOWN_SHARE;
}

const isCapital = (shape: number): boolean => shape === TITLE || shape === UPPER;

/** Mostly capitals: then they say nothing. */
function isShouted(tokens: Tokens): boolean {
  let [upper, words] = [0, 0];
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== WORD) continue;
    words += 1;
    if (tokens.shape[at] === UPPER) upper += 1;
  }
  return upper * 2 > words;
}

/** Evidence for a name over evidence for a word, in units of about one bit. */
function oddness(tokens: Tokens, flags: Uint32Array, at: number): number {
  if (CALENDAR.has(tokens.hash[at] as number)) return 0; // a date is met by its shape
  const flag = flags[at] as number;
  let sum = ofWord(flag, tokens.shape[at] as number);
  const before = previous(tokens, at);
  sum += before === null ? -1 : ofNeighbour(tokens, flags, before);
  if (before !== null && CUES.has(tokens.hash[before] as number)) sum += 0.5;
  const next = following(tokens, at);
  if (next !== null) {
    if (THINGS.has(tokens.hash[next] as number)) sum -= 2.5;
    else sum += ofNeighbour(tokens, flags, next);
    const facility = ((flags[next] as number) & FACILITY_WORD) !== 0 && tokens.shape[next] === TITLE;
    if (facility) sum += 1.5;
  }
  return sum;
}

function ofWord(flag: number, shape: number): number {
  let sum = 0;
  if ((flag & ANY_NAME) !== 0) sum += 1.5;
  if ((flag & ANY_CITY) !== 0) sum += 1;
  else if ((flag & CITY_PART) !== 0) sum += 0.5;
  if (flag === 0) sum += shape === UPPER ? -1 : 0.75;
  if ((flag & WORD_COMMON) !== 0) sum -= 3;
  else if ((flag & WORD_USUAL) !== 0) sum -= 2;
  else if ((flag & ANY_WORD) !== 0) sum -= 1;
  if ((flag & (MEDICINE | DRUG)) !== 0) sum -= 2.5;
  if ((flag & (EPONYM | FACILITY_WORD)) !== 0) sum -= 2;
  if ((flag & (PEOPLE | LAND)) !== 0) sum -= 2;
  if (shape === UPPER) sum -= 1;
  return sum;
}

/** A capital beside it that is a name, or an initial. */
function ofNeighbour(tokens: Tokens, flags: Uint32Array, at: number): number {
  const [flag, shape] = [flags[at] as number, tokens.shape[at] as number];
  if (shape === INITIAL) return 0.5;
  if (shape !== TITLE) return 0;
  if ((flag & ANY_NAME) !== 0 && (flag & ANY_WORD) === 0) return 1;
  return 0;
}

/** The word before in the same sentence; null at its beginning. */
function previous(tokens: Tokens, at: number): number | null {
  if (at === 0 || tokens.gap[at] === LINE) return null;
  const before = at - 1;
  if (tokens.kind[before] === WORD || tokens.kind[before] === DIGITS) return before;
  const mark = tokens.text.charAt(tokens.start[before] as number);
  if (
    mark === '.' &&
    before > 0 &&
    (TITLES.has(tokens.hash[before - 1] as number) || tokens.shape[before - 1] === INITIAL)
  )
    return before - 1;
  if (!",-\u2019'".includes(mark)) return null;
  return before > 0 && tokens.kind[before - 1] !== MARK ? before - 1 : null;
}

function following(tokens: Tokens, at: number): number | null {
  let next = at + 1;
  if (next < tokens.count && "\u2019'".includes(tokens.text.charAt(tokens.start[next] as number)))
    next += tokens.shape[next + 1] === LOWER ? 2 : 1;
  return next < tokens.count && tokens.gap[next] !== LINE && tokens.kind[next] === WORD ? next : null;
}
