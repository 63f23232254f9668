// The lattice of data classes as numbers (spec boundary §3.1). A class that is not known ranks highest.
import { DATA_CLASSES, type DataClass } from './intent.ts';

const RANKS: ReadonlyMap<string, number> = new Map(DATA_CLASSES.map((name, rank) => [name, rank]));
const HIGHEST = DATA_CLASSES.length - 1;

export function rankOf(dataClass: string): number {
  return RANKS.get(dataClass) ?? HIGHEST;
}

export const DEIDENTIFIED = rankOf('deidentified');
export const MINIMISED = rankOf('minimised-phi');
const IDENTIFYING = rankOf('limited-data-set');

/** Everything from limited data sets upwards identifies or can identify a person (45 CFR 164.514). */
export function identifies(rank: number): boolean {
  return rank >= IDENTIFYING;
}

/** A service that is cleared for a class is cleared for every lower one; -1 when it is cleared for none. */
export function clearedUpTo(classes: readonly DataClass[]): number {
  return classes.reduce((highest, one) => Math.max(highest, RANKS.get(one) ?? -1), -1);
}
