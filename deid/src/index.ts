// What server and CLI take from here. Formats: docs/formats/deid.md.
export { type AudioPlan, planAudio } from './audio/plan.ts';
export type { Stretch, TimedSegment, TimedTranscript, TimedWord } from './audio/timed.ts';
export { createEngine } from './engine.ts';
export { DeidError, type DeidFault } from './error.ts';
export { goldOf, type GoldType } from './evaluate/gold.ts';
export { type Report, Score } from './evaluate/score.ts';
export { type Share, shareOf } from './evaluate/wilson.ts';
export type { Deidentified, DeidentifyOptions, DetectOptions, Engine, Model } from './engine.ts';
export { type Keeping, SAFE_HARBOR } from './policy/policy.ts';
export type { Mode } from './replace/replace.ts';
export type { ReplacementEntry, ReplacementMap } from './replace/placeholder.ts';
export { createRestorer, MAX_HOLD_BACK } from './restore/restorer.ts';
export type { Restorer, RestoreForm, RestoreReport } from './restore/forms.ts';
export { createSecondLook, type SecondLook, type SecondLookHit } from './second-look/second-look.ts';
export { createSession, type DeidSession, type SessionOptions, type SessionText } from './session.ts';
export { CATEGORIES, type Category, type KnownIdentifier, type Span } from './span.ts';

export { RiskError } from './risk/fault.ts';
export { COLUMN_KINDS, type ColumnKind } from './risk/levels.ts';
export { NOTHING_KEPT, quasiOfText, TEXT_COLUMNS } from './risk/of-text.ts';
export { type RecordFormat, RecordReader } from './risk/records.ts';
export { type QuasiColumn, RiskTable } from './risk/table.ts';
export { type RiskOptions, type RiskSummary, summarise } from './risk/summary.ts';
export { USUAL_THRESHOLD } from './risk/measure.ts';
export { zip3 } from './replace/zip3.ts';

/** Version of the engine that method records name. */
export const ENGINE_VERSION = 1;
