// What the form of a text says of a name: a title before it, a field's name, a role after it. High certainty, any culture.
import * as flag from '../lexicon/flags.ts';
import { type Found, NOTHING, type Recogniser } from '../recognise/recogniser.ts';
import { hashWord } from '../text/fold.ts';
import { GLUED, INITIAL, LINE, LOWER, MARK, TITLE, type Tokens, UPPER, WORD } from '../text/tokens.ts';

const TITLES = [
  'dr',
  'drs',
  'doctor',
  'mr',
  'mrs',
  'ms',
  'miss',
  'mister',
  'missus',
  'prof',
  'professor',
  'sr',
  'sra',
  'srta',
  'dra',
  'don',
  'dona',
  'rev',
  'sgt',
  'capt',
  'lt',
  'herr',
  'frau',
  'mme',
  'mlle',
];
const LONGEST = 5; // words of one name: two given, a particle, two family names
const PARTICLES = new Set('de la las los del der van von di da dos el al bin ibn le du y'.split(' ').map(hashWord));
const HARD_TERM = flag.EPONYM | flag.FACILITY_WORD | flag.MEDICINE | flag.DRUG | flag.PEOPLE;

/** `Dr. Okafor`, `Mrs. de la Cruz`: capital words after a title. */
export const titled: Recogniser = {
  starts: { words: TITLES },
  find({ tokens, flags }, at): readonly Found[] {
    const dot = isMark(tokens, at + 1, 0x2e);
    const from = dot ? at + 2 : at + 1;
    if (from >= tokens.count || tokens.gap[from] === LINE || (tokens.gap[from] === GLUED && !dot)) return NOTHING;
    if (tokens.shape[at] === LOWER) return spokenTitle(tokens, flags, at, from);
    const to = nameEnd(tokens, flags, from, 3);
    return to === from ? NOTHING : [nameOf(tokens, from, to, 0.93, 'titled')];
  },
};

const SURE_TITLES = new Set(['mr', 'mrs', 'ms', 'mister', 'missus', 'dr'].map(hashWord));

/** `mrs. ward`, `mister edwards` in text without capitals: a word after a title that is in a list of names. */
function spokenTitle(tokens: Tokens, flags: Uint32Array, at: number, from: number): readonly Found[] {
  if (tokens.kind[from] !== WORD || tokens.shape[from] !== LOWER || !SURE_TITLES.has(tokens.hash[at] as number))
    return NOTHING;
  const known = flags[from] as number;
  const named = (known & flag.ANY_NAME) !== 0 || (known & flag.ANY_TERM) === 0;
  const length = (tokens.end[from] as number) - (tokens.start[from] as number);
  return named && length > 2 && !NOT_AFTER.has(tokens.hash[from] as number)
    ? [nameOf(tokens, from, from + 1, 0.85, 'titled')]
    : NOTHING;
}

const NOT_AFTER = new Set(
  'and was will has had said says can may the for you are who she him her his did does not but with that this what when then'
    .split(' ')
    .map(hashWord),
);

const FIELDS =
  'patient|patient name|name|pt|pt name|full name|last name|first name|middle name|maiden name|surname|given name|legal name|preferred name|last|first|family name|forename|mi|recipient|teacher|coach|driver|technologist|therapist|nurse practitioner|midwife|pharmacist|supervisor|attending|attending physician|physician|provider|surgeon|assistant|anesthesiologist|pcp|primary care provider|primary care physician|referring|referring provider|referring physician|ordering provider|consultant|resident|fellow|nurse|rn|author|dictated by|signed by|electronically signed by|electronically signed|transcribed by|reviewed by|prepared by|seen by|cc|emergency contact|next of kin|nok|spouse|wife|husband|mother|father|parent|guardian|son|daughter|brother|sister|caregiver|contact|contact person|interpreter|witness|re|regarding|insured|subscriber|policy holder|policyholder|guarantor|employee|nombre|nombre y apellidos|apellidos|paciente|medico|médico|doctor|remitido por|responsable|firmado|fdo|enfermera|enfermero|pediatra|autor|autora|facultativo|apellidos y nombre|nombre completo'.split(
    '|',
  );
const RE = hashWord('re');
const byFirst = Map.groupBy(
  FIELDS.map((field) => field.split(' ').map(hashWord)),
  ([first]) => first ?? 0,
);

