// From marginals to spans: tokens that are more likely to identify than the threshold, joined while they are of one label, with
// edges that names and places have.
import { stateAt } from '../context/states.ts';
import * as flag from '../lexicon/flags.ts';
import type { Category, Span } from '../span.ts';
import { hashWord } from '../text/fold.ts';
import { GLUED, INITIAL, LINE, LOWER, MARK, SPACE, TITLE, type Tokens, UPPER, WORD } from '../text/tokens.ts';
import type { Seen } from './features.ts';
import { LABELS, LOCATION, NAME, OTHER, OUTSIDE } from './labels.ts';
import type { Marginals } from './tagger.ts';

const TYPES: readonly (Category | null)[] = [null, 'NAME', 'LOCATION', 'FACILITY', 'OTHER_ID'];

/** How likely a token must be to identify, by label; low where a miss costs more than a needless find. */
export interface Thresholds {
  readonly name: number;
  readonly place: number;
  readonly other: number;
}

/** Chosen on `../shared/data/deid`, leaving one corpus out (docs/decisions/0122). */
export const THRESHOLDS: Thresholds = { name: 0.4, place: 0.4, other: 0.6 };

/** Small words that begin or end no name and no place. */
const EDGES = new Set(
  'the our a an his her my your their this that these those at in on of to and or with for by from as is was were be been has had have who whom which um uh said so but if when while also not are we i he she it you they its re per via about after before during since seen like named called does did do can may will should would could patient pt mr mrs ms dr doctor mister missus miss'
    .split(' ')
    .map(hashWord),
);
/** Parts of names in lower case. */
const PARTICLES = new Set(
  'de la las los del der den van von di da das do dos el al bin ibn binti le du des ter ten af av y e bint abu zu zur'
    .split(' ')
    .map(hashWord),
);

interface Run {
  from: number;
  to: number;
  readonly label: number;
  readonly score: number;
}

export function spansOf(
  tokens: Tokens,
  seen: Seen,
  marginals: Marginals,
  covered: Uint8Array,
  thresholds: Thresholds = THRESHOLDS,
): readonly Span[] {
  const spans: Span[] = [];
  for (const run of runsOf(tokens, seen, marginals, covered, thresholds))
    for (const part of run.label === NAME || seen.mode[run.from] === SPANISH ? parted(tokens, seen, run) : [run]) {
      trim(tokens, part, seen.mode[part.from] === SPANISH);
      if (part.from >= part.to || isNothing(tokens, seen, part)) continue;
      widen(tokens, seen, covered, part);
      const type = TYPES[part.label];
      if (type !== undefined && type !== null)
        spans.push({
          start: tokens.start[part.from] as number,
          end: tokens.end[part.to - 1] as number,
          type,
          score: part.score,
          rule: 'tagger',
        });
    }
  return spans;
}

function runsOf(
  tokens: Tokens,
  seen: Seen,
  marginals: Marginals,
  covered: Uint8Array,
  thresholds: Thresholds,
): readonly Run[] {
  const labels = new Uint8Array(tokens.count);
  for (let at = 0; at < tokens.count; at += 1)
    if (covered[at] === 0)
      labels[at] = isMarkup(tokens, at) ? OUTSIDE : labelAt(marginals, at, thresholds, doubtAt(tokens, seen, at));
  const runs: Run[] = [];
  let at = 0;
  while (at < tokens.count) {
    const label = labels[at] as number;
    const from = at;
    let sum = 0;
    do {
      sum += 1 - (marginals[at * LABELS] as number);
      at += 1;
    } while (at < tokens.count && labels[at] === label && goesOn(tokens, from, at));
    if (label !== OUTSIDE) runs.push({ from, to: at, label, score: sum / (at - from) });
  }
  return runs;
}

/** The name of an element: `<UNSURE>`, `</b>`. */
function isMarkup(tokens: Tokens, at: number): boolean {
  if (tokens.gap[at] !== GLUED || tokens.kind[at] !== WORD || at < 1) return false;
  const before = tokens.text.charCodeAt((tokens.start[at] as number) - 1);
  return before === 0x3c || (before === 0x2f && tokens.text.charCodeAt((tokens.start[at] as number) - 2) === 0x3c);
}

