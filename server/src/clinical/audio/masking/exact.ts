// A recording as it was decoded, judged on the way like every recording. The judge holds overshoot of float files to full scale; what is
// to stay as it was must not pass through its hands.
import { MeasuredReader, type RecordingFacts } from '#clinical/audio/measured.ts';
import type { Decoder, SoundFormat } from '#clinical/audio/sound.ts';
import type { Block } from '#clinical/audio/wav.ts';

/** Memory and errors: those of `MeasuredReader`. */
export class ExactReader {
  readonly #source: Doubling;
  readonly #judged: MeasuredReader;

  constructor(decoder: Decoder) {
    this.#source = new Doubling(decoder);
    this.#judged = new MeasuredReader(this.#source);
  }

  /** Known once the header has been read. */
  get format(): SoundFormat | null {
    return this.#judged.format;
  }

  /** Take all blocks before the next call. The caller may change them. */
  async *push(bytes: Uint8Array): AsyncGenerator<Block, void, undefined> {
    for await (const judged of this.#judged.push(bytes)) yield this.#source.untouched ?? judged;
  }

  async *end(): AsyncGenerator<Block, void, undefined> {
    for await (const judged of this.#judged.end()) yield this.#source.untouched ?? judged;
  }

  /** What the recording was, once `end` has given all. */
  facts(): RecordingFacts {
    return this.#judged.facts();
  }

  close(): void {
    this.#judged.close();
  }
}

/** Hands on copies where the judge could change something, and keeps what it copied. */
class Doubling implements Decoder {
  readonly #decoder: Decoder;
  untouched: Block | null = null;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  get format(): SoundFormat | null {
    return this.#decoder.format;
  }

  push(bytes: Uint8Array): AsyncIterable<Block> {
    return this.#doubled(() => this.#decoder.push(bytes));
  }

  end(): AsyncIterable<Block> {
    return this.#doubled(() => this.#decoder.end());
  }

  close(): void {
    this.#decoder.close();
  }

  async *#doubled(blocks: () => ReturnType<Decoder['push']>): AsyncGenerator<Block, void, undefined> {
    for await (const block of blocks()) {
      const isFloat = this.format?.encoding.startsWith('float') === true;
      this.untouched = isFloat ? block : null;
      yield isFloat ? block.map((samples) => samples.slice()) : block;
    }
  }
}
