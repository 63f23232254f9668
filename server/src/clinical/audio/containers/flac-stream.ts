// Native FLAC (RFC 9639 §6): metadata, then frames without lengths, so that a frame ends where decoding it ends.
import { belongs, toBlock } from '#clinical/audio/codecs/flac.ts';
import { decodeFrame } from '#clinical/audio/codecs/flac-frame.ts';
import type { DecodedFrame } from '#clinical/audio/codecs/flac-frame.ts';
import { MAX_FRAME_HEADER_BYTES, parseFrameHeader, parseStreamInfo } from '#clinical/audio/codecs/flac-header.ts';
import type { FrameHeader, StreamInfo } from '#clinical/audio/codecs/flac-header.ts';
import { Incoming } from '#clinical/audio/incoming.ts';
import type { Decoder, SoundFormat } from '#clinical/audio/sound.ts';
import { refuseUnusable, unreadable } from '#clinical/audio/usable.ts';
import type { Unreadable } from '#clinical/audio/usable.ts';
import type { Block } from '#clinical/audio/wav.ts';

/** Bytes. Cover art and cue sheets before the sound are at most some MB; beyond it this is no recording. */
const MAX_METADATA_BYTES = 64 * 1024 * 1024;

/** Bytes. STREAMINFO has 34; what later versions may append is as small. */
const MAX_STREAM_INFO_BYTES = 1024;

const STREAM_INFO_TYPE = 0;

/** Bytes. A frame that was not whole is tried again when so much is held and twice what there was, lest small chunks cost their square. */
const NEXT_TRY_BYTES = 1024;

type State =
  | { readonly at: 'magic' }
  /** `skip`: bytes left of a block that is passed over. */
  | { readonly at: 'metadata'; readonly skip: number; readonly last: boolean }
  | { readonly at: 'frames' }
  | { readonly at: 'done' };

/** Memory: the bytes of one frame (at most some 9 MB, by its own header) and its samples. */
export class FlacDecoder implements Decoder {
  readonly #incoming: Incoming;
  #state: State = { at: 'magic' };
  #info: StreamInfo | null = null;
  #frames = 0;
  /** Bytes that must be at hand before the next frame is tried. */
  #wanted = 0;

  /** `offset`: of the first byte in the file, behind a tag perhaps. */
  constructor(offset = 0) {
    this.#incoming = new Incoming(offset);
  }