/** `Patient Name: SMITH, JOHN`, `Apellidos: Ramos Baez`: capital words after a field's name and a colon. */
export const field: Recogniser = {
  starts: { words: [...new Set(FIELDS.map((name) => name.split(' ')[0] ?? ''))] },
  find({ tokens, flags }, at): readonly Found[] {
    const longest = (byFirst.get(tokens.hash[at] as number) ?? [])
      .filter((words) => words.every((word, index) => tokens.hash[at + index] === word))
      .reduce((most, { length }) => Math.max(most, length), 0);
    const colon = at + longest;
    if (tokens.hash[at] === RE && tokens.shape[at] === LOWER) return NOTHING; // `counselled re: …`
    if (longest === 0 || !isMark(tokens, colon, 0x3a)) return NOTHING;
    const from = afterTitle(tokens, colon + 1);
    if (from >= tokens.count || tokens.gap[from] === LINE || isField(tokens, from) || isOpening(tokens, from))
      return NOTHING;
    const to = nameEnd(tokens, flags, from, LONGEST);
    if (to === from || !looksLikeName(tokens, flags, from, to)) return NOTHING;
    return [nameOf(tokens, from, to, 0.9, 'field')];
  },
};

const titles = new Set(TITLES.map(hashWord));

/** Past `Dr.` */
function afterTitle(tokens: Tokens, at: number): number {
  if (at >= tokens.count || !titles.has(tokens.hash[at] as number) || tokens.gap[at] === LINE) return at;
  return isMark(tokens, at + 1, 0x2e) || isMark(tokens, at + 1, 0x3a) ? at + 2 : at + 1;
}

/** What begins a field or a speaker's turn instead of a name. */
const NEXT_FIELDS = new Set(
  [
    ...'hi hello hey yes yeah okay ok well so thanks thank no oh um uh sure right good great alright please mhm nope yep'.split(
      ' ',
    ),
    'n',
    'ncol',
    'ºcol',
    'num',
    'nhc',
    'dob',
    'mrn',
    'age',
    'sex',
    'date',
  ].map(hashWord),
);

/** An empty field: the next one follows at once. */
function isField(tokens: Tokens, at: number): boolean {
  return (
    NEXT_FIELDS.has(tokens.hash[at] as number) ||
    /^N[º°]/u.test(tokens.text.slice(tokens.start[at], (tokens.start[at] as number) + 2))
  );
}

const OPENINGS = new Set(
  'the this that these any what how when where why which let is it we you they are does did i'.split(' ').map(hashWord),
);

/** A sentence begins: `Doctor: The test was negative`. */
function isOpening(tokens: Tokens, at: number): boolean {
  return OPENINGS.has(tokens.hash[at] as number) && tokens.kind[at + 1] === WORD;
}

/** Words of which at least one is in the lists of names or in no list; `Patient: Fine, thank you` names nobody. */
function looksLikeName(tokens: Tokens, flags: Uint32Array, from: number, to: number): boolean {
  let [names, common] = [0, 0];
  for (let at = from; at < to; at += 1) {
    if (tokens.kind[at] !== WORD || tokens.shape[at] === INITIAL) continue;
    const known = flags[at] as number;
    if ((known & flag.WORD_COMMON) !== 0 && (known & flag.ANY_NAME) === 0) return false;
    const isWord = (known & (flag.WORD_COMMON | flag.WORD_USUAL | flag.MEDICINE)) !== 0;
    if (isWord) common += 1;
    if ((known & flag.ANY_NAME) !== 0 || (known & flag.ANY_TERM) === 0) names += 1;
  }
  return names > 0 && common < names + Number(to - from > 2) && to - from > common;
}

const ROLES = new Set(
  [
    'md',
    'do',
    'rn',
    'np',
    'pa',
    'phd',
    'dds',
    'dmd',
    'dpm',
    'pharmd',
    'lpn',
    'cna',
    'aprn',
    'fnp',
    'crna',
    'lcsw',
    'msw',
    'dpt',
    'od',
    'facs',
    'facp',
    'mbbs',
    'frcp',
    'dnp',
    'cpnp',
    'agnp',
    'rph',
    'psyd',
    'frcs',
    'pac',
    'bsn',
    'msn',
    'rd',
    'ot',
    'slp',
    'emt',
  ].map(hashWord),
);

/** `Jane Okafor, MD`: capital words before a degree. */
export const degreed: Recogniser = {
  starts: {
    words: [
      'md',
      'do',
      'rn',
      'np',
      'pa',
      'phd',
      'dds',
      'dmd',
      'dpm',
      'pharmd',
      'lpn',
      'cna',
      'aprn',
      'fnp',
      'crna',
      'lcsw',
      'dpt',
      'mbbs',
      'dnp',
      'cpnp',
      'agnp',
      'rph',
      'psyd',
      'frcs',
    ],
  },
  find({ tokens, flags }, at): readonly Found[] {
    if (tokens.shape[at] !== UPPER && !/^(?:PhD|PharmD)$/u.test(tokens.text.slice(tokens.start[at], tokens.end[at])))
      return NOTHING;
    if (!ROLES.has(tokens.hash[at] as number) || at < 2 || tokens.gap[at] === LINE) return NOTHING;
    const comma = isMark(tokens, at - 1, 0x2c);
    const to = comma ? at - 1 : at;
    let from = to;
    while (from > 0 && to - from < 4 && isNameWord(tokens, flags, from - 1) && tokens.gap[from] !== LINE) from -= 1;
    while (from < to && tokens.kind[from] === MARK) from += 1;
    if (to - from < (comma ? 1 : 2) || !looksLikeName(tokens, flags, from, to)) return NOTHING;
    return [nameOf(tokens, from, to, 0.88, 'degree')];
  },
};

