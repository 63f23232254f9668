// What each deployment pattern costs a year, line by line. Each line says its formula with its units, so that a reader can redo it.
import type { PATTERNS } from '@cordon/contract';
import { divided, type InputName, type Micro, micro, plain, times, wholeUp } from './inputs.ts';

export type PatternName = (typeof PATTERNS)[number];
/** One value per input; `inputTokens` may be absent. */
export type Values = Readonly<Partial<Record<InputName, Micro>>>;

export interface Line {
  readonly what: string;
  readonly formula: string;
  /** Micro-dollars a year. */
  readonly perYear: Micro;
}

const MILLION = micro(1_000_000);
const MINUTES_OF_HOUR = micro(60);
/** 365 days: what is provisioned runs at night too. */
const HOURS_OF_YEAR = micro(8_760);

export function valueOf(values: Values, name: InputName): Micro {
  return values[name] ?? 0n;
}

export function encountersOf(values: Values): Micro {
  return times(valueOf(values, 'clinicians'), valueOf(values, 'encountersPerDay'), valueOf(values, 'workingDays'));
}

/** Tokens that go in per encounter: as given or measured, else what the conversation comes to, and the prompt. */
export function inputTokensOf(values: Values): Micro {
  if (values.inputTokens !== undefined) return values.inputTokens;
  const spoken = times(
    valueOf(values, 'minutesPerEncounter'),
    valueOf(values, 'wordsPerMinute'),
    valueOf(values, 'tokensPerWord'),
  );
  return spoken + valueOf(values, 'promptTokens');
}

export function minutesOf(values: Values): Micro {
  return times(encountersOf(values), valueOf(values, 'minutesPerEncounter'));
}

/** Streams at once at the peak of a day. */
export function peakStreams(values: Values): Micro {
  const daily = times(valueOf(values, 'clinicians'), valueOf(values, 'encountersPerDay'));
  const minutes = times(daily, valueOf(values, 'minutesPerEncounter'));
  const open = times(valueOf(values, 'openHours'), MINUTES_OF_HOUR);
  return times(divided(minutes, open), valueOf(values, 'peakFactor'));
}

/** The lines of a pattern, dearest parts first as they come to mind: model, speech, machines, people. */
export function linesOf(pattern: PatternName, values: Values): readonly Line[] {
  switch (pattern) {
    case 'baa-cloud':
      return [...modelByToken(values), speechByMinute(values), people(values, 'staffBaaCloud')];
    case 'deid-cloud':
      // Raw sound never leaves: a voice identifies (45 CFR 164.514(b)(2)(i)(P)).
      return [
        ...modelByToken(values),
        speechByGpu(values),
        hosts(values, 'De-identification hosts', valueOf(values, 'deidHosts')),
        people(values, 'staffDeidCloud'),
      ];
    case 'vpc':
      return [provisioned(values), speechByGpu(values), people(values, 'staffVpc')];
    case 'on-prem': {
      const speech = wholeUp(divided(peakStreams(values), valueOf(values, 'streamsPerHost')));
      return [
        hosts(values, 'Model hosts', valueOf(values, 'modelHosts')),
        hosts(values, 'Speech hosts', speech),
        people(values, 'staffOnPrem'),
      ];
    }
  }
}

export function totalOf(lines: readonly Line[]): Micro {
  return lines.reduce((sum, { perYear }) => sum + perYear, 0n);
}

/** Input and output by the token; cached ones are a part of the input. */
export function modelByToken(values: Values): readonly Line[] {
  const encounters = encountersOf(values);
  const input = inputTokensOf(values);
  const cached = smaller(valueOf(values, 'cachedTokens'), input);
  const part = (what: string, tokens: Micro, price: Micro): Line => ({
    what,
    formula: `${plain(encounters)} encounters × ${plain(tokens)} tokens × $${plain(price)}/1,000,000 tokens`,
    perYear: divided(times(encounters, tokens, price), MILLION),
  });
  const lines = [
    part('Model input', input - cached, valueOf(values, 'inputPrice')),
    part('Model output', valueOf(values, 'outputTokens'), valueOf(values, 'outputPrice')),
  ];
  return cached === 0n ? lines : [...lines, part('Model input, cached', cached, valueOf(values, 'cachedPrice'))];
}

export function speechByMinute(values: Values): Line {
  const minutes = minutesOf(values);
  const price = valueOf(values, 'speechMinute');
  return {
    what: 'Speech recognition by the minute',
    formula: `${plain(minutes)} minutes × $${plain(price)}/minute`,
    perYear: times(minutes, price),
  };
}

export function speechByGpu(values: Values): Line {
  const hours = divided(minutesOf(values), MINUTES_OF_HOUR);
  const [factor, idle, price] = [
    valueOf(values, 'realTimeFactor'),
    valueOf(values, 'idleFactor'),
    valueOf(values, 'gpuHour'),
  ];
  return {
    what: 'Speech recognition on own GPUs',
    formula: `${plain(hours)} audio hours ÷ ${plain(factor)} × ${plain(idle)} (idle) × $${plain(price)}/GPU hour`,
    perYear: times(divided(hours, factor), idle, price),
  };
}

function provisioned(values: Values): Line {
  const [units, price] = [valueOf(values, 'provisionedUnits'), valueOf(values, 'provisionedHour')];
  return {
    what: 'Provisioned model',
    formula: `${plain(units)} units × 8,760 hours × $${plain(price)}/hour`,
    perYear: times(units, HOURS_OF_YEAR, price),
  };
}

function hosts(values: Values, what: string, count: Micro): Line {
  const [price, years, running] = [
    valueOf(values, 'hostPrice'),
    valueOf(values, 'amortisationYears'),
    valueOf(values, 'hostYear'),
  ];
  return {
    what,
    formula: `${plain(count)} hosts × ($${plain(price)} ÷ ${plain(years)} years + $${plain(running)}/year)`,
    perYear: times(count, divided(price, years) + running),
  };
}

function people(values: Values, name: InputName): Line {
  const [count, price] = [valueOf(values, name), valueOf(values, 'personYear')];
  return {
    what: 'People',
    formula: `${plain(count)} people × $${plain(price)}/year`,
    perYear: times(count, price),
  };
}

function smaller(a: Micro, b: Micro): Micro {
  return a < b ? a : b;
}
