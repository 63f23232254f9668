// A push parser for RIFF/WAVE, RF64 and BW64: any chunking in, samples out, memory bounded by one chunk of input.
// Sizes in the file are claims: unset, zero, odd and lying ones are met below. Formats: RIFF MCI 1.0, EBU Tech 3306.
import { ProblemError } from '@cordon/contract';
import { SNIFF_BYTES, sniffContainer } from './container.ts';
import { decodeFrames } from './pcm.ts';
import { parseFormat } from './wav-format.ts';
import type { WavFormat } from './wav-format.ts';

/** Bytes. Metadata before the samples (bext, iXML, cover art) is at most some MB; beyond it this is no recording. */
const MAX_BYTES_BEFORE_DATA = 64 * 1024 * 1024;

/** Bytes. WAVEFORMATEXTENSIBLE is 40 and vendors append a little; ds64 is 28 plus a table we do not need. */
const MAX_CHUNK_KEPT = 4096;

/** Data sizes that writers to a pipe leave in the header: unset, less 36 for the header, SoX's, ALSA's. */
const UNKNOWN_SIZES: ReadonlySet<number> = new Set([
  0xffff_ffff,
  0xffff_ffff - 36,
  0xffff_f000,
  0x7fff_ffff,
  0x7fff_ffff - 36,
  0x7fff_f000,
  0x8000_0000,
]);

/** Chunks that really follow an empty data chunk; any other bytes after a size of zero are samples of a streamed file. */
const TRAILERS: ReadonlySet<string> = new Set(['LIST', 'id3 ', 'ID3 ', 'bext', 'iXML', 'cue ', 'JUNK', 'PEAK', 'fact']);

type State =
  | { readonly at: 'riff' }
  /** `padded`: the chunk before had an odd size, so a zero byte may come first. */
  | { readonly at: 'chunk'; readonly padded: boolean }
  | { readonly at: 'body'; readonly id: 'fmt ' | 'ds64'; readonly size: number }
  | { readonly at: 'skip'; readonly left: number; readonly padded: boolean }
  /** The header said zero bytes of samples: what follows decides. */
  | { readonly at: 'zero' }
  /** `left` is null when only the end of the stream ends the samples. */
  | { readonly at: 'data'; readonly left: number | null }
  /** After the samples: nothing that comes matters. */
  | { readonly at: 'done' };

/** Frames in blocks: one Float32Array per channel, equally long, full scale ±1. */
export type Block = readonly Float32Array[];

/** Errors: `audio_unreadable` {reason, offset, container}, `audio_unusable` {reason, …}, `decoder_missing` {package, container}. */
export class WavReader {
  #state: State = { at: 'riff' };
  #rest: Uint8Array = new Uint8Array(0);
  /** Offset in the file of the first byte of `#rest`. */
  #offset = 0;
  #format: WavFormat | null = null;
  #longDataSize: number | null = null;
  #frames = 0;
  #blocks: Block[] = [];

  /** Known once the format chunk has been read. */
  get format(): WavFormat | null {
    return this.#format;
  }

  /** Frames given out so far. */
  get frames(): number {
    return this.#frames;
  }

  /** The samples that these bytes complete. Memory: these bytes once more, plus at most one frame or header. */
  push(bytes: Uint8Array): readonly Block[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#step());
    // A copy, so that what is kept does not pin the caller's buffer, which may be large or reused. Not `slice`, which of a Buffer is a view.
    this.#rest = new Uint8Array(this.#rest);
    const blocks = this.#blocks;
    this.#blocks = [];
    return blocks;
  }

