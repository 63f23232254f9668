// The terms of a vocabulary and how lists of them are put together. Pure.
import type { VocabularyTerm } from '@cordon/contract';

export type Term = Readonly<Omit<VocabularyTerm, 'spoken'>> & { readonly spoken?: readonly string[] };

/** Terms of one tenant: RxNorm's ingredients and brands are about 24,000; a house's own names come on top. */
export const MAX_TERMS = 50_000;

/** `later` on top of `earlier`: of terms that differ in capitals alone the last one stands, at the first one's place. */
export function merged(earlier: readonly Term[], later: readonly Term[]): readonly Term[] {
  const byKey = new Map<string, Term>();
  for (const term of [...earlier, ...later]) byKey.set(termKey(term.term), tidy(term));
  return [...byKey.values()];
}

/** Two terms are the same when only capitals and spaces tell them apart. */
function termKey(term: string): string {
  return term.toLowerCase().trim().replaceAll(/\s+/gu, ' ');
}

/** The same members in the same order, so that equal lists are equal texts. What says nothing is left out. */
function tidy({ term, spoken, kind, weight }: Term): Term {
  const forms = [...new Set((spoken ?? []).map(termKey))].filter((form) => form !== '');
  return {
    term: term.trim().replaceAll(/\s+/gu, ' '),
    ...(forms.length === 0 ? {} : { spoken: forms }),
    kind,
    ...(weight === undefined || weight === 1 ? {} : { weight }),
  };
}

/** The words that are said for a term, lower case: its spoken forms, else the term's own letters; none where digits stand in it. */
export function spokenForms({ term, spoken }: Term): readonly string[] {
  if (spoken !== undefined && spoken.length > 0) return spoken;
  const own = termKey(term)
    .replaceAll(/[.,()/-]+/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
  return /^[\p{L}\p{M}' ]+$/u.test(own) ? [own] : [];
}
