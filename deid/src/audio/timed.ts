// A transcript as audio is de-identified by: words with times, each of a segment. Plain data; who recognised it does not matter.
import type { Category } from '../span.ts';

export interface TimedWord {
  /** As written: `10`, `Smith,`. */
  readonly text: string;
  /** As said: `ten`, `smith`; the same as `text` where the recogniser gives one form. */
  readonly spoken: string;
  /** Seconds from the beginning; null where the recogniser gave none. */
  readonly start: number | null;
  readonly end: number | null;
  /** 0 to 1; null where there is none. */
  readonly confidence: number | null;
  /** From 0. */
  readonly channel: number;
  /** Index into `segments`. */
  readonly segment: number;
}

/** What somebody said between two pauses. */
export interface TimedSegment {
  readonly start: number | null;
  readonly end: number | null;
  readonly channel: number;
}

export interface TimedTranscript {
  /** In the order of the segments; of one channel in the order in which they were said. */
  readonly words: readonly TimedWord[];
  readonly segments: readonly TimedSegment[];
}

/** Words in a row on one channel that one or several findings join: what is silenced as one. */
export interface Run {
  /** Indexes into `words`, in the order in which they were said. */
  readonly words: readonly number[];
  /** Of the surest finding first. */
  readonly types: readonly Category[];
  readonly score: number;
  readonly rules: readonly string[];
}

/** Seconds. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Indexes of the words of each channel that has any, in the order in which they were said. */
export function channelsOf({ words }: TimedTranscript): readonly (readonly number[])[] {
  const channels = new Map<number, number[]>();
  for (const [index, { channel }] of words.entries()) {
    const own = channels.get(channel);
    if (own === undefined) channels.set(channel, [index]);
    else own.push(index);
  }
  return [...channels.values()];
}
