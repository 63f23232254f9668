// Chooses the reader of a recording by its first bytes, never by its name or declared type.
import { isProblem, ProblemError } from '@cordon/contract';
import { SNIFF_BYTES, sniffContainer } from './container.ts';
import type { Container } from './container.ts';
import { FlacDecoder } from './containers/flac-stream.ts';
import { MatroskaDecoder } from './containers/matroska-sound.ts';
import { Mp3Decoder } from './containers/mp3-stream.ts';
import { id3Bytes } from './containers/mpeg-frames.ts';
import { OggDecoder } from './containers/ogg.ts';
import { FfmpegDecoder, LEAST_AAC_PRIMING } from './ffmpeg.ts';
import { Incoming } from './incoming.ts';
import { Mp4Decoder } from './mp4.ts';
import type { Decoder, SoundFormat } from './sound.ts';
import { decoderMissing } from './usable.ts';
import { WavDecoder } from './wav-decoder.ts';
import type { Block } from './wav.ts';

/** Bytes kept from the beginning until the format is known, so that ffmpeg can take over where no decoder here fits. */
const MAX_REPLAY_BYTES = 4 * 1024 * 1024;

/** Bytes of an ID3v2 tag's header. */
const ID3_HEADER_BYTES = 10;

/** Bytes. Cover art before the sound is at most some MB; beyond it this is no recording. */
const MAX_TAG_BYTES = 64 * 1024 * 1024;

export interface DecoderOptions {
  /** Absolute path of ffmpeg (`findFfmpeg`); null: what needs it is refused as `decoder_missing`. */
  readonly ffmpeg?: string | null;
  /** The same bytes from their beginning once more: needed for an MP4 whose index comes last. */
  readonly reopen?: () => AsyncIterable<Uint8Array>;
}

/** Memory: that of the reader it chooses, and 4 MB until the format is known. */
export function createDecoder({ ffmpeg = null, reopen }: DecoderOptions = {}): Decoder {
  return new ChosenDecoder({ ffmpeg, reopen: reopen ?? null });
}

interface Sources {
  readonly ffmpeg: string | null;
  readonly reopen: (() => AsyncIterable<Uint8Array>) | null;
}

class ChosenDecoder implements Decoder {
  readonly #sources: Sources;
  readonly #head = new Incoming();
  /** Bytes left of a tag before the sound. */
  #skip = 0;
  #container: Container | null = null;
  #reader: Decoder | null = null;
  /** What the reader was given, while ffmpeg could still take its place. */
  #given: Uint8Array[] | null = [];
  #givenBytes = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  get format(): SoundFormat | null {
    return this.#reader?.format ?? null;
  }

  async *push(bytes: Uint8Array): AsyncGenerator<Block, void, undefined> {
    if (this.#reader !== null) return yield* this.#feed(this.#reader, bytes);
    this.#head.append(bytes);
    this.#passTags();
    if (this.#skip === 0 && this.#head.length >= SNIFF_BYTES) yield* this.#choose();
  }

  async *end(): AsyncGenerator<Block, void, undefined> {
    if (this.#reader === null) yield* this.#choose();
    if (this.#reader === null) return;
    try {
      yield* this.#reader.end();
    } catch (error) {
      yield* this.#replace(error);
      yield* this.#reader.end();
    }
  }

  close(): void {
    this.#reader?.close();
  }

  /** ID3v2 may stand before MP3, AAC and FLAC alike, once or several times. */
  #passTags(): void {
    for (;;) {
      this.#skip -= this.#head.take(this.#skip).length;
      if (this.#head.offset > MAX_TAG_BYTES)
        throw new ProblemError('audio_unreadable', { reason: 'too_large', offset: this.#head.offset });
      if (this.#skip > 0 || !this.#head.startsWith('ID3') || this.#head.length < ID3_HEADER_BYTES) return;
      this.#skip = id3Bytes(this.#head.view(ID3_HEADER_BYTES));
    }
  }

  async *#choose(): AsyncGenerator<Block, void, undefined> {
    const { length, offset } = this.#head;
    const head = this.#head.take(length).slice();
    const container = sniffContainer(head);
    if (container === null) {
      throw new ProblemError('audio_unreadable', {
        reason: length === 0 && offset === 0 ? 'empty' : 'unknown_container',
        offset,
      });
    }
    this.#container = container;
    this.#reader = openReader(container, offset, this.#sources);
    yield* this.#feed(this.#reader, head);
  }

  async *#feed(reader: Decoder, bytes: Uint8Array): AsyncGenerator<Block, void, undefined> {
    this.#remember(bytes);
    try {
      yield* reader.push(bytes);
    } catch (error) {
      yield* this.#replace(error);
    }
    if (reader.format !== null) this.#given = null;
  }

  #remember(bytes: Uint8Array): void {
    this.#givenBytes += bytes.length;
    if (this.#givenBytes > MAX_REPLAY_BYTES) this.#given = null;
    // Not `slice`, which of a Buffer is a view.
    this.#given?.push(new Uint8Array(bytes));
  }

  /** Lets ffmpeg read from the beginning what the reader has no decoder for; any other error stays one. */
  async *#replace(error: unknown): AsyncGenerator<Block, void, undefined> {
    const { ffmpeg } = this.#sources;
    const given = this.#given;
    const missing = isProblem(error) && error.code === 'decoder_missing';
    if (!missing || ffmpeg === null || given === null || this.#container === null) throw error;
    const { codec } = error.details;
    this.#given = null;
    this.#reader?.close();
    const reader = new FfmpegDecoder(ffmpeg, this.#container, typeof codec === 'string' ? codec : this.#container);
    this.#reader = reader;
    for (const bytes of given) yield* reader.push(bytes);
  }
}

/** `offset`: of the first byte that the reader will be given. */
function openReader(container: Container, offset: number, sources: Sources): Decoder {
  switch (container) {
    case 'wav':
      return new WavDecoder();
    case 'flac':
      return new FlacDecoder(offset);
    case 'mp3':
      return new Mp3Decoder(offset);
    case 'ogg':
      return new OggDecoder();
    case 'webm':
      return new MatroskaDecoder();
    case 'mp4':
      return new Mp4Decoder(sources);
    case 'aac':
      if (sources.ffmpeg === null) throw decoderMissing(container);
      return new FfmpegDecoder(sources.ffmpeg, container, container, LEAST_AAC_PRIMING);
    case 'aiff':
    case 'caf':
    case 'amr':
    case 'wma':
    case 'au':
      if (sources.ffmpeg === null) throw decoderMissing(container);
      return new FfmpegDecoder(sources.ffmpeg, container);
  }
}
