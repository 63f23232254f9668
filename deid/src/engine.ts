// The engine: text in, spans and replaced text out. Pure; its model is handed to it as bytes.
import { DeidError } from './error.ts';
import { findKnown } from './known/known.ts';
import { lookUp, openLexicon } from './lexicon/lexicon.ts';
import { isRemoved, type Keeping, SAFE_HARBOR } from './policy/policy.ts';
import { propagate } from './propagate/propagate.ts';
import { namesInPairs } from './recognise/pairs.ts';
import { findStructured } from './recognise/structured.ts';
import { type Mode, replace, type Replaced } from './replace/replace.ts';
import { joined, resolve } from './resolve.ts';
import type { KnownIdentifier, Span } from './span.ts';
import { covers, isSeenByTagger } from './tagger/cover.ts';
import { spansOf } from './tagger/decode.ts';
import { see } from './tagger/features.ts';
import { marginals, openWeights } from './tagger/tagger.ts';
import { tokenise } from './text/tokens.ts';

export interface DetectOptions {
  readonly keeping?: Partial<Keeping>;
  readonly known?: readonly KnownIdentifier[];
  /** The year from which ages are counted; people born more than 89 years before it are 90 or older. */
  readonly year: number;
}

export interface DeidentifyOptions extends DetectOptions {
  readonly mode: Mode;
  /** A random 32-bit number, new for every request or patient. */
  readonly salt: number;
  /** Dates move by days and come back, instead of becoming their year; never under Safe Harbor. `surrogate` alone. */
  readonly shiftDates?: 'expert-determination' | 'minimised-phi';
}

export interface Deidentified extends Replaced {
  readonly spans: readonly Span[];
}

export interface Engine {
  /** Sorted spans that do not overlap; offsets in UTF-16 code units of `text`. */
  detect(text: string, options: DetectOptions): readonly Span[];
  /** Errors: `DeidError` (`options`, `exhausted`). */
  deidentify(text: string, options: DeidentifyOptions): Deidentified;
}

/** The two files of `deid/model`. */
export interface Model {
  readonly lexicon: Uint8Array;
  readonly weights: Uint8Array;
}

/** Errors: `ModelError` when the model is none of this version. */
export function createEngine(model: Model): Engine {
  const lexicon = openLexicon(model.lexicon);
  const weights = openWeights(model.weights);
  const detect = (text: string, { known = [], keeping = {}, year }: DetectOptions): readonly Span[] => {
    const tokens = tokenise(text);
    const flags = lookUp(tokens, lexicon);
    const structured = findStructured({ tokens, flags, year });
    const covered = covers(tokens, resolve(text, structured.filter(isSeenByTagger)));
    const seen = see(tokens, flags, covered);
    const first = [
      ...structured,
      ...findKnown(tokens, flags, known),
      ...namesInPairs(tokens, flags),
      ...spansOf(tokens, seen, marginals(seen, weights), covered),
    ];
    const removed = first.filter((finding) => isRemoved(finding, { ...SAFE_HARBOR, ...keeping }));
    const spans = resolve(text, removed);
    const again = propagate(tokens, flags, seen.mode, spans);
    return joined(text, again.length === 0 ? spans : resolve(text, [...spans, ...again]));
  };
  return {
    detect,
    deidentify: (text, options) => {
      const { mode, salt, year, shiftDates } = options;
      if (shiftDates !== undefined && mode !== 'surrogate') throw new DeidError('options');
      const spans = detect(text, options);
      return { spans, ...replace(text, spans, { mode, salt, year, shiftDates: shiftDates !== undefined }) };
    },
  };
}
