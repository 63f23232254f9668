// What a stand-in's recogniser hears, before it is put into a vendor's wire form; and sound to send.
export interface SpokenWord {
  readonly text: string;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
  readonly channel: number;
  readonly speaker: number;
}

export const SPOKEN: readonly SpokenWord[] = [
  { text: 'Guten', start: 0.1, end: 0.4, confidence: 0.91, channel: 0, speaker: 0 },
  { text: 'Tag,', start: 0.45, end: 0.8, confidence: 0.85, channel: 0, speaker: 0 },
  { text: 'canary-4c1d', start: 0.9, end: 1.4, confidence: 0.5, channel: 1, speaker: 1 },
  { text: 'hustet.', start: 1.5, end: 2.25, confidence: 1, channel: 0, speaker: 0 },
];

/** A WAV of a quiet tone. */
export function wav(seconds: number, channels = 1, rate = 16_000): Buffer {
  const frames = Math.round(seconds * rate);
  const data = Buffer.alloc(frames * channels * 2);
  for (let at = 0; at < frames * channels; at += 1) data.writeInt16LE(Math.round(2000 * Math.sin(at / 7)), at * 2);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * channels * 2, 28);
  head.writeUInt16LE(channels * 2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}