function isNameWord(tokens: Tokens, flags: Uint32Array, at: number): boolean {
  if (tokens.kind[at] === MARK) return isInner(tokens, at);
  if (tokens.kind[at] !== WORD) return false;
  const shape = tokens.shape[at] as number;
  if (shape === LOWER) return PARTICLES.has(tokens.hash[at] as number);
  return (
    shape === INITIAL || ((flags[at] as number) & HARD_TERM) === 0 || ((flags[at] as number) & flag.ANY_NAME) !== 0
  );
}

/** Full stop of an initial, apostrophe, hyphen. */
function isInner(tokens: Tokens, at: number): boolean {
  const code = tokens.text.charCodeAt(tokens.start[at] as number);
  return (
    tokens.gap[at] === GLUED &&
    (code === 0x2e ? tokens.shape[at - 1] === INITIAL : code === 0x27 || code === 0x2019 || code === 0x2d)
  );
}

/** The end of the name that begins at `from`: capital words with what joins them, `most` words; `from` when there is none. */
function nameEnd(tokens: Tokens, flags: Uint32Array, from: number, most: number): number {
  let [at, to, words] = [from, from, 0];
  while (at < tokens.count && words < most && (at === from || tokens.gap[at] !== LINE)) {
    if (at > from && isMark(tokens, at, 0x2c) && words === 1 && isListed(tokens, flags, at + 1)) {
      at += 1;
      continue;
    }
    if (!isNameWord(tokens, flags, at)) break;
    if (words > 0 && endsName(tokens, flags, at)) break;
    if (tokens.kind[at] === WORD) {
      const glued = at > from && tokens.gap[at] === GLUED;
      if (glued && tokens.shape[at] === LOWER) break;
      if (isField(tokens, at)) break;
      words += Number(!glued);
      if (tokens.shape[at] !== LOWER) to = at + 1;
    } else if (tokens.shape[at - 1] === INITIAL) to = at + 1;
    at += 1;
  }
  return isCommonOnly(tokens, flags, from, to) ? from : to;
}

const FUNCTION_WORDS = new Set(
  'in on at to of for and or with from by as is was has had if will may can be been who for re pt phone fax tel dob mrn age sex id no c'
    .split(' ')
    .map(hashWord),
);

/** A word that is no name among capitals, or the next field's name. */
function endsName(tokens: Tokens, flags: Uint32Array, at: number): boolean {
  return isShouted(tokens, flags, at) || (tokens.kind[at] === WORD && isMark(tokens, at + 1, 0x3a));
}

/** `DR. OYEYEMI IN FORT PIERCE`, `MRS HALVORSEN REPORTS`: in capitals a word that is no name ends the name. */
function isShouted(tokens: Tokens, flags: Uint32Array, at: number): boolean {
  if (tokens.kind[at] !== WORD || tokens.shape[at] !== UPPER || tokens.gap[at] === GLUED) return false;
  if (FUNCTION_WORDS.has(tokens.hash[at] as number)) return true;
  const known = flags[at] as number;
  return (known & (flag.WORD_COMMON | flag.WORD_USUAL | flag.MEDICINE)) !== 0 && (known & flag.ANY_NAME) === 0;
}

/** After `SMITH,` a given name. */
function isListed(tokens: Tokens, flags: Uint32Array, at: number): boolean {
  if (at >= tokens.count || tokens.kind[at] !== WORD || tokens.gap[at] === LINE) return false;
  const shape = tokens.shape[at] as number;
  if (shape === INITIAL) return true;
  return (
    (shape === TITLE || shape === UPPER) &&
    !ROLES.has(tokens.hash[at] as number) &&
    ((flags[at] as number) & (flag.FIRST | flag.FIRST_EN)) !== 0
  );
}

function isCommonOnly(tokens: Tokens, flags: Uint32Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if (tokens.kind[at] !== WORD) continue;
    const known = flags[at] as number;
    if ((known & flag.ANY_NAME) !== 0 || (known & (flag.WORD_COMMON | flag.WORD_USUAL | flag.MEDICINE)) === 0)
      return false;
  }
  return true;
}

function isMark(tokens: Tokens, at: number, code: number): boolean {
  return at < tokens.count && tokens.kind[at] === MARK && tokens.text.charCodeAt(tokens.start[at] as number) === code;
}

function nameOf(tokens: Tokens, from: number, to: number, score: number, rule: string): Found {
  return { start: tokens.start[from] as number, end: tokens.end[to - 1] as number, type: 'NAME', score, rule };
}
