import type { Price } from '@cordon/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usage } from '#boundary/egress/adapter.ts';
import { ceilingOf, costOf } from './cost.ts';
import { dollarText, nanoDollars } from './money.ts';

const AT = new Date('2026-11-22T12:00:00Z');
const price = (change: Partial<Price>): Price => ({ from: '2026-01-01', to: null, source: 'list', ...change });
const used = (change: Partial<Usage>): Usage => ({
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  audioMs: 0,
  ...change,
});
const sonnet = price({ tokens: { input: '2', cachedInput: '0.10', output: '10' } });

describe('money', () => {
  it('goes to nano-dollars and back without loss', () => {
    expect(nanoDollars('0.000000001')).toBe(1n);
    expect(nanoDollars('3750')).toBe(3_750_000_000_000n);
    expect(dollarText(nanoDollars('3750'))).toBe('3750.00');
    expect(dollarText(nanoDollars('0.0011'))).toBe('0.0011');
    expect(dollarText(-1n)).toBe('-0.000000001');
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), (amount) => {
        expect(nanoDollars(dollarText(amount))).toBe(amount);
      }),
    );
  });

  it.each(['', '-1', '1e3', '0x10', '1.0000000001', '1.', '.5', ' 1', 'NaN'])('%j is no amount', (text) => {
    expect(() => nanoDollars(text)).toThrow(RangeError);
  });
});

describe('what a call costs', () => {
  it('by tokens, of which cached ones are a part', () => {
    const usage = used({ inputTokens: 5_500, cachedInputTokens: 2_000, outputTokens: 800 });
    expect(costOf(usage, [sonnet], AT)).toEqual({ nanoDollars: nanoDollars('0.0152'), basis: 'measured' });
    expect(costOf(used({ inputTokens: 1, cachedInputTokens: 99 }), [sonnet], AT)?.nanoDollars).toBe(100n);
  });

  it('by minutes of sound, rounded up to the increment and the minimum', () => {
    const audio = (increment: number, minimum: number): Price =>
      price({ audio: { minute: '0.024', incrementSeconds: increment, minimumSeconds: minimum } });
    const cost = (ms: number, row: Price) => dollarText(costOf(used({ audioMs: ms }), [row], AT)?.nanoDollars ?? -1n);
    expect(cost(1, audio(1, 15))).toBe('0.006');
    expect(cost(15_001, audio(1, 15))).toBe('0.0064');
    expect(cost(60_001, audio(60, 0))).toBe('0.048');
    expect(cost(0, audio(1, 15))).toBe('0.00');
  });

  it('at the prices of that day, of several rows the one that began last', () => {
    const rows = [
      price({ to: '2026-10-01', tokens: { input: '3', output: '15' } }),
      price({ from: '2026-10-01', tokens: { input: '2', output: '10' } }),
    ];
    const cost = (at: string) => costOf(used({ inputTokens: 1_000_000 }), rows, new Date(at))?.nanoDollars ?? null;
    expect(cost('2025-12-31T23:59:59.999Z')).toBeNull();
    expect(cost('2026-09-30T23:59:59.999Z')).toBe(nanoDollars('3'));
    expect(cost('2026-10-01T00:00:00.000Z')).toBe(nanoDollars('2'));
    const open = [price({ tokens: { input: '9', output: '9' } }), ...rows.slice(1)];
    expect(costOf(used({ inputTokens: 1_000_000 }), open, AT)?.nanoDollars).toBe(nanoDollars('2'));
  });

  it('what the service did not say is the ceiling, and said to be; without one the cost is not known', () => {
    const silent = used({ inputTokens: null, outputTokens: null });
    expect(costOf(silent, [sonnet], AT)).toBeNull();
    const ceiling = ceilingOf({ requestBytes: 4_000, maxOutputTokens: 500, choices: 2, audioMs: null });
    expect(costOf(silent, [sonnet], AT, ceiling)).toEqual({ nanoDollars: nanoDollars('0.018'), basis: 'upper' });
    const half = costOf(used({ inputTokens: 100, outputTokens: null }), [sonnet], AT, ceiling);
    expect(half).toEqual({ nanoDollars: nanoDollars('0.0102'), basis: 'upper' });
    const unbounded = ceilingOf({ requestBytes: 4_000, maxOutputTokens: null, choices: 1, audioMs: null });
    expect(costOf(silent, [sonnet], AT, unbounded)).toBeNull();
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e300])('usage of %s is no usage', (count) => {
    expect(costOf(used({ inputTokens: count }), [sonnet], AT)).toBeNull();
  });

  it('is not known where something has no price, and nothing by the call where hours are paid', () => {
    expect(costOf(used({ audioMs: 1_000 }), [sonnet], AT)).toBeNull();
    expect(costOf(used({ inputTokens: 1 }), [], AT)).toBeNull();
    const hours = price({ hours: { rate: '40', units: 2, of: 'provisioned' } });
    const usage = used({ inputTokens: null, outputTokens: null, audioMs: 9_000 });
    expect(costOf(usage, [hours], AT)).toEqual({ nanoDollars: 0n, basis: 'measured' });
  });

  it('a ceiling of tokens does not make sound dear: only what was measured needs a price', () => {
    const sound = price({ audio: { minute: '0.06', incrementSeconds: 1, minimumSeconds: 0 } });
    const ceiling = ceilingOf({ requestBytes: 4_000_000, maxOutputTokens: null, choices: 1, audioMs: 60_000 });
    const silent = used({ inputTokens: null, outputTokens: null, audioMs: null });
    expect(costOf(silent, [sound], AT, ceiling)).toEqual({ nanoDollars: nanoDollars('0.06'), basis: 'upper' });
    expect(costOf(used({ inputTokens: 3, audioMs: 60_000 }), [sound], AT, ceiling)).toBeNull();
  });

  it('never falls when more is used, and never below what was used', () => {
    const count = fc.integer({ min: 0, max: 10_000_000 });
    fc.assert(
      fc.property(count, count, count, (input, output, more) => {
        const cost = costOf(used({ inputTokens: input, outputTokens: output }), [sonnet], AT)?.nanoDollars ?? 0n;
        const dearer =
          costOf(used({ inputTokens: input + more, outputTokens: output }), [sonnet], AT)?.nanoDollars ?? 0n;
        expect(dearer >= cost).toBe(true);
        expect(cost).toBe(2_000n * BigInt(input) + 10_000n * BigInt(output));
      }),
    );
  });
});
