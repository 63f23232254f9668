// The wire between server and recogniser child: frames of one type byte, a length (uint32, little-endian) and that many bytes.
// Audio goes down as it is; all else is JSON. Nothing of it touches a disk.

export const FRAME = { config: 1, audio: 2, end: 3, message: 4 } as const;
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
