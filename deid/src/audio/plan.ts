// From a transcript to what has to be silenced in its recording, and what cannot be vouched for (docs/formats/deid.md, Audio). Pure.
import type { DetectOptions, Engine } from '../engine.ts';
import type { Mode } from '../replace/replace.ts';
import type { ReplacementMap } from '../replace/placeholder.ts';
import type { Category } from '../span.ts';
import { findRuns } from './find.ts';
import { isTimed, joinedStretches, placeRuns, type Placed, type Placing } from './place.ts';
import { rewrite } from './rewrite.ts';
import type { Stretch, TimedTranscript, TimedWord } from './timed.ts';

export interface AudioOptions extends DetectOptions {
  readonly mode: Mode;
  readonly salt: number;
  /** Seconds silenced before and after the words' own times. */
  readonly padBefore: number;
  readonly padAfter: number;
  /** Words that the recogniser is less sure of than this are told, 0 to 1. */
  readonly unsureBelow: number;
  /** Silences what is told of as unsure or wordless too. */
  readonly doubtful: boolean;
}

/** What the recording is, found out by decoding it. */
export interface HeardSound {
  /** Seconds. */
  readonly duration: number;
  /** Per channel, where it is louder than the room. */
  readonly loud: readonly (readonly Stretch[])[];
}

/** A thing that was said and is silenced: when and of which kind, never what. */
export interface Removal extends Stretch {
  readonly channel: number;
  readonly types: readonly Category[];
  readonly words: number;
  readonly placing: Placing;
}

export interface ChannelStretch extends Stretch {
  readonly channel: number;
}

export interface AudioPlan {
  /** On every channel, padded, sorted, not overlapping: each microphone hears the others' speakers, and a channel may be a copy. */
  readonly silenced: readonly Stretch[];
  /** The words' own times, without padding. */
  readonly removals: readonly Removal[];
  /** Words beyond the end of the recording: this transcript is of another one, or of a longer one. */
  readonly outside: number;
  /** Of those, words that would have to be silenced. */
  readonly removedOutside: number;
  /** Words that stay in the transcript and of which more than half is silenced with their neighbours. */
  readonly drowned: number;
  /** Where the recogniser was unsure: a name may have been heard as something else. */
  readonly unsure: readonly (ChannelStretch & { readonly words: number })[];
  /** Sound without words: somebody may have said what the recogniser did not hear. */
  readonly wordless: readonly ChannelStretch[];
  readonly words: readonly TimedWord[];
  readonly map: ReplacementMap;
}

/** Seconds that a word may end after the recording does: recognisers round, and pad what they hear with silence. */
const END_TOLERANCE = 0.5;

/** Seconds around a word that count as its own when sound without words is looked for: recognisers' times are off by so much. */
const WORD_MARGIN = 0.3;

/** Seconds. Shorter sound without words is a breath, a cough or a chair; the shortest names take as long. */
const LEAST_WORDLESS = 0.4;

export function planAudio(
  engine: Engine,
  transcript: TimedTranscript,
  sound: HeardSound,
  options: AudioOptions,
): AudioPlan {
  const { mode, salt, year } = options;
  const runs = findRuns(engine, transcript, options);
  const placed = placeRuns(transcript, runs, sound.duration);
  const removals = placed.flatMap((each) => removalsOf(transcript, each));
  const removedWords = new Set(runs.flatMap(({ words }) => words));
  const unsure = unsureStretches(transcript, removedWords, options.unsureBelow);
  const wordless = sound.loud.flatMap((loud, channel) =>
    wordlessStretches(transcript, loud).map((stretch) => ({ channel, ...stretch })),
  );
  const heard = options.doubtful ? [...removals, ...unsure, ...wordless] : removals;
  const silenced = padded(heard, sound.duration, options);
  const outside = transcript.words.filter((word) => isOutside(word, sound.duration));
  return {
    silenced,
    removals,
    outside: outside.length,
    removedOutside: [...removedWords].filter((index) => isOutside(transcript.words[index] as TimedWord, sound.duration))
      .length,
    drowned: transcript.words.filter((word, index) => !removedWords.has(index) && isDrowned(word, silenced)).length,
    unsure,
    wordless,
    ...rewrite(transcript, runs, { mode, salt, year, shiftDates: false }),
  };
}

