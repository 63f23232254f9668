// Terms that may have been said where something else was heard. Candidates only: they stand beside the transcript, and a person
// who listened accepts one as a correction. No I/O. Limits measured in docs/decisions/0083.
import { setImmediate as breathe } from 'node:timers/promises';
import { isKnownWord } from '#clinical/language/vocabulary.ts';
import { isListedDrug, looksAlike } from '#clinical/language/drugs.ts';
import { isStopWord } from '#clinical/language/tokens.ts';
import type { TermCandidate, Transcript, TranscriptWord } from '#clinical/transcription/transcript.ts';
import type { Match, Matcher } from './matcher.ts';

/** Likeness from which a term is suggested, for spans with a word that none is, and for ordinary words heard with doubt. */
const LEAST_UNKNOWN = 0.72;
const LEAST_DOUBTED = 0.8;

/** The same for spans that begin or end with "a", "him": such words are mostly right, and then the span is another. */
const LEAST_WITH_STOP = 0.85;

/** Confidence under which an ordinary word may be another: higher than the mark for readers, because likeness is asked for too. */
const DOUBTED = 0.6;

/** The same for words outside the general list: names and rare terms that were heard surely pass. */
const UNKNOWN_DOUBTED = 0.8;

/** Words of the longest span that one term was heard as. */
const MOST_WORDS = 4;

/** Two drugs nearer to each other than this in likeness are doubles: what was said is for a person to hear. */
const DOUBLE_MARGIN = 0.1;

/** How much less like it the listed double of a drug may sound and still be named beside it. */
const DOUBLE_REACH = 0.2;

const MOST_DOUBLES = 2;

/** The most that a look-alike is scored: never as if it were certain. */
const MOST_FOR_LOOKALIKE = 0.5;

/** A form that the tenant itself lists is as sure as a suggestion gets. */
const MOST = 0.99;

/** Suggestions in one transcript: more would be read by nobody. */
const MOST_CANDIDATES = 500;

/** Spans looked at in one transcript: in an hour of speech heard badly there are fewer; what lies beyond has no suggestions. */
const MOST_SPANS = 5_000;

/** In the order of the words; spans of different suggestions do not overlap, but for doubles of one span. */
export async function corrections(
  transcript: Pick<Transcript, 'words' | 'segments'>,
  matcher: Matcher,
): Promise<readonly TermCandidate[]> {
  const limited = limitedTo(matcher, MOST_SPANS);
  const found: Suggested[] = [];
  for (const { id, from, to } of segmentsOf(transcript)) {
    for (let first = from; first < to; first += 1) {
      found.push(...beginningAt(transcript.words, id, first, to, limited));
      await breathe(); // a span takes milliseconds with a long list: requests are served in between
    }
  }
  const best = found.toSorted((a, b) => b.likeness - a.likeness || a.first - b.first);
  const kept: Suggested[] = [];
  const taken = new Map<number, Suggested>();
  for (const candidate of best) {
    const places = indexesOf(candidate);
    const rivals = places.map((place) => taken.get(place)).filter((other) => other !== undefined);
    if (rivals.some((other) => other.first !== candidate.first || other.last !== candidate.last || !other.lookalike))
      continue;
    kept.push(candidate);
    for (const place of places) taken.set(place, taken.get(place) ?? candidate);
  }
  return kept
    .slice(0, MOST_CANDIDATES)
    .toSorted((a, b) => a.first - b.first || b.likeness - a.likeness)
    .map(({ likeness: _likeness, ...candidate }) => candidate);
}

/** Each different span once, and no more than `most`. */
function limitedTo(matcher: Matcher, most: number): Matcher {
  const asked = new Map<string, readonly Match[]>();
  return {
    near(heard, least) {
      const key = `${heard} ${String(least)}`;
      const known = asked.get(key);
      if (known !== undefined || asked.size === most) return known ?? [];
      const found = matcher.near(heard, least);
      asked.set(key, found);
      return found;
    },
  };
}

