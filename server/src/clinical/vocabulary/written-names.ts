// How the vocabulary's names are written when they were heard exactly: capitals, nothing else. Pure.
import { isStopWord } from '#clinical/language/tokens.ts';
import { isKnownWord } from '#clinical/language/vocabulary.ts';
import type { Term } from './terms.ts';

/**
 * Lower-case phrase → as it is written. A single word that is an ordinary one as well ("will", "mark") keeps its small
 * letter, unless it is a drug's; so does one that two terms write differently.
 */
export function writtenNames(terms: readonly Term[]): ReadonlyMap<string, string> {
  const names = new Map<string, string | null>();
  for (const { term, kind } of terms) {
    const heard = term.toLowerCase();
    if (heard === term || !/^[\p{L}\p{M}' ]+$/u.test(term)) continue;
    const ordinary = !heard.includes(' ') && (isStopWord(heard) || (kind !== 'drug' && isKnownWord(heard, '')));
    if (ordinary) continue;
    const before = names.get(heard);
    names.set(heard, before === undefined || before === term ? term : null);
  }
  return new Map([...names].filter((entry): entry is [string, string] => entry[1] !== null));
}