function removalsOf(transcript: TimedTranscript, { run, stretches, placing }: Placed): readonly Removal[] {
  const [first = 0] = run.words;
  const { channel } = transcript.words[first] as TimedWord;
  return stretches.map((stretch) => ({ channel, ...stretch, types: run.types, words: run.words.length, placing }));
}

function padded(
  heard: readonly Stretch[],
  duration: number,
  { padBefore, padAfter }: AudioOptions,
): readonly Stretch[] {
  const stretches = heard.map(({ start, end }) => ({
    start: Math.max(0, start - padBefore),
    end: Math.min(duration, end + padAfter),
  }));
  return joinedStretches(stretches.filter(({ start, end }) => end > start));
}

function isOutside({ start, end }: TimedWord, duration: number): boolean {
  return Math.max(start ?? 0, end ?? 0) > duration + END_TOLERANCE;
}

/** `silenced` is sorted and does not overlap. */
function isDrowned(word: TimedWord, silenced: readonly Stretch[]): boolean {
  if (!isTimed(word)) return false;
  const middle = (Number(word.start) + Number(word.end)) / 2;
  let [low, high] = [0, silenced.length];
  while (low < high) {
    const between = (low + high) >>> 1;
    if ((silenced[between] as Stretch).end <= middle) low = between + 1;
    else high = between;
  }
  return (silenced[low]?.start ?? Infinity) <= middle;
}

/** Words in a row on one channel. */
function unsureStretches({ words }: TimedTranscript, removed: ReadonlySet<number>, below: number): AudioPlan['unsure'] {
  const found: (ChannelStretch & { words: number })[] = [];
  const open = new Map<number, number>();
  for (const [index, word] of words.entries()) {
    const { channel, confidence } = word;
    if (removed.has(index) || confidence === null || confidence >= below || !isTimed(word)) {
      open.delete(channel);
      continue;
    }
    const own = { channel, start: Number(word.start), end: Number(word.end), words: 1 };
    const at = open.get(channel) ?? found.length;
    const before = found[at] ?? { ...own, words: 0 };
    found[at] = {
      channel,
      start: Math.min(before.start, own.start),
      end: Math.max(before.end, own.end),
      words: before.words + 1,
    };
    open.set(channel, at);
  }
  return found.toSorted((one, other) => one.start - other.start);
}

/** Words of any channel count: a microphone hears the others' speakers too. */
function wordlessStretches({ words }: TimedTranscript, loud: readonly Stretch[]): readonly Stretch[] {
  const said = joinedStretches(
    words.filter(isTimed).map(({ start, end }) => ({
      start: Math.min(Number(start), Number(end)) - WORD_MARGIN,
      end: Math.max(Number(start), Number(end)) + WORD_MARGIN,
    })),
  );
  return without(loud, said).filter(({ start, end }) => end - start >= LEAST_WORDLESS);
}

/** What of `stretches` lies in none of `taken`; both sorted. */
function without(stretches: readonly Stretch[], taken: readonly Stretch[]): readonly Stretch[] {
  const left: Stretch[] = [];
  let from = 0;
  for (const { start, end } of stretches) {
    let at = start;
    while ((taken[from]?.end ?? Infinity) <= start) from += 1;
    for (let next = from; (taken[next]?.start ?? Infinity) < end; next += 1) {
      const hole = taken[next] as Stretch;
      if (hole.start > at) left.push({ start: at, end: hole.start });
      at = Math.max(at, hole.end);
    }
    if (at < end) left.push({ start: at, end });
  }
  return left;
}
