// MP4 in one pass (ISO/IEC 14496-12 §4.2): what must be known before its samples can be read, the `moov` box, wherever it lies.
import { Incoming } from '#clinical/audio/incoming.ts';
import { unreadable } from '#clinical/audio/usable.ts';
import type { Unreadable } from '#clinical/audio/usable.ts';

/** Bytes. A day of sound beside a day of video takes some 50 MB of tables; more is no recording. */
const MAX_MOOV_BYTES = 64 * 1024 * 1024;

/** Bytes before the index that are kept until it is known whether it comes first: the file type, and free space. */
const MAX_PREAMBLE_BYTES = 4 * 1024 * 1024;

const LONG_HEADER_BYTES = 16;

/** Where the index was found, in a file whose samples come before it. */
export interface LateIndex {
  readonly moov: Uint8Array;
  readonly offset: number;
  /** Of the first byte behind the file type, where the index could have stood. */
  readonly insertAt: number;
}

type State =
  /** At a box header. */
  | { readonly at: 'header' }
  /** Inside a box that is not kept; `left` is null for one that reaches to the end of the file. */
  | { readonly at: 'body'; readonly left: number | null }
  | { readonly at: 'moov'; readonly size: number; readonly offset: number }
  | { readonly at: 'preamble'; readonly size: number; readonly isType: boolean };

/** Memory: the index. Errors: `audio_unreadable`. */
export class Mp4Boxes {
  readonly #incoming = new Incoming();
  readonly #foundIndex: (moov: Uint8Array) => void;
  #state: State = { at: 'header' };
  /** What came before anything was passed on. */
  #preamble: Uint8Array[] = [];
  #preambleBytes = 0;
  #insertAt = 0;
  /** The index comes first, so bytes are passed on as they come. */
  #passing = false;
  #late: LateIndex | null = null;
  #samplesSeen = false;

  /** `foundIndex` is called once with the whole `moov` box; what it throws ends the reading. */
  constructor(foundIndex: (moov: Uint8Array) => void) {
    this.#foundIndex = foundIndex;
  }

  /** What a decoder that reads forwards only can be given; valid until the next push. Nothing, as long as the index has not been met. */
  *push(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.#incoming.append(bytes);
    for (let piece = this.#step(); piece !== null; piece = this.#step()) {
      if (!this.#passing) continue;
      yield* this.#preamble.splice(0);
      yield piece;
    }
  }

  /** The stream ended. Null: all has been passed on; otherwise the file must be read once more. Throws unless it was whole. */
  end(): LateIndex | null {
    const { length } = this.#incoming;
    const within = this.#state.at === 'body' ? this.#state.left !== null : this.#state.at !== 'header';
    if (within || length > 0) throw this.#unreadable('truncated', length);
    if (this.#passing) return null;
    if (this.#late === null) throw this.#unreadable(this.#samplesSeen ? 'header_invalid' : 'no_audio');
    return this.#late;
  }

  /** The bytes gone over, or null when more are needed. */
  #step(): Uint8Array | null {
    const state = this.#state;
    switch (state.at) {
      case 'header':
        return this.#readHeader();
      case 'body':
        return this.#readBody(state.left);
      case 'moov':
      case 'preamble':
        return this.#incoming.length < state.size ? null : this.#keep(state);
    }
  }

  #readHeader(): Uint8Array | null {
    if (this.#incoming.length < 8) return null;
    const type = Buffer.from(this.#incoming.view(8).subarray(4)).toString('latin1');
    const short = this.#incoming.uint32(0);
    if (short === 1 && this.#incoming.length < LONG_HEADER_BYTES) return null;
    const header = short === 1 ? LONG_HEADER_BYTES : 8;
    const size = short === 1 ? this.#incoming.uint32(8) * 2 ** 32 + this.#incoming.uint32(12) : short;
    if (!/^[\u0020-\u007e\u00a9]{4}$/.test(type) || (short !== 0 && size < header)) throw this.#unreadable('damaged');
    return this.#enter(type, header, short === 0 ? null : size);
  }

  #enter(type: string, header: number, size: number | null): Uint8Array | null {
    if (type === 'mdat' || type === 'moof') this.#samplesSeen = true;
    const kept =
      this.#passing || this.#late !== null ? 'no' : type === 'moov' ? 'moov' : this.#samplesSeen ? 'no' : 'preamble';
    if (kept === 'no' || size === null) {
      // An index or a preamble without a length would be all there is.
      if (kept !== 'no') throw this.#unreadable('header_invalid');
      this.#state = { at: 'body', left: size === null ? null : size - header };
      return this.#incoming.take(header);
    }
    if (size > (kept === 'moov' ? MAX_MOOV_BYTES : MAX_PREAMBLE_BYTES)) throw this.#unreadable('too_large');
    const { offset } = this.#incoming;
    this.#state = kept === 'moov' ? { at: 'moov', size, offset } : { at: 'preamble', size, isType: type === 'ftyp' };
    return this.#step();
  }

  #readBody(left: number | null): Uint8Array | null {
    if (left === 0) {
      this.#state = { at: 'header' };
      return this.#readHeader();
    }
    if (this.#incoming.length === 0) return null;
    const taken = this.#incoming.take(left ?? this.#incoming.length);
    this.#state = { at: 'body', left: left === null ? null : left - taken.length };
    return taken;
  }

  #keep(state: Extract<State, { at: 'moov' | 'preamble' }>): Uint8Array {
    const box = this.#incoming.take(state.size);
    this.#state = { at: 'header' };
    if (state.at === 'moov') {
      this.#foundIndex(box);
      if (this.#samplesSeen) this.#late = { moov: box.slice(), offset: state.offset, insertAt: this.#insertAt };
      else this.#passing = true;
      return box;
    }
    this.#preambleBytes += box.length;
    if (this.#preambleBytes > MAX_PREAMBLE_BYTES) throw this.#unreadable('too_large');
    this.#preamble.push(box.slice());
    if (state.isType) this.#insertAt = this.#incoming.offset;
    return box;
  }

  #unreadable(reason: Unreadable, ahead = 0): Error {
    return unreadable('mp4', reason, this.#incoming.offset + ahead);
  }
}
