// An MP3 file as sound: frames decoded one by one, and what the encoder put around the sound cut away.
import { openMp3 } from '#clinical/audio/codecs/mp3.ts';
import type { FrameDecoder } from '#clinical/audio/codecs/mp3.ts';
import type { Decoder, SoundFormat } from '#clinical/audio/sound.ts';
import { unreadable } from '#clinical/audio/usable.ts';
import type { Block } from '#clinical/audio/wav.ts';
import { MpegFrames } from './mpeg-frames.ts';
import type { MpegFrame } from './mpeg-frames.ts';
import { parseEncoderTag } from './mpeg-header.ts';
import type { EncoderTag, MpegHeader } from './mpeg-header.ts';
import { Trim } from './trim.ts';

/** Samples. What every layer III decoder adds: 528 of the filter bank and one (LAME's tag counts without them). */
const DECODER_DELAY = 529;

/** Memory: one frame, and the last samples as long as they may be padding (at most 4,095). */
export class Mp3Decoder implements Decoder {
  readonly #frames: MpegFrames;
  readonly #mp3: FrameDecoder = openMp3();
  #header: MpegHeader | null = null;
  #tag: EncoderTag | null = null;
  #trim = new Trim(0);
  #seen = 0;
  #end = 0;
  /** Blocks held back, since their last samples may be padding. */
  #held: Block[] = [];
  #heldSamples = 0;

  /** `offset`: of the first byte in the file, behind a tag perhaps. */
  constructor(offset = 0) {
    this.#frames = new MpegFrames(offset);
  }

  get format(): SoundFormat | null {
    if (this.#header === null) return null;
    const { sampleRate, channels } = this.#header;
    return { container: 'mp3', encoding: 'mp3', sampleRate, channels };
  }

  *push(bytes: Uint8Array): Generator<Block, void, undefined> {
    for (const frame of this.#frames.push(bytes)) {
      this.#end = frame.offset + frame.bytes.length;
      if (this.#header === null && this.#begin(frame)) continue;
      this.#seen += 1;
      const block = this.#trim.pass(this.#mp3.decode(frame));
      if (block !== null) yield* this.#hold(block);
    }
  }

  /** Errors: `audio_unreadable` {reason: 'truncated'} also when frames are missing that the first one counted. */
  *end(): Generator<Block, void, undefined> {
    let drop = this.#padding();
    for (const block of this.#held.toReversed()) {
      const length = block[0]?.length ?? 0;
      const cut = Math.min(drop, length);
      drop -= cut;
      this.#held.pop();
      if (cut < length) {
        this.#held.push(block.map((samples) => samples.subarray(0, length - cut)));
        break;
      }
    }
    yield* this.#held;
    this.#frames.end();
    if (this.#seen < (this.#tag?.frames ?? 0)) throw unreadable('mp3', 'truncated', this.#end, 'mp3');
  }

  close(): void {
    this.#mp3.close();
  }

  /** Whether the first frame is a header of the encoder instead of sound. */
  #begin(frame: MpegFrame): boolean {
    this.#header = frame.header;
    this.#tag = parseEncoderTag(frame.bytes, frame.header);
    if (this.#tag !== null && this.#tag.delay > 0) this.#trim = new Trim(this.#tag.delay + DECODER_DELAY);
    return this.#tag !== null;
  }

  #padding(): number {
    return Math.max(0, (this.#tag?.padding ?? 0) - DECODER_DELAY);
  }

  *#hold(block: Block): Generator<Block, void, undefined> {
    this.#held.push(block);
    this.#heldSamples += block[0]?.length ?? 0;
    for (;;) {
      const first = this.#held[0]?.[0]?.length ?? 0;
      if (this.#held.length === 0 || this.#heldSamples - first < this.#padding()) return;
      this.#heldSamples -= first;
      const [out] = this.#held.splice(0, 1);
      if (out !== undefined) yield out;
    }
  }
}
