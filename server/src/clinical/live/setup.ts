// What a client sets for a live session, and how positions in its bytes and in the engine's samples relate.
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';

export interface LiveSetup {
  readonly encoding: 'pcm' | 'mulaw' | 'alaw';
  /** Hz. */
  readonly sampleRate: 8_000 | 16_000 | 24_000;
  /** Seconds of pause that end a turn; null: the client says where turns end. */
  readonly pause: number | null;
}

/** Milliseconds of a session at most, of the clock and of sound: a clinic's day. Its bytes stay below what a WAV header can say. */
export const LONGEST_MS = 8 * 3_600_000;

/** As the OpenAI service has it by default: 16-bit PCM at 24 kHz, turns found by the server; our pause (docs/decisions/0041). */
export const DEFAULT_SETUP: LiveSetup = { encoding: 'pcm', sampleRate: 24_000, pause: 1 };

export function bytesPerSecond({ encoding, sampleRate }: LiveSetup): number {
  return encoding === 'pcm' ? sampleRate * 2 : sampleRate;
}

/** Bytes of sound that a session takes at most, however fast they come. */
export function longestBytes(setup: LiveSetup): number {
  return (bytesPerSecond(setup) * LONGEST_MS) / 1000;
}

/** Milliseconds from samples at 16 kHz. */
export function toMs(samples: number): number {
  return Math.round((samples / ENGINE_SAMPLE_RATE) * 1000);
}

/** Where to read from so that the engine has `before` samples in front of `sample`: a whole second, whose first byte is exact at every rate. */
export function readFrom(
  setup: LiveSetup,
  sample: number,
  before: number,
): { readonly byte: number; readonly sample: number } {
  const second = Math.max(0, Math.floor((sample - before) / ENGINE_SAMPLE_RATE));
  return { byte: second * bytesPerSecond(setup), sample: second * ENGINE_SAMPLE_RATE };
}
