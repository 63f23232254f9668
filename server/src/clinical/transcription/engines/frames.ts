// The wire between server and engine children: frames of one type byte, a length (uint32, little-endian) and that many bytes.
// Recordings and sound go as they are; all else is JSON. Nothing of it touches a disk.

export const FRAME = {
  config: 1,
  /** Bytes of a recording, to the listener. */
  audio: 2,
  end: 3,
  /** From a child: JSON, `ChildMessage`. */
  message: 4,
  /** A stretch begins: JSON, `StretchOpened`. */
  open: 5,
  /** Sound of an open stretch: its number (uint32, little-endian), then samples (float32, little-endian, 16 kHz). Passed on as it comes. */
  sound: 6,
  /** A stretch ends: JSON, `StretchClosed`. */
  close: 7,
  /** To a live child: the turn ends here, whatever the detector says. */
  commit: 8,
  /** To a live child: the turn so far is not wanted. */
  clear: 9,
  /** To the punctuator: words of one speaker, JSON. */
  words: 10,
} as const;

export type FrameType = (typeof FRAME)[keyof typeof FRAME];

export interface Frame {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Bytes. Large enough to keep the pipe busy, small enough that acknowledgements come often and memory stays flat. */
export const MAX_FRAME_BYTES = 64 * 1024;

/** Bytes. A message carries at most the words of one stretch; more means that the other side is not what we started. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

const HEADER_BYTES = 5;

/** Bytes before the samples of a sound frame. */
const STRETCH_BYTES = 4;

const SAMPLE_BYTES = 4;

export function encodeFrame(type: FrameType, body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  frame.writeUInt8(type, 0);
  frame.writeUInt32LE(body.length, 1);
  frame.set(body, HEADER_BYTES);
  return frame;
}

export function encodeJson(type: FrameType, value: unknown): Buffer {
  return encodeFrame(type, Buffer.from(JSON.stringify(value), 'utf8'));
}

export function encodeSound(stretch: number, samples: Float32Array): Buffer {
  const length = STRETCH_BYTES + samples.byteLength;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt8(FRAME.sound, 0);
  frame.writeUInt32LE(length, 1);
  frame.writeUInt32LE(stretch, HEADER_BYTES);
  frame.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), HEADER_BYTES + STRETCH_BYTES);
  return frame;
}

/** The number of the stretch that a sound frame belongs to. Throws a RangeError when it is none. */
export function stretchOf(body: Uint8Array): number {
  if (body.length < STRETCH_BYTES || body.length % SAMPLE_BYTES !== 0) throw new RangeError('not a sound frame');
  return new DataView(body.buffer, body.byteOffset).getUint32(0, true);
}

/** The samples of a sound frame, copied: a frame need not be aligned. */
export function samplesOf(body: Uint8Array): Float32Array {
  const samples = new Float32Array((body.length - STRETCH_BYTES) / SAMPLE_BYTES);
  new Uint8Array(samples.buffer).set(body.subarray(STRETCH_BYTES));
  return samples;
}

/** Frames from chunks of any size. Throws a RangeError when the stream cannot be ours. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  push(bytes: Uint8Array): Frame[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    let at = 0;
    while (this.#rest.length - at >= HEADER_BYTES) {
      const length = this.#rest.readUInt32LE(at + 1);
      if (length > MAX_MESSAGE_BYTES) throw new RangeError('frame too long');
      if (this.#rest.length - at - HEADER_BYTES < length) break;
      const body = this.#rest.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
      frames.push({ type: this.#rest.readUInt8(at), body });
      at += HEADER_BYTES + length;
    }
    if (at > 0) this.#rest = this.#rest.subarray(at);
    return frames;
  }
}
