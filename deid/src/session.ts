// One request, or all requests of one patient: many texts, one set of tokens.
import type { DeidentifyOptions, Engine } from './engine.ts';
import { DeidError, sealed } from './error.ts';
import { checkOf, partsOf, type ReplacementMap } from './replace/placeholder.ts';
import { createReplacer, replaced, type Replacer } from './replace/replace.ts';
import { meantBy } from './restore/placeholders.ts';
import { Scanner, type Visit } from './restore/scan.ts';
import { surrogatesIn } from './restore/surrogates.ts';
import type { KnownIdentifier, Span } from './span.ts';

export interface DeidSession {
  /** Names found in earlier texts are found in this one too. Errors: `DeidError`. */
  deidentify(text: string): SessionText;
  /** The same, and names found in any of them are found in all. In the same order. Errors: `DeidError`. */
  deidentifyAll(texts: readonly string[]): readonly SessionText[];
  /** Everything given by now, what `previous` held included. */
  map(): ReplacementMap;
}

export interface SessionText {
  readonly text: string;
  /** Of the text as it was given; sorted, not overlapping. */
  readonly spans: readonly Span[];
  /** In the order of the spans. */
  readonly replacements: readonly string[];
}

export interface SessionOptions extends DeidentifyOptions {
  /** Map of an earlier session of the same patient and mode: its values keep their tokens, and its salt is used. */
  readonly previous?: ReplacementMap;
}

/** Names found in earlier texts that are looked for in later ones; more would make every text slow. */
const MAX_LEARNT = 64;
/** Less certain names are not looked for elsewhere. */
const LEAST_SURE = 0.9;

/** Errors: `DeidError` (`map`, `options`). */
export function createSession(engine: Engine, options: SessionOptions): DeidSession {
  const { previous = null, known = [], mode } = options;
  const shiftDates = options.shiftDates !== undefined;
  if (shiftDates && mode !== 'surrogate') throw new DeidError('options');
  if (previous !== null && !fits(previous, mode)) throw new DeidError('map');
  const salt = (previous?.salt ?? options.salt) >>> 0;
  const settings = { mode, salt, year: options.year, shiftDates };
  const replacer = createReplacer(settings, previous, new Set());
  const learnt = new Map<string, KnownIdentifier>();
  for (const { type, value } of previous?.entries ?? []) if (type === 'NAME') learn(learnt, { type, value });
  const detect = (text: string): readonly Span[] => {
    const spans = whole(text, engine.detect(text, { ...options, known: [...known, ...learnt.values()] }));
    for (const { type, score, start, end } of spans)
      if (type === 'NAME' && score >= LEAST_SURE) learn(learnt, { type, value: text.slice(start, end) });
    return spans;
  };
  const put = (text: string, found: readonly Span[]): SessionText => {
    const spans = withLiterals(found, literals(text, mode, replacer, salt));
    return { ...replaced(text, spans, replacer), spans };
  };
  const all = (texts: readonly string[]): readonly SessionText[] => {
    const first = texts.map((text) => ({ text, spans: detect(text), knew: learnt.size }));
    const words = wordsOf(learnt);
    for (const text of texts) replacer.see(text);
    return first.map(({ text, spans, knew }) =>
      put(text, knew < learnt.size && mayHold(text, spans, words) ? detect(text) : spans),
    );
  };
  return {
    deidentify: (text) => sealed(() => put(text, detect(text))),
    deidentifyAll: (texts) => sealed(() => all(texts)),
    map: () => replacer.map(),
  };
}

/** A name that is the beginning of an address of e-mail or the web goes with it: `lisa.k` + `@example.org`. Both lists are sorted. */
function whole(text: string, spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = [];
  for (const span of spans.toReversed()) {
    const next = merged.at(-1);
    const isAddress = next !== undefined && (next.type === 'EMAIL' || next.type === 'URL');
    if (isAddress && span.type === 'NAME' && /^[._-]?$/u.test(text.slice(span.end, next.start)))
      merged[merged.length - 1] = { ...next, start: span.start };
    else merged.push(span);
  }
  return merged.toReversed();
}

/** Words of three letters or more of the names learnt, in lower case. */
function wordsOf(learnt: ReadonlyMap<string, KnownIdentifier>): ReadonlySet<string> {
  return new Set([...learnt.values()].flatMap(({ value }) => value.toLowerCase().match(/\p{L}{3,}/gu) ?? []));
}

/** One of the words stands outside of the spans. */
function mayHold(text: string, spans: readonly Span[], words: ReadonlySet<string>): boolean {
  let at = 0;
  for (const { start, end } of [...spans, { start: text.length, end: text.length }]) {
    const between = text.slice(at, start).toLowerCase();
    for (const [word] of between.matchAll(/\p{L}{3,}/gu)) if (words.has(word)) return true;
    at = end;
  }
  return false;
}

function fits(map: ReplacementMap, mode: DeidentifyOptions['mode']): boolean {
  if (mode === 'redact' || mode === 'generalise') return map.entries.length === 0;
  return map.entries.every(({ token }) => (partsOf(token) !== null) === (mode === 'placeholder'));
}

function learn(learnt: Map<string, KnownIdentifier>, name: KnownIdentifier): void {
  if (learnt.size < MAX_LEARNT && /\p{L}{3}/u.test(name.value)) learnt.set(name.value, name);
}

/** What stands in the caller's text and would be taken for a token of ours in the answer: it is given a token itself. */
function literals(text: string, mode: DeidentifyOptions['mode'], replacer: Replacer, salt: number): readonly Span[] {
  if (mode === 'placeholder') return tokensIn(text, salt);
  return mode === 'surrogate' ? surrogatesIn(text, replacer.map().entries) : [];
}

/** Placeholders as they are written, whoever wrote them, and bent ones that the salt would make certain. */
function tokensIn(text: string, salt: number): readonly Span[] {
  const spans: Span[] = [];
  const visit: Visit = (shape, start) => {
    const { type, number, check, end } = shape;
    if (meantBy(shape) !== 'certain' || type === null || number === null || check === null) return null;
    const isWritten = partsOf(text.slice(start, end)) !== null;
    if (isWritten || checkOf(type, number, salt) === check)
      spans.push({ start, end, type: 'OTHER_ID', score: 1, rule: 'token' });
    return 'leave';
  };
  for (const json of [false, true]) new Scanner(json, visit).read(text, true, () => {});
  return spans;
}

/** Literals keep their extent and take in every finding that touches them. Both lists are sorted. */
function withLiterals(found: readonly Span[], literal: readonly Span[]): readonly Span[] {
  if (literal.length === 0) return found;
  const merged: Span[] = [];
  for (const span of [...found, ...literal].toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || last.end <= span.start) merged.push(span);
    else {
      const strong = span.rule === 'token' ? span : last;
      merged[merged.length - 1] = { ...strong, start: last.start, end: Math.max(last.end, span.end) };
    }
  }
  return merged;
}
