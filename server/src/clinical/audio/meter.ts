// Level, clipping and plain nonsense of one channel, measured as it passes.
import { ProblemError } from '@cordon/contract';
import { MAX_SAMPLE_MAGNITUDE } from './limits.ts';

export interface Level {
  /** dB relative to full scale; `SILENCE_DB` when all is zero. */
  readonly peakDb: number;
  readonly rmsDb: number;
  /** Share of samples at or over full scale. */
  readonly clipped: number;
}

/** dB. Stands for digital silence, whose logarithm JSON cannot carry; below the noise of 24 bits. */
export const SILENCE_DB = -200;

/** The highest code of 16 bits counts as full scale. */
const FULL_SCALE = 32_767 / 32_768;

export class Meter {
  #samples = 0;
  #squares = 0;
  #peak = 0;
  #clipped = 0;

  /** Throws `audio_unusable` {reason: 'invalid_samples', channel, frame} on NaN, infinity or what is far over full scale. Overshoot is clamped in place. */
  measure(samples: Float32Array, channel: number): void {
    let peak = this.#peak;
    let squares = 0;
    for (let index = 0; index < samples.length; index++) {
      const sample = samples[index] ?? 0;
      const magnitude = Math.abs(sample);
      // Written so that NaN fails it too.
      if (!(magnitude <= MAX_SAMPLE_MAGNITUDE)) throw invalid(channel, this.#samples + index);
      if (magnitude >= FULL_SCALE) {
        this.#clipped += 1;
        if (magnitude > 1) samples[index] = Math.sign(sample);
      }
      if (magnitude > peak) peak = magnitude;
      squares += sample * sample;
    }
    this.#peak = peak;
    this.#squares += squares;
    this.#samples += samples.length;
  }

  level(): Level {
    const mean = this.#samples === 0 ? 0 : this.#squares / this.#samples;
    return {
      peakDb: decibels(this.#peak),
      rmsDb: decibels(Math.sqrt(mean)),
      clipped: this.#samples === 0 ? 0 : this.#clipped / this.#samples,
    };
  }
}

function decibels(amplitude: number): number {
  return amplitude === 0 ? SILENCE_DB : Math.max(SILENCE_DB, Math.round(200 * Math.log10(amplitude)) / 10);
}

function invalid(channel: number, frame: number): ProblemError {
  return new ProblemError('audio_unusable', { reason: 'invalid_samples', channel, frame });
}
