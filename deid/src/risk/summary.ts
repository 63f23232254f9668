// What the measurement of one dataset says, as plain data: for the command line, the API and method records alike.
import { type Classes } from './classes.ts';
import { heightOf } from './levels.ts';
import { classSizeFor, measure, type Measured, type MeasureOptions } from './measure.ts';
import { SEARCH, type Step, suggest } from './suggest.ts';
import type { RiskTable } from './table.ts';

export interface RiskOptions extends MeasureOptions {
  /** Highest risk that any record may have; null: nothing is suggested. */
  readonly target: number | null;
  /** Share of records that may be left out to reach it. */
  readonly suppression: number;
}

export interface RiskSummary extends Measured {
  readonly columns: readonly {
    readonly name: string;
    readonly kind: string;
    readonly distinct: number;
    readonly levels: number;
  }[];
  readonly suggestion: SuggestedLevels | null;
}

export interface SuggestedLevels {
  readonly target: { readonly risk: number; readonly k: number; readonly suppression: number };
  /** Null: no level of any column reaches it. */
  readonly found: {
    readonly steps: readonly Step[];
    readonly loss: number;
    readonly suppressed: number;
    /** As it would be measured then, the suppressed records left out. */
    readonly measured: Measured;
  } | null;
  readonly best: boolean;
  readonly lookedAt: number;
  readonly nodes: number;
}

/** Yields while it works, so that whoever else waits can be served. Errors: `RiskError`. */
export function* summarise(table: RiskTable, options: RiskOptions): Generator<undefined, RiskSummary, undefined> {
  const distinct = table.distinct();
  const columns = table.columns.map(({ name, kind }, column) => ({
    name,
    kind,
    distinct: distinct[column] ?? 0,
    levels: heightOf(kind) + 1,
  }));
  const measured = table.measure(options);
  const suggestion = options.target === null ? null : yield* suggested(table, options, options.target);
  return { ...measured, columns, suggestion };
}

function* suggested(
  table: RiskTable,
  options: RiskOptions,
  risk: number,
): Generator<undefined, SuggestedLevels, undefined> {
  const { suppression } = options;
  const k = classSizeFor(risk, options.fraction);
  const { found, best, lookedAt, nodes } = yield* suggest(table, { k, suppression }, SEARCH);
  const told = { target: { risk, k, suppression }, best, lookedAt, nodes };
  if (found === null) return { ...told, found: null };
  const { steps, loss, suppressed, classes } = found;
  return { ...told, found: { steps, loss, suppressed, measured: measure(leftIn(classes, k), options) } };
}

function leftIn(classes: Classes, k: number): ReturnType<Classes['distribution']> {
  return classes.distribution().filter(({ size }) => size >= k);
}
