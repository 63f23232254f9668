// When the words of a run are heard. Recognisers give times that overlap, have no length, run backwards or are missing: whatever they
// say, the answer covers every moment at which the word may have been said.
import { channelsOf, type Run, type Stretch, type TimedTranscript, type TimedWord } from './timed.ts';

/** How a run was placed: by its words' own times, or by what stands around a word without usable ones. */
export type Placing = 'words' | 'around';

export interface Placed {
  readonly run: Run;
  readonly stretches: readonly Stretch[];
  readonly placing: Placing;
}

/** Seconds. The shortest word of any use takes about a tenth; a time shorter than half of it is a mark, not a length. */
const LEAST_WORD = 0.05;

/** Seconds that a word without a length may reach on either side, into pauses: longer than any word but the longest is said in. */
const REACH = 1;

/** Seconds of a pause inside a run that are silenced with it: somebody who spells or looks a number up pauses so long, not longer. */
const LONGEST_PAUSE = 5;

/** `duration`: of the recording, seconds. */
export function placeRuns(transcript: TimedTranscript, runs: readonly Run[], duration: number): readonly Placed[] {
  const before = neighbours(transcript, -1);
  const after = neighbours(transcript, 1);
  return runs.map((run) => {
    let placing: Placing = 'words';
    const stretches: Stretch[] = [];
    for (const index of run.words) {
      const word = transcript.words[index] as TimedWord;
      const bounds = boundsOf(transcript, word, before[index], after[index], duration);
      const own = ownStretch(word, bounds);
      if (own === null) placing = 'around';
      stretches.push(own ?? bounds);
    }
    return { run, stretches: joinedStretches(stretches, LONGEST_PAUSE), placing };
  });
}

/** What overlaps or lies no further apart than `gap` becomes one. Sorted. */
export function joinedStretches(stretches: readonly Stretch[], gap = 0): readonly Stretch[] {
  const joined: Stretch[] = [];
  for (const stretch of stretches.toSorted((one, other) => one.start - other.start)) {
    const last = joined.at(-1);
    if (last !== undefined && stretch.start <= last.end + gap) {
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, stretch.end) };
    } else joined.push(stretch);
  }
  return joined;
}

/** Whether the word has both times. */
export function isTimed({ start, end }: Pick<TimedWord, 'start' | 'end'>): boolean {
  return start !== null && end !== null && Number.isFinite(start) && Number.isFinite(end);
}

/** Null for a word without times. One without a length reaches into the pauses around it. */
function ownStretch(word: TimedWord, bounds: Stretch): Stretch | null {
  if (!isTimed(word) || word.start === null || word.end === null) return null;
  const start = Math.min(word.start, word.end);
  const end = Math.max(word.start, word.end);
  if (end - start >= LEAST_WORD) return { start, end };
  return {
    start: Math.min(start, Math.max(bounds.start, start - REACH)),
    end: Math.max(end, Math.min(bounds.end, end + REACH)),
  };
}

/** Between the timed words before and after it on its channel; its segment's own times where those are nearer. */
function boundsOf(
  { segments }: TimedTranscript,
  word: TimedWord,
  before: TimedWord | undefined,
  after: TimedWord | undefined,
  duration: number,
): Stretch {
  const segment = segments[word.segment];
  const inside = segment !== undefined && isTimed(segment) && Number(segment.end) > Number(segment.start);
  const lowest = before === undefined ? 0 : Math.min(Number(before.start), Number(before.end));
  const low = before === undefined ? 0 : Math.max(Number(before.start), Number(before.end));
  const high = after === undefined ? duration : Math.min(Number(after.start), Number(after.end));
  const highest = after === undefined ? duration : Math.max(Number(after.start), Number(after.end));
  // Times that run backwards say nothing about what lies between: then all of it is taken.
  const [start, end] = high > low ? [low, high] : [Math.min(lowest, high), Math.max(low, highest)];
  if (!inside) return { start, end };
  const within = { start: Math.max(start, Number(segment.start)), end: Math.min(end, Number(segment.end)) };
  return within.end > within.start
    ? within
    : { start: Math.min(start, Number(segment.start)), end: Math.max(end, Number(segment.end)) };
}

/** For each word the next one with times on its channel, backwards (-1) or forwards (1). */
function neighbours(transcript: TimedTranscript, step: 1 | -1): readonly (TimedWord | undefined)[] {
  const found: (TimedWord | undefined)[] = [];
  for (const channel of channelsOf(transcript)) {
    let last: TimedWord | undefined;
    for (const index of step === 1 ? channel.toReversed() : channel) {
      found[index] = last;
      const word = transcript.words[index] as TimedWord;
      if (isTimed(word)) last = word;
    }
  }
  return found;
}