  /** The stream ended. Throws unless the file was whole. */
  end(): { readonly format: WavFormat; readonly frames: number } {
    const { at } = this.#state;
    if (at === 'riff') throw this.#foreign();
    if (at === 'data' && this.#state.left !== null) throw this.#unreadable('truncated', this.#rest.length);
    if (at === 'body') throw this.#unreadable('truncated', this.#rest.length);
    if (this.#format === null || at === 'chunk' || at === 'skip')
      throw this.#unreadable('no_samples', this.#rest.length);
    return { format: this.#format, frames: this.#frames };
  }

  /** One transition; false when more bytes are needed. */
  #step(): boolean {
    const state = this.#state;
    switch (state.at) {
      case 'riff':
        return this.#readRiff();
      case 'chunk':
        return this.#readChunkHeader(state.padded);
      case 'body':
        return this.#readBody(state.id, state.size);
      case 'skip':
        return this.#skip(state.left, state.padded);
      case 'zero':
        return this.#decideZero();
      case 'data':
        return this.#readSamples(state.left);
      case 'done':
        this.#take(this.#rest.length);
        return false;
    }
  }

  #readRiff(): boolean {
    if (this.#rest.length < SNIFF_BYTES) return false;
    if (sniffContainer(this.#rest) !== 'wav' || this.#rest[3] === 0x58) throw this.#foreign();
    this.#take(SNIFF_BYTES);
    this.#state = { at: 'chunk', padded: false };
    return true;
  }

  /** Not RIFF: a container we know by its magic needs a decoder, anything else is not audio. */
  #foreign(): ProblemError {
    const container = sniffContainer(this.#rest);
    if (container !== null && (container !== 'wav' || this.#rest[3] === 0x58)) {
      return new ProblemError('decoder_missing', { package: 'ffmpeg', container });
    }
    return this.#unreadable(
      this.#rest.length === 0 ? 'empty' : container === 'wav' ? 'truncated' : 'unknown_container',
    );
  }

  #readChunkHeader(padded: boolean): boolean {
    if (padded) {
      if (this.#rest.length === 0) return false;
      // Some writers leave the pad byte out; no chunk id begins with a zero byte.
      if (this.#rest[0] === 0) this.#take(1);
      this.#state = { at: 'chunk', padded: false };
      return true;
    }
    if (this.#offset > MAX_BYTES_BEFORE_DATA) throw this.#unreadable('no_samples');
    if (this.#rest.length < 8) return false;
    const id = Buffer.from(this.#rest.subarray(0, 4)).toString('latin1');
    const size = uint32(this.#rest, 4);
    this.#enter(id, size);
    return true;
  }

  #enter(id: string, size: number): void {
    if (id === 'data') {
      if (this.#format === null) throw this.#unreadable('samples_before_format');
      this.#take(8);
      this.#state = this.#dataState(size);
      return;
    }
    if (id === 'fmt ' || id === 'ds64') {
      if (size < (id === 'fmt ' ? 16 : 24) || size > MAX_CHUNK_KEPT) throw this.#unreadable('format_invalid');
      this.#take(8);
      this.#state = { at: 'body', id, size };
      return;
    }
    if (!/^[\u0020-\u007e]{4}$/.test(id)) throw this.#unreadable('chunk_invalid');
    this.#take(8);
    this.#state = { at: 'skip', left: size, padded: size % 2 === 1 };
  }

  #dataState(size: number): State {
    const long = this.#longDataSize;
    if (size === 0xffff_ffff && long !== null && long > 0) return { at: 'data', left: long };
    if (size === 0) return { at: 'zero' };
    return { at: 'data', left: UNKNOWN_SIZES.has(size) ? null : size };
  }

  #readBody(id: 'fmt ' | 'ds64', size: number): boolean {
    if (this.#rest.length < size) return false;
    const offset = this.#offset;
    const body = this.#take(size);
    if (id === 'fmt ') this.#format ??= parseFormat(body, offset);
    else this.#longDataSize = uint32(body, 8) + uint32(body, 12) * 2 ** 32;
    this.#state = { at: 'chunk', padded: size % 2 === 1 };
    return true;
  }

  #skip(left: number, padded: boolean): boolean {
    const taken = this.#take(Math.min(left, this.#rest.length)).length;
    if (this.#offset > MAX_BYTES_BEFORE_DATA) throw this.#unreadable('no_samples');
    this.#state = taken === left ? { at: 'chunk', padded } : { at: 'skip', left: left - taken, padded };
    return taken === left;
  }

  #decideZero(): boolean {
    if (this.#rest.length < 4) return false;
    const id = Buffer.from(this.#rest.subarray(0, 4)).toString('latin1');
    this.#state = TRAILERS.has(id) ? { at: 'done' } : { at: 'data', left: null };
    return true;
  }

  #readSamples(left: number | null): boolean {
    const format = this.#format;
    if (format === null) throw this.#unreadable('samples_before_format');
    const available = left === null ? this.#rest.length : Math.min(left, this.#rest.length);
    const whole = available - (available % format.frameBytes);
    if (whole > 0) {
      this.#blocks.push(decodeFrames(this.#take(whole), format));
      this.#frames += whole / format.frameBytes;
    }
    if (left === null) return false;
    // A last partial frame inside the declared size is padding of a careless writer.
    const ended = left - whole < format.frameBytes && this.#rest.length >= left - whole;
    if (ended) this.#take(left - whole);
    this.#state = ended ? { at: 'done' } : { at: 'data', left: left - whole };
    return ended;
  }

  #take(count: number): Uint8Array {
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    this.#offset += count;
    return taken;
  }

  #unreadable(reason: string, ahead = 0): ProblemError {
    return new ProblemError('audio_unreadable', { reason, container: 'wav', offset: this.#offset + ahead });
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}
