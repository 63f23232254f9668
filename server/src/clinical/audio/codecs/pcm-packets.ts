// Samples that are not compressed, in the blocks of a container.
import { decodeFrames, isDecodable } from '#clinical/audio/pcm.ts';
import type { SampleLayout } from '#clinical/audio/pcm.ts';
import { refuseUnusable, unreadable } from '#clinical/audio/usable.ts';
import type { Block } from '#clinical/audio/wav.ts';
import type { Codec, PacketPlace } from './codec.ts';

/** Of a Matroska track: little-endian integers or IEEE numbers. */
export interface PcmTrack {
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
}

/** Errors: `audio_unreadable` {reason: 'header_invalid'}, `audio_unusable`. */
export function openPcm({ codec, sampleRate, channels, bits }: PcmTrack, { container, offset }: PacketPlace): Codec {
  const layout: SampleLayout = { encoding: codec.includes('FLOAT') ? 'float' : 'pcm', bytes: bits / 8, channels };
  if (!Number.isInteger(layout.bytes) || channels === 0 || !isDecodable(layout)) {
    throw unreadable(container, 'header_invalid', offset);
  }
  refuseUnusable(channels, sampleRate);
  return new Pcm(layout, sampleRate);
}

class Pcm implements Codec {
  readonly encoding: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly #layout: SampleLayout;

  constructor(layout: SampleLayout, sampleRate: number) {
    this.#layout = layout;
    this.encoding = `${layout.encoding}${String(layout.bytes * 8)}`;
    this.sampleRate = sampleRate;
    this.channels = layout.channels;
  }

  count(packets: readonly Uint8Array[]): number {
    const frame = this.#layout.bytes * this.channels;
    return packets.reduce((sum, packet) => sum + Math.floor(packet.length / frame), 0);
  }

  decode(packet: Uint8Array, { container, offset }: PacketPlace): Block {
    if (packet.length % (this.#layout.bytes * this.channels) !== 0) {
      throw unreadable(container, 'damaged', offset, this.encoding);
    }
    return decodeFrames(packet, this.#layout);
  }

  close(): void {}
}
