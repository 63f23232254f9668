// From the bytes of a recording to channels of sound at the engine's rate, in blocks, with everything measured on the way.
import { ProblemError } from '@cordon/contract';
import { ENGINE_SAMPLE_RATE, MAX_DURATION_SECONDS, MIN_DURATION_SECONDS } from './limits.ts';
import { Meter } from './meter.ts';
import type { Level } from './meter.ts';
import { createResampler } from './resample.ts';
import type { Resampler } from './resample.ts';
import { WavReader } from './wav.ts';
import type { Block } from './wav.ts';

export interface TrackFacts {
  readonly container: 'wav';
  readonly encoding: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** Seconds. */
  readonly duration: number;
  readonly levels: readonly Level[];
}

/**
 * Pushed bytes come back as blocks at 16 kHz: one Float32Array per channel, equally long. Memory: one chunk of input, decoded.
 * Errors: those of `WavReader`; `audio_unusable` {reason: 'too_short' | 'too_long' | 'invalid_samples'}.
 */
export class TrackReader {
  readonly #wav = new WavReader();
  #resamplers: Resampler[] = [];
  #meters: Meter[] = [];

  push(bytes: Uint8Array): Block[] {
    return this.#wav.push(bytes).map((block) => this.#convert(block));
  }

  end(): { readonly tail: Block; readonly facts: TrackFacts } {
    const { format, frames } = this.#wav.end();
    const duration = frames / format.sampleRate;
    if (duration < MIN_DURATION_SECONDS) throw unusable('too_short', duration);
    const tail = this.#resamplers.map((resampler) => resampler.end());
    const levels = this.#meters.map((meter) => meter.level());
    const { encoding, bytes, sampleRate, channels } = format;
    return {
      tail,
      facts: { container: 'wav', encoding: `${encoding}${String(bytes * 8)}`, sampleRate, channels, duration, levels },
    };
  }

  /** Channels, once the header has been read; null before. */
  get channels(): number | null {
    return this.#wav.format?.channels ?? null;
  }

  #convert(block: Block): Block {
    const format = this.#wav.format;
    if (format === null) return block;
    if (this.#meters.length === 0) {
      this.#meters = block.map(() => new Meter());
      this.#resamplers = block.map(() => createResampler(format.sampleRate, ENGINE_SAMPLE_RATE));
    }
    if (this.#wav.frames > MAX_DURATION_SECONDS * format.sampleRate) throw unusable('too_long', MAX_DURATION_SECONDS);
    return block.map((samples, channel) => {
      this.#meters[channel]?.measure(samples, channel);
      return this.#resamplers[channel]?.push(samples) ?? samples;
    });
  }
}

function unusable(reason: string, seconds: number): ProblemError {
  return new ProblemError('audio_unusable', { reason, seconds: Math.round(seconds * 1000) / 1000 });
}
