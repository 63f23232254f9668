// What the planner calculates from: every input with its unit, its low, likely and high value, and where they come from. Assumptions are
// dated rows here and nowhere else; a request or a measurement replaces them. Values are whole millionths, so that no sum depends on its order.
import type { PlannerRequest } from '@cordon/contract';

/** A value in millionths of its unit. */
export type Micro = bigint;

/** Millionths in one. */
export const ONE: Micro = 1_000_000n;

export interface Spread {
  readonly low: Micro;
  readonly base: Micro;
  readonly high: Micro;
}

type Unit =
  | 'people'
  | 'encounters/clinician/day'
  | 'days/year'
  | 'minutes/encounter'
  | 'words/minute'
  | 'tokens/word'
  | 'tokens/encounter'
  | 'hours/day'
  | 'times'
  | 'USD/million tokens'
  | 'USD/minute'
  | 'USD/hour'
  | 'audio hours/GPU hour'
  | 'units'
  | 'hosts'
  | 'streams/host'
  | 'USD/host'
  | 'USD/host/year'
  | 'years'
  | 'USD/person/year';

interface Assumption {
  readonly unit: Unit;
  /** Decimal texts, low to high; null: nothing is assumed, another input stands for it. */
  readonly values: readonly [string, string, string] | null;
  readonly why: string;
}

const CORPORA = 'published corpora of consultations, November 2026';
const LISTS = 'price lists, October to November 2026';
const ROUGH = 'a rough figure: put in your own offer';

const ASSUMED = {
  clinicians: { unit: 'people', values: ['10', '10', '10'], why: 'an example' },
  encountersPerDay: { unit: 'encounters/clinician/day', values: ['15', '20', '25'], why: 'deployment literature' },
  workingDays: { unit: 'days/year', values: ['220', '250', '260'], why: 'deployment literature' },
  minutesPerEncounter: { unit: 'minutes/encounter', values: ['9', '15', '20'], why: CORPORA },
  wordsPerMinute: { unit: 'words/minute', values: ['145', '166', '192'], why: CORPORA },
  tokensPerWord: { unit: 'tokens/word', values: ['1.2', '1.5', '1.5'], why: `${CORPORA}; with speaker labels 1.5` },
  promptTokens: {
    unit: 'tokens/encounter',
    values: ['1500', '2000', '10000'],
    why: 'template; high with chart context',
  },
  cachedTokens: { unit: 'tokens/encounter', values: ['0', '0', '0'], why: 'no caching: its contract terms differ' },
  inputTokens: { unit: 'tokens/encounter', values: null, why: 'minutes × words × tokens per word + prompt' },
  outputTokens: {
    unit: 'tokens/encounter',
    values: ['500', '800', '2500'],
    why: `${CORPORA}; high with letters and codes`,
  },
  openHours: { unit: 'hours/day', values: ['10', '10', '10'], why: 'deployment literature' },
  peakFactor: { unit: 'times', values: ['1.25', '1.5', '2'], why: ROUGH },
  inputPrice: { unit: 'USD/million tokens', values: ['0.10', '2', '4'], why: LISTS },
  cachedPrice: { unit: 'USD/million tokens', values: ['0.01', '0.10', '0.40'], why: LISTS },
  outputPrice: { unit: 'USD/million tokens', values: ['0.50', '10', '20'], why: LISTS },
  speechMinute: { unit: 'USD/minute', values: ['0.003', '0.0077', '0.075'], why: `${LISTS}; high for medical models` },
  gpuHour: { unit: 'USD/hour', values: ['2.50', '3.25', '4.00'], why: LISTS },
  realTimeFactor: { unit: 'audio hours/GPU hour', values: ['50', '100', '200'], why: ROUGH },
  idleFactor: { unit: 'times', values: ['3', '5', '10'], why: 'sized for the peak: 3 to 10 times' },
  provisionedUnits: { unit: 'units', values: ['1', '2', '4'], why: ROUGH },
  provisionedHour: { unit: 'USD/hour', values: ['20', '40', '80'], why: ROUGH },
  modelHosts: { unit: 'hosts', values: ['2', '2', '4'], why: 'two, so that one may fail' },
  deidHosts: { unit: 'hosts', values: ['1', '2', '2'], why: 'two, so that one may fail' },
  streamsPerHost: { unit: 'streams/host', values: ['20', '50', '100'], why: ROUGH },
  hostPrice: { unit: 'USD/host', values: ['30000', '60000', '120000'], why: ROUGH },
  hostYear: { unit: 'USD/host/year', values: ['3000', '6000', '12000'], why: `power, space, support: ${ROUGH}` },
  amortisationYears: { unit: 'years', values: ['3', '4', '5'], why: ROUGH },
  personYear: { unit: 'USD/person/year', values: ['150000', '200000', '250000'], why: ROUGH },
  staffBaaCloud: { unit: 'people', values: ['0.1', '0.25', '0.5'], why: ROUGH },
  staffDeidCloud: {
    unit: 'people',
    values: ['0.5', '1', '1.5'],
    why: `with method evidence and sample reviews: ${ROUGH}`,
  },
  staffVpc: { unit: 'people', values: ['0.5', '1', '2'], why: ROUGH },
  staffOnPrem: { unit: 'people', values: ['1', '2', '3'], why: ROUGH },
} as const satisfies Record<keyof PlannerRequest['inputs'], Assumption>;

