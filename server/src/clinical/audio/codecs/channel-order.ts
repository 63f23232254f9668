// Vorbis and Opus lay surround channels in an order of their own; every other format, and every caller, counts them as WAV does.

/** Where each channel of WAV's order lies in Vorbis's (Vorbis I §4.3.9, RFC 7845 §5.1.1.2), by number of channels. Two and fewer are alike. */
const FROM_VORBIS: Readonly<Record<number, readonly number[]>> = {
  3: [0, 2, 1],
  5: [0, 2, 1, 3, 4],
  6: [0, 2, 1, 5, 3, 4],
  7: [0, 2, 1, 6, 5, 3, 4],
  8: [0, 2, 1, 7, 5, 6, 3, 4],
};

export function inWavOrder<T>(channels: readonly T[]): readonly T[] {
  const order = FROM_VORBIS[channels.length];
  return order === undefined ? channels : order.flatMap((from) => channels.slice(from, from + 1));
}
