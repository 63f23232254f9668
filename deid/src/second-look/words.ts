// Words that stand out: capitals where the language has none, in words that no dictionary of words knows or that are names.
import {
  ANY_CITY,
  ANY_NAME,
  ANY_WORD,
  CITY_PART,
  DRUG,
  EPONYM,
  FACILITY_WORD,
  LAND,
  MEDICINE,
  PEOPLE,
  WORD_COMMON,
  WORD_USUAL,
} from '../lexicon/flags.ts';
import { hashWord } from '../text/fold.ts';
import { DIGITS, INITIAL, LINE, LOWER, MARK, TITLE, type Tokens, UPPER, WORD } from '../text/tokens.ts';
import type { Shape } from './shapes.ts';

const setOf = (words: string): ReadonlySet<number> => new Set(words.split(' ').map(hashWord));

const TITLES = setOf('dr drs mr mrs ms miss prof professor doctor sr sra dra don doña señor señora');
const CUES = setOf(
  'named name patient called nurse seen by with for from in at of near of against surgeon mother father wife husband son daughter',
);
const THINGS = setOf(
  'disease syndrome sign scale score test criteria trial study classification stage index method procedure maneuver reflex palsy tumor tumour lymphoma catheter tube cells virus fever phenomenon law rule equation formula questionnaire inventory guidelines protocol regimen technique operation law rash nodes bodies body line triad position grade type contracture hernia fracture disorder anemia sarcoma thyroiditis esophagus ulcer',
);
const LEAST_LETTERS = 3;
const ODD = 2;

/** Capitalised words that score as names; linear in the text. */
export function oddWords(tokens: Tokens, flags: Uint32Array): readonly Shape[] {
  if (isShouted(tokens)) return [];
  const found: Shape[] = [];
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== WORD || !isCapital(tokens.shape[at] as number)) continue;
    if ((tokens.end[at] as number) - (tokens.start[at] as number) < LEAST_LETTERS) continue;
    if (oddness(tokens, flags, at) >= ODD)
      found.push({ start: tokens.start[at] as number, end: tokens.end[at] as number, reason: 'capitals' });
  }
  return found;
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
  const flag = flags[at] as number;
  let sum = ofWord(flag, tokens.shape[at] as number);
  const before = previous(tokens, at);
  sum += before === null ? -1 : ofNeighbour(tokens, flags, before);
  if (before !== null && TITLES.has(tokens.hash[before] as number)) sum += 3;
  else if (before !== null && CUES.has(tokens.hash[before] as number)) sum += 0.5;
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
  if ((flag & (ANY_CITY | CITY_PART)) !== 0) sum += 0.5;
  if (flag === 0) sum += shape === UPPER ? -1 : 1.5;
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
