// What is wrong with a dataset that was to be measured. No value of it is in the message.

type RiskFault =
  /** No record at all. */
  | 'no_records'
  /** A column that was named is not in the file. */
  | 'column_missing'
  /** A record has more or fewer members than the first line says. */
  | 'record_uneven'
  /** Quotation marks that do not close, JSON that is none. */
  | 'record_unreadable'
  /** A value, or a line, is longer than any quasi-identifier. */
  | 'value_too_long'
  /** More records than can be told apart here. */
  | 'too_many_records'
  /** No column, a column twice, a share that is none. */
  | 'options_unusable';

export class RiskError extends Error {
  readonly code: RiskFault;
  /** Number of the line, from 1; null: of none. */
  readonly line: number | null;

  constructor(code: RiskFault, line: number | null = null) {
    super(line === null ? code : `${code} in line ${line}`);
    this.name = 'RiskError';
    this.code = code;
    this.line = line;
  }
}