/** Over a line's end only after a comma: an address goes on there. */
function goesOn(tokens: Tokens, from: number, at: number): boolean {
  return at === from || tokens.gap[at] !== LINE || tokens.text.charCodeAt(tokens.start[at - 1] as number) === 0x2c;
}

/** Where capitals mean something, a word in lower case must be surer to be a name, a term of medicine or a usual word very sure. */
function doubtAt(tokens: Tokens, seen: Seen, at: number): number {
  if (tokens.kind[at] !== WORD) return 0;
  const flags = seen.raw[at] as number;
  const names = (flags & (flag.ANY_NAME | flag.ANY_CITY | flag.CITY_PART | flag.FACILITY_WORD)) !== 0;
  const term = (flags & (flag.ANY_WORD | flag.MEDICINE | flag.DRUG)) !== 0;
  if (tokens.shape[at] !== LOWER || seen.mode[at] === 1) {
    if (term && !names) return SURE_OF_WORD;
    if (!names && isAcronym(tokens, at) && (seen.mode[at] === 0 || seen.mode[at] === SPANISH)) return SURE_OF_ACRONYM;
    return (flags & (flag.WORD_COMMON | flag.WORD_USUAL)) !== 0 && isSentenceStart(tokens, at) ? SURE_OF_START : 0;
  }
  if (PARTICLES.has(tokens.hash[at] as number) || EDGES.has(tokens.hash[at] as number)) return 0;
  return term && (flags & (flag.ANY_CITY | flag.FIRST_EN | flag.FACILITY_WORD)) === 0 ? SURE_OF_TERM : SURE_OF_LOWER;
}

/** `GETA`, `PIV`: short, in capitals among words that are not, and no name. */
function isAcronym(tokens: Tokens, at: number): boolean {
  const length = (tokens.end[at] as number) - (tokens.start[at] as number);
  return tokens.shape[at] === UPPER && length >= 2 && length <= 5;
}

const SURE_OF_ACRONYM = 0.9;

/** A name that is a word too, at the beginning of a sentence: `Dawn`, `Chase`, `Will`. */
const SURE_OF_START = 0.6;

function isSentenceStart(tokens: Tokens, at: number): boolean {
  if (at === 0 || tokens.gap[at] === LINE) return true;
  const before = tokens.text.charCodeAt(tokens.start[at - 1] as number);
  return before === 0x2e || before === 0x21 || before === 0x3f || before === 0x3b;
}

/** A word that is in no list of names, with a capital or where there are none. */
const SURE_OF_WORD = 0.8;
const SURE_OF_TERM = 0.95;
const SURE_OF_LOWER = 0.7;

function labelAt(marginals: Marginals, at: number, thresholds: Thresholds, doubt: number): number {
  const base = at * LABELS;
  const outside = marginals[base] as number;
  if (outside > 0.99) return OUTSIDE;
  let best = NAME;
  for (let label = NAME + 1; label < LABELS; label += 1)
    if ((marginals[base + label] as number) > (marginals[base + best] as number)) best = label;
  const needed = best === NAME ? thresholds.name : best === OTHER ? thresholds.other : thresholds.place;
  return 1 - outside >= Math.max(needed, doubt) ? best : OUTSIDE;
}

/** Where capitals mean something, a common word in lower case within a name parts it in two: `Gladys to Logan`. */
function parted(tokens: Tokens, seen: Seen, run: Run): readonly Run[] {
  const parts: Run[] = [];
  let from = run.from;
  for (let at = run.from; at < run.to; at += 1) {
    if (!isParting(tokens, seen, at) && !isTermBeforeComma(tokens, seen, at)) continue;
    if (at > from) parts.push({ ...run, from, to: at });
    from = at + 1;
  }
  if (from < run.to) parts.push({ ...run, from });
  return parts;
}

