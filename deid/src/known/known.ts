// Identifiers that the caller knows: caught whatever their case, accents, spacing, punctuation, spelling-out or one slip of the pen
// (the documented disguises: docs/formats/deid.md).
import { ANY_TERM, WORD_COMMON, WORD_USUAL } from '../lexicon/flags.ts';
import type { Category, KnownIdentifier, Span } from '../span.ts';
import { foldCode, hashWord } from '../text/fold.ts';
import { INITIAL, LINE, LOWER, MARK, type Tokens, WORD } from '../text/tokens.ts';
import { Automaton } from './automaton.ts';
import { lettersOf, LongWords, Neighbourhood } from './edits.ts';
import { compact, isAlnum, MAYBE_ZERO, spelledOut, type Stream } from './streams.ts';

/** Shorter values would be found in everything; they are matched as whole words alone. */
const LEAST_COMPACT = 3;
/** A word this short has too many neighbours that are words. */
const LEAST_MISSPELT = 4;
const LEAST_PART = 2;

interface Pattern {
  readonly type: Category;
  readonly text: string;
}

/** Findings for everything known, all with certainty 1. Linear in the text, whatever is known. */
export function findKnown(tokens: Tokens, flags: Uint32Array, known: readonly KnownIdentifier[]): readonly Span[] {
  if (known.length === 0) return [];
  const patterns = known.flatMap(({ type, value }) => patternsOf(type, value));
  if (patterns.length === 0) return [];
  const automaton = new Automaton(patterns.map(({ text }) => text));
  return [
    ...matches(tokens.text, compact(tokens), automaton, patterns, 'known'),
    ...spelledMatches(tokens.text, spelledOut(tokens), [...patterns, ...partsOf(known)]),
    ...lookalikes(tokens.text, compact(tokens), known),
    ...words(tokens, flags, known),
  ];
}

/** A value, its words the other way round, and its signs as they are said. */
function patternsOf(type: Category, value: string): readonly Pattern[] {
  const forms = new Set([value]);
  const parts = value.split(/[\s,]+/u).filter((part) => part !== '');
  if (type === 'NAME' && parts.length > 1) {
    forms.add([parts.at(-1) ?? '', ...parts.slice(0, -1)].join(' '));
    forms.add(`${parts[0] ?? ''} ${parts.at(-1) ?? ''}`);
    forms.add(`${parts.at(-1) ?? ''} ${parts[0] ?? ''}`);
  }
  if (/[.@_-]/u.test(value))
    forms.add(
      value.replaceAll('.', ' dot ').replaceAll('@', ' at ').replaceAll('_', ' underscore ').replaceAll('-', ' dash '),
    );
  if (type === 'PHONE' || type === 'FAX') forms.add(value.replace(/^\s*(?:\+|00)?1[\s.-]?(?=\D?\d{3})/u, ''));
  return [...forms].map((form) => ({ type, text: compacted(form) })).filter(({ text }) => text.length >= LEAST_COMPACT);
}

/** Parts of names alone, for spelling: `s m i t h` of `Ann Smith`. */
function partsOf(known: readonly KnownIdentifier[]): readonly Pattern[] {
  return known
    .filter(({ type }) => type === 'NAME')
    .flatMap(({ type, value }) =>
      value
        .split(/[\s,]+/u)
        .map(compacted)
        .filter((text) => text.length >= LEAST_PART)
        .map((text) => ({ type, text })),
    );
}

