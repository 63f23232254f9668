// A transcript that somebody brings: Cordon's own form, or the one that OpenAI's `verbose_json` gives and that others copy.
import { readFile } from 'node:fs/promises';
import { Transcript, Transcription } from '@cordon/contract';
import type { TimedSegment, TimedTranscript, TimedWord } from '@cordon/deid';
import { z } from 'zod';
import { Refusal } from '#failure.ts';
import { readableFile } from '#home/files.ts';
import { brief } from '#terminal/printable.ts';

/** Bytes. Ten hours of two speakers with every figure of every word are some 30 MB. */
const MAX_TRANSCRIPT_BYTES = 128 * 1024 * 1024;

/** What recognisers leave out of some words: those that they wrote otherwise than they were said, numbers first of all. */
const Time = z.number().nullish();
const ForeignWord = z.object({
  word: z.string(),
  start: Time,
  end: Time,
  probability: Time,
  score: Time,
  confidence: Time,
});
const Foreign = z.object({
  words: z.array(ForeignWord).nullish(),
  segments: z
    .array(z.object({ text: z.string(), start: Time, end: Time, words: z.array(ForeignWord).nullish() }))
    .nullish(),
});
type Foreign = z.infer<typeof Foreign>;

/** How Cordon marks an engine that gets too many words wrong to be believed (docs/decisions/0044). */
const LOW_ACCURACY = '(low accuracy)';

export interface BroughtTranscript extends TimedTranscript {
  /** Null where the file does not say. */
  readonly engine: string | null;
  readonly model: string | null;
  readonly lowAccuracy: boolean;
}

/** Errors: `file_unreadable`, `transcript_invalid`. */
export async function readTranscript(path: string): Promise<BroughtTranscript> {
  const bytes = await readableFile(path);
  if (bytes > MAX_TRANSCRIPT_BYTES) throw new Refusal('transcript_invalid', `${brief(path)}: too long`);
  let given: unknown;
  try {
    given = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)));
  } catch {
    throw new Refusal('transcript_invalid', `${brief(path)}: no JSON`);
  }
  return transcriptOf(given);
}

/** Errors: `transcript_invalid`. */
export function transcriptOf(given: unknown): BroughtTranscript {
  const own = Transcription.safeParse(given);
  if (own.success) return fromCordon(own.data);
  const stored = Transcript.safeParse(given);
  if (stored.success) return fromCordon(stored.data.transcription);
  const foreign = Foreign.safeParse(given);
  if (!foreign.success) throw new Refusal('transcript_invalid', 'neither words nor segments of a known form');
  const timed = fromForeign(foreign.data);
  const anyTime = [...timed.words, ...timed.segments].some(({ start, end }) => start !== null && end !== null);
  if (timed.words.length > 0 && !anyTime) throw new Refusal('transcript_invalid', 'no word and no segment has times');
  return { ...timed, engine: null, model: null, lowAccuracy: false };
}

/** Words follow each other in the order of their segments. */
function fromCordon({ words, segments, engine, model }: Transcription): BroughtTranscript {
  let at = 0;
  const timed = words.map(({ text, spoken, start, end, confidence, channel }): TimedWord => {
    const belongs = (segment: (typeof segments)[number] | undefined): boolean =>
      segment !== undefined && segment.channel === channel && start >= segment.start && end <= segment.end;
    if (!belongs(segments[at])) {
      const next = segments.findIndex((segment, index) => index > at && belongs(segment));
      if (next !== -1) at = next;
    }
    return { text, spoken, start, end, confidence, channel, segment: at };
  });
  return { words: timed, segments, engine, model, lowAccuracy: engine.endsWith(LOW_ACCURACY) };
}

function fromForeign({ words, segments }: Foreign): TimedTranscript {
  const known = segments ?? [];
  if (known.length === 0) {
    const all = (words ?? []).map((word) => timedWord(word, 0));
    return { words: all, segments: [{ start: null, end: null, channel: 0 }] };
  }
  const timed: TimedSegment[] = known.map(({ start, end }) => ({ start: start ?? null, end: end ?? null, channel: 0 }));
  const inSegments = known.some((segment) => (segment.words?.length ?? 0) > 0);
  if (!inSegments && words !== undefined && words !== null && words.length > 0)
    return { words: words.map((word) => timedWord(word, segmentAt(timed, word.start ?? null))), segments: timed };
  return {
    segments: timed,
    words: known.flatMap((segment, index) => segmentWords(segment, index)),
  };
}

/** Of a segment without words' times each word lies somewhere in it. */
function segmentWords(
  { text, words }: NonNullable<Foreign['segments']>[number],
  segment: number,
): readonly TimedWord[] {
  if (words !== undefined && words !== null && words.length > 0) return words.map((word) => timedWord(word, segment));
  const said = text.split(/\s+/u).filter(Boolean);
  return said.map((word) => timedWord({ word }, segment));
}

function timedWord(
  { word, start, end, probability, score, confidence }: Partial<z.infer<typeof ForeignWord>> & { word: string },
  segment: number,
): TimedWord {
  const text = word.trim();
  const sure = confidence ?? probability ?? score ?? null;
  return { text, spoken: text, start: start ?? null, end: end ?? null, confidence: sure, channel: 0, segment };
}

/** The last segment that begins no later. */
function segmentAt(segments: readonly TimedSegment[], start: number | null): number {
  if (start === null) return 0;
  const found = segments.findLastIndex((segment) => segment.start !== null && segment.start <= start + 1e-6);
  return Math.max(0, found);
}
