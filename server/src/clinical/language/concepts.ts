// Concepts: what remains of a text when lay and clinical words, brand and generic, and word endings have been reconciled.
import { CLINICAL_WORDS, CONCEPT_ROWS, FINDING_WORDS } from './concepts.data.ts';
import { drugMentions } from './drugs.ts';
import { isStopWord, stem, type Token } from './tokens.ts';

/** `name` compares equal for things that mean the same; [from, to) is its token range. */
export interface Concept {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

interface Phrases {
  /** First stem of a phrase → the phrases that begin with it, longest first. */
  readonly byFirst: ReadonlyMap<string, readonly { readonly stems: readonly string[]; readonly name: string }[]>;
}

const PHRASES = readPhrases(CONCEPT_ROWS);
const CLINICAL = new Set(CLINICAL_WORDS.trim().split(/\s+/u).map(stem));
const CLINICAL_ENDING =
  /(?:itis|osis|emia|ectomy|otomy|oscopy|algia|pathy|plasty|uria|rrhea|oma|plegia|megaly|gram|graphy|iasis|penia)$/u;

function readPhrases(rows: string): Phrases {
  const byFirst = new Map<string, { stems: readonly string[]; name: string }[]>();
  for (const row of rows.trim().split('\n')) {
    const [name = '', list = ''] = row.split(': ');
    for (const phrase of list.split(', ')) {
      const stems = phrase.split(' ').map(stem);
      const first = stems[0] ?? '';
      byFirst.set(first, [...(byFirst.get(first) ?? []), { stems, name: `:${name}` }]);
    }
  }
  for (const group of byFirst.values()) group.sort((a, b) => b.stems.length - a.stems.length);
  return { byFirst };
}

/** The concepts of a token sequence in order: phrases first, then drugs, then content words by stem. Numbers are left to `quantities`. */
export function concepts(tokens: readonly Token[]): Concept[] {
  const stems = tokens.map((token) => stem(token.norm));
  const drugs = new Map(drugMentions(tokens).map((drug) => [drug.from, drug]));
  const out: Concept[] = [];
  for (let i = 0; i < tokens.length;) {
    const drug = drugs.get(i);
    const phrase = drug === undefined ? phraseAt(stems, i) : null;
    if (drug !== undefined) out.push({ name: `rx:${drug.ingredient}`, from: i, to: drug.to });
    else if (phrase !== null) out.push({ name: phrase.name, from: i, to: i + phrase.length });
    else if (!isStopWord(tokens[i]?.norm ?? '') && !/^\d|^%$/u.test(tokens[i]?.norm ?? ''))
      out.push({ name: stems[i] ?? '', from: i, to: i + 1 });
    i = drug?.to ?? i + (phrase?.length ?? 1);
  }
  return out;
}

function phraseAt(stems: readonly string[], i: number): { name: string; length: number } | null {
  for (const phrase of PHRASES.byFirst.get(stems[i] ?? '') ?? []) {
    if (phrase.stems.every((part, k) => stems[i + k] === part))
      return { name: phrase.name, length: phrase.stems.length };
  }
  return null;
}

/** Whether a word belongs to clinical talk: a listed word, a drug-like or disease-like ending. */
export function isClinical(norm: string): boolean {
  return CLINICAL.has(stem(norm)) || (norm.length > 5 && CLINICAL_ENDING.test(norm));
}

/** Whether a concept is something a text affirms or denies of a patient: a symptom, finding, condition, habit or drug. */
export function isFinding(concept: Concept, tokens: readonly Token[]): boolean {
  if (concept.name.startsWith('rx:')) return true;
  const parts = tokens.slice(concept.from, concept.to).map((token) => token.norm);
  return parts.some((norm) => FINDINGS.has(stem(norm)) || (norm.length > 5 && FINDING_ENDING.test(norm)));
}

const FINDINGS = new Set(FINDING_WORDS.trim().split(/\s+/u).map(stem));
const FINDING_ENDING = /(?:itis|osis|emia|algia|uria|rrhea|megaly|plegia|penia)$/u;
