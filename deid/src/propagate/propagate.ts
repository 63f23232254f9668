// A name found once is found everywhere in the document: its parts, and one slip of the pen away; facilities and towns as they are.
import { lettersOf, Neighbourhood } from '../known/edits.ts';
import * as flag from '../lexicon/flags.ts';
import type { Category, Span } from '../span.ts';
import { hashWord } from '../text/fold.ts';
import { LOWER, type Tokens, WORD } from '../text/tokens.ts';

/** Below this a finding is not sure enough to be looked for elsewhere. */
const SURE = 0.9;
const LEAST_PART = 3;
const LEAST_MISSPELT = 6;
const MOST_NAMES = 5_000; // of one document; what comes later is found by itself

const TERMS =
  flag.WORD_COMMON |
  flag.WORD_USUAL |
  flag.EPONYM |
  flag.MEDICINE |
  flag.DRUG |
  flag.FACILITY_WORD |
  flag.LAND |
  flag.PEOPLE;

/** More findings from those of the first pass. `spans` sorted and not overlapping; `modes` as the tagger sees lines (`features.ts`). */
export function propagate(
  tokens: Tokens,
  flags: Uint32Array,
  modes: Uint32Array,
  spans: readonly Span[],
): readonly Span[] {
  const parts = new Map<number, Category>();
  const doubtful = new Map<number, Category>();
  const near = new Neighbourhood<Category>();
  collect(tokens, flags, spans, parts, doubtful, near);
  if (parts.size === 0 && doubtful.size === 0) return [];
  const covered = coverage(tokens, spans);
  const more: Span[] = [];
  for (let at = 0; at < tokens.count; at += 1) {
    if (covered[at] === 1 || tokens.kind[at] !== WORD) continue;
    const lower = tokens.shape[at] === LOWER;
    const cased = modes[at] === 0 || modes[at] === 3;
    const hash = tokens.hash[at] as number;
    const sure = !(lower && cased) || ((flags[at] as number) & flag.ANY_NAME) !== 0;
    const found = (sure ? parts.get(hash) : undefined) ?? (lower || !cased ? undefined : doubtful.get(hash));
    if (found !== undefined) more.push(spanOf(tokens, at, found, 'again'));
    else if (!(lower && cased) && ((flags[at] as number) & (flag.ANY_TERM | flag.ANY_CITY)) === 0) {
      const slip = misspelt(tokens, at, near);
      if (slip !== null) more.push(spanOf(tokens, at, slip, 'again-misspelt'));
    }
  }
  return more;
}

function misspelt(tokens: Tokens, at: number, near: Neighbourhood<Category>): Category | null {
  const [start, end] = [tokens.start[at] as number, tokens.end[at] as number];
  if (near.isEmpty || end - start < LEAST_MISSPELT - 1 || end - start > 40) return null;
  return near.near(lettersOf(tokens.text, start, end));
}

function collect(
  tokens: Tokens,
  flags: Uint32Array,
  spans: readonly Span[],
  parts: Map<number, Category>,
  doubtful: Map<number, Category>,
  near: Neighbourhood<Category>,
): void {
  let at = 0;
  for (const { start, end, type, score, rule } of spans) {
    if (type !== 'NAME' || score < SURE || rule === 'spelled' || parts.size >= MOST_NAMES) continue;
    while (at < tokens.count && (tokens.end[at] as number) <= start) at += 1;
    for (let inside = at; inside < tokens.count && (tokens.start[inside] as number) < end; inside += 1) {
      const length = (tokens.end[inside] as number) - (tokens.start[inside] as number);
      if (tokens.kind[inside] !== WORD || length < LEAST_PART || PARTICLES.has(tokens.hash[inside] as number)) continue;
      const hash = tokens.hash[inside] as number;
      if (((flags[inside] as number) & TERMS) !== 0) {
        if (((flags[inside] as number) & (flag.EPONYM | flag.MEDICINE | flag.DRUG)) === 0) doubtful.set(hash, type);
        continue;
      }
      parts.set(hash, type);
      if (length >= LEAST_MISSPELT) near.add(tokens.text.slice(tokens.start[inside], tokens.end[inside]), type);
    }
  }
}

const PARTICLES = new Set('the and van von der den del los las dos bin ibn jr sr iii'.split(' ').map(hashWord));

function coverage(tokens: Tokens, spans: readonly Span[]): Uint8Array {
  const covered = new Uint8Array(tokens.count);
  let at = 0;
  for (const { start, end } of spans) {
    while (at < tokens.count && (tokens.end[at] as number) <= start) at += 1;
    for (let inside = at; inside < tokens.count && (tokens.start[inside] as number) < end; inside += 1)
      covered[inside] = 1;
  }
  return covered;
}

function spanOf(tokens: Tokens, at: number, type: Category, rule: string): Span {
  return { start: tokens.start[at] as number, end: tokens.end[at] as number, type, score: 0.8, rule };
}
