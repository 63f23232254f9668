// The packets before the sound of an Ogg stream, and the codec they open: Opus (RFC 7845 §5), Vorbis (Vorbis I §A.2), FLAC (RFC 9639 §10.1).
import type { Codec, PacketPlace } from '#clinical/audio/codecs/codec.ts';
import { openFlac } from '#clinical/audio/codecs/flac.ts';
import { parseStreamInfo } from '#clinical/audio/codecs/flac-header.ts';
import { openOpus } from '#clinical/audio/codecs/opus.ts';
import { parseOpusHead } from '#clinical/audio/codecs/opus-packet.ts';
import { openVorbis } from '#clinical/audio/codecs/vorbis.ts';
import { decoderMissing, refuseUnusable, unreadable } from '#clinical/audio/usable.ts';

export type OggKind = 'opus' | 'vorbis' | 'flac';

const MAGIC: readonly (readonly [string, OggKind])[] = [
  ['OpusHead', 'opus'],
  ['\u0001vorbis', 'vorbis'],
  ['\u007fFLAC', 'flac'],
];

/** Bytes before STREAMINFO in the first packet of FLAC: type, `FLAC`, version, number of headers, `fLaC`, header of the block. */
const FLAC_PREFIX_BYTES = 17;

/** Headers of a Vorbis stream, of which the second is comments. */
const VORBIS_HEADERS = 3;

export interface OpenedCodec {
  readonly codec: Codec;
  /** Frames to drop at the start. */
  readonly preSkip: number;
}

/** What a stream carries, by its first packet; null when it is none of these. */
export function kindOf(packet: Uint8Array): OggKind | null {
  const head = Buffer.from(packet.subarray(0, 8)).toString('latin1');
  return MAGIC.find(([magic]) => head.startsWith(magic))?.[1] ?? null;
}

/** Memory: the headers, without comments. */
export class OggHeaders {
  readonly #kind: OggKind;
  readonly #kept: Uint8Array[] = [];

  constructor(kind: OggKind) {
    this.#kind = kind;
  }

  /** Takes the packet if it still is a header. */
  take(packet: Uint8Array): boolean {
    const count = this.#kept.length;
    switch (this.#kind) {
      case 'opus':
        return count < 2 && this.#keep(packet, count === 0);
      case 'vorbis':
        return count < VORBIS_HEADERS && this.#keep(packet, count !== 1);
      case 'flac':
        // Each further header is a block of metadata, whose type is below 127; sound begins with a sync code.
        return (count === 0 || packet[0] !== 0xff) && this.#keep(packet, count === 0);
    }
  }

  /** Errors: `audio_unreadable` {reason: 'header_invalid' | …}, `audio_unusable`, `decoder_missing`. */
  async open(place: PacketPlace): Promise<OpenedCodec> {
    const [first = new Uint8Array(0)] = this.#kept;
    switch (this.#kind) {
      case 'opus':
        return openOpusStream(first, place);
      case 'vorbis':
        return { codec: openVorbis(this.#kept, place), preSkip: 0 };
      case 'flac': {
        const info = parseStreamInfo(first.subarray(FLAC_PREFIX_BYTES));
        if (info === null) throw unreadable(place.container, 'header_invalid', place.offset, 'flac');
        return { codec: openFlac(info), preSkip: 0 };
      }
    }
  }

  #keep(packet: Uint8Array, needed: boolean): true {
    // FLAC may have many headers; that there was one is all that is needed of those not needed.
    if (needed || this.#kept.length < VORBIS_HEADERS) this.#kept.push(needed ? packet.slice() : new Uint8Array(0));
    return true;
  }
}

/** Also for Matroska, whose CodecPrivate is the same header. */
export async function openOpusStream(header: Uint8Array, { container, offset }: PacketPlace): Promise<OpenedCodec> {
  const head = parseOpusHead(header);
  if (head === 'unknown') throw decoderMissing(container, 'opus');
  if (head === null) throw unreadable(container, 'header_invalid', offset, 'opus');
  refuseUnusable(head.channels, 48_000);
  return { codec: await openOpus(head), preSkip: head.preSkip };
}
