// The engine: text in, spans and replaced text out. Pure; what it needs is handed to it.
import { isRemoved, type Keeping, SAFE_HARBOR } from './policy/policy.ts';
import type { Reading } from './recognise/recogniser.ts';
import { findStructured } from './recognise/structured.ts';
import { type Mode, replace, type Replaced } from './replace/replace.ts';
import { resolve } from './resolve.ts';
import type { KnownIdentifier, Span } from './span.ts';
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
}

export interface Deidentified extends Replaced {
  readonly spans: readonly Span[];
}

export interface Engine {
  /** Sorted spans that do not overlap; offsets in UTF-16 code units of `text`. */
  detect(text: string, options: DetectOptions): readonly Span[];
  deidentify(text: string, options: DeidentifyOptions): Deidentified;
}

export function createEngine(): Engine {
  const detect = (text: string, options: DetectOptions): readonly Span[] => {
    const tokens = tokenise(text);
    const reading: Reading = { tokens, flags: new Uint32Array(tokens.count), year: options.year };
    const keeping = { ...SAFE_HARBOR, ...options.keeping };
    return resolve(
      text,
      findStructured(reading).filter((finding) => isRemoved(finding, keeping)),
    );
  };
  return {
    detect,
    deidentify: (text, options) => {
      const spans = detect(text, options);
      return { spans, ...replace(text, spans, options.mode, options.salt) };
    },
  };
}
