// From what an engine heard to the transcript people read: numbers, sentences, segments. Pure.
import type { SpokenWord, Stretch } from './engines/messages.ts';
import { writeSentences } from './text/sentences.ts';
import { writeNumbers } from './text/write-numbers.ts';
import type { Transcript, TranscriptSegment, TranscriptWord } from './transcript.ts';

/** Seconds. Words further apart than this do not make one number or unit: "forty … nine" after a breath are two. */
const NUMBER_PAUSE = 0.6;

/** Seconds. Longer sentences are shown and cited in parts, cut at their longest pause. */
const MAX_SEGMENT_SECONDS = 15;

/** Confidence 1 is kept for what a person wrote (correct.ts); PocketSphinx gives it to many wrong words. */
const SUREST = 0.999;

export interface TranscriptFacts {
  readonly engine: string;
  readonly model: string;
  /** Seconds of audio. */
  readonly duration: number;
  /** Seconds of wall time that recognition took. */
  readonly elapsed: number;
}

/** The same stretches give the same transcript, in whatever order they come. */
export function assembleTranscript(stretches: readonly Stretch[], facts: TranscriptFacts): Transcript {
  const channels = [...new Set(stretches.map((stretch) => stretch.channel))].toSorted((a, b) => a - b);
  const parts = channels.flatMap((channel) =>
    segmentsOf(
      channel,
      stretches.filter((one) => one.channel === channel),
    ),
  );
  const ordered = parts.toSorted((a, b) => a.segment.start - b.segment.start || a.segment.channel - b.segment.channel);
  const segments = ordered.map((part) => part.segment);
  return {
    text: joined(segments.map((segment) => segment.text)),
    spokenText: joined(segments.map((segment) => segment.spokenText)),
    words: ordered.flatMap((part) => part.words),
    segments,
    engine: facts.engine,
    model: facts.model,
    duration: facts.duration,
    realTimeFactor: facts.duration === 0 ? 0 : round(facts.elapsed / facts.duration),
  };
}

interface Part {
  readonly segment: TranscriptSegment;
  readonly words: readonly TranscriptWord[];
}

/** The segments of one channel, also of a single stretch while the rest is still to come. */
export function segmentsOf(channel: number, stretches: readonly Stretch[]): readonly Part[] {
  const spoken = stretches.flatMap((stretch) => stretch.words).toSorted((a, b) => a.start - b.start);
  const sentences = writeSentences(writtenWords(channel, spoken));
  return sentences.flatMap((sentence) => cutLong(sentence.words)).map((words) => toPart(channel, words));
}

/** Numbers are written within breaths only. */
function writtenWords(channel: number, spoken: readonly SpokenWord[]): readonly TranscriptWord[] {
  return breaths(spoken).flatMap((breath) => {
    const written = writeNumbers(breath.map((word) => word.spoken));
    return written.map(({ text, start, end }) => merge(text, breath.slice(start, end), channel));
  });
}

function breaths(words: readonly SpokenWord[]): SpokenWord[][] {
  const groups: SpokenWord[][] = [];
  for (const [index, word] of words.entries()) {
    const before = words[index - 1];
    if (before === undefined || word.start - before.end > NUMBER_PAUSE) groups.push([]);
    groups.at(-1)?.push(word);
  }
  return groups;
}

function merge(text: string, words: readonly SpokenWord[], channel: number): TranscriptWord {
  return {
    text,
    spoken: words.map((word) => word.spoken).join(' '),
    start: words[0]?.start ?? 0,
    end: words.at(-1)?.end ?? 0,
    confidence: Math.min(SUREST, ...words.map((word) => word.confidence)),
    channel,
  };
}

function cutLong(words: readonly TranscriptWord[]): readonly (readonly TranscriptWord[])[] {
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined) return [];
  if (last.end - first.start <= MAX_SEGMENT_SECONDS || words.length < 2) return [words];
  const gaps = words.slice(1).map((word, index) => word.start - (words[index]?.end ?? word.start));
  const at = gaps.indexOf(Math.max(...gaps)) + 1;
  return [...cutLong(words.slice(0, at)), ...cutLong(words.slice(at))];
}

function toPart(channel: number, words: readonly TranscriptWord[]): Part {
  const start = words[0]?.start ?? 0;
  return {
    segment: {
      id: `${String(channel)}-${String(Math.round(start * 1000))}`,
      start,
      end: words.at(-1)?.end ?? start,
      channel,
      text: joined(words.map((word) => word.text)),
      spokenText: joined(words.map((word) => word.spoken)),
    },
    words,
  };
}

function joined(texts: readonly string[]): string {
  return texts.join(' ');
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
