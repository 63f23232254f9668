// A human correction of a transcript: words replaced or removed, the segments' texts rebuilt. Pure.
import { ProblemError } from '@cordon/contract';
import {
  joinSegments,
  type TermCandidate,
  type Transcript,
  type TranscriptSegment,
  type TranscriptWord,
} from './transcript.ts';

/** Words `first` to `last` (indexes, both included) become `text`; an empty text removes them. */
export interface WordChange {
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

/** Times of a replacement are those of the words it replaces; what a person wrote is certain. Errors: `invalid_request` for ranges outside or overlapping. */
export function correctWords(transcript: Transcript, changes: readonly WordChange[]): Transcript {
  const ordered = changes.toSorted((left, right) => left.first - right.first);
  let next = 0;
  const words: TranscriptWord[] = [];
  for (const change of ordered) {
    if (change.first < next || change.last < change.first || change.last >= transcript.words.length)
      throw new ProblemError('invalid_request', { field: 'words' });
    words.push(...transcript.words.slice(next, change.first), ...replacement(transcript, change));
    next = change.last + 1;
  }
  words.push(...transcript.words.slice(next));
  const segments = transcript.segments.map((segment) => rebuild(segment, words));
  const { candidates } = transcript;
  return {
    ...transcript,
    words,
    segments,
    text: joinSegments(segments),
    spokenText: joinSegments(segments.map((segment) => ({ text: segment.spokenText }))),
    ...(candidates === undefined ? {} : { candidates: stillOpen(candidates, ordered) }),
  };
}

/** Candidates whose words nobody touched, at the places where these stand now. What was corrected is decided, as suggested or not. */
function stillOpen(candidates: readonly TermCandidate[], changes: readonly WordChange[]): readonly TermCandidate[] {
  return candidates.flatMap((candidate) => {
    if (changes.some((change) => change.first <= candidate.last && change.last >= candidate.first)) return [];
    const before = changes.filter((change) => change.last < candidate.first);
    const shift = before.reduce(
      (sum, change) => sum + change.last - change.first + (change.text.trim() === '' ? 1 : 0),
      0,
    );
    return [{ ...candidate, first: candidate.first - shift, last: candidate.last - shift }];
  });
}

function replacement(transcript: Transcript, { first, last, text }: WordChange): readonly TranscriptWord[] {
  const replaced = transcript.words.slice(first, last + 1);
  const [begin] = replaced;
  const end = replaced.at(-1);
  const trimmed = text.trim();
  if (begin === undefined || end === undefined || trimmed === '') return [];
  const spoken = trimmed.toLowerCase();
  const who = begin.speaker === undefined ? {} : { speaker: begin.speaker };
  return [{ text: trimmed, spoken, start: begin.start, end: end.end, confidence: 1, channel: begin.channel, ...who }];
}

function rebuild(segment: TranscriptSegment, words: readonly TranscriptWord[]): TranscriptSegment {
  const own = words.filter(
    (word) => word.channel === segment.channel && word.start >= segment.start && word.start <= segment.end,
  );
  return {
    ...segment,
    text: own.map((word) => word.text).join(' '),
    spokenText: own.map((word) => word.spoken).join(' '),
  };
}