/** Figures and letters that are written for each other: `0konkwo`, `Sm1th`, `O0774l20`. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'l',
  i: 'l',
  3: 'e',
  5: 's',
  8: 'b',
  4: 'a',
  '@': 'a',
  $: 's',
};
const LEAST_LOOKALIKE = 4;

function plainly(text: string): string {
  return text.replace(/[013458i]/gu, (letter) => LOOKALIKES[letter] ?? letter);
}

/** Values in which figures stand for letters, or letters for figures; without such a one `matches` has found it. */
function lookalikes(text: string, stream: Stream, known: readonly KnownIdentifier[]): readonly Span[] {
  const patterns = [...known.flatMap(({ type, value }) => patternsOf(type, value)), ...partsOf(known)]
    .map(({ type, text: value }) => ({ type, text: plainly(value) }))
    .filter(({ text: value }) => value.length >= LEAST_LOOKALIKE);
  if (patterns.length === 0) return [];
  const codes = new Uint16Array(stream.length);
  for (let at = 0; at < stream.length; at += 1) {
    const letter = String.fromCharCode(stream.codes[at] as number);
    codes[at] = (LOOKALIKES[letter] ?? letter).charCodeAt(0);
  }
  const automaton = new Automaton(patterns.map(({ text: value }) => value));
  return matches(text, { ...stream, codes }, automaton, patterns, 'known-lookalike').filter(({ start, end }) => {
    const found = text.slice(start, end);
    return /\d/u.test(found) && /\p{L}/u.test(found) && isWordEdge(text, start, end);
  });
}

function isWordEdge(text: string, start: number, end: number): boolean {
  return !/[\p{L}\d]/u.test(text.charAt(start - 1)) && !/[\p{L}\d]/u.test(text.charAt(end));
}

function compacted(value: string): string {
  let text = '';
  for (let at = 0; at < value.length; at += 1) {
    const code = foldCode(value.charCodeAt(at));
    if (isAlnum(code)) text += String.fromCharCode(code);
  }
  return text;
}

function matches(
  text: string,
  stream: Stream,
  automaton: Automaton,
  patterns: readonly Pattern[],
  rule: string,
): readonly Span[] {
  return automaton.search(stream.codes, stream.length).flatMap(({ pattern, last }): readonly Span[] => {
    const first = last - automaton.lengthOf(pattern) + 1;
    const found = patterns[pattern];
    const start = stream.starts[first] as number;
    const end = stream.ends[last] as number;
    if (found === undefined || !isWhole(text, start, end)) return [];
    return [{ start, end, type: found.type, score: 1, rule }];
  });
}

/** Values spelled or said from each place on; the stream breaks at every other word, so each try is short. */
function spelledMatches(text: string, stream: Stream, patterns: readonly Pattern[]): readonly Span[] {
  const byFirst = Map.groupBy(patterns, ({ text: value }) => value.charCodeAt(0));
  const spans: Span[] = [];
  for (let at = 0; at < stream.length; at += 1)
    for (const { type, text: value } of byFirst.get(stream.codes[at] as number) ?? []) {
      const end = spelledEnd(stream, at, value, 0);
      if (end === null) continue;
      const [from, to] = [stream.starts[at] as number, stream.ends[end - 1] as number];
      if (isWhole(text, from, to) && (value.length > LEAST_PART || !text.slice(from, to).includes('/')))
        spans.push({ start: from, end: to, type, score: 1, rule: 'known-spelled' });
    }
  return spans;
}

/** Where in the stream `value` from `done` on ends when it begins at `at`; null when it does not stand there. */
function spelledEnd(stream: Stream, at: number, value: string, done: number): number | null {
  const { codes, length } = stream;
  let [position, matched] = [at, done];
  while (matched < value.length) {
    if (position >= length) return null;
    const code = codes[position] as number;
    if (code === MAYBE_ZERO) {
      const zero = value.charCodeAt(matched) === 0x30 ? spelledEnd(stream, position + 1, value, matched + 1) : null;
      if (zero !== null) return zero;
    } else if (code !== value.charCodeAt(matched)) return null;
    else matched += 1;
    position += 1;
  }
  return position;
}

/** Nothing of the same kind, letter or digit, is glued to either end. */
function isWhole(text: string, start: number, end: number): boolean {
  return (
    !goesOn(text.charCodeAt(start - 1), text.charCodeAt(start)) &&
    !goesOn(text.charCodeAt(end - 1), text.charCodeAt(end))
  );
}

