// What a sample says of the population that it was drawn from. Of a class with f records in the sample, each record drawn with
// probability π on its own, the size F in the population is f plus a negative binomial number (Benedetti and Franconi 1998; Franconi and
// Polettini 2004: the model of μ-Argus).
import type { ClassSize } from './classes.ts';

/**
 * E[1/F] for classes of f = 1…`largest` records: the chance that a record linked to one of the people of its class is linked rightly.
 * E[1/F | f] = π·J(f), J(f) = ∫₀¹ s^(f−1) / (π + (1−π)s) ds, between π/f and 1/f. `fraction`: π, 0 < π ≤ 1.
 */
export function linkRisks(fraction: number, largest: number): Float64Array {
  const rest = 1 - fraction;
  const risks = new Float64Array(largest + 1);
  if (rest === 0) {
    for (let size = 1; size <= largest; size += 1) risks[size] = 1 / size;
    return risks;
  }
  // (1−π)·J(f+1) = 1/f − π·J(f). Upwards a rounding is multiplied by π/(1−π) each step, downwards by the inverse: the way that shrinks it.
  if (fraction <= rest) {
    let integral = -Math.log(fraction) / rest;
    for (let size = 1; size <= largest; size += 1) {
      risks[size] = fraction * integral;
      integral = (1 / size - fraction * integral) / rest;
    }
    return risks;
  }
  const start = largest + STEPS_BEYOND;
  let integral = 1 / start + rest / (start * (start + 1)); // by parts, without the terms in 1/start³
  for (let size = start; size >= 1; size -= 1) {
    if (size <= largest) risks[size] = fraction * integral;
    if (size > 1) integral = (1 / (size - 1) - rest * integral) / fraction;
  }
  return risks;
}

/** Classes beyond the largest at which the way down begins: what its start is off by is below 10⁻⁹ there. */
const STEPS_BEYOND = 2_000;

/** Shares of the sample's unique records that are unique in the population too. */
export interface PopulationUniques {
  /** By the model above: P(F = 1 | f = 1) = π. */
  readonly byModel: number;
  /** Zayatz 1991: the population's classes are taken for as big as the sample's. */
  readonly byZayatz: number;
}

export function populationUniques(distribution: readonly ClassSize[], fraction: number): PopulationUniques {
  const singles = distribution.find(({ size }) => size === 1)?.classes ?? 0;
  // P(one record drawn of a class of j) = j·π·(1−π)^(j−1); π cancels out.
  const drawnOnce = distribution.reduce(
    (sum, { size, classes }) => sum + classes * size * (1 - fraction) ** (size - 1),
    0,
  );
  return { byModel: singles === 0 ? 0 : fraction, byZayatz: singles === 0 ? 0 : singles / drawnOnce };
}
