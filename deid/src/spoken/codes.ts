// Numbers of people and things as they are said: telephone numbers, record numbers, security numbers.
import type { Category } from '../span.ts';
import { before, type Found, NOTHING, type Recogniser } from '../recognise/recogniser.ts';
import { hashWord } from '../text/fold.ts';
import { DIGITS, GLUED, LINE, type Tokens, WORD } from '../text/tokens.ts';
import { NUMBER_WORDS, spokenRun } from './numbers.ts';

/** What was said before a number says what it is; the last that fits wins. */
const LEADS: readonly (readonly [Category, string, RegExp])[] = [
  ['SSN', 'ssn', /(?:social security|social|s ?s ?n)\b/u],
  ['FAX', 'fax', /\bfax\b/u],
  ['PHONE', 'phone', /\b(?:phone|telephone|cell|mobile|call(?:back)?|reach|contact|pager|tel[eé]fono|text|dial)\b/u],
  [
    'MRN',
    'mrn',
    /\b(?:m ?r ?n|medical record|med rec|record number|chart number|patient (?:id|number|i d)|hospital number)\b/u,
  ],
  ['HEALTH_PLAN', 'health-plan', /\b(?:member|policy|insurance|subscriber|medicare|medicaid|plan|group number)\b/u],
  ['ACCOUNT', 'account', /\b(?:account|billing|invoice)\b/u],
  ['LICENSE', 'license', /\b(?:licen[sc]e|d ?e ?a|n ?p ?i|certificate)\b/u],
  ['DEVICE', 'device', /\b(?:serial|device|implant|lot number)\b/u],
  ['LOCATION', 'zip', /\b(?:zip|postal)(?: ?code)?\b/u],
  [
    'OTHER_ID',
    'id',
    /\b(?:case|accession|reference|confirmation|claim|i ?d|order|specimen|encounter|visit) ?(?:number|i ?d)?\b/u,
  ],
];
const LEAD_REACH = 44; // `medical record number for this patient is`
const LEAST_PIECES = 3; // tokens
const LEAST_LABELLED = 4;
const LEAST_ALONE = 7;
const ONE_LETTER =
  /^(?:number|is|was|i ?d|code|it'?s|of|the|for|my|her|his|best|to|at|on|back|me|them|us|record|um|uh|okay|patient|number's)$/u;

export const spokenNumber: Recogniser = {
  starts: { words: [...NUMBER_WORDS, 'o', ...'abcdefghjklmnpqrstuvwxyz'.split('')], digits: true },
  find({ tokens }, at): readonly Found[] {
    if (!isFirst(tokens, at) || spokenRun(tokens, at, true).end - at < LEAST_PIECES) return NOTHING;
    const lead = leadOf(before(tokens, at, LEAD_REACH));
    const run = spokenRun(tokens, at, lead !== null);
    const digits = run.digits.length - run.letters;
    const pieces = run.end - at;
    if (pieces < LEAST_PIECES || digits < (lead === null ? LEAST_ALONE : LEAST_LABELLED)) return NOTHING;
    if (run.words === 0 && !isSaidInFigures(tokens, at, run.end)) return NOTHING;
    if (run.letters > digits + 2) return NOTHING;
    const [type, rule] =
      lead ??
      (digits === 10 || digits === 11 || digits === 7 ? (['PHONE', 'phone'] as const) : (['OTHER_ID', 'id'] as const));
    return [
      {
        start: tokens.start[at] as number,
        end: tokens.end[run.end - 1] as number,
        type,
        score: lead === null ? 0.8 : 0.92,
        rule: `spoken-${rule}`,
      },
    ];
  },
};

/** A run is looked at once, from its beginning; figures glued to something are written, not said. */
function isFirst(tokens: Tokens, at: number): boolean {
  if (
    tokens.kind[at] === DIGITS &&
    (tokens.gap[at] === GLUED || (tokens.end[at] as number) - (tokens.start[at] as number) > 4)
  )
    return false;
  if (at === 0 || tokens.gap[at] === LINE) return true;
  const single = isSingle(tokens, at);
  if (isSingle(tokens, at - 1) && single) return false;
  return spokenRun({ ...tokens, count: at }, at - 1, false).end <= at - 1;
}

function isSingle(tokens: Tokens, at: number): boolean {
  return tokens.kind[at] === WORD && (tokens.end[at] as number) - (tokens.start[at] as number) === 1;
}