/** A run of terms alone, or in Spanish one without a capital, is no name: `CKD`, `110 x 120`. */
function isNothing(tokens: Tokens, seen: Seen, run: Run): boolean {
  const spanish = seen.mode[run.from] === SPANISH;
  if (run.label === OTHER) return isYearOrLetter(tokens, run);
  if (run.score < SURE_OF_TERM && !hasWord(tokens, run)) return true; // `128 -> 134`
  if (run.label !== NAME && !spanish) return false;
  if (isNamedAfter(tokens, seen, run)) return true;
  for (let at = run.from; at < run.to; at += 1) {
    if (
      tokens.kind[at] !== WORD ||
      (spanish && (tokens.shape[at] === LOWER || tokens.end[at] === (tokens.start[at] as number) + 1))
    )
      continue;
    const flags = seen.raw[at] as number;
    const names = (flags & (flag.ANY_NAME | flag.ANY_CITY | flag.CITY_PART | flag.FACILITY_WORD)) !== 0;
    const terms = (flags & (flag.MEDICINE | flag.DRUG | (spanish ? flag.EPONYM | flag.WORD_USUAL : 0))) !== 0;
    if (!terms || (names && !(spanish && (flags & flag.WORD_USUAL) !== 0 && run.score < SURE_OF_TERM))) return false;
  }
  return true;
}

/** What looks like a name and is an organism, a sign, a speaker's role or a day. */
function isNamedAfter(tokens: Tokens, seen: Seen, run: Run): boolean {
  return isGenus(tokens, seen, run) || isThing(tokens, seen, run) || isRole(tokens, run) || isDay(tokens, run);
}

/** `2001-2003`, `O - swelling`: a year or a letter alone is no code. */
function isYearOrLetter(tokens: Tokens, { from, to }: Run): boolean {
  if (to !== from + 1) return false;
  const value = tokens.text.slice(tokens.start[from], tokens.end[from]);
  return /^(?:(?:19|20)\d\d|\p{L})$/u.test(value);
}

/** `H. pylori`: an initial alone before a word in lower case that is in no dictionary of common words. */
function isGenus(tokens: Tokens, seen: Seen, { from, to }: Run): boolean {
  const initial =
    tokens.shape[from] === INITIAL && (to === from + 1 || (to === from + 2 && tokens.kind[from + 1] === MARK));
  const next = to < tokens.count && tokens.kind[to] === MARK ? to + 1 : to;
  if (!initial || next >= tokens.count || tokens.gap[next] === LINE) return false;
  return tokens.shape[next] === LOWER && ((seen.raw[next] as number) & (flag.WORD_COMMON | flag.WORD_USUAL)) === 0;
}

const HEADS = new Set(
  'sign signs score scale syndrome disease test criteria index triad reflex maneuver manoeuvre procedure operation incision classification stage staging grade rule rules stain staining catheter drain tube clamp forceps retractor palsy paralysis hernia cyst tumor tumour sarcoma lymphoma thyroiditis fracture antigen antigens antibodies bodies cells nodes node spots lines ring rings splint brace collar boot dressing protocol regimen equation formula trial study questionnaire inventory scoring screen method technique approach repair shunt valve virus fever position view law phenomenon effect point lamp treadmill wort'
    .split(' ')
    .map(hashWord),
);

/** `Murphy's sign`, `Duke treadmill`: before what is named after people, a name that is one of theirs, or none too sure, is nobody's. */
function isThing(tokens: Tokens, seen: Seen, { from, to, score }: Run): boolean {
  const next = to < tokens.count && isPossessive(tokens, to + 1) ? to + 2 : to;
  if (next >= tokens.count || tokens.gap[next] !== SPACE || !HEADS.has(tokens.hash[next] as number)) return false;
  for (let at = from; at < to; at += 1)
    if (tokens.kind[at] === WORD && ((seen.raw[at] as number) & flag.EPONYM) === 0 && score >= SURE_OF_HEAD)
      return false;
  return to - from < 4 || score < SURE_OF_HEAD;
}

const SURE_OF_HEAD = 0.85;

const ROLES = new Set(
  'man woman boy girl mom mum dad mother father caller operator nurse provider interpreter therapist client moderator emt daughter son wife husband clinician coach student resident speaker doctor patient physician'
    .split(' ')
    .map(hashWord),
);

