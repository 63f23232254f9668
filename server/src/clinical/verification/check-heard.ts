// How surely the cited words were heard. A sentence can follow its citation to the letter and still be wrong where the
// recogniser was; a word that a patient's safety hangs on must then not read as plainly supported.
import { drugMentions } from '#clinical/language/drugs.ts';
import { lateralities } from '#clinical/language/laterality.ts';
import { quantities, type Quantity } from '#clinical/language/numbers.ts';
import { isNegator } from '#clinical/language/polarity.ts';
import { bareAnswer } from '#clinical/language/replies.ts';
import { isStopWord, stem, type Token } from '#clinical/language/tokens.ts';
import { isKnownWord } from '#clinical/language/vocabulary.ts';
import { LOW_CONFIDENCE, type TranscriptWord } from '#clinical/transcription/transcript.ts';
import { isVague, type Claim, type Fault } from './checks.ts';
import type { Statement } from './evidence.ts';

/** Under this a word that visits do not know is taken for misheard. Chosen on real recordings (docs/decisions/0054). */
const UNKNOWN_BELOW = 0.7;

/** How far an engine's confidence can be believed: not at all for one that gets two words in five wrong. */
export type Hearing = 'by_confidence' | 'low_accuracy';

/**
 * One fault per word, in order: the words that the sentence carries, that matter, and that were not surely heard. With an
 * engine of low accuracy every word that matters is one, and a sentence without any is one as a whole.
 */
export function checkHeard(claim: Claim, statements: readonly Statement[], hearing: Hearing): Fault[] {
  const faults = wordFaults(claim, statements, hearing);
  const words = statements.flatMap(({ utterance }) => utterance.words);
  if (hearing === 'by_confidence' || faults.length > 0 || words.every(isCorrected)) return faults;
  return [fault(claim.text, words.map(({ spoken }) => spoken).join(' '))];
}

function wordFaults(claim: Claim, statements: readonly Statement[], hearing: Hearing): Fault[] {
  const own = read(claim.tokens);
  const asked = statements.some(({ utterance }) => utterance.question);
  return statements.flatMap((statement) => {
    const { words } = statement.utterance;
    const spans = tokenSpans(words, statement.tokens);
    const critical = criticalTokens(statement, own, asked);
    return words.flatMap((word, i): Fault[] => {
      const [from, to] = spans[i] ?? [0, 0];
      const places = Array.from({ length: to - from }, (_, k) => from + k);
      const matters = places.some((at) => critical.has(at));
      const unknown = places.some((at) => isUnknown(statement.tokens, at) && own.norms.has(norm(statement.tokens, at)));
      return isUncertain(word, matters, unknown, hearing) ? [fault(bare(word.text), word.spoken)] : [];
    });
  });
}

// What a person corrected is certain, whatever the engine (transcription/correct.ts).
function isCorrected(word: TranscriptWord): boolean {
  return word.confidence === 1;
}

function isUncertain(word: TranscriptWord, matters: boolean, unknown: boolean, hearing: Hearing): boolean {
  if (isCorrected(word)) return false;
  if (hearing === 'low_accuracy') return matters || unknown;
  return (matters && word.confidence < criticalBelow(word.spoken)) || (unknown && word.confidence < UNKNOWN_BELOW);
}

/**
 * A written word has the confidence of its least certain spoken word, so "49-year-old" (four words) falls under any limit
 * more often than "ten" does. The limit is lowered so that both fall under it about equally often.
 */
function criticalBelow(spoken: string): number {
  return LOW_CONFIDENCE / Math.cbrt(spoken.split(' ').length);
}

function isUnknown(tokens: readonly Token[], at: number): boolean {
  return !isKnownWord(norm(tokens, at), norm(tokens, at - 1));
}

function norm(tokens: readonly Token[], at: number): string {
  return tokens[at]?.norm ?? '';
}

// For each word the tokens [from, to) that begin in it. The text is the words joined by one space.
function tokenSpans(words: readonly TranscriptWord[], tokens: readonly Token[]): (readonly [number, number])[] {
  let [offset, at] = [0, 0];
  return words.map(({ text }) => {
    const from = at;
    offset += text.length + 1;
    while (at < tokens.length && (tokens[at]?.start ?? 0) < offset) at += 1;
    return [from, at] as const;
  });
}

// What the sentence carries of numbers with their units, drugs, allergies, sides, denials and bare answers.
function criticalTokens(statement: Statement, own: Own, asked: boolean): ReadonlySet<number> {
  const { tokens, utterance } = statement;
  const spans: Span[] = [
    ...statement.quantities.filter(
      (quantity) =>
        !isVague(tokens, quantity) &&
        own.numbers.some((other) => quantity.values.some((v) => other.values.includes(v))),
    ),
    ...drugMentions(tokens).filter(({ ingredient }) => own.drugs.has(ingredient)),
    ...statement.sides.filter(({ side }) => own.sides.has(side)).map(({ at }) => ({ from: at, to: at + 1 })),
    ...tokens.flatMap(({ norm: word }, at) => {
      if (isNegator(word)) return own.negated ? [{ from: at, to: at + 1 }] : [];
      return stem(word) === 'allerg' && own.norms.has(word) ? [{ from: at, to: allergyEnd(tokens, at) }] : [];
    }),
  ];
  // "Any chest pain?" "No.": the whole sense of the sentence hangs on that one word.
  if (asked && !utterance.question && bareAnswer(utterance) !== null) spans.push({ from: 0, to: 1 });
  // "Any allergies?" "Yes, peanuts."
  if (asked && !utterance.question && own.allergy)
    spans.push(
      ...tokens.flatMap(({ norm: word }, at) =>
        isStopWord(word) || !own.norms.has(word) ? [] : [{ from: at, to: at + 1 }],
      ),
    );
  return new Set(spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, k) => from + k)));
}

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Own {
  readonly norms: ReadonlySet<string>;
  readonly numbers: readonly Quantity[];
  readonly drugs: ReadonlySet<string>;
  readonly sides: ReadonlySet<string>;
  readonly negated: boolean;
  readonly allergy: boolean;
}

function read(tokens: readonly Token[]): Own {
  return {
    norms: new Set(tokens.map((token) => token.norm)),
    numbers: quantities(tokens),
    drugs: new Set(drugMentions(tokens).map(({ ingredient }) => ingredient)),
    sides: new Set(lateralities(tokens).map(({ side }) => side)),
    negated: tokens.some((token) => isNegator(token.norm)),
    allergy: tokens.some((token) => stem(token.norm) === 'allerg'),
  };
}

// "Allergic to penicillin and latex": what follows, to the end of the clause.
function allergyEnd(tokens: readonly Token[], at: number): number {
  const joined = /^(?:to|are|is|include|includes)$/u.test(tokens[at + 1]?.norm ?? '');
  if (!joined) return at + 1;
  const end = tokens.findIndex((token, i) => i > at && token.clause !== tokens[at]?.clause);
  return end < 0 ? tokens.length : end;
}

/** The word without the mark that ends its sentence. */
const bare = (text: string): string => text.replace(/[.,;:?!]+$/u, '');

function fault(said: string, cited: string): Fault {
  return { fatal: false, reason: { code: 'heard_uncertainly', said, cited } };
}
