// What restoring takes and gives.

/** Where the text stands: `text` is what it says; `json` are the bytes of a JSON text, in which values are escaped as deep as they
 * stand and tokens may be written with escapes such as `\u00b7`. */
export type RestoreForm = 'text' | 'json';

export interface RestoreReport {
  /** Tokens or surrogates that became their values. */
  readonly restored: number;
  /** Tokens of this map that the model bent so that they are no longer certain: they stand in the text as it wrote them. */
  readonly bent: number;
  /** What is written as a token and is none of this map. */
  readonly unknown: number;
  /** Parts and other forms of surrogates. Text with one is not to be released; it is counted before `push` gives its last character out. */
  readonly leftover: number;
}

export interface Restorer {
  /** The text that is certain by now. It may be empty, and never ends within a surrogate pair of UTF-16. */
  push(text: string): string;
  /** The rest. Nothing may be pushed afterwards. */
  end(): string;
  readonly report: RestoreReport;
}