const DAYS = new Set('monday tuesday wednesday thursday friday saturday sunday'.split(' ').map(hashWord));

/** A day of the week alone names nobody; as a date it is the recognisers'. */
function isDay(tokens: Tokens, { from, to, score }: Run): boolean {
  return to === from + 1 && score < SURE_OF_TERM && DAYS.has(tokens.hash[from] as number);
}

/** Who speaks, by what they are: `Man: …`. */
function isRole(tokens: Tokens, { from, to }: Run): boolean {
  return (
    to === from + 1 &&
    ROLES.has(tokens.hash[from] as number) &&
    to < tokens.count &&
    tokens.text.charCodeAt(tokens.start[to] as number) === 0x3a
  );
}

function hasWord(tokens: Tokens, { from, to }: Run): boolean {
  for (let at = from; at < to; at += 1) if (tokens.kind[at] === WORD) return true;
  return false;
}

/** `seen.mode` of Spanish text, where any word in lower case that is no particle parts. */
const SPANISH = 3;

/** `CKD, John D.`: the comma parts what is a term from the name after it. */
function isTermBeforeComma(tokens: Tokens, seen: Seen, at: number): boolean {
  if (at < 1 || tokens.text.charCodeAt(tokens.start[at] as number) !== 0x2c) return false;
  const flags = seen.raw[at - 1] as number;
  const term = (flags & (flag.MEDICINE | flag.DRUG)) !== 0;
  return term && ((flags & flag.ANY_NAME) === 0 || (tokens.shape[at - 1] === UPPER && seen.mode[at] === 0));
}

function isParting(tokens: Tokens, seen: Seen, at: number): boolean {
  if (tokens.shape[at] !== LOWER || PARTICLES.has(tokens.hash[at] as number)) return false;
  const mode = seen.mode[at] as number;
  return mode === SPANISH || (mode === 0 && ((seen.raw[at] as number) & flag.WORD_COMMON) !== 0);
}

function trim(tokens: Tokens, run: Run, spanish: boolean): void {
  if (run.label === NAME && run.to - run.from > 2 && isPossessive(tokens, run.to - 1)) run.to -= 2;
  const isLow = (at: number): boolean => spanish && tokens.shape[at] === LOWER;
  while (run.from < run.to && (isEdge(tokens, run.from) || isLow(run.from))) run.from += 1;
  while (
    run.to > run.from &&
    (isLow(run.to - 1) || (isEdge(tokens, run.to - 1) && !isAbbreviation(tokens, run.to - 1)))
  )
    run.to -= 1;
}

function isEdge(tokens: Tokens, at: number): boolean {
  if (tokens.kind[at] === MARK) return true;
  return tokens.shape[at] === LOWER && EDGES.has(tokens.hash[at] as number) && !isPossessive(tokens, at);
}

/** The s of `Smith's`: no part of a person's name, but of a saint's house. */
function isPossessive(tokens: Tokens, at: number): boolean {
  if (at < 1 || tokens.gap[at] !== GLUED || tokens.end[at] !== (tokens.start[at] as number) + 1) return false;
  const code = tokens.text.charCodeAt((tokens.start[at] as number) - 1);
  return (code === 0x27 || code === 0x2019) && /s/iu.test(tokens.text.charAt(tokens.start[at] as number));
}

/** The full stop of an initial belongs to it. */
function isAbbreviation(tokens: Tokens, at: number): boolean {
  return at > 0 && tokens.text.charCodeAt(tokens.start[at] as number) === 0x2e && tokens.shape[at - 1] === INITIAL;
}