/** `4 1 5 5 5 5 1 2 3 4`: figures said one by one stand alone between spaces. */
function isSaidInFigures(tokens: Tokens, from: number, to: number): boolean {
  let single = 0;
  for (let at = from; at < to; at += 1) {
    if (tokens.kind[at] === DIGITS && (tokens.end[at] as number) - (tokens.start[at] as number) === 1) single += 1;
    if (at > from && tokens.gap[at] === 0 && tokens.kind[at] === DIGITS) return false;
  }
  return single >= LEAST_ALONE - 1;
}

function leadOf(lead: string): readonly [Category, string] | null {
  let best: readonly [Category, string] | null = null;
  let last = -1;
  for (const [type, rule, form] of LEADS) {
    for (const found of lead.matchAll(new RegExp(form, 'gu'))) {
      const end = found.index + found[0].length;
      if (end > last && isBridge(lead.slice(end))) {
        best = [type, rule];
        last = end;
      }
    }
  }
  return best;
}

/** Between what a number is called and the number stand small words alone. */
function isBridge(between: string): boolean {
  return between
    .split(/[^\p{L}']+/u)
    .filter((word) => word !== '')
    .every((word) => ONE_LETTER.test(word));
}

const DOT = hashWord('dot');
const UNDERSCORE = hashWord('underscore');
const DASH = hashWord('dash');
const tops = new Set(
  [
    'com',
    'org',
    'net',
    'edu',
    'gov',
    'io',
    'health',
    'uk',
    'ca',
    'es',
    'de',
    'fr',
    'example',
    'info',
    'us',
    'co',
    'au',
    'ie',
    'in',
    'nz',
    'mx',
    'biz',
    'me',
    'mil',
    'care',
    'clinic',
  ].map(hashWord),
);

/** `john dot smith at gmail dot com`. */
export const spokenEmail: Recogniser = {
  starts: { words: ['at'] },
  find({ tokens }, at): readonly Found[] {
    const end = domainEnd(tokens, at + 1);
    if (end === null || at === 0 || tokens.kind[at - 1] === 3) return NOTHING;
    let start = at - 1;
    while (
      start >= 2 &&
      isConnector(tokens.hash[start - 1] as number) &&
      tokens.kind[start - 2] !== 3 &&
      at - start < 12
    )
      start -= 2;
    while (start >= 1 && tokens.gap[start] === 0 && at - start < 12) start -= 1;
    if (start >= 1 && tokens.kind[start] === DIGITS && tokens.kind[start - 1] === WORD) start -= 1;
    return [
      {
        start: tokens.start[start] as number,
        end: tokens.end[end - 1] as number,
        type: 'EMAIL',
        score: 0.92,
        rule: 'spoken-email',
      },
    ];
  },
};

/** `www dot clinic dot org`. */
export const spokenUrl: Recogniser = {
  starts: { words: ['www', 'w'] },
  find({ tokens }, at): readonly Found[] {
    let first = at;
    while (tokens.hash[first] === hashWord('w') && first - at < 3) first += 1;
    if (tokens.hash[at] === hashWord('www')) first = at + 1;
    if (tokens.hash[first] !== DOT) return NOTHING;
    const end = domainEnd(tokens, first + 1);
    return end === null
      ? NOTHING
      : [
          {
            start: tokens.start[at] as number,
            end: tokens.end[end - 1] as number,
            type: 'URL',
            score: 0.9,
            rule: 'spoken-url',
          },
        ];
  },
};

function isConnector(hash: number): boolean {
  return hash === DOT || hash === UNDERSCORE || hash === DASH;
}

const MOST_LABELS = 5;

/** The end of `gmail dot com` at `at`. */
function domainEnd(tokens: Tokens, at: number): number | null {
  let next = at;
  for (let label = 0; label < MOST_LABELS; label += 1) {
    if (next + 1 >= tokens.count || tokens.kind[next] !== WORD) return null;
    if (tokens.hash[next + 1] !== DOT) {
      if (tokens.kind[next + 1] === WORD && tokens.hash[next + 2] === DOT) next += 1;
      else return null;
    }
    if (next + 2 < tokens.count && tops.has(tokens.hash[next + 2] as number)) {
      const more = tokens.hash[next + 3] === DOT && tops.has(tokens.hash[next + 4] as number) ? 2 : 0;
      return next + 3 + more;
    }
    next += 2;
  }
  return null;
}
