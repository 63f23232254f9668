// Method records as they are stored: in clear what policy and upkeep read, beside it what people stated and what was measured, sealed
// (docs/formats/method-record.md §5).
import type { MethodKind, MethodRecord as ShownMethod, MethodTerms } from '@cordon/contract';
import type { MethodRecord } from '#boundary/policy/snapshot.ts';
import type { DocumentFacts } from '#boundary/registry/rows.ts';

/** What is not sealed. */
export interface MethodRow {
  readonly id: string;
  readonly version: number;
  readonly kind: MethodKind;
  readonly name: string;
  readonly services: readonly string[];
  /** Null of a limited data set: the engine makes none. */
  readonly profile: MethodRecord['profile'] | null;
  readonly fingerprint: string | null;
  /** Both null until it is stated; RFC 3339. */
  readonly effective: string | null;
  readonly expires: string | null;
  readonly ended: { readonly reason: string; readonly at: string } | null;
  readonly document: DocumentFacts | null;
  /** The data use agreement of a limited data set. */
  readonly agreement: string | null;
}

export type EngineNamed = NonNullable<ShownMethod['engine']>;
export type Measurement = NonNullable<ShownMethod['measurement']>;
export type Review = NonNullable<ShownMethod['review']>;
export type Statement = NonNullable<ShownMethod['statement']>;
export type AttachedRisk = NonNullable<ShownMethod['risk']>;

/** Sealed beside a row: everything that was said and counted. */
export interface MethodWords {
  readonly terms: MethodTerms;
  /** Of the newest measurement, review or risk; of the draft's beginning before there is any. */
  readonly engine: EngineNamed | null;
  readonly measurement: Measurement | null;
  readonly review: Review | null;
  readonly risk: AttachedRisk | null;
  readonly statement: Statement | null;
  /** SHA-256 of the attached file, hexadecimal. */
  readonly sha256: string | null;
}
