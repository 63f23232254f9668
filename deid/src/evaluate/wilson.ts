// Shares with their uncertainty.

/** `value` is null when nothing was counted; the interval is Wilson's at 95 %. */
export interface Share {
  readonly found: number;
  readonly of: number;
  readonly value: number | null;
  readonly low: number;
  readonly high: number;
}

const Z = 1.959963984540054; // of the standard normal distribution at 97.5 %

/** Wilson (1927), without continuity correction. */
export function shareOf({ found, of }: { readonly found: number; readonly of: number }): Share {
  if (of === 0) return { found, of, value: null, low: 0, high: 1 };
  const value = found / of;
  const spread = (Z * Math.sqrt((value * (1 - value)) / of + (Z * Z) / (4 * of * of))) / (1 + (Z * Z) / of);
  const centre = (value + (Z * Z) / (2 * of)) / (1 + (Z * Z) / of);
  return { found, of, value, low: Math.max(0, centre - spread), high: Math.min(1, centre + spread) };
}
