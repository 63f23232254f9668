// From the bytes of a recording to channels of sound at the engine's rate.
import { ENGINE_SAMPLE_RATE } from './limits.ts';
import { MeasuredReader } from './measured.ts';
import type { RecordingFacts } from './measured.ts';
import { createResampler } from './resample.ts';
import type { Resampler } from './resample.ts';
import type { Decoder } from './sound.ts';
import type { Block } from './wav.ts';

/**
 * Share of mirror images in sound that comes from a lower rate. Engines were never trained on a band with nothing at all in it, and hear
 * next to nothing then; a faint image of the voice there is what they can take (measured: docs/decisions/0042).
 */
const TELEPHONE_IMAGES = 0.1;

/** Pushed bytes come back as blocks at 16 kHz. Memory and errors: those of `MeasuredReader`. */
export class TrackReader {
  readonly #reader: MeasuredReader;
  #resamplers: Resampler[] = [];

  constructor(decoder: Decoder) {
    this.#reader = new MeasuredReader(decoder);
  }

  /** Take all blocks before the next call. */
  async *push(bytes: Uint8Array): AsyncGenerator<Block, void, undefined> {
    for await (const block of this.#reader.push(bytes)) yield this.#convert(block);
  }

  /** The last blocks, of which the very last is what the resamplers still held. Then `facts` may be asked for. */
  async *end(): AsyncGenerator<Block, void, undefined> {
    for await (const block of this.#reader.end()) yield this.#convert(block);
    // A recording that no engine can use gives nothing more.
    this.#reader.facts();
    yield this.#resamplers.map((resampler) => resampler.end());
  }

  /** What the recording was, once `end` has given all. */
  facts(): RecordingFacts {
    return this.#reader.facts();
  }

  /** Ends what the decoder runs. Call it however reading went. */
  close(): void {
    this.#reader.close();
  }

  #convert(block: Block): Block {
    const rate = this.#reader.format?.sampleRate ?? ENGINE_SAMPLE_RATE;
    if (this.#resamplers.length === 0) {
      const images = rate < ENGINE_SAMPLE_RATE ? TELEPHONE_IMAGES : 0;
      this.#resamplers = block.map(() => createResampler(rate, ENGINE_SAMPLE_RATE, images));
    }
    return block.map((samples, channel) => this.#resamplers[channel]?.push(samples) ?? samples);
  }
}

/** A whole recording at once, one array per channel at 16 kHz: for clips, as memory grows with their length. */
export async function readClip(decoder: Decoder, bytes: Uint8Array): Promise<Float32Array[]> {
  const reader = new TrackReader(decoder);
  const blocks: Block[] = [];
  try {
    for await (const block of reader.push(bytes)) blocks.push(block);
    for await (const block of reader.end()) blocks.push(block);
  } finally {
    reader.close();
  }
  return (blocks[0] ?? []).map((_, channel) => joined(blocks.map((block) => block[channel] ?? new Float32Array(0))));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
