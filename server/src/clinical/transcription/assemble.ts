// From what an engine heard to the transcript people read: numbers, sentences, segments. Pure.
import type { SpokenWord, Stretch } from './engines/messages.ts';
import { runsOf, type Run } from './runs.ts';
import { dictatedMarks, type Dictated } from './text/dictation.ts';
import { isTitle, writeSentences, type TimedWord } from './text/sentences.ts';
import { NO_NAMES, writeWords, type Writing } from './text/write-words.ts';
import {
  joinSegments,
  speakerLetter,
  type Transcript,
  type TranscriptSegment,
  type TranscriptWord,
} from './transcript.ts';

/** Seconds. Words further apart than this do not make one number or unit: "forty … nine" after a breath are two. */
const NUMBER_PAUSE = 0.6;

/** Seconds. Longer sentences are shown and cited in parts, cut at their longest pause. */
const MAX_SEGMENT_SECONDS = 15;

/** Confidence 1 is kept for what a person wrote (correct.ts); PocketSphinx gives it to many wrong words. */
const SUREST = 0.999;

/** Marks at the end of a word as an engine wrote it. */
const TRAILING_MARKS = /[.,;:?!]+["')]*$/;

export interface TranscriptFacts {
  readonly engine: string;
  readonly model: string;
  /** Seconds of audio. */
  readonly duration: number;
  /** Seconds of wall time that recognition took. */
  readonly elapsed: number;
}

/** How a recording's words are written. */
export interface TextRules extends Writing {
  /** The encounter's purpose is dictation: spoken punctuation is punctuation. Never guessed from the words. */
  readonly dictation: boolean;
}

export const CONVERSATION: TextRules = { ...NO_NAMES, dictation: false };

/** The same stretches give the same transcript, in whatever order they come. */
export function assembleTranscript(
  stretches: readonly Stretch[],
  facts: TranscriptFacts,
  rules: TextRules = CONVERSATION,
): Transcript {
  return assembleRuns(runsOf(stretches), facts, rules);
}

/** The same where speakers were told apart, or where each run is written by itself for another reason. */
export function assembleRuns(runs: readonly Run[], facts: TranscriptFacts, rules: TextRules): Transcript {
  const parts = runs.flatMap((run) => partsOf(run, rules));
  const ordered = parts.toSorted((a, b) => a.segment.start - b.segment.start || a.segment.channel - b.segment.channel);
  const segments = ordered.map((part) => part.segment);
  return {
    text: joinSegments(segments),
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

/** `marked`: the engine writes punctuation. */
type ChannelRules = TextRules & { readonly marked: boolean };

/** A word before its sentence is written. */
type DraftWord = TranscriptWord & Pick<TimedWord, 'closes'>;

/** The segments of one channel, also of a single stretch while the rest is still to come. */
export function segmentsOf(
  channel: number,
  stretches: readonly Stretch[],
  rules: TextRules = CONVERSATION,
): readonly Part[] {
  const words = stretches.flatMap((stretch) => stretch.words).toSorted((a, b) => a.start - b.start);
  return partsOf({ channel, speaker: null, words }, rules);
}

function partsOf({ channel, speaker, words: spoken }: Run, rules: TextRules): readonly Part[] {
  const marked = spoken.some((word) => word.written !== undefined);
  const sentences = writeSentences(writtenWords(channel, spoken, { ...rules, marked }));
  return sentences.flatMap((sentence, index) => {
    const closed = sentences[index - 1]?.words.at(-1)?.closes;
    const opens = closed === 'line' || closed === 'paragraph' ? closed : undefined;
    return cutLong(sentence.words).map((words, part) =>
      toPart({ channel, speaker }, words, part === 0 ? opens : undefined),
    );
  });
}

/** What lies between dictated marks is written by itself; a mark goes to the word before it, an opening one to the word after. */
function writtenWords(channel: number, spoken: readonly SpokenWord[], rules: ChannelRules): readonly DraftWord[] {
  const marks = rules.dictation ? dictatedMarks(spoken.map((word) => word.spoken)) : [];
  const written: DraftWord[] = [];
  let [at, opening] = [0, 0];
  for (const dictated of marks) {
    written.push(
      ...opened(writeBetween(channel, spoken, at, dictated.start, rules), spoken.slice(opening, at), channel),
    );
    opening = dictated.mark === '(' ? dictated.start : dictated.end;
    if (dictated.mark !== '(') close(written, dictated, spoken, channel);
    at = dictated.end;
  }
  written.push(...opened(writeBetween(channel, spoken, at, spoken.length, rules), spoken.slice(opening, at), channel));
  return written;
}

/** Numbers are written within breaths only, and not across a mark of an engine that writes marks. */
function writeBetween(
  channel: number,
  spoken: readonly SpokenWord[],
  start: number,
  end: number,
  rules: ChannelRules,
): readonly DraftWord[] {
  return breaths(spoken.slice(start, end)).flatMap((breath) => {
    const written = writeWords(
      breath.map((word) => word.spoken),
      rules,
    );
    return written.map((word) => {
      const heard = breath.slice(word.start, word.end);
      return { ...merge(asEngineWrote(word.text, heard), heard, channel), ...closedByEngine(heard, rules) };
    });
  });
}

/** Capitals and marks of an engine that writes them; what our rules wrote otherwise than it was said keeps its last mark. */
function asEngineWrote(text: string, heard: readonly SpokenWord[]): string {
  const [only, another] = heard;
  if (only !== undefined && another === undefined && text === only.spoken) return only.written ?? text;
  return text + (TRAILING_MARKS.exec(heard.at(-1)?.written ?? '')?.[0] ?? '');
}

/** An engine that writes marks knows where sentences end: nothing is guessed beside it. */
function closedByEngine(heard: readonly SpokenWord[], { marked }: ChannelRules): Pick<DraftWord, 'closes'> {
  const last = heard.at(-1);
  if (!marked || last === undefined) return {};
  return { closes: /[.?!]["')]*$/.test(last.written ?? '') && !isTitle(last.spoken) ? 'sentence' : 'mark' };
}

/** With the "(" that was said right before. One that nothing follows stays the words that it is. */
function opened(words: readonly DraftWord[], said: readonly SpokenWord[], channel: number): readonly DraftWord[] {
  const [first, ...rest] = words;
  if (said.length === 0) return words;
  if (first === undefined) return said.map((word) => merge(word.spoken, [word], channel));
  return [attach(`(${first.text}`, merge('', said, channel), first), ...rest];
}

/** Gives the mark to the last word, which keeps what was said for it. Without a word before it, it stays as it was said. */
function close(written: DraftWord[], dictated: Dictated, spoken: readonly SpokenWord[], channel: number): void {
  const said = spoken.slice(dictated.start, dictated.end);
  const last = written.pop();
  if (last === undefined) {
    written.push(...said.map((word) => merge(word.spoken, [word], channel)));
    return;
  }
  const mark = dictated.mark === '.' ? last.text.replace(/\.$/, '') + '.' : `${last.text}${dictated.mark ?? ''}`;
  const ends = dictated.mark !== null && '.?!'.includes(dictated.mark) ? 'sentence' : 'mark';
  written.push({ ...attach(mark, last, merge('', said, channel)), closes: dictated.begins ?? ends });
}

function attach(text: string, before: DraftWord, after: DraftWord): DraftWord {
  return {
    text,
    spoken: `${before.spoken} ${after.spoken}`,
    start: before.start,
    end: after.end,
    confidence: Math.min(before.confidence, after.confidence),
    channel: before.channel,
  };
}

function breaths(words: readonly SpokenWord[]): SpokenWord[][] {
  const groups: SpokenWord[][] = [];
  for (const [index, word] of words.entries()) {
    const before = words[index - 1];
    const marked = TRAILING_MARKS.test(before?.written ?? '');
    if (before === undefined || marked || word.start - before.end > NUMBER_PAUSE) groups.push([]);
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

function cutLong(words: readonly DraftWord[]): readonly (readonly DraftWord[])[] {
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined || last === undefined) return [];
  if (last.end - first.start <= MAX_SEGMENT_SECONDS || words.length < 2) return [words];
  const gaps = words.slice(1).map((word, index) => word.start - (words[index]?.end ?? word.start));
  const at = gaps.indexOf(Math.max(...gaps)) + 1;
  return [...cutLong(words.slice(0, at)), ...cutLong(words.slice(at))];
}

function toPart(
  { channel, speaker }: Pick<Run, 'channel' | 'speaker'>,
  drafted: readonly DraftWord[],
  opens: TranscriptSegment['opens'],
): Part {
  const who = speaker === null ? {} : { speaker: speakerLetter(speaker) };
  const words = drafted.map(({ closes: _closes, ...word }) => ({ ...word, ...who }));
  const start = words[0]?.start ?? 0;
  return {
    segment: {
      id: `${String(channel)}-${String(Math.round(start * 1000))}`,
      start,
      end: words.at(-1)?.end ?? start,
      channel,
      ...who,
      text: joined(words.map((word) => word.text)),
      spokenText: joined(words.map((word) => word.spoken)),
      ...(opens === undefined ? {} : { opens }),
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