  get format(): SoundFormat | null {
    if (this.#info === null) return null;
    const { bits, sampleRate, channels } = this.#info;
    return { container: 'flac', encoding: `flac${String(bits)}`, sampleRate, channels };
  }

  *push(bytes: Uint8Array): Generator<Block, void, undefined> {
    this.#incoming.append(bytes);
    while (this.#state.at === 'magic' || this.#state.at === 'metadata') if (!this.#readMetadata()) return;
    yield* this.#readFrames(false);
  }

  /** Errors: `audio_unreadable` {reason: 'truncated'} unless all was whole. */
  *end(): Generator<Block, void, undefined> {
    if (this.#state.at === 'frames') {
      this.#wanted = 0;
      yield* this.#readFrames(true);
    }
    const { length } = this.#incoming;
    if (this.#state.at === 'magic' || this.#state.at === 'metadata') throw this.#unreadable('truncated', length);
    const total = this.#info?.total ?? 0;
    const missing = total > 0 && this.#frames < total;
    if (missing || (this.#state.at === 'frames' && length > 0)) throw this.#unreadable('truncated', length);
  }

  close(): void {}

  /** One step; false when more bytes are needed. */
  #readMetadata(): boolean {
    const { length } = this.#incoming;
    if (this.#state.at === 'magic') {
      if (length < 4) return false;
      if (!this.#incoming.startsWith('fLaC')) throw this.#unreadable('header_invalid');
      this.#incoming.take(4);
      this.#state = { at: 'metadata', skip: 0, last: false };
      return true;
    }
    if (this.#state.at !== 'metadata') return false;
    if (this.#incoming.offset > MAX_METADATA_BYTES) throw this.#unreadable('too_large');
    const { skip, last } = this.#state;
    if (skip > 0) {
      const left = skip - this.#incoming.take(skip).length;
      this.#state = { at: 'metadata', skip: left, last };
      return left === 0;
    }
    if (last) {
      this.#state = { at: 'frames' };
      return true;
    }
    return this.#readBlockHeader(length);
  }

  #readBlockHeader(length: number): boolean {
    if (length < 4) return false;
    const type = this.#incoming.byte(0) & 0x7f;
    const size = this.#incoming.uint32(0) % 2 ** 24;
    if ((this.#info === null) !== (type === STREAM_INFO_TYPE)) throw this.#unreadable('header_invalid');
    if (type === STREAM_INFO_TYPE) {
      if (size > MAX_STREAM_INFO_BYTES) throw this.#unreadable('header_invalid');
      if (length < 4 + size) return false;
      const info = parseStreamInfo(this.#incoming.view(4 + size).subarray(4));
      if (info === null) throw this.#unreadable('header_invalid');
      refuseUnusable(info.channels, info.sampleRate);
      this.#info = info;
    }
    const last = (this.#incoming.byte(0) & 0x80) !== 0;
    this.#incoming.take(4);
    this.#state = { at: 'metadata', skip: size, last };
    return true;
  }

  *#readFrames(ended: boolean): Generator<Block, void, undefined> {
    const info = this.#info;
    if (info === null) return;
    while (this.#state.at === 'frames' && this.#incoming.length >= Math.max(1, this.#wanted)) {
      const frame = this.#nextFrame(info, ended);
      if (frame === null) return;
      this.#frames += frame.samples[0]?.length ?? 0;
      yield toBlock(frame, info.bits);
    }
    if (this.#state.at === 'done') this.#incoming.take(this.#incoming.length);
  }

  /** Null when more bytes are needed or no frame follows. */
  #nextFrame(info: StreamInfo, ended: boolean): DecodedFrame | null {
    const header = parseFrameHeader(this.#incoming.view(MAX_FRAME_HEADER_BYTES), info);
    if (header === 'short') return this.#wait(MAX_FRAME_HEADER_BYTES, ended);
    if (header === null) return this.#afterFrames();
    if (!belongs(header, info)) throw this.#unreadable('format_changes');
    const frame = decodeFrame(this.#incoming.view(), header);
    if (frame === null) throw this.#unreadable('damaged');
    if (frame === 'short') {
      if (this.#incoming.length > largest(header)) throw this.#unreadable('damaged');
      return this.#wait(Math.max(NEXT_TRY_BYTES, this.#incoming.length * 2), ended);
    }
    this.#incoming.take(frame.length);
    this.#wanted = 0;
    return frame;
  }

  #wait(wanted: number, ended: boolean): null {
    if (ended) throw this.#unreadable('truncated', this.#incoming.length);
    this.#wanted = wanted;
    return null;
  }

  /** Tags that music software hangs behind the frames; anything else is a damaged frame. */
  #afterFrames(): null {
    const tagged = ['TAG', 'APETAGEX', 'ID3'].some((magic) => this.#incoming.startsWith(magic));
    if (!tagged || this.#frames === 0) throw this.#unreadable('damaged');
    this.#state = { at: 'done' };
    return null;
  }

  #unreadable(reason: Unreadable, ahead = 0): Error {
    return unreadable('flac', reason, this.#incoming.offset + ahead, 'flac');
  }
}

/** Bytes. Encoders fall back to raw samples, so no sane frame is larger than these; twice is no frame. */
function largest({ blockSize, channels, bits }: FrameHeader): number {
  return 2 * Math.ceil((blockSize * channels * (bits + 1)) / 8) + 1024;
}
