// The risk that a record of a dataset is linked to the person it is about, from the sizes of its equivalence classes.
//
// f: records of a class in the dataset, F: people of it in the population, n records, J classes, τ a threshold. As El Emam ("Guide to the
// De-Identification of Personal Health Information", 2013, ch. 16) and ARX define them:
//   prosecutor  the attacker knows that the person is in the dataset: 1/f
//   journalist  he does not: 1/F
//   marketer    he links as many records as he can: prosecutor's mean J/n, journalist's mean Σ(f/F)/n
// Of each its maximum, its mean over records, and the share of records above τ. F is not known; of 1/F the expectation under the sampling
// fraction is taken (population.ts).
import type { ClassSize } from './classes.ts';
import { RiskError } from './fault.ts';
import { linkRisks, type PopulationUniques, populationUniques } from './population.ts';

/** What people commonly take: one in eleven (a class of at least eleven records). */
export const USUAL_THRESHOLD = 0.09;

export interface MeasureOptions {
  /** Above it a record counts as at risk; 0 < threshold < 1. */
  readonly threshold: number;
  /** Share of the population that is in the dataset; null: not known, and only the prosecutor's risk is told. */
  readonly fraction: number | null;
}

/** Probabilities; `above`: share of the records whose own risk is greater than the threshold. */
export interface Risk {
  readonly max: number;
  readonly mean: number;
  readonly above: number;
}

export interface Measured {
  readonly records: number;
  readonly classes: number;
  /** Records of the smallest class. */
  readonly k: number;
  /** Records that are alone in their class. */
  readonly unique: { readonly records: number; readonly share: number };
  readonly threshold: number;
  readonly fraction: number | null;
  readonly prosecutor: Risk;
  readonly journalist: Risk | null;
  /** Share of records that a marketer links rightly: with the dataset for the whole population, and as a sample of it. */
  readonly marketer: { readonly dataset: number; readonly population: number | null };
  readonly populationUniques: PopulationUniques | null;
  /** Classes and records by size; the last has no upper end. */
  readonly sizes: readonly SizeBand[];
}

export interface SizeBand {
  readonly from: number;
  readonly to: number | null;
  readonly classes: number;
  readonly records: number;
}

const BANDS = [
  [1, 1],
  [2, 2],
  [3, 4],
  [5, 10],
  [11, 19],
  [20, null],
] as const;

/** `distribution` as `Classes.distribution` gives it. Errors: `RiskError` `no_records`, `options_unusable`. */
export function measure(distribution: readonly ClassSize[], { threshold, fraction }: MeasureOptions): Measured {
  if (!(threshold > 0 && threshold < 1)) throw new RiskError('options_unusable');
  if (fraction !== null && !(fraction > 0 && fraction <= 1)) throw new RiskError('options_unusable');
  const [smallest] = distribution;
  const largest = distribution.at(-1);
  if (smallest === undefined || largest === undefined) throw new RiskError('no_records');
  const records = distribution.reduce((sum, { size, classes }) => sum + size * classes, 0);
  const classes = distribution.reduce((sum, one) => sum + one.classes, 0);
  const alone = smallest.size === 1 ? smallest.classes : 0;
  const prosecutor = riskOf(distribution, records, threshold, (size) => 1 / size);
  const links = fraction === null ? null : linkRisks(fraction, largest.size);
  const journalist = links === null ? null : riskOf(distribution, records, threshold, (size) => links[size] as number);
  return {
    records,
    classes,
    k: smallest.size,
    unique: { records: alone, share: alone / records },
    threshold,
    fraction,
    prosecutor,
    journalist,
    marketer: { dataset: prosecutor.mean, population: journalist?.mean ?? null },
    populationUniques: fraction === null ? null : populationUniques(distribution, fraction),
    sizes: BANDS.map(([from, to]) => bandOf(distribution, from, to)),
  };
}

function riskOf(
  distribution: readonly ClassSize[],
  records: number,
  threshold: number,
  of: (size: number) => number,
): Risk {
  let [max, sum, above] = [0, 0, 0];
  for (const { size, classes } of distribution) {
    const risk = of(size);
    max = Math.max(max, risk);
    sum += risk * size * classes;
    if (risk > threshold) above += size * classes;
  }
  return { max, mean: sum / records, above: above / records };
}

function bandOf(distribution: readonly ClassSize[], from: number, to: number | null): SizeBand {
  const within = distribution.filter(({ size }) => size >= from && (to === null || size <= to));
  return {
    from,
    to,
    classes: within.reduce((sum, one) => sum + one.classes, 0),
    records: within.reduce((sum, { size, classes }) => sum + size * classes, 0),
  };
}

/** The smallest class that keeps every record's risk at or below `risk`: the journalist's with a fraction, else the prosecutor's. */
export function classSizeFor(risk: number, fraction: number | null): number {
  if (!(risk > 0 && risk <= 1)) throw new RiskError('options_unusable');
  const least = Math.ceil(1 / risk - ROUNDING);
  if (fraction === null) return least;
  const links = linkRisks(fraction, least);
  for (let size = 1; size < least; size += 1) if ((links[size] as number) <= risk) return size;
  return least;
}

/** 1/(1/3) is no more than 3. */
const ROUNDING = 1e-9;
