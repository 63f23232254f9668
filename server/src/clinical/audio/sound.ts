// What every reader of recordings is: bytes in any chunking go in, blocks of samples come out.
import type { Container } from './container.ts';
import type { Block } from './wav.ts';

export interface SoundFormat {
  readonly container: Container;
  /** `pcm16`, `flac24`, `opus`, `mp3`… */
  readonly encoding: string;
  /** Hz, of the blocks. Opus is always 48,000. */
  readonly sampleRate: number;
  readonly channels: number;
}

/** Blocks as they are decoded. Take all of them before the next call: a few bytes may stand for gigabytes, so none are gathered. */
export type Blocks = Iterable<Block> | AsyncIterable<Block>;

/** Errors of `push` and `end`: `audio_unreadable` {reason, container, offset, codec?}, `audio_unusable`, `decoder_missing`. */
export interface Decoder {
  /** Known once the header has been read. */
  readonly format: SoundFormat | null;
  /** The blocks that these bytes complete. */
  push(bytes: Uint8Array): Blocks;
  /** The stream ended: what is left, then the refusal unless the file was whole. */
  end(): Blocks;
  /** Ends processes and lets memory go; harmless twice. */
  close(): void;
}
