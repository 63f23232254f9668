// A recording read and judged as it passes: what it is, how loud, and whether any engine can use it. Used at upload and in the child.
import { ProblemError } from '@cordon/contract';
import { MAX_DURATION_SECONDS, MIN_DURATION_SECONDS } from './limits.ts';
import { Meter } from './meter.ts';
import type { Level } from './meter.ts';
import { WavReader } from './wav.ts';
import type { Block } from './wav.ts';
import type { WavFormat } from './wav-format.ts';

export interface RecordingFacts {
  readonly container: 'wav';
  /** `pcm16`, `float32`, `mulaw8`… */
  readonly encoding: string;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Seconds. */
  readonly duration: number;
  readonly levels: readonly Level[];
}

/**
 * Memory: one chunk of input, decoded. Errors: those of `WavReader`;
 * `audio_unusable` {reason: 'too_short' | 'too_long' | 'invalid_samples', …}.
 */
export class MeasuredReader {
  readonly #wav = new WavReader();
  #meters: Meter[] = [];

  /** Known once the header has been read. */
  get format(): WavFormat | null {
    return this.#wav.format;
  }

  /** The samples that these bytes complete, at the recording's own rate, clamped to ±1. */
  push(bytes: Uint8Array): readonly Block[] {
    const blocks = this.#wav.push(bytes);
    for (const block of blocks) this.#measure(block);
    return blocks;
  }

  end(): RecordingFacts {
    const { format, frames } = this.#wav.end();
    const { encoding, bytes, sampleRate, channels } = format;
    const duration = frames / sampleRate;
    if (duration < MIN_DURATION_SECONDS) {
      throw new ProblemError('audio_unusable', { reason: 'too_short', milliseconds: Math.round(duration * 1000) });
    }
    const levels = this.#meters.map((meter) => meter.level());
    return { container: 'wav', encoding: `${encoding}${String(bytes * 8)}`, sampleRate, channels, duration, levels };
  }

  #measure(block: Block): void {
    if (this.#meters.length === 0) this.#meters = block.map(() => new Meter());
    for (const [channel, samples] of block.entries()) this.#meters[channel]?.measure(samples, channel);
    const rate = this.#wav.format?.sampleRate ?? 0;
    if (this.#wav.frames > MAX_DURATION_SECONDS * rate) {
      throw new ProblemError('audio_unusable', { reason: 'too_long', limitSeconds: MAX_DURATION_SECONDS });
    }
  }
}
