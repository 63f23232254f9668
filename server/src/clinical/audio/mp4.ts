// MP4 through ffmpeg, which reads forwards only: a file whose index comes last, as phones write it, is read twice and its index sent first.
// Nothing of it is written anywhere in between.
import { Mp4Boxes } from './containers/mp4-boxes.ts';
import type { LateIndex } from './containers/mp4-boxes.ts';
import { moveChunks, saysWhereSoundBegins, soundCodec } from './containers/mp4-index.ts';
import { FfmpegDecoder, LEAST_AAC_PRIMING } from './ffmpeg.ts';
import type { Decoder, SoundFormat } from './sound.ts';
import { decoderMissing, unreadable } from './usable.ts';
import type { Block } from './wav.ts';

export interface Mp4Sources {
  /** Absolute path of ffmpeg, or null. */
  readonly ffmpeg: string | null;
  /** The same bytes from their beginning once more, or null when they can be had once only. */
  readonly reopen: (() => AsyncIterable<Uint8Array>) | null;
}

/** Memory: the index (at most 64 MB, twice while it is moved) and a pipe's worth of samples. */
export class Mp4Decoder implements Decoder {
  readonly #sources: Mp4Sources;
  readonly #boxes = new Mp4Boxes((moov) => this.#meet(moov));
  #codec: string | null = null;
  /** Samples to cut that the file does not speak of. */
  #skip = 0;
  #ffmpeg: FfmpegDecoder | null = null;

  constructor(sources: Mp4Sources) {
    this.#sources = sources;
  }

  get format(): SoundFormat | null {
    return this.#ffmpeg?.format ?? null;
  }

  async *push(bytes: Uint8Array): AsyncGenerator<Block, void, undefined> {
    for (const piece of this.#boxes.push(bytes)) yield* this.#start().push(piece);
  }

  async *end(): AsyncGenerator<Block, void, undefined> {
    if (this.#ffmpeg !== null) return yield* this.#endStarted(this.#ffmpeg);
    const late = this.#boxes.end();
    if (late !== null) yield* this.#readAgain(late);
    yield* this.#start().end();
  }

  close(): void {
    this.#ffmpeg?.close();
  }

  #meet(moov: Uint8Array): void {
    const codec = soundCodec(moov);
    if (codec === null) throw unreadable('mp4', 'header_invalid', 0);
    if (codec === '') throw unreadable('mp4', 'no_audio', 0);
    this.#codec = codec;
    this.#skip = codec === 'aac' && !saysWhereSoundBegins(moov) ? LEAST_AAC_PRIMING : 0;
    // Said before any byte is decoded, whether the index comes first or last.
    if (this.#sources.ffmpeg === null) throw decoderMissing('mp4', codec);
  }

  #start(): FfmpegDecoder {
    if (this.#sources.ffmpeg === null) throw decoderMissing('mp4');
    return (this.#ffmpeg ??= new FfmpegDecoder(this.#sources.ffmpeg, 'mp4', this.#codec ?? 'mp4', this.#skip));
  }

  /** What is whole of a file cut short is given before the refusal, and the cut is its reason whatever ffmpeg makes of it. */
  async *#endStarted(ffmpeg: FfmpegDecoder): AsyncGenerator<Block, void, undefined> {
    let failed: unknown = null;
    try {
      yield* ffmpeg.end();
    } catch (error) {
      failed = error;
    }
    this.#boxes.end();
    if (failed !== null) throw failed as Error;
  }

  async *#readAgain({ moov, offset, insertAt }: LateIndex): AsyncGenerator<Block, void, undefined> {
    const { reopen } = this.#sources;
    if (reopen === null) throw unreadable('mp4', 'index_at_end', offset);
    const moved = moveChunks(moov, insertAt, offset, moov.length);
    if (moved === null) throw unreadable('mp4', 'header_invalid', offset);
    const ffmpeg = this.#start();
    let at = 0;
    for await (const bytes of reopen()) {
      const part = (from: number, to: number): Uint8Array =>
        bytes.subarray(Math.max(0, from - at), Math.max(0, to - at));
      yield* ffmpeg.push(part(0, insertAt));
      if (at <= insertAt && at + bytes.length > insertAt) yield* ffmpeg.push(moved);
      yield* ffmpeg.push(part(insertAt, offset));
      yield* ffmpeg.push(part(offset + moov.length, Number.POSITIVE_INFINITY));
      at += bytes.length;
    }
  }
}
