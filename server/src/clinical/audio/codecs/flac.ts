// FLAC of whole frames, as Ogg and Matroska carry it, and the step from integers to samples that the native stream shares.
import { refuseUnusable, unreadable } from '#clinical/audio/usable.ts';
import type { Block } from '#clinical/audio/wav.ts';
import type { Codec, PacketPlace } from './codec.ts';
import { decodeFrame } from './flac-frame.ts';
import type { DecodedFrame } from './flac-frame.ts';
import { parseFrameHeader } from './flac-header.ts';
import type { FrameHeader, StreamInfo } from './flac-header.ts';

/** Errors: `audio_unusable` as `refuseUnusable`. */
export function openFlac(info: StreamInfo): Codec {
  refuseUnusable(info.channels, info.sampleRate);
  return new Flac(info);
}

/** Whether a frame is of the stream that STREAMINFO announced. */
export function belongs(header: FrameHeader, info: StreamInfo): boolean {
  return header.channels === info.channels && header.sampleRate === info.sampleRate && header.bits === info.bits;
}

export function toBlock({ samples }: DecodedFrame, bits: number): Block {
  const scale = 2 ** (1 - bits);
  return samples.map((integers) => {
    const channel = new Float32Array(integers.length);
    for (let index = 0; index < integers.length; index++) channel[index] = (integers[index] ?? 0) * scale;
    return channel;
  });
}

class Flac implements Codec {
  readonly encoding: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly #info: StreamInfo;

  constructor(info: StreamInfo) {
    this.#info = info;
    this.encoding = `flac${String(info.bits)}`;
    this.sampleRate = info.sampleRate;
    this.channels = info.channels;
  }

  count(packets: readonly Uint8Array[]): number {
    return packets.reduce((sum, packet) => sum + (this.#header(packet)?.blockSize ?? 0), 0);
  }

  decode(packet: Uint8Array, { container, offset }: PacketPlace): Block {
    const header = this.#header(packet);
    if (header !== null && !belongs(header, this.#info)) throw unreadable(container, 'format_changes', offset, 'flac');
    const frame = header === null ? null : decodeFrame(packet, header);
    if (frame === null || frame === 'short') throw unreadable(container, 'damaged', offset, 'flac');
    return toBlock(frame, this.#info.bits);
  }

  close(): void {}

  #header(packet: Uint8Array): FrameHeader | null {
    const header = parseFrameHeader(packet, this.#info);
    return header === 'short' ? null : header;
  }
}
