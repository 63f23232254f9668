// Money is whole nano-dollars in a bigint: no binary fraction, no sum that depends on its order (spec boundary §6).

/** 1 dollar is 1,000,000,000 of them. */
export type NanoDollars = bigint;

const PLACES = 9;
const DOLLAR: NanoDollars = 1_000_000_000n;
const DECIMAL = /^(\d{1,15})(?:\.(\d{1,9}))?$/;

/** `1.5` → 1,500,000,000. Errors: a RangeError for what is no decimal of at most nine places; texts of a registry row always are. */
export function nanoDollars(text: string): NanoDollars {
  const [, whole, fraction = ''] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) throw new RangeError('no amount of dollars');
  return BigInt(whole) * DOLLAR + BigInt(fraction.padEnd(PLACES, '0'));
}

/** Dollars as a decimal text with two places at least and as many as are needed: `0.0011`, `3750.00`. */
export function dollarText(amount: NanoDollars): string {
  const [sign, size] = amount < 0n ? ['-', -amount] : ['', amount];
  const fraction = String(size % DOLLAR)
    .padStart(PLACES, '0')
    .replace(/0{1,7}$/, '');
  return `${sign}${size / DOLLAR}.${fraction}`;
}

/** Nobody is told less than it costs: what does not divide is rounded up. */
export function dividedUp(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by;
}
