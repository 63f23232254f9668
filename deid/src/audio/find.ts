// What of a transcript identifies somebody, read in every way in which it could be meant: as written and as said, turn by turn and as
// one speaker went on. What any reading finds counts: a name that is left in sound cannot be taken back.
import type { DetectOptions, Engine } from '../engine.ts';
import type { Span } from '../span.ts';
import { channelsOf, type Run, type TimedTranscript, type TimedWord } from './timed.ts';

/** Sorted by first word. Every word is in one run at most. */
export function findRuns(engine: Engine, transcript: TimedTranscript, options: DetectOptions): readonly Run[] {
  const findings = readings(transcript).flatMap((reading) => findingsIn(engine, reading, options));
  return channelsOf(transcript).flatMap((channel) => runsOf(channel, findings));
}

/** A text and where each word stands in it. */
interface Reading {
  readonly text: string;
  readonly words: readonly { readonly index: number; readonly start: number; readonly end: number }[];
}

interface Finding {
  readonly words: ReadonlySet<number>;
  readonly span: Span;
}

/**
 * Turn by turn each segment is a line; as one speaker went on, what others said in between is left out, so that a name that is broken by
 * somebody's "mhm" or by a pause is one name.
 */
function readings(transcript: TimedTranscript): readonly Reading[] {
  const all = transcript.words.map((_, index) => index);
  const channels = channelsOf(transcript);
  const orders = channels.length > 1 ? [all, ...channels] : [all];
  const forms: readonly ((word: TimedWord) => string)[] = [({ text }) => text, ({ spoken }) => spoken];
  return forms.flatMap((form) => [
    readingOf(transcript, all, form, '\n'),
    ...orders.map((order) => readingOf(transcript, order, form, ' ')),
  ]);
}

function readingOf(
  { words }: TimedTranscript,
  order: readonly number[],
  form: (word: TimedWord) => string,
  betweenSegments: string,
): Reading {
  let text = '';
  let before: TimedWord | undefined;
  const placed = order.map((index) => {
    const word = words[index] as TimedWord;
    if (before !== undefined) text += before.segment === word.segment ? ' ' : betweenSegments;
    before = word;
    const start = text.length;
    text += form(word);
    return { index, start, end: text.length };
  });
  return { text, words: placed };
}

function findingsIn(engine: Engine, { text, words }: Reading, options: DetectOptions): readonly Finding[] {
  const findings: Finding[] = [];
  let first = 0;
  for (const span of engine.detect(text, options)) {
    while ((words[first]?.end ?? Infinity) <= span.start) first += 1;
    const met = new Set<number>();
    for (let at = first; (words[at]?.start ?? Infinity) < span.end; at += 1) {
      const { index, start, end } = words[at] as Reading['words'][number];
      if (end > start) met.add(index);
    }
    if (met.size > 0) findings.push({ words: met, span });
  }
  return findings;
}

/** Neighbours on the channel that one finding holds are one run. */
function runsOf(channel: readonly number[], findings: readonly Finding[]): readonly Run[] {
  const of = new Map<number, Finding[]>();
  for (const finding of findings) for (const word of finding.words) of.set(word, [...(of.get(word) ?? []), finding]);
  const runs: { words: number[]; findings: Set<Finding> }[] = [];
  let before: readonly Finding[] = [];
  for (const word of channel) {
    const own = of.get(word) ?? [];
    const last = runs.at(-1);
    const joins = own.some((finding) => before.includes(finding));
    before = own;
    if (own.length === 0) continue;
    if (last !== undefined && joins) {
      last.words.push(word);
      for (const finding of own) last.findings.add(finding);
    } else runs.push({ words: [word], findings: new Set(own) });
  }
  return runs.map((run) => toRun(run.words, [...run.findings]));
}

function toRun(words: readonly number[], findings: readonly Finding[]): Run {
  const spans = findings.map(({ span }) => span).toSorted((one, other) => other.score - one.score);
  return {
    words,
    types: [...new Set(spans.map(({ type }) => type))],
    score: spans[0]?.score ?? 0,
    rules: [...new Set(spans.map(({ rule }) => rule))],
  };
}
