// WAV as one of the readers of recordings. Synchronous, since it needs nothing but arithmetic.
import type { Decoder, SoundFormat } from './sound.ts';
import { WavReader } from './wav.ts';
import type { Block } from './wav.ts';

export class WavDecoder implements Decoder {
  readonly #wav = new WavReader();

  get format(): SoundFormat | null {
    const { format } = this.#wav;
    if (format === null) return null;
    const { encoding, bytes, sampleRate, channels } = format;
    return { container: 'wav', encoding: `${encoding}${String(bytes * 8)}`, sampleRate, channels };
  }

  push(bytes: Uint8Array): readonly Block[] {
    return this.#wav.push(bytes);
  }

  end(): readonly Block[] {
    this.#wav.end();
    return [];
  }

  close(): void {}
}
