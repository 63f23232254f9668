// A Matroska or WebM file as sound: its first audio track.
import type { Codec } from '#clinical/audio/codecs/codec.ts';
import type { Decoder, SoundFormat } from '#clinical/audio/sound.ts';
import { unreadable } from '#clinical/audio/usable.ts';
import type { Block } from '#clinical/audio/wav.ts';
import { Matroska } from './matroska.ts';
import type { MatroskaEvent } from './matroska.ts';
import { framesOfTime, openTrack } from './matroska-codec.ts';
import type { AudioTrack } from './matroska-track.ts';
import { Trim } from './trim.ts';

/** Memory: one block, the track description, and what a codec holds (libopus 52 MB). Gaps in the blocks' times are not filled. */
export class MatroskaDecoder implements Decoder {
  readonly #matroska = new Matroska();
  #codec: Codec | null = null;
  #trim = new Trim(0);
  #format: SoundFormat | null = null;

  get format(): SoundFormat | null {
    return this.#format;
  }

  async *push(bytes: Uint8Array): AsyncGenerator<Block, void, undefined> {
    for (const event of this.#matroska.push(bytes)) yield* this.#take(event);
  }

  async *end(): AsyncGenerator<Block, void, undefined> {
    for (const event of this.#matroska.end()) yield* this.#take(event);
  }

  close(): void {
    this.#codec?.close();
    this.#codec = null;
  }

  async *#take(event: MatroskaEvent): AsyncGenerator<Block, void, undefined> {
    if (event.type === 'track') await this.#open(event.track, event.offset);
    else {
      const block = this.#decode(event);
      if (block !== null) yield block;
    }
  }

  /** A file may consist of several, one behind the other: later ones must be like the first. */
  async #open(track: AudioTrack, offset: number): Promise<void> {
    this.close();
    const { codec, preSkip } = await openTrack(track, offset);
    const { encoding, sampleRate, channels } = codec;
    const first = this.#format;
    this.#codec = codec;
    this.#trim = new Trim(preSkip);
    this.#format ??= { container: 'webm', encoding, sampleRate, channels };
    if (first !== null && (first.sampleRate !== sampleRate || first.channels !== channels)) {
      throw unreadable('webm', 'format_changes', offset, encoding);
    }
  }

  #decode({ data, discard, offset }: Extract<MatroskaEvent, { type: 'frame' }>): Block | null {
    const codec = this.#codec;
    if (codec === null) return null;
    const block = codec.decode(data, { container: 'webm', offset });
    const frames = framesOfTime(discard, codec.sampleRate);
    if (frames < 0) this.#trim.skip(-frames);
    return this.#trim.pass(block, (block[0]?.length ?? 0) - Math.max(0, frames));
  }
}