/** Takes in what belongs to a name or a place and was left: hyphenated parts, an initial, the State after a city. */
function widen(tokens: Tokens, seen: Seen, covered: Uint8Array, run: Run): void {
  while (run.to + 1 < tokens.count && isJoined(tokens, run.to) && covered[run.to + 1] === 0) run.to += 2;
  while (
    run.from >= 2 &&
    isJoined(tokens, run.from - 1) &&
    tokens.shape[run.from - 2] !== LOWER &&
    covered[run.from - 2] === 0
  )
    run.from -= 2;
  if (
    run.label === NAME &&
    run.to < tokens.count &&
    tokens.shape[run.to] === INITIAL &&
    tokens.gap[run.to] === 1 &&
    isEnd(tokens, run.to + 1) &&
    tokens.text.charCodeAt(tokens.end[run.to] as number) !== 0x2f // c/o
  ) {
    run.to += 1;
    if (isAbbreviation(tokens, run.to)) run.to += 1;
  }
  if (run.label === NAME && run.score >= SURE_OF_NEIGHBOUR) beside(tokens, seen, covered, run);
  if (run.label === LOCATION) run.to = houseEnd(tokens, stateEnd(tokens, seen, run.to));
}

/** A name this sure takes the capital words beside it that can only be names too: `Jildau S` and `Bouts`. */
const SURE_OF_NEIGHBOUR = 0.8;
const SUFFIXES = new Set('ii iii iv jr sr'.split(' ').map(hashWord));

function beside(tokens: Tokens, seen: Seen, covered: Uint8Array, run: Run): void {
  if (run.to < tokens.count && covered[run.to] === 0 && tokens.gap[run.to] === SPACE) {
    if (
      isNameAlone(tokens, seen, run.to) ||
      (SUFFIXES.has(tokens.hash[run.to] as number) && tokens.shape[run.to] !== LOWER)
    )
      run.to += 1;
  }
  if (
    run.from > 0 &&
    covered[run.from - 1] === 0 &&
    tokens.gap[run.from] === SPACE &&
    isNameAlone(tokens, seen, run.from - 1)
  )
    run.from -= 1;
}

/** A capital word that is in a list of names, or in no list, and nothing else. */
function isNameAlone(tokens: Tokens, seen: Seen, at: number): boolean {
  const flags = seen.raw[at] as number;
  return (
    tokens.shape[at] === TITLE &&
    (flags & (flag.ANY_TERM & ~flag.WORD_RARE)) === 0 &&
    (tokens.end[at] as number) - (tokens.start[at] as number) > 2
  );
}

/** A hyphen or an apostrophe at `at` that holds two words together; not that of a possessive. */
function isJoined(tokens: Tokens, at: number): boolean {
  if (at < 1 || at + 1 >= tokens.count || tokens.gap[at] !== GLUED || tokens.gap[at + 1] !== GLUED) return false;
  const code = tokens.text.charCodeAt(tokens.start[at] as number);
  const joint = code === 0x2d || code === 0x27 || code === 0x2019;
  return joint && tokens.kind[at + 1] === WORD && tokens.kind[at - 1] === WORD && tokens.shape[at + 1] !== LOWER;
}

function isEnd(tokens: Tokens, at: number): boolean {
  return at >= tokens.count || tokens.kind[at] === MARK;
}

const HOUSES = new Set(
  'clinic clinics office offices hospital campus branch location practice center centre facility er icu va'
    .split(' ')
    .map(hashWord),
);
const BEFORE_HOUSE = new Set(
  'downtown uptown main north south east west outpatient medical health dental eye heart pain walk-in urgent pediatric'
    .split(' ')
    .map(hashWord),
);

/** `our Dallas clinic`, `the Chicago downtown clinic`: the house goes with the town. */
function houseEnd(tokens: Tokens, to: number): number {
  const at = to < tokens.count && BEFORE_HOUSE.has(tokens.hash[to] as number) ? to + 1 : to;
  return at < tokens.count && tokens.gap[at] === SPACE && HOUSES.has(tokens.hash[at] as number) ? at + 1 : to;
}

/** `, GA` and `, Georgia` after a city; without a comma the State's name alone. */
function stateEnd(tokens: Tokens, seen: Seen, to: number): number {
  const comma = to < tokens.count && tokens.text.charCodeAt(tokens.start[to] as number) === 0x2c;
  const end = stateAt(tokens, comma ? to + 1 : to, comma || seen.mode[to] === 0);
  return end ?? to;
}
