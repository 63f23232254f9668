// Whether a word is one that visits are made of. Recognisers that write letter by letter make words that are none:
// "epigen" for Epogen, "createning" for creatinine. Such a word is the surest sign of an error that a transcript has.
import { isClinical } from './concepts.ts';
import { isListedDrug } from './drugs.ts';
import { isFiller, isStopWord, stem } from './tokens.ts';
import { VISIT_STEMS } from './vocabulary.data.ts';

const KNOWN = new Set(VISIT_STEMS.trim().split(/\s+/u));

/** Single letters are spoken on their own in "vitamin D" and "type A"; a lone consonant elsewhere is half a word. */
const LETTER_AFTER = new Set('vitamin type hepatitis group plan part stage class'.split(' '));

/** `norm`, as in `Token`; `before`: the norm in front of it. Numbers and joined letters and digits ("b12", "a1c") are known. */
export function isKnownWord(norm: string, before: string): boolean {
  if (norm.length === 1 && /[a-z]/u.test(norm)) return norm === 'a' || norm === 'i' || LETTER_AFTER.has(before);
  if (/\d|^%$|^\[/u.test(norm) || isStopWord(norm) || isFiller(norm)) return true;
  return KNOWN.has(stem(norm)) || isClinical(norm) || isListedDrug(norm);
}
