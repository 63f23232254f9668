// Hot words of a transducer: terms that its search is drawn to. Lines for sherpa-onnx's `hotwordsFile`; they work with
// `modified_beam_search`, `modelingUnit: 'bpe'` and the model's `bpeVocab` only. Pure. Measured in docs/decisions/0082.
import { isStopWord } from '#clinical/language/tokens.ts';
import { beginningOf, piecesOf, type Pieces } from './pieces.ts';
import { spokenForms, type Term } from './terms.ts';

/** Bonus per matched piece for a term of weight 1, in the logarithm of probability. More made other words worse, less found fewer terms. */
export const HOT_WORD_SCORE = 0.75;

/** Lines: measured up to 650 without harm; each makes the search's graph larger. */
const MAX_HOT_WORDS = 1_000;

/** Letters of the shortest word that is worth it: shorter ones are parts of too many others. */
const LEAST_LETTERS = 4;

export interface HotWords {
  /** One phrase per line with its own score: `EPOGEN :0.75`. */
  readonly lines: readonly string[];
  /** Spoken forms left out, and why: for the person who keeps the list. */
  readonly left: { readonly unspellable: number; readonly common: number; readonly surplus: number };
}

/**
 * Left out are forms that the model cannot spell, and forms whose first piece is a common word of its own ("and" of
 * Anderson): the bonus would fall on every "and" that is said. Heavier terms come first where there are too many.
 */
export function hotWords(terms: readonly Term[], pieces: Pieces): HotWords {
  const left = { unspellable: 0, common: 0, surplus: 0 };
  const scored = new Map<string, number>();
  for (const term of terms.toSorted((a, b) => (b.weight ?? 1) - (a.weight ?? 1))) {
    for (const form of spokenForms(term)) {
      const fit = fitOf(form, pieces);
      if (fit !== 'fits') left[fit] += 1;
      else if (scored.size === MAX_HOT_WORDS && !scored.has(form)) left.surplus += 1;
      else if (!scored.has(form)) scored.set(form, HOT_WORD_SCORE * (term.weight ?? 1));
    }
  }
  const lines = [...scored].map(([form, score]) => `${pieces.upper ? form.toUpperCase() : form} :${String(score)}`);
  return { lines, left };
}

function fitOf(form: string, pieces: Pieces): 'fits' | 'unspellable' | 'common' {
  const words = form.split(' ');
  const spelled = words.map((word) => piecesOf(word, pieces));
  if (spelled.includes(null) || !/^[\p{L}' ]+$/u.test(form)) return 'unspellable';
  const first = beginningOf(spelled[0]?.[0] ?? '') ?? '';
  if (form.length < LEAST_LETTERS || words.every(isStopWord) || isCommon(first)) return 'common';
  return 'fits';
}

/** Single letters begin many terms and few words alone; "a" and "i" are the exceptions. */
function isCommon(piece: string): boolean {
  return piece === 'a' || piece === 'i' || (piece.length > 1 && isStopWord(piece));
}
