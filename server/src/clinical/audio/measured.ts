// A recording read and judged as it passes: what it is, how loud, and whether any engine can use it. Used at upload and in the child.
import { ProblemError } from '@cordon/contract';
import type { Container } from './container.ts';
import { MAX_DURATION_SECONDS, MAX_SAMPLES_PER_BYTE, MIN_DURATION_SECONDS, SAMPLES_ALLOWED } from './limits.ts';
import { Meter } from './meter.ts';
import type { Level } from './meter.ts';
import type { Decoder, SoundFormat } from './sound.ts';
import type { Block } from './wav.ts';

export interface RecordingFacts {
  readonly container: Container;
  /** `pcm16`, `float32`, `mulaw8`, `flac24`, `opus`… */
  readonly encoding: string;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Seconds. */
  readonly duration: number;
  readonly levels: readonly Level[];
}

/**
 * Memory: that of the decoder. Errors: those of the decoder; `audio_unusable` {reason: 'too_short' | 'too_long' | 'mostly_nothing' | 'invalid_samples', …}.
 */
export class MeasuredReader {
  readonly #decoder: Decoder;
  #meters: Meter[] = [];
  #frames = 0;
  /** Of the file, so far. */
  #bytes = 0;
  #ended = false;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /** Known once the header has been read. */
  get format(): SoundFormat | null {
    return this.#decoder.format;
  }

  /** The samples that these bytes complete, at the recording's own rate, clamped to ±1. Take all before the next call. */
  async *push(bytes: Uint8Array): AsyncGenerator<Block, void, undefined> {
    this.#bytes += bytes.length;
    for await (const block of this.#decoder.push(bytes)) yield this.#measure(block);
  }

  /** The last samples. Then `facts` may be asked for. */
  async *end(): AsyncGenerator<Block, void, undefined> {
    for await (const block of this.#decoder.end()) yield this.#measure(block);
    this.#ended = true;
  }

  /** What the recording was, once `end` has given all. Errors: `audio_unusable` 'too_short', `audio_unreadable` 'no_audio'. */
  facts(): RecordingFacts {
    const { format } = this;
    if (!this.#ended) throw new Error('the recording has not been read to its end');
    if (format === null) throw new ProblemError('audio_unreadable', { reason: 'no_audio', offset: 0 });
    const duration = this.#frames / format.sampleRate;
    if (duration < MIN_DURATION_SECONDS) {
      throw new ProblemError('audio_unusable', { reason: 'too_short', milliseconds: Math.round(duration * 1000) });
    }
    return { ...format, duration, levels: this.#meters.map((meter) => meter.level()) };
  }

  /** Ends what the decoder runs. Call it however reading went. */
  close(): void {
    this.#decoder.close();
  }

  #measure(block: Block): Block {
    if (this.#meters.length === 0) this.#meters = block.map(() => new Meter());
    for (const [channel, samples] of block.entries()) this.#meters[channel]?.measure(samples, channel);
    this.#frames += block[0]?.length ?? 0;
    const rate = this.#decoder.format?.sampleRate ?? 0;
    if (this.#frames > MAX_DURATION_SECONDS * rate) {
      throw new ProblemError('audio_unusable', { reason: 'too_long', limitSeconds: MAX_DURATION_SECONDS });
    }
    const allowed = SAMPLES_ALLOWED + this.#bytes * MAX_SAMPLES_PER_BYTE;
    if (this.#frames * block.length > allowed) {
      throw new ProblemError('audio_unusable', { reason: 'mostly_nothing', limitSamplesPerByte: MAX_SAMPLES_PER_BYTE });
    }
    return block;
  }
}

/** For those who want the facts alone: lets the sound go as it comes. */
export async function drain(blocks: AsyncIterable<Block>): Promise<void> {
  for await (const block of blocks) void block;
}
