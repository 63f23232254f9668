// A text and its spans into the text without them.
import type { Span } from '../span.ts';
import { generalised } from './generalise.ts';
import { heldIn, Placeholders, type ReplacementMap } from './placeholder.ts';
import { Surrogates } from './surrogate.ts';

export const MODES = ['placeholder', 'surrogate', 'redact', 'generalise'] as const;
export type Mode = (typeof MODES)[number];

export interface Replaced {
  readonly text: string;
  /** In the order of the spans. */
  readonly replacements: readonly string[];
  /** What turns tokens or surrogates back; empty for `redact` and `generalise`, which cannot be undone. */
  readonly map: ReplacementMap;
}

export interface ReplaceSettings {
  readonly mode: Mode;
  /** A random 32-bit number, new for every request or patient; surrogates are drawn with it, never computed from a value (164.514(c)). */
  readonly salt: number;
  /** Stands for the year of a date without one, when dates are shifted. */
  readonly year: number;
  readonly shiftDates: boolean;
}

/** Of one text. Errors: `DeidError` (`exhausted`). */
export function replace(text: string, spans: readonly Span[], settings: ReplaceSettings): Replaced {
  const replacer = createReplacer(settings, null, heldIn(text));
  return { ...replaced(text, spans, replacer), map: replacer.map() };
}

/** Errors: `DeidError` (`exhausted`). */
export function replaced(
  text: string,
  spans: readonly Span[],
  replacer: Replacer,
): { readonly text: string; readonly replacements: readonly string[] } {
  replacer.see(text);
  const replacements: string[] = [];
  let out = '';
  let at = 0;
  for (const span of spans) {
    const replacement = replacer.of(span, text.slice(span.start, span.end));
    replacements.push(replacement);
    out += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return { text: out + text.slice(at), replacements };
}

/** Gives stand-ins for the spans of one text or of several, consistent over all of them. */
export interface Replacer {
  /** Before the spans of a text: what it says is given to nobody. */
  see(text: string): void;
  of(span: Span, value: string): string;
  map(): ReplacementMap;
}

/** `previous` is a map of the same mode; `taken`: placeholders that are not given (`heldIn`). */
export function createReplacer(
  { mode, salt, year, shiftDates }: ReplaceSettings,
  previous: ReplacementMap | null,
  taken: ReadonlySet<string>,
): Replacer {
  const nothing = { see: () => {}, map: (): ReplacementMap => ({ salt, entries: [] }) };
  switch (mode) {
    case 'placeholder': {
      const placeholders = new Placeholders(salt, taken, previous?.entries);
      return { ...nothing, of: ({ type }, value) => placeholders.of(type, value), map: () => placeholders.map() };
    }
    case 'surrogate':
      return new Surrogates({ salt, shiftDates, year, previous });
    case 'redact':
      return { ...nothing, of: ({ type }) => `[${type}]` };
    case 'generalise':
      return { ...nothing, of: generalised };
  }
}
