// A human correction of a transcript: words replaced or removed, the segments' texts rebuilt. Pure.
import { ProblemError } from '@cordon/contract';
import type { Transcript, TranscriptSegment, TranscriptWord } from './transcript.ts';

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
  const join = (texts: readonly string[]): string => texts.filter((text) => text !== '').join(' ');
  return {
    ...transcript,
    words,
    segments,
    text: join(segments.map((segment) => segment.text)),
    spokenText: join(segments.map((segment) => segment.spokenText)),
  };
}

function replacement(transcript: Transcript, { first, last, text }: WordChange): readonly TranscriptWord[] {
  const replaced = transcript.words.slice(first, last + 1);
  const [begin] = replaced;
  const end = replaced.at(-1);
  const trimmed = text.trim();
  if (begin === undefined || end === undefined || trimmed === '') return [];
  const spoken = trimmed.toLowerCase();
  return [{ text: trimmed, spoken, start: begin.start, end: end.end, confidence: 1, channel: begin.channel }];
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
