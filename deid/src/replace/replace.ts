// A text and its spans into the text without them.
import type { Span } from '../span.ts';
import { generalised } from './generalise.ts';
import { Placeholders, type ReplacementMap } from './placeholder.ts';
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

/** `salt`: a random 32-bit number, new for every request; surrogates are drawn with it, never computed from a value (164.514(c)). */
export function replace(text: string, spans: readonly Span[], mode: Mode, salt: number): Replaced {
  const { of, map } = replacer(text, mode, salt);
  const replacements: string[] = [];
  let out = '';
  let at = 0;
  for (const span of spans) {
    const replacement = of(span, text.slice(span.start, span.end));
    replacements.push(replacement);
    out += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return { text: out + text.slice(at), replacements, map: map() };
}

interface Replacer {
  readonly of: (span: Span, value: string) => string;
  readonly map: () => ReplacementMap;
}

function replacer(text: string, mode: Mode, salt: number): Replacer {
  const nothing = (): ReplacementMap => ({ salt, entries: [] });
  switch (mode) {
    case 'placeholder': {
      const placeholders = new Placeholders(text, salt);
      return { of: (span, value) => placeholders.of(span, value), map: () => placeholders.map() };
    }
    case 'surrogate': {
      const surrogates = new Surrogates(text, salt);
      return { of: (span, value) => surrogates.of(span, value), map: () => surrogates.map() };
    }
    case 'redact':
      return { of: ({ type }) => `[${type}]`, map: nothing };
    case 'generalise':
      return { of: generalised, map: nothing };
  }
}
