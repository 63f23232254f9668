// MPEG audio frames out of bytes in any chunking. There is no container: frames follow one another, with tags around them.
import { Incoming } from '#clinical/audio/incoming.ts';
import { decoderMissing, refuseUnusable, unreadable } from '#clinical/audio/usable.ts';
import { MPEG_HEADER_BYTES, parseMpegHeader } from './mpeg-header.ts';
import type { MpegHeader } from './mpeg-header.ts';

export interface MpegFrame {
  readonly header: MpegHeader;
  /** The whole frame; valid until the next push. */
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** Bytes that show every tag: an ID3v2 header has 10, the two fields of APEv2 that matter 16, with its flags 32. */
const TAG_HEADER_BYTES = 32;

const ID3V1_BYTES = 128;

/** Bytes. Lyrics3 v2 counts its own with six digits; version 1 is shorter. */
const MAX_LYRICS_BYTES = 1_000_000;

/** How both versions of Lyrics3 end: nine bytes, before which v2 says its length. */
const LYRICS_ENDS = ['LYRICS200', 'LYRICSEND'] as const;
const LYRICS_END_BYTES = 9;

/** Memory: one frame, at most some 3 kB. Errors: `audio_unreadable`, `audio_unusable`, `decoder_missing` for layers I and II and the free format. */
export class MpegFrames {
  readonly #incoming: Incoming;
  #first: MpegHeader | null = null;
  /** Bytes left of a tag. */
  #skip = 0;
  /** Bytes gone over of a Lyrics3 tag, which says its length only at its end; null outside of one. */
  #lyrics: number | null = null;

  /** `offset`: of the first byte in the file, behind a tag perhaps. */
  constructor(offset = 0) {
    this.#incoming = new Incoming(offset);
  }

  *push(bytes: Uint8Array): Generator<MpegFrame, void, undefined> {
    this.#incoming.append(bytes);
    for (;;) {
      this.#skip -= this.#incoming.take(this.#skip).length;
      if (this.#lyrics !== null && !this.#passLyrics(this.#lyrics)) return;
      if (this.#skip > 0 || this.#incoming.length < MPEG_HEADER_BYTES) return;
      const header = parseMpegHeader(this.#incoming.uint32(0));
      if (header === null) {
        if (!this.#passTag(false)) return;
        continue;
      }
      const length = this.#check(header);
      if (this.#incoming.length < length) return;
      const { offset } = this.#incoming;
      yield { header, bytes: this.#incoming.take(length), offset };
    }
  }

  /** The stream ended. Throws unless it ended with a frame or a tag. */
  end(): void {
    if (this.#lyrics !== null && !this.#passLyrics(this.#lyrics)) throw this.#unreadable('damaged');
    while (this.#incoming.length > 0 && parseMpegHeader(this.#incoming.uint32(0)) === null) {
      if (this.#incoming.length < MPEG_HEADER_BYTES && this.#incoming.byte(0) !== 0) break;
      this.#passTag(true);
      if (this.#lyrics !== null && !this.#passLyrics(this.#lyrics)) throw this.#unreadable('damaged');
      this.#skip -= this.#incoming.take(this.#skip).length;
    }
    // A tag that says it is longer than the file may have taken sound with it.
    if (this.#incoming.length > 0 || this.#skip > 0) throw this.#unreadable('truncated', this.#incoming.length);
    if (this.#first === null) throw this.#unreadable('no_audio');
  }

  /** Bytes of a frame that is of the same stream as the first. */
  #check(header: MpegHeader): number {
    const first = (this.#first ??= this.#begin(header));
    const { layer, version, sampleRate, channels, length } = header;
    const same = layer === first.layer && version === first.version && sampleRate === first.sampleRate;
    if (!same || channels !== first.channels || length === null) throw this.#unreadable('format_changes');
    return length;
  }

  #begin(header: MpegHeader): MpegHeader {
    if (header.layer !== 3 || header.length === null) throw decoderMissing('mp3', `mpeg-layer-${String(header.layer)}`);
    refuseUnusable(header.channels, header.sampleRate);
    return header;
  }

  /** Goes over one tag, or what is at hand of it; false when more bytes are needed to know. Anything that is no tag is damage. */
  #passTag(ended: boolean): boolean {
    const incoming = this.#incoming;
    // Players pad with zeroes, before and behind.
    if (incoming.byte(0) === 0) {
      let zeroes = 1;
      while (zeroes < incoming.length && incoming.byte(zeroes) === 0) zeroes++;
      incoming.take(zeroes);
      return true;
    }
    if (incoming.startsWith('TAG')) return this.#tag(ID3V1_BYTES);
    const long = ['ID3', 'APETAGEX', 'LYRICSBEGIN'].find((magic) =>
      incoming.startsWith(magic.slice(0, incoming.length)),
    );
    if (long === undefined) throw this.#unreadable('damaged');
    if (incoming.length < TAG_HEADER_BYTES && !ended) return false;
    if (long === 'ID3') return this.#tag(id3Bytes(incoming.view(10)));
    if (long === 'APETAGEX') return this.#tag(apeBytes(incoming.view(TAG_HEADER_BYTES)));
    this.#lyrics = 0;
    return true;
  }

  /** Whether the end of the lyrics was found; what stands behind it is read on, lest sound be left out. */
  #passLyrics(passed: number): boolean {
    const at = endOfLyrics(this.#incoming.view());
    const over = at ?? Math.max(0, this.#incoming.length - LYRICS_END_BYTES + 1);
    if (passed + over > MAX_LYRICS_BYTES) throw this.#unreadable('damaged');
    this.#incoming.take(over);
    this.#lyrics = at === null ? passed + over : null;
    return at !== null;
  }

  #tag(length: number): boolean {
    this.#skip = length;
    return true;
  }

  #unreadable(reason: 'truncated' | 'damaged' | 'format_changes' | 'no_audio', ahead = 0): Error {
    return unreadable('mp3', reason, this.#incoming.offset + ahead, 'mp3');
  }
}

/** Bytes of an ID3v2 tag by its header: seven bits of each of four bytes, and a footer perhaps (ID3v2.4 §3.1). */
export function id3Bytes(header: Uint8Array): number {
  const [, , , , , flags = 0, ...size] = header;
  return 10 + size.slice(0, 4).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0) + ((flags & 0x10) === 0 ? 0 : 10);
}

/** Index behind the first end of Lyrics3; null where there is none. */
function endOfLyrics(bytes: Uint8Array): number | null {
  const held = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = LYRICS_ENDS.map((mark) => held.indexOf(mark, 0, 'latin1')).filter((at) => at >= 0);
  return found.length === 0 ? null : Math.min(...found) + LYRICS_END_BYTES;
}

/** Bytes of an APE tag by its header, which is not counted in its size, or by its footer, which is. */
function apeBytes(header: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = header.subarray(12, 16);
  const size = a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24;
  const isHeader = ((header[23] ?? 0) & 0x20) !== 0;
  return isHeader ? 32 + size : 32;
}
