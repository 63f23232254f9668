// What one call costs. Pure: usage, dated prices, a moment (docs/formats/costs.md).
import type { Price } from '@cordon/contract';
import type { Usage } from '#boundary/egress/adapter.ts';
import { dividedUp, nanoDollars, type NanoDollars } from './money.ts';

export interface CallCost {
  readonly nanoDollars: NanoDollars;
  /** `upper`: the service did not say everything it used, and the ceiling stands for the rest. */
  readonly basis: 'measured' | 'upper';
}

const MILLION = 1_000_000n;
const MS_OF_SECOND = 1_000;
const SECONDS_OF_MINUTE = 60n;

/**
 * What a call at `at` costs; null when it is not known: nobody priced the service then, it used something that has no price, or it did not say
 * how much and there is no `ceiling` either. A service that is paid by the hour costs nothing by the call.
 */
export function costOf(
  usage: Usage,
  prices: readonly Price[],
  at: Date,
  ceiling: Usage | null = null,
): CallCost | null {
  const { tokens, audio, hours } = pricesAt(prices, at);
  if (tokens === undefined && audio === undefined && hours === undefined) return null;
  const paid = hours !== undefined; // what the hours pay for needs no price of its own
  const parts = [tokenPart(tokens, usage, ceiling, paid), audioPart(audio, usage, ceiling, paid)];
  if (!parts.every((part) => part !== null)) return null;
  return {
    nanoDollars: parts.reduce((sum, part) => sum + part.cost, 0n),
    basis: parts.every((part) => part.measured) ? 'measured' : 'upper',
  };
}

interface Part {
  readonly cost: NanoDollars;
  readonly measured: boolean;
}

const FREE: Part = { cost: 0n, measured: true };

/** Null: not known. A kind without a price is nothing where nothing of it was measured, or where hours pay for it. */
function tokenPart(price: Price['tokens'], usage: Usage, ceiling: Usage | null, paid: boolean): Part | null {
  if (price === undefined) return paid || !isUsed(usage.inputTokens, usage.outputTokens) ? FREE : null;
  const input = amountOf(usage.inputTokens, ceiling?.inputTokens);
  const output = amountOf(usage.outputTokens, ceiling?.outputTokens);
  if (input === null || output === null) return null;
  const cached = Math.min(sane(usage.cachedInputTokens) ?? 0, input.count);
  return { cost: tokenCost(price, input.count, cached, output.count), measured: input.measured && output.measured };
}

function audioPart(price: Price['audio'], usage: Usage, ceiling: Usage | null, paid: boolean): Part | null {
  if (price === undefined) return paid || !isUsed(usage.audioMs) ? FREE : null;
  const sound = amountOf(usage.audioMs, ceiling?.audioMs);
  return sound === null ? null : { cost: audioCost(price, sound.count), measured: sound.measured };
}

/** What is measured but no count of anything was used nonetheless. */
function isUsed(...counts: readonly (number | null)[]): boolean {
  return counts.some((count) => count !== null && count !== 0);
}

/** The most that a request can use, before it is sent. */
export interface Bounds {
  /** Bytes of the request: no tokeniser makes more tokens than there are bytes. */
  readonly requestBytes: number;
  /** What the request allows, or what the model can give at most; null: neither is known. */
  readonly maxOutputTokens: number | null;
  /** Answers asked for. */
  readonly choices: number;
  /** Milliseconds of sound; null: none. */
  readonly audioMs: number | null;
}

export function ceilingOf({ requestBytes, maxOutputTokens, choices, audioMs }: Bounds): Usage {
  const outputTokens = maxOutputTokens === null ? null : maxOutputTokens * Math.max(1, choices);
  return { inputTokens: requestBytes, cachedInputTokens: 0, outputTokens, audioMs: audioMs ?? 0 };
}

/** What an upstream calls its usage may be anything; what is no count of something is not known. */
function sane(count: number | null | undefined): number | null {
  return count !== null && count !== undefined && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

type Amount = { readonly count: number; readonly measured: boolean } | null;

function amountOf(measured: number | null, ceiling: number | null | undefined): Amount {
  const count = sane(measured);
  if (count !== null) return { count, measured: true };
  const most = sane(ceiling);
  return most === null ? null : { count: most, measured: false };
}

/** The kinds of price that hold at a moment; of several rows the one that began last. */
export function pricesAt(prices: readonly Price[], at: Date): Pick<Price, 'tokens' | 'audio' | 'hours'> {
  const day = at.toISOString().slice(0, 10);
  const rows = prices
    .filter(({ from, to }) => from <= day && (to === null || day < to))
    .toSorted((a, b) => (a.from < b.from ? 1 : -1));
  const [tokens, audio, hours] = [
    rows.find((row) => row.tokens !== undefined)?.tokens,
    rows.find((row) => row.audio !== undefined)?.audio,
    rows.find((row) => row.hours !== undefined)?.hours,
  ];
  return {
    ...(tokens === undefined ? {} : { tokens }),
    ...(audio === undefined ? {} : { audio }),
    ...(hours === undefined ? {} : { hours }),
  };
}

/** `cached` is a part of `input`; without a price of its own it costs what input costs. */
function tokenCost(price: NonNullable<Price['tokens']>, input: number, cached: number, output: number): NanoDollars {
  const full = nanoDollars(price.input) * BigInt(input - cached);
  const read = nanoDollars(price.cachedInput ?? price.input) * BigInt(cached);
  return dividedUp(full + read + nanoDollars(price.output) * BigInt(output), MILLION);
}

function audioCost(price: NonNullable<Price['audio']>, ms: number): NanoDollars {
  if (ms === 0) return 0n;
  const { incrementSeconds, minimumSeconds } = price;
  const increments = Math.ceil(ms / (incrementSeconds * MS_OF_SECOND));
  const seconds = Math.max(minimumSeconds, increments * incrementSeconds);
  return dividedUp(nanoDollars(price.minute) * BigInt(seconds), SECONDS_OF_MINUTE);
}
