// What is wrong with a bundle.

/** `path` names elements and never holds a value of the note; `rule` is FHIR's or US Core's name for it where there is one. */
export interface Fault {
  readonly path: string;
  readonly rule: string;
}
