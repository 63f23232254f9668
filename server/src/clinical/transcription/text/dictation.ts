// Punctuation that a clinician dictates: "period", "comma", "new paragraph". Only for recordings that are dictations: in a
// visit "period" is a time or a bleeding and "colon" an organ, and nobody says commas. What may be such a word stays a word.

export type Mark = '.' | ',' | ':' | ';' | '?' | '!' | '(' | ')';

/** Where the text goes on after what was dictated. */
export type Break = 'line' | 'paragraph';

interface Spoken {
  readonly mark: Mark | null;
  readonly begins: Break | null;
  /** Before these words, or after them, it is the word that it also is. */
  readonly notAfter?: ReadonlySet<string>;
  readonly notBefore?: ReadonlySet<string>;
}

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));
const mark = (sign: Mark): Spoken => ({ mark: sign, begins: null });

const PERIOD: Spoken = {
  ...mark('.'),
  notAfter: setOf(
    'a the this that her his their my your last first next each every per menstrual time long short brief same late missed heavy monthly ' +
      'postoperative perioperative recovery observation incubation follow-up grace rest',
  ),
  notBefore: setOf('of pain pains cramps cycle bleeding'),
};
const COLON: Spoken = {
  ...mark(':'),
  notAfter: setOf(
    'a the his her their my your entire whole sigmoid transverse ascending descending left right distal proximal of',
  ),
  notBefore: setOf('cancer carcinoma polyp polyps resection mass wall was is tumor tumour surgery screening'),
};

const SPOKEN: ReadonlyMap<string, Spoken> = new Map([
  ['period', PERIOD],
  ['full stop', { ...mark('.'), notAfter: setOf('a the') }],
  ['comma', { ...mark(','), notAfter: setOf('a the'), notBefore: setOf('shaped') }],
  ['colon', COLON],
  ['semicolon', mark(';')],
  ['semi colon', mark(';')],
  ['question mark', { ...mark('?'), notAfter: setOf('a the') }],
  ['exclamation mark', mark('!')],
  ['exclamation point', mark('!')],
  ['open paren', mark('(')],
  ['open parenthesis', mark('(')],
  ['open parentheses', mark('(')],
  ['close paren', mark(')')],
  ['close parenthesis', mark(')')],
  ['close parentheses', mark(')')],
  ['new line', { mark: null, begins: 'line', notAfter: setOf('a the') }],
  ['next line', { mark: null, begins: 'line', notAfter: setOf('the') }],
  ['new paragraph', { mark: null, begins: 'paragraph', notAfter: setOf('a the') }],
  ['next paragraph', { mark: null, begins: 'paragraph', notAfter: setOf('the') }],
]);

/** Most words of a spoken mark. */
const LONGEST = 2;

/** Words after a word that decide whether a mark was said there: those of the longest, and the one that tells it from a word. */
export const DECIDING_WORDS = LONGEST + 1;

/** A mark said with the words `start` (inclusive) to `end` (exclusive). */
export interface Dictated {
  readonly start: number;
  readonly end: number;
  readonly mark: Mark | null;
  readonly begins: Break | null;
}

/** The marks among spoken words, in order. */
export function dictatedMarks(words: readonly string[]): readonly Dictated[] {
  const found: Dictated[] = [];
  for (let at = 0; at < words.length;) {
    const dictated = dictatedAt(words, at);
    if (dictated !== null) found.push(dictated);
    at = dictated?.end ?? at + 1;
  }
  return found;
}

function dictatedAt(words: readonly string[], at: number): Dictated | null {
  for (let length = LONGEST; length > 0; length -= 1) {
    const end = at + length;
    const spoken = end > words.length ? undefined : SPOKEN.get(words.slice(at, end).join(' '));
    if (spoken === undefined) continue;
    const isWord =
      spoken.notAfter?.has(words[at - 1] ?? '') === true || spoken.notBefore?.has(words[end] ?? '') === true;
    return isWord ? null : { start: at, end, mark: spoken.mark, begins: spoken.begins };
  }
  return null;
}
