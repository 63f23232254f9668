// Which drug a word names: brand and generic meet in one ingredient; look-alikes are kept apart.
import { DRUG_ROWS } from './drugs.data.ts';
import { LOOKALIKE_PAIRS } from './lookalikes.data.ts';
import type { Token } from './tokens.ts';

/** A drug named in text. `ingredient` is the generic name, or the word itself when only its ending says it is a drug. */
export interface DrugMention {
  readonly ingredient: string;
  readonly from: number;
  readonly to: number;
  readonly listed: boolean;
}

interface Lexicon {
  readonly byName: ReadonlyMap<string, string>;
  /** The words of names of two words. */
  readonly parts: ReadonlySet<string>;
  readonly lookalikes: ReadonlySet<string>;
}

const LEXICON = readLexicon(DRUG_ROWS, LOOKALIKE_PAIRS);

function readLexicon(rows: string, pairs: string): Lexicon {
  const byName = new Map<string, string>();
  for (const row of rows.trim().split('\n')) {
    const names = row.split(' ').map((name) => name.replaceAll(/[_-]/gu, ' '));
    for (const name of names) byName.set(name, names[0] ?? name);
  }
  const lookalikes = new Set<string>();
  for (const pair of pairs.trim().split('\n')) {
    const [a = '', b = ''] = pair.split(' ').map((name) => byName.get(name) ?? name);
    lookalikes.add(pairKey(a, b));
  }
  const parts = new Set([...byName.keys()].filter((name) => name.includes(' ')).flatMap((name) => name.split(' ')));
  return { byName, parts, lookalikes };
}

function pairKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

// Stems of the United States Adopted Names scheme long enough not to end ordinary words (ama-assn.org, USAN stems).
const DRUG_ENDING =
  /^[a-z]{3,}(?:pril|sartan|olol|statin|dipine|oxacin|mycin|cillin|azole|prazole|tidine|triptan|gliptin|gliflozin|glutide|semide|thiazide|azepam|azolam|barbital|profen|coxib|mab|tinib|ciclib|vir|caine|setron|oxetine|pramine|triptyline|parin|xaban|gatran|fibrate|cycline|conazole|dronate|lukast|terol|sone|solone|olone|phylline|afil|osin|kinra|cept|prost|platin|taxel|rubicin)$/u;

const NOT_DRUGS = new Set(
  'person reason season lesson poison arson mason comparison vaccine caine concept accept except percept intercept frost silicone cortisone person environs blouson unison bison crimson damson'.split(
    ' ',
  ),
);

/** Every drug named in a token sequence, in order. Two-word names are tried first. */
export function drugMentions(tokens: readonly Token[]): DrugMention[] {
  const out: DrugMention[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const one = tokens[i]?.norm ?? '';
    const two = `${one} ${tokens[i + 1]?.norm ?? ''}`;
    const pair = LEXICON.byName.get(two);
    if (pair !== undefined) {
      out.push({ ingredient: pair, from: i, to: i + 2, listed: true });
      i += 1;
      continue;
    }
    const single = drugOf(one);
    if (single !== null) out.push({ ...single, from: i, to: i + 1 });
  }
  return out;
}

function drugOf(norm: string): { ingredient: string; listed: boolean } | null {
  const listed = LEXICON.byName.get(norm);
  if (listed !== undefined) return { ingredient: listed, listed: true };
  if (DRUG_ENDING.test(norm) && !NOT_DRUGS.has(norm)) return { ingredient: norm, listed: false };
  return null;
}

/** Whether the word is the name of a listed drug or a part of one; an ending like a drug's is not enough. */
export function isListedDrug(norm: string): boolean {
  return LEXICON.byName.has(norm) || LEXICON.parts.has(norm);
}

/** Whether two ingredients are on the list of names mistaken for one another. */
export function looksAlike(a: string, b: string): boolean {
  return LEXICON.lookalikes.has(pairKey(a, b));
}
