// What the engine says about a text: spans as plain data, so that restoration, audio and evidence can be built on them.

/** The eighteen identifiers of 45 CFR 164.514(b)(2)(i), named as the fixed interface names them; FACILITY apart from LOCATION. */
export const CATEGORIES = [
  'NAME',
  'LOCATION',
  'FACILITY',
  'DATE',
  'AGE',
  'PHONE',
  'FAX',
  'EMAIL',
  'SSN',
  'MRN',
  'HEALTH_PLAN',
  'ACCOUNT',
  'LICENSE',
  'VEHICLE',
  'DEVICE',
  'URL',
  'IP',
  'BIOMETRIC',
  'PHOTO',
  'OTHER_ID',
] as const;

export type Category = (typeof CATEGORIES)[number];

/** Offsets are UTF-16 code units of the text that was read; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly type: Category;
  /** 0 to 1: how sure the rule or the tagger is. */
  readonly score: number;
  /** The rule that fired, stable across versions of the engine: `phone`, `label:mrn`, `tagger`, `known`, `again`… */
  readonly rule: string;
}

/** What the caller already knows about the people in the text; found whatever its case, spacing or spelling. */
export interface KnownIdentifier {
  readonly type: Category;
  readonly value: string;
}
