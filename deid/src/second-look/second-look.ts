// What is about to leave, read once more by other means: shapes of numbers, capitals that no dictionary of words explains, what was
// replaced and still stands somewhere, and the identifiers known. Nothing of the first detector's rules or weights is in it.
import { sealed } from '../error.ts';
import type { Model } from '../engine.ts';
import { findKnown } from '../known/known.ts';
import { ANY_TERM } from '../lexicon/flags.ts';
import { type Lexicon, lookUp, openLexicon } from '../lexicon/lexicon.ts';
import type { ReplacementMap } from '../replace/placeholder.ts';
import { surrogatesIn } from '../restore/surrogates.ts';
import type { KnownIdentifier } from '../span.ts';
import { hashWord } from '../text/fold.ts';
import { tokenise } from '../text/tokens.ts';
import { oddShapes } from './shapes.ts';
import { oddWords } from './words.ts';

export interface SecondLookHit {
  /** UTF-16 code units of the text that was read; `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Why, never what: `canary`, `again`, `capitals`, `number`, `code`, `day`… */
  readonly reason: string;
}

export interface SecondLook {
  /**
   * Hits in order of their beginning; none means that nothing was found. `canaries`: identifiers known, in whatever disguise. `map`:
   * what stands in the text instead of values (passed over) and the values (which must not stand in it). Errors: `DeidError`.
   */
  read(text: string, canaries: readonly KnownIdentifier[], map: ReplacementMap | null): readonly SecondLookHit[];
}

/** Errors: `ModelError` when the model is none of this version. */
export function createSecondLook(model: Model): SecondLook {
  const lexicon = openLexicon(model.lexicon);
  return { read: (text, canaries, map) => sealed(() => read(lexicon, text, canaries, map)) };
}

function read(
  lexicon: Lexicon,
  text: string,
  canaries: readonly KnownIdentifier[],
  map: ReplacementMap | null,
): readonly SecondLookHit[] {
  const blank = blanked(text, map);
  const tokens = tokenise(blank);
  const flags = lookUp(tokens, lexicon);
  const again = (map?.entries ?? []).filter(({ value }) => isTelling(value, lexicon));
  return [
    ...findKnown(tokens, flags, canaries.flatMap(withParts)).map(({ start, end }) => ({
      start,
      end,
      reason: 'canary',
    })),
    ...findKnown(
      tokens,
      flags,
      again.map(({ value }) => ({ type: 'OTHER_ID' as const, value })),
    ).map(({ start, end }) => ({
      start,
      end,
      reason: 'again',
    })),
    ...oddShapes(blank),
    ...oddWords(tokens, flags),
  ].toSorted((a, b) => a.start - b.start);
}

const LEAST_PART = 4; // letters

/** A name and each of its words: spelled out, one alone tells as much. */
function withParts(canary: KnownIdentifier): readonly KnownIdentifier[] {
  if (canary.type !== 'NAME') return [canary];
  const parts = canary.value.match(/[\p{L}\p{M}]+/gu) ?? [];
  return [canary, ...parts.filter((part) => part.length >= LEAST_PART).map((value) => ({ ...canary, value }))];
}

const LEAST_TELLING = 5; // letters and digits

/** A value that is worth looking for again: long enough, and no single word of the dictionary. */
function isTelling(value: string, lexicon: Lexicon): boolean {
  const parts = value.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (parts.join('').length < LEAST_TELLING) return false;
  return parts.length > 1 || /\d/u.test(value) || (lexicon.flagsOf(hashWord(value)) & ANY_TERM) === 0;
}

/** A sign, so that what stands on either side is not read as neighbours. */
const BLANK = '|';
const TOKEN = /\[[A-Z_]{2,11}(?:-\d{1,7}·[a-z][2-9])?\]/gu;

/** The text with what was put into it taken out, as long as before. */
function blanked(text: string, map: ReplacementMap | null): string {
  const plain = text.replaceAll(TOKEN, (token) => BLANK.repeat(token.length));
  let blank = '';
  let at = 0;
  for (const { start, end, type } of surrogatesIn(plain, map?.entries ?? [])) {
    if (type === 'OTHER_ID' && !map?.entries.some(({ token }) => token === plain.slice(start, end))) continue;
    blank += plain.slice(at, start) + BLANK.repeat(end - start);
    at = end;
  }
  return blank + plain.slice(at);
}