function goesOn(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return false;
  const [left, right] = [foldCode(a), foldCode(b)];
  if (!isAlnum(left) || !isAlnum(right)) return false;
  return isDigit(left) === isDigit(right);
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Words of names and places alone, as they are or misspelt, with an initial beside them. */
function words(tokens: Tokens, flags: Uint32Array, known: readonly KnownIdentifier[]): readonly Span[] {
  const { exact, near, long, initials } = wordsOf(known);
  const spans: Span[] = [];
  for (let at = 0; at < tokens.count; at += 1) {
    if (tokens.kind[at] !== WORD) continue;
    const [start, end] = [tokens.start[at] as number, tokens.end[at] as number];
    const common = ((flags[at] as number) & (WORD_COMMON | WORD_USUAL)) !== 0;
    const found = exact.get(tokens.hash[at] as number);
    if (found !== undefined && !(common && tokens.shape[at] === LOWER)) {
      const left = initialBefore(tokens, at, initials);
      const right = initialAfter(tokens, at, initials);
      spans.push({ start: left, end: Math.max(end, right), type: found, score: 1, rule: 'known-part' });
    } else if (
      (!common || tokens.shape[at] !== LOWER || isBeside(tokens, at, exact)) &&
      end - start >= LEAST_MISSPELT - 1 &&
      end - start <= 40
    ) {
      const letters = lettersOf(tokens.text, start, end);
      const slip = near.near(letters) ?? (((flags[at] as number) & ANY_TERM) === 0 ? long.near(letters) : null);
      if (slip !== null) spans.push({ start, end, type: slip, score: 1, rule: 'known-misspelt' });
    }
  }
  return spans;
}

/** A known word stands next to it: then the slip may have made another word of it. */
function isBeside(tokens: Tokens, at: number, exact: ReadonlyMap<number, Category>): boolean {
  return exact.has(tokens.hash[at - 1] ?? 0) || exact.has(tokens.hash[at + 1] ?? 0);
}

interface Words {
  readonly exact: ReadonlyMap<number, Category>;
  readonly near: Neighbourhood<Category>;
  /** Words long enough for two slips. */
  readonly long: LongWords<Category>;
  readonly initials: ReadonlySet<number>;
}

/** Of streets and facilities the kind (`Street`, `Hospital`) is left out: it names nothing. */
const KINDS = new Set(
  'street st avenue ave road rd drive dr lane ln court ct boulevard blvd way place pl apt apartment suite unit floor hospital clinic center centre medical health general memorial regional university care north south east west mr mrs ms the and of de la county city'
    .split(' ')
    .map(hashWord),
);

function wordsOf(known: readonly KnownIdentifier[]): Words {
  const exact = new Map<number, Category>();
  const near = new Neighbourhood<Category>();
  const long = new LongWords<Category>();
  const initials = new Set<number>();
  for (const { type, value } of known) {
    if (type !== 'NAME' && type !== 'LOCATION' && type !== 'FACILITY') continue;
    for (const word of value.split(/[^\p{L}\p{M}]+/u)) {
      if (type === 'NAME' && word !== '') initials.add(foldCode(word.charCodeAt(0)));
      if (word.length < LEAST_PART || (type !== 'NAME' && KINDS.has(hashWord(word)))) continue;
      exact.set(hashWord(word), type);
      if (word.length >= LEAST_MISSPELT) near.add(word, type);
      if (type === 'NAME') long.add(word, type);
    }
  }
  return { exact, near, long, initials };
}

/** The initials before a word, `L. O'` of `L. O'Shaughnessy` too. */
function initialBefore(tokens: Tokens, at: number, initials: ReadonlySet<number>): number {
  let from = at;
  for (let steps = 0; steps < 3; steps += 1) {
    const letter = from > 0 && tokens.kind[from - 1] === MARK ? from - 2 : from - 1;
    if (letter < 0 || tokens.gap[from] === LINE || tokens.shape[letter] !== INITIAL) break;
    if (!initials.has(foldCode(tokens.text.charCodeAt(tokens.start[letter] as number)))) break;
    from = letter;
  }
  return tokens.start[from] as number;
}

function initialAfter(tokens: Tokens, at: number, initials: ReadonlySet<number>): number {
  const next = at + 1;
  if (next >= tokens.count || tokens.gap[next] === LINE || tokens.shape[next] !== INITIAL) return 0;
  return initials.has(foldCode(tokens.text.charCodeAt(tokens.start[next] as number)))
    ? (tokens.end[next] as number)
    : 0;
}
