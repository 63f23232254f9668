// What server and CLI take from here. Formats: docs/formats/deid.md.
export { createEngine } from './engine.ts';
export type { Deidentified, DeidentifyOptions, DetectOptions, Engine } from './engine.ts';
export { type Keeping, SAFE_HARBOR } from './policy/policy.ts';
export { type Mode, MODES } from './replace/replace.ts';
export type { ReplacementEntry, ReplacementMap } from './replace/placeholder.ts';
export { CATEGORIES, type Category, type KnownIdentifier, type Span } from './span.ts';

/** Version of the engine that method records name. */
export const ENGINE_VERSION = 1;
