// A dataset as risk is measured of it: its quasi-identifiers, value by value and class by class. Records go in one at a time and are not kept.
import { Classes } from './classes.ts';
import { RiskError } from './fault.ts';
import { type ColumnKind, generalise } from './levels.ts';
import { measure, type MeasureOptions, type Measured } from './measure.ts';

export interface QuasiColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Columns at most: a class is a tuple of them, and eleven columns of anything make everybody unique. */
const MAX_COLUMNS = 32;
/** Characters of a value: no quasi-identifier is longer, and each different one is kept once. */
const MAX_VALUE_CHARS = 1_000;
/** Classes that are joined between two yields: some milliseconds. */
const SLICE = 20_000;

export class RiskTable {
  readonly columns: readonly QuasiColumn[];
  readonly classes: Classes;
  readonly #codes: readonly Map<string, number>[];
  readonly #tuple: Int32Array;
  readonly #seed: number;

  /** `seed`: see `Classes`. Errors: `RiskError` `options_unusable`. */
  constructor(columns: readonly QuasiColumn[], seed = 0) {
    const names = new Set(columns.map(({ name }) => name));
    if (columns.length === 0 || columns.length > MAX_COLUMNS || names.size !== columns.length)
      throw new RiskError('options_unusable');
    this.columns = columns;
    this.#seed = seed;
    this.classes = new Classes(columns.length, seed);
    this.#codes = columns.map(() => new Map());
    this.#tuple = new Int32Array(columns.length);
  }

  /** One record: its values in the order of the columns. A missing value is a value of its own. Errors: `RiskError`. */
  add(values: readonly string[]): void {
    if (values.length !== this.columns.length) throw new RiskError('record_uneven');
    for (let column = 0; column < values.length; column += 1) {
      const value = values[column] as string;
      const codes = this.#codes[column] as Map<string, number>;
      let code = codes.get(value);
      if (code === undefined) {
        if (value.length > MAX_VALUE_CHARS) throw new RiskError('value_too_long');
        code = codes.size;
        codes.set(value, code);
      }
      this.#tuple[column] = code;
    }
    this.classes.add(this.#tuple);
  }

  /** Different values of each column. */
  distinct(): readonly number[] {
    return this.#codes.map((codes) => codes.size);
  }

  measure(options: MeasureOptions): Measured {
    return measure(this.classes.distribution(), options);
  }

  /** The classes with each column at its level. Yields between slices, so that whoever else waits can be served. */
  *atLevels(levels: readonly number[]): Generator<undefined, Classes, undefined> {
    const joined = new Classes(this.columns.length, this.#seed, this.classes.count);
    const mapped = this.columns.map(({ kind }, column) => this.#mapped(column, kind, levels[column] ?? 0));
    const { codes, sizes, count, width } = this.classes;
    const tuple = new Int32Array(width);
    for (let at = 0; at < count; at += 1) {
      if (at % SLICE === SLICE - 1) yield;
      for (let column = 0; column < width; column += 1)
        tuple[column] = (mapped[column] as Int32Array)[codes[at * width + column] as number] as number;
      joined.add(tuple, 0, sizes[at]);
    }
    return joined;
  }

  /** By the number of a value the number of what it becomes. */
  #mapped(column: number, kind: ColumnKind, level: number): Int32Array {
    const codes = this.#codes[column] as Map<string, number>;
    const made = new Map<string, number>();
    const mapped = new Int32Array(codes.size);
    for (const [value, code] of codes) {
      const coarse = generalise(kind, level, value);
      let next = made.get(coarse);
      if (next === undefined) {
        next = made.size;
        made.set(coarse, next);
      }
      mapped[code] = next;
    }
    return mapped;
  }
}
