// The comparison: each pattern at its low, likely and high, and what drives it. Pure.
import type { PlannerReport } from '@cordon/contract';
import { dollarText } from '../money.ts';
import { divided, type Input, type InputName, type Micro, plain } from './inputs.ts';
import { encountersOf, linesOf, type PatternName, totalOf, type Values } from './patterns.ts';

type PatternCost = PlannerReport['patterns'][number];
type Inputs = ReadonlyMap<InputName, Input>;

/** Drivers that are told: beyond the first few nothing turns a decision. */
const MAX_DRIVERS = 8;
const NANO_OF_MICRO = 1_000n;

/** Dollars per encounter beyond which a result is more likely a slip of the pen than a price. */
const LEAST_PLAUSIBLE: Micro = 1_000n;
const MOST_PLAUSIBLE: Micro = 5_000_000n;

export function at(inputs: Inputs, end: 'low' | 'base' | 'high'): Values {
  return Object.fromEntries([...inputs].map(([name, { spread }]) => [name, spread[end]]));
}

export function compare(pattern: PatternName, inputs: Inputs): PatternCost {
  const base = at(inputs, 'base');
  const lines = linesOf(pattern, base);
  const total = totalOf(lines);
  const swings = driversOf(pattern, inputs, base);
  const volume = encountersOf(base);
  // Cheap and dear are asked of the cost at one volume: else "low" would be whoever sees the fewest patients.
  const [cheap, dear] = [endOf(swings, base, 'cheaper'), endOf(swings, base, 'dearer')];
  const [low, high] = [totalOf(linesOf(pattern, cheap)), totalOf(linesOf(pattern, dear))];
  const each = divided(total, volume);
  return {
    pattern,
    perYear: { low: money(low), base: money(total), high: money(high) },
    perEncounter: {
      low: money(divided(low, encountersOf(cheap))),
      base: money(each),
      high: money(divided(high, encountersOf(dear))),
    },
    lines: lines.map(({ what, formula, perYear }) => ({ what, formula, perYear: money(perYear) })),
    drivers: swings
      .filter(({ swing }) => swing > 0n)
      .slice(0, MAX_DRIVERS)
      .map(({ name, atLow, atHigh, swing }) => ({
        input: name,
        atLow: money(atLow),
        atHigh: money(atHigh),
        swing: money(swing),
      })),
    flags: [
      ...(each < LEAST_PLAUSIBLE ? (['below_a_tenth_of_a_cent'] as const) : []),
      ...(each > MOST_PLAUSIBLE ? (['above_five_dollars'] as const) : []),
    ],
  };
}

interface Swing {
  readonly name: InputName;
  readonly cheaper: Micro;
  readonly dearer: Micro;
  /** Micro-dollars a year with the input at its low and its high value, all else likely. */
  readonly atLow: Micro;
  readonly atHigh: Micro;
  readonly swing: Micro;
}

/** Every input between its ends, all else likely; the widest first. */
function driversOf(pattern: PatternName, inputs: Inputs, base: Values): readonly Swing[] {
  return [...inputs]
    .map(([name, { spread }]): Swing => {
      const atLow = totalOf(linesOf(pattern, { ...base, [name]: spread.low }));
      const atHigh = totalOf(linesOf(pattern, { ...base, [name]: spread.high }));
      const rises = atHigh >= atLow;
      return {
        name,
        cheaper: rises ? spread.low : spread.high,
        dearer: rises ? spread.high : spread.low,
        atLow,
        atHigh,
        swing: rises ? atHigh - atLow : atLow - atHigh,
      };
    })
    .toSorted((a, b) => (a.swing === b.swing ? 0 : a.swing < b.swing ? 1 : -1));
}

/** How many are seen is no matter of cheap or dear: it stays likely. */
const VOLUME: ReadonlySet<InputName> = new Set(['clinicians', 'encountersPerDay', 'workingDays']);

function endOf(swings: readonly Swing[], base: Values, end: 'cheaper' | 'dearer'): Values {
  const moved = swings.filter(({ name }) => !VOLUME.has(name)).map((swing) => [swing.name, swing[end]] as const);
  return { ...base, ...Object.fromEntries(moved) };
}

export function money(amount: Micro): string {
  return dollarText(amount * NANO_OF_MICRO);
}

export function inputRows(inputs: Inputs): PlannerReport['inputs'] {
  return [...inputs].map(([input, { unit, spread, from, why }]) => ({
    input,
    unit,
    low: plain(spread.low),
    base: plain(spread.base),
    high: plain(spread.high),
    from,
    why,
  }));
}

export function encounterRange(inputs: Inputs): PlannerReport['encountersPerYear'] {
  const [low, base, high] = (['low', 'base', 'high'] as const).map((end) => plain(encountersOf(at(inputs, end))));
  return { low: low ?? '', base: base ?? '', high: high ?? '' };
}
