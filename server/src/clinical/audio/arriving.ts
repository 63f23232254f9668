// A recording measured while it arrives: WAV here, by a reader of our own; everything else in a confined child, since its decoders are
// native code or large, and run on bytes from strangers.
import { isProblem } from '@cordon/contract';
import { SNIFF_BYTES, sniffContainer } from './container.ts';
import { drain, MeasuredReader } from './measured.ts';
import type { SoundFormat } from './sound.ts';
import { WavDecoder } from './wav-decoder.ts';
import type { Block } from './wav.ts';

export interface MeasuredSound extends SoundFormat {
  /** Seconds. */
  readonly duration: number;
}

/**
 * Decodes recordings to their end in confined children and says what they are. `audio` opens one from its beginning; it is opened a second
 * time where its index comes last. Errors: `audio_unreadable`, `audio_unusable`, `decoder_missing`, `engine_failed`; what `audio` throws.
 */
export interface Inspect {
  /** Of a recording that is still on its way, however slowly; null when as many are inspected as may be. */
  arriving(audio: () => AsyncIterable<Uint8Array>): Promise<MeasuredSound> | null;
  /** Of one that is stored; waits for those before it, which do not wait for anybody. */
  stored(audio: () => AsyncIterable<Uint8Array>): Promise<MeasuredSound>;
}

export class ArrivingSound {
  readonly #inspect: Inspect;
  readonly #stored: () => AsyncIterable<Uint8Array>;
  /** The first bytes, until there are enough to tell the container. */
  #head: Uint8Array = new Uint8Array(0);
  #wav: MeasuredReader | null = null;
  #relay: Relay | null = null;
  #inspected: Promise<MeasuredSound> | null = null;
  /** Too many arrive at once, or it is a WAV of compressed samples: this one is inspected when it is stored. */
  #later = false;

  /** `stored`: opens what has arrived, once it is stored. */
  constructor(inspect: Inspect, stored: () => AsyncIterable<Uint8Array>) {
    this.#inspect = inspect;
    this.#stored = stored;
  }

  /** Resolves when there is room for more. Errors: those of `Inspect`, as soon as they are known. */
  async push(bytes: Uint8Array): Promise<void> {
    if (this.#isChosen) return this.#feed(bytes);
    this.#head = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    if (this.#head.length < SNIFF_BYTES) return;
    this.#choose();
    await this.#feed(this.#head);
  }

  /** All bytes were given. Errors: what a WAV is refused for. */
  async end(): Promise<void> {
    if (!this.#isChosen) {
      this.#choose();
      await this.#feed(this.#head);
    }
    this.#relay?.end();
    if (this.#wav !== null) await this.#measure((wav) => wav.end());
    this.#wav?.facts();
  }

  /** After `end`, when all is stored: it may be read once more. Errors: those of `Inspect`. */
  async measured(): Promise<MeasuredSound> {
    if (this.#wav !== null) return this.#wav.facts();
    return this.#inspected ?? this.#inspect.stored(this.#stored);
  }

  /** The upload ends here. */
  abort(error: unknown): void {
    this.#relay?.fail(error);
  }

  get #isChosen(): boolean {
    return this.#wav !== null || this.#relay !== null || this.#later;
  }

  #choose(): void {
    const container = sniffContainer(this.#head);
    if (container === 'wav' || container === null) {
      this.#wav = new MeasuredReader(new WavDecoder());
      return;
    }
    const relay = new Relay();
    let opened = 0;
    this.#inspected = this.#inspect.arriving(() => (opened++ === 0 ? relay : this.#stored()));
    this.#later = this.#inspected === null;
    if (this.#inspected === null) return;
    this.#relay = relay;
    this.#inspected.catch(() => undefined);
  }

  async #feed(bytes: Uint8Array): Promise<void> {
    if (this.#wav !== null) return this.#measure((wav) => wav.push(bytes));
    if (this.#relay !== null) await Promise.race([this.#relay.push(bytes), this.#inspected]);
  }

  /** What a WAV holds is known only behind its header: samples that need ffmpeg are left to the child, which runs it. */
  async #measure(read: (wav: MeasuredReader) => AsyncIterable<Block>): Promise<void> {
    if (this.#wav === null) return;
    try {
      await drain(read(this.#wav));
    } catch (error) {
      if (!isProblem(error) || error.code !== 'decoder_missing') throw error;
      this.#wav = null;
      this.#later = true;
    }
  }
}

/** Hands chunks from one who pushes to one who iterates, one at a time. */
class Relay implements AsyncIterable<Uint8Array> {
  #chunk: Uint8Array | null = null;
  #ended = false;
  #error: { readonly error: unknown } | null = null;
  #changed = Promise.withResolvers<void>();

  /** Resolves when the chunk was taken. */
  async push(chunk: Uint8Array): Promise<void> {
    this.#chunk = chunk;
    this.#change();
    while (this.#chunk !== null && this.#error === null) await this.#changed.promise;
  }

  end(): void {
    this.#ended = true;
    this.#change();
  }

  fail(error: unknown): void {
    this.#error ??= { error };
    this.#change();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      if (this.#error !== null) throw this.#error.error;
      const chunk = this.#chunk;
      if (chunk !== null) {
        this.#chunk = null;
        this.#change();
        yield chunk;
      } else if (this.#ended) return;
      else await this.#changed.promise;
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
