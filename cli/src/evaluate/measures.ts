// From what was said and what was heard in each recording to the figures per condition. Pure.
import {
  alignWords,
  editsOf,
  spokenWords,
  termRecall,
  type TermRecall,
  type WordErrors,
  wordErrorInterval,
  wordErrorRate,
} from '@cordon/contract';
import type { Clip } from './manifest.ts';

export interface ClipResult {
  readonly file: string;
  readonly condition: string;
  readonly errors: WordErrors;
  readonly terms: TermRecall;
  /** Seconds of audio. */
  readonly duration: number;
  readonly realTimeFactor: number;
}

export interface Heard {
  /** Words as recognised. */
  readonly spokenText: string;
  readonly duration: number;
  readonly realTimeFactor: number;
}

/** A term's forms: as it is written, and as it is said. */
export type TermForms = readonly string[];

/** The clip's own terms, where it has any, stand in for those of the run. */
export function measureClip(clip: Clip, heard: Heard, terms: readonly TermForms[]): ClipResult {
  const [reference, hypothesis] = [spokenWords(clip.text), spokenWords(heard.spokenText)];
  const wanted = clip.terms === null ? terms : clip.terms.map((term) => [term]);
  const forms = wanted.map((each) => each.map(spokenWords).filter((words) => words.length > 0));
  return {
    file: clip.file,
    condition: clip.condition,
    errors: alignWords(reference, hypothesis),
    terms: termRecall(reference, hypothesis, forms),
    duration: heard.duration,
    realTimeFactor: heard.realTimeFactor,
  };
}

export interface Figures {
  readonly condition: string;
  readonly clips: number;
  readonly words: number;
  /** Seconds of audio. */
  readonly duration: number;
  /** Errors per word; null where nothing was said. */
  readonly wordErrorRate: number | null;
  /** 95 %, by recordings; null for a single one. */
  readonly interval: readonly [number, number] | null;
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly terms: TermRecall;
  readonly realTimeFactor: number;
}

export interface Evaluation {
  /** In the order in which the manifest names them. */
  readonly conditions: readonly Figures[];
  readonly all: Figures;
}

export function evaluate(results: readonly ClipResult[]): Evaluation {
  const names = [...new Set(results.map((result) => result.condition))];
  return {
    conditions: names.map((name) =>
      figuresOf(
        name,
        results.filter((result) => result.condition === name),
      ),
    ),
    all: figuresOf('all', results),
  };
}

function figuresOf(condition: string, results: readonly ClipResult[]): Figures {
  const errors = results.map((result) => result.errors);
  const sum = (value: (result: ClipResult) => number): number =>
    results.reduce((total, result) => total + value(result), 0);
  const duration = sum((result) => result.duration);
  return {
    condition,
    clips: results.length,
    words: sum((result) => result.errors.words),
    duration,
    wordErrorRate: wordErrorRate(errors),
    interval: wordErrorInterval(errors),
    substitutions: sum((result) => result.errors.substitutions),
    insertions: sum((result) => result.errors.insertions),
    deletions: sum((result) => result.errors.deletions),
    terms: { said: sum((result) => result.terms.said), heard: sum((result) => result.terms.heard) },
    realTimeFactor: duration === 0 ? 0 : sum((result) => result.realTimeFactor * result.duration) / duration,
  };
}

/** One recording for programs: figures alone, no word of it. */
export function clipFigures({ file, condition, errors, terms, duration, realTimeFactor }: ClipResult) {
  const rate = errors.words === 0 ? null : editsOf(errors) / errors.words;
  return { file, condition, ...errors, wordErrorRate: rate, terms, duration, realTimeFactor };
}
