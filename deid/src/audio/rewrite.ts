// The transcript without what identifies: a run becomes one word per segment, over the time that its words had.
import { replace, type ReplaceSettings } from '../replace/replace.ts';
import type { ReplacementMap } from '../replace/placeholder.ts';
import type { Span } from '../span.ts';
import type { Run, TimedTranscript, TimedWord } from './timed.ts';

export interface Rewritten {
  readonly words: readonly TimedWord[];
  /** What turns the tokens back: PHI. */
  readonly map: ReplacementMap;
}

/** Marks at the edges of a written word are not part of what is replaced. */
const EDGES = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su;

export function rewrite(transcript: TimedTranscript, runs: readonly Run[], settings: ReplaceSettings): Rewritten {
  const pieces = runs.flatMap((run) => piecesOf(transcript, run));
  const byFirst = new Map(pieces.map((piece) => [piece.words[0], piece]));
  const gone = new Set(pieces.flatMap(({ words }) => words.slice(1)));
  // All words as one text, so that one value has one token, and no token that somebody said is given.
  let text = '';
  const spans: Span[] = [];
  const order: (number | Piece)[] = [];
  for (const [index, word] of transcript.words.entries()) {
    if (gone.has(index)) continue;
    const piece = byFirst.get(index);
    order.push(piece ?? index);
    const from = text.length + (piece?.before.length ?? 0);
    text += `${piece === undefined ? word.text : piece.before + piece.value + piece.after} `;
    if (piece !== undefined) spans.push({ ...piece.span, start: from, end: from + piece.value.length });
  }
  const { replacements, map } = replace(text, spans, settings);
  let used = 0;
  const words = order.map((item) =>
    typeof item === 'number' ? (transcript.words[item] as TimedWord) : replaced(item, replacements[used++] ?? ''),
  );
  return { words, map };
}

interface Piece {
  readonly words: readonly number[];
  readonly first: TimedWord;
  readonly start: number | null;
  readonly end: number | null;
  readonly confidence: number | null;
  readonly before: string;
  readonly value: string;
  readonly after: string;
  readonly span: Span;
}

function replaced(piece: Piece, token: string): TimedWord {
  const { first, start, end, confidence, before, after } = piece;
  return { ...first, text: `${before}${token}${after}`, spoken: token, start, end, confidence };
}

function piecesOf(transcript: TimedTranscript, run: Run): readonly Piece[] {
  const groups: number[][] = [];
  let segment: number | null = null;
  for (const index of run.words) {
    const word = transcript.words[index] as TimedWord;
    if (word.segment === segment) groups.at(-1)?.push(index);
    else groups.push([index]);
    ({ segment } = word);
  }
  return groups.map((words) => pieceOf(transcript, run, words));
}

function pieceOf(transcript: TimedTranscript, { types, score, rules }: Run, indexes: readonly number[]): Piece {
  const words = indexes.map((index) => transcript.words[index] as TimedWord);
  const [first] = words as [TimedWord];
  const written = words.map(({ text }) => text).join(' ');
  const [, before = '', value = '', after = ''] = EDGES.exec(written) ?? [];
  const known = <T>(values: readonly (T | null)[]): T[] => values.filter((each) => each !== null);
  const starts = known(words.map(({ start }) => start));
  const ends = known(words.map(({ end }) => end));
  const confidences = known(words.map(({ confidence }) => confidence));
  const isMarksOnly = value === '';
  return {
    words: indexes,
    first,
    start: starts.length === 0 ? null : Math.min(...starts, ...ends),
    end: ends.length === 0 ? null : Math.max(...starts, ...ends),
    confidence: confidences.length === 0 ? null : Math.min(...confidences),
    before: isMarksOnly ? '' : before,
    value: isMarksOnly ? written : value,
    after: isMarksOnly ? '' : after,
    span: { start: 0, end: 0, type: types[0] ?? 'OTHER_ID', score, rule: rules[0] ?? 'audio' },
  };
}
