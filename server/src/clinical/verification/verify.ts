// The deterministic verifier: one sentence against the words it cites. It never asks a model and never guesses in favour
// of the sentence. Free paraphrase is beyond it (bench/results/verification.json says by how much).
import { tokenize } from '#clinical/language/tokens.ts';
import { utterancesOf, type Utterance } from '#clinical/language/utterances.ts';
import type { Citation, Reason, SourceClass, Verdict } from '#clinical/notes/draft.ts';
import { LOW_ACCURACY_MARK, type Transcript } from '#clinical/transcription/transcript.ts';
import { checkAlignment } from './alignment.ts';
import { checkHeard, type Hearing } from './check-heard.ts';
import { checkPolarity } from './check-polarity.ts';
import {
  checkCertainty,
  checkDrugs,
  checkLaterality,
  checkNumbers,
  checkSpeaker,
  checkTime,
  type Claim,
  type Fault,
} from './checks.ts';
import { readStatements, type Statement } from './evidence.ts';
import { supportOf } from './support.ts';

export interface Sentence {
  readonly text: string;
  readonly source: SourceClass;
  readonly citations: readonly Citation[];
}

/** `support`: 0 to 1, the share of the sentence's content found in what it cites, lowered by every fault. */
export interface Finding {
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly support: number;
}

/** Under the first a sentence is unsupported, under the second weak. Chosen on ACI-Bench train (docs/decisions/0051). */
const UNSUPPORTED_BELOW = 0.2;
const WEAK_BELOW = 0.5;
/** From here up a sentence follows its citation so closely that the sign of every content word is compared. */
const CLOSE_FROM = 0.75;
/** Only within so few utterances: in a whole visit most words are said both ways. */
const TIGHT = 4;

/**
 * Verifies one sentence. Sentences of source `clinician-added` and `accepted-normal` rest on a person, not on a
 * transcript: they are `supported` when they cite nothing, and verified like any other when they cite.
 */
export function verifySentence(sentence: Sentence, transcript: Transcript): Finding {
  if (sentence.citations.length === 0) {
    const declared = sentence.source === 'clinician-added' || sentence.source === 'accepted-normal';
    return declared
      ? { verdict: 'supported', reasons: [], support: 1 }
      : { verdict: 'unsupported', reasons: [{ code: 'no_citation', said: sentence.text, cited: null }], support: 0 };
  }
  const cited = sentence.citations.map((citation) => citedUtterances(citation, transcript));
  const mismatch = sentence.citations.find((citation, i) => !quotes(citation, cited[i] ?? []));
  if (mismatch !== undefined)
    return {
      verdict: 'unsupported',
      reasons: [{ code: 'citation_mismatch', said: mismatch.quote, cited: null }],
      support: 0,
    };
  const hearing = transcript.engine.endsWith(LOW_ACCURACY_MARK) ? 'low_accuracy' : 'by_confidence';
  return judge(sentence.text, readStatements(cited.flat()), hearing);
}

function citedUtterances(citation: Citation, transcript: Transcript): Utterance[] {
  const [from, to] = citation.words;
  const indexes = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  return utterancesOf(
    indexes.filter((index) => transcript.words[index]?.channel === citation.channel),
    transcript.words,
  );
}

// The quote must be exactly the transcript's words of its range: a citation cannot say what the recording did not.
function quotes(citation: Citation, utterances: readonly Utterance[]): boolean {
  return utterances.length > 0 && utterances.map((utterance) => utterance.text).join(' ') === citation.quote;
}

/** The verdict on a text given what it cites, already read, and how the recogniser's confidence is to be taken. */
export function judge(text: string, statements: readonly Statement[], hearing: Hearing): Finding {
  const claim: Claim = { text, tokens: tokenize(text) };
  const { share, compact, missing } = supportOf(claim, statements);
  // A question's words take their sign from the reply, so a joined answer is compared by concepts, never word by word.
  const asked = statements.some((statement) => statement.utterance.question);
  const aligned = asked ? null : checkAlignment(claim, statements);
  const faults: Fault[] = [
    ...checkDrugs(claim, statements),
    ...checkNumbers(claim, statements),
    ...checkLaterality(claim, statements),
    ...(aligned ?? checkPolarity(claim, statements, share >= CLOSE_FROM && statements.length <= TIGHT)),
  ];
  const soft = [
    ...checkCertainty(claim, statements),
    ...checkSpeaker(claim, statements),
    ...checkTime(claim, statements),
    ...checkHeard(claim, statements, hearing),
  ];
  const words: Reason[] =
    share < WEAK_BELOW && missing !== null ? [{ code: 'words_absent', said: missing, cited: null }] : [];
  const reasons = [...faults.map((fault) => fault.reason), ...words, ...soft.map((fault) => fault.reason)];
  return {
    verdict: verdictOf(share, faults, soft),
    reasons,
    support: ((share + compact) / 2) * FAULT_FACTOR ** faults.length,
  };
}

/** What each fault leaves of the support score. */
const FAULT_FACTOR = 0.5;

function verdictOf(share: number, faults: readonly Fault[], soft: readonly Fault[]): Verdict {
  if (faults.some((fault) => fault.fatal)) return 'contradicted';
  if (faults.length > 0 || share < UNSUPPORTED_BELOW) return 'unsupported';
  return share < WEAK_BELOW || soft.length > 0 ? 'weak' : 'supported';
}