export type InputName = keyof typeof ASSUMED;
export const INPUT_NAMES = Object.keys(ASSUMED) as readonly InputName[];

export interface Input {
  readonly unit: string;
  readonly spread: Spread;
  readonly from: 'given' | 'measured' | 'assumed';
  readonly why: string;
}

/** What was measured here: over `samples` things of the last 90 days. */
export interface Measured {
  readonly samples: number;
  readonly spread: { readonly low: number; readonly base: number; readonly high: number };
}
export type MeasuredInputs = Partial<Record<'minutesPerEncounter' | 'inputTokens' | 'outputTokens', Measured>>;

/** Below this a measurement says more about chance than about the house. */
const LEAST_SAMPLES = 20;

/** Every input; `inputTokens` only where it was given or measured. What is given wins over what is measured, that over assumptions. */
export function resolveInputs(
  given: PlannerRequest['inputs'],
  measured: MeasuredInputs,
): ReadonlyMap<InputName, Input> {
  const inputs = new Map<InputName, Input>();
  for (const name of INPUT_NAMES) {
    const found = resolveInput(name, given[name], measured);
    if (found !== null) inputs.set(name, found);
  }
  return inputs;
}

type Given = PlannerRequest['inputs'][InputName];

function resolveInput(name: InputName, given: Given, measured: MeasuredInputs): Input | null {
  const { unit, values, why }: Assumption = ASSUMED[name];
  if (given !== undefined) return { unit, spread: spreadOf(given), from: 'given', why: 'the request' };
  const seen = Object.hasOwn(measured, name) ? measured[name as keyof MeasuredInputs] : undefined;
  if (seen !== undefined && seen.samples >= LEAST_SAMPLES)
    return { unit, spread: spreadOf(seen.spread), from: 'measured', why: `${seen.samples} here in the last 90 days` };
  if (values === null) return null;
  const [low, base, high] = values;
  return { unit, spread: { low: micro(low), base: micro(base), high: micro(high) }, from: 'assumed', why };
}

function spreadOf(given: NonNullable<Given>): Spread {
  if (typeof given === 'object') return { low: micro(given.low), base: micro(given.base), high: micro(given.high) };
  return { low: micro(given), base: micro(given), high: micro(given) };
}

/** To whole millionths; of a text no more than six places count. */
export function micro(value: number | string): Micro {
  if (typeof value === 'number') return BigInt(Math.round(value * Number(ONE)));
  const [whole = '0', fraction = ''] = value.split('.');
  return BigInt(whole) * ONE + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}

/** `5485`, `1.5`: as many places as are needed. */
export function plain(value: Micro): string {
  const fraction = String(value % ONE)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(value / ONE) : `${value / ONE}.${fraction}`;
}

export function times(a: Micro, ...others: readonly Micro[]): Micro {
  return others.reduce((product, factor) => (product * factor) / ONE, a);
}

/** Zero where there is nothing to divide by: no host carries no stream. */
export function divided(a: Micro, by: Micro): Micro {
  return by === 0n ? 0n : (a * ONE) / by;
}

/** The next whole one. */
export function wholeUp(value: Micro): Micro {
  return ((value + ONE - 1n) / ONE) * ONE;
}