interface Suggested extends TermCandidate {
  readonly likeness: number;
}

function indexesOf({ first, last }: TermCandidate): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

interface Run {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** Segments as runs of words: these come in the order of the segments. */
function segmentsOf({ words, segments }: Pick<Transcript, 'words' | 'segments'>): readonly Run[] {
  let at = 0;
  return segments.map((segment) => {
    const from = at;
    for (let word = words[at]; word !== undefined && belongs(word, segment); word = words[at]) at += 1;
    return { id: segment.id, from, to: at };
  });
}

function belongs(word: TranscriptWord, segment: Transcript['segments'][number]): boolean {
  return word.channel === segment.channel && word.start >= segment.start && word.end <= segment.end;
}

function beginningAt(
  words: readonly TranscriptWord[],
  id: string,
  first: number,
  to: number,
  matcher: Matcher,
): readonly Suggested[] {
  const found: Suggested[] = [];
  for (let last = first; last < Math.min(to, first + MOST_WORDS); last += 1) {
    const span = words.slice(first, last + 1);
    if (span.some(isFixed)) break;
    const heard = span.map((word) => word.spoken).join(' ');
    for (const suggestion of suggested(span, heard, matcher))
      found.push({ segment: id, first, last, heard, ...suggestion });
  }
  return found;
}

/** Numbers are the verifier's matter, and what a person wrote is certain. */
function isFixed({ text, confidence }: TranscriptWord): boolean {
  return confidence === 1 || /\d/.test(text);
}

type Suggestion = Pick<Suggested, 'term' | 'score' | 'lookalike' | 'likeness'>;

function suggested(span: readonly TranscriptWord[], heard: string, matcher: Matcher): readonly Suggestion[] {
  const least = leastLikeness(span);
  const matches = matcher.near(heard, (least ?? MOST) - DOUBLE_REACH);
  const [best] = matches;
  // Heard as the very term, alone or among its neighbours: nothing to suggest.
  if (best === undefined || matches.some((match) => ` ${heard} `.includes(` ${written(match)} `))) return [];
  if (!best.exact && (least === null || best.score < least)) return [];
  const doubles = matches.filter((match) => isDouble(best, match)).slice(0, MOST_DOUBLES);
  const lookalike = doubles.length > 0 || isListedDrugFor(best, heard);
  return (lookalike ? [best, ...doubles] : [best]).map((match) => ({
    term: match.term.term,
    likeness: match.score,
    score: round(Math.min(match.score, lookalike ? MOST_FOR_LOOKALIKE : MOST)),
    lookalike,
  }));
}

/** How near a term must be; null where nothing speaks against what was heard. Both ends of a span are in doubt. */
function leastLikeness(span: readonly TranscriptWord[]): number | null {
  const [first, last] = [span[0], span.at(-1)];
  if (first === undefined || last === undefined || !isSuspicious(first) || !isSuspicious(last)) return null;
  if (span.every((word) => isStopWord(word.spoken))) return null;
  if (isStopWord(first.spoken) || isStopWord(last.spoken)) return LEAST_WITH_STOP;
  return span.some(isUnknown) ? LEAST_UNKNOWN : LEAST_DOUBTED;
}

function isSuspicious(word: TranscriptWord): boolean {
  return word.confidence < DOUBTED || (word.confidence < UNKNOWN_DOUBTED && isUnknown(word));
}

function isUnknown({ spoken }: TranscriptWord): boolean {
  return !spoken.includes(' ') && !isKnownWord(spoken, '');
}

function written({ term }: Match): string {
  return term.term.toLowerCase();
}

function isDouble(best: Match, other: Match): boolean {
  if (best === other || best.term.kind !== 'drug' || other.term.kind !== 'drug') return false;
  return best.score - other.score < DOUBLE_MARGIN || looksAlike(written(best), written(other));
}

/** Another drug was heard: the suggestion would put one drug for another. */
function isListedDrugFor({ term }: Match, heard: string): boolean {
  return term.kind === 'drug' && isListedDrug(heard);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
