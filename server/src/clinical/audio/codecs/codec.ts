// What every codec is to a container: something that turns one packet at a time into sound.
import type { Container } from '#clinical/audio/container.ts';
import type { Block } from '#clinical/audio/wav.ts';

/** Where a packet came from, for the answers about it. */
export interface PacketPlace {
  readonly container: Container;
  /** Of the packet, or of the page or block that it ends in. */
  readonly offset: number;
}

export interface Codec {
  /** `opus`, `vorbis`, `flac16`, `mp3`… */
  readonly encoding: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** Frames that decoding these packets next would give. Decodes nothing; a packet that cannot be read counts as none. */
  count(packets: readonly Uint8Array[]): number;
  /** One array per channel, perhaps empty. Errors: `audio_unreadable` {reason: 'damaged', codec, …}. */
  decode(packet: Uint8Array, place: PacketPlace): Block;
  /** Harmless twice. */
  close(): void;
}
