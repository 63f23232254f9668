// From the bytes of a recording to channels of sound at the engine's rate.
import { ENGINE_SAMPLE_RATE } from './limits.ts';
import { MeasuredReader } from './measured.ts';
import type { RecordingFacts } from './measured.ts';
import { createResampler } from './resample.ts';
import type { Resampler } from './resample.ts';
import type { Block } from './wav.ts';

/** Pushed bytes come back as blocks at 16 kHz. Memory and errors: those of `MeasuredReader`. */
export class TrackReader {
  readonly #reader = new MeasuredReader();
  #resamplers: Resampler[] = [];

  push(bytes: Uint8Array): Block[] {
    return this.#reader.push(bytes).map((block) => this.#convert(block));
  }

  /** `tail`: what the resamplers still held. */
  end(): { readonly tail: Block; readonly facts: RecordingFacts } {
    const facts = this.#reader.end();
    return { tail: this.#resamplers.map((resampler) => resampler.end()), facts };
  }

  #convert(block: Block): Block {
    const rate = this.#reader.format?.sampleRate ?? ENGINE_SAMPLE_RATE;
    if (this.#resamplers.length === 0) {
      this.#resamplers = block.map(() => createResampler(rate, ENGINE_SAMPLE_RATE));
    }
    return block.map((samples, channel) => this.#resamplers[channel]?.push(samples) ?? samples);
  }
}
