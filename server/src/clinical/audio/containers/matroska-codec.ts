// The codec of a Matroska track (RFC 9559 §27, the codec mappings), as far as it is decoded here.
import type { Codec, PacketPlace } from '#clinical/audio/codecs/codec.ts';
import { openFlac } from '#clinical/audio/codecs/flac.ts';
import { parseStreamInfo } from '#clinical/audio/codecs/flac-header.ts';
import { openPcm } from '#clinical/audio/codecs/pcm-packets.ts';
import { openVorbis } from '#clinical/audio/codecs/vorbis.ts';
import { decoderMissing, unreadable } from '#clinical/audio/usable.ts';
import type { AudioTrack } from './matroska-track.ts';
import { openOpusStream } from './ogg-headers.ts';
import type { OpenedCodec } from './ogg-headers.ts';

/** Bytes before STREAMINFO in CodecPrivate: `fLaC` and the header of the block. */
const FLAC_PREFIX_BYTES = 8;

const NANOSECONDS = 1e9;

/** Errors: `audio_unreadable`, `audio_unusable`, `decoder_missing`. */
export async function openTrack(track: AudioTrack, offset: number): Promise<OpenedCodec> {
  if (track.encoded) throw decoderMissing('webm', nameOf(track.codec));
  const place = { container: 'webm', offset } as const;
  const { codec, preSkip } = await openCodec(track, place);
  // CodecDelay says the same as Opus's own pre-skip where both are there, and is the one that muxers change when they cut.
  return { codec, preSkip: track.delay === null ? preSkip : framesOfTime(track.delay, codec.sampleRate) };
}

/** Nanoseconds to frames. Times are rounded when they are written, so the nearest is meant. */
export function framesOfTime(nanoseconds: number, sampleRate: number): number {
  return Math.round((nanoseconds / NANOSECONDS) * sampleRate);
}

async function openCodec(track: AudioTrack, place: PacketPlace): Promise<OpenedCodec> {
  const plain = (codec: Codec): OpenedCodec => ({ codec, preSkip: 0 });
  switch (track.codec) {
    case 'A_OPUS':
      return openOpusStream(track.setup, place);
    case 'A_VORBIS':
      return plain(openVorbis(splitHeaders(track.setup, place), place));
    case 'A_FLAC': {
      const info = parseStreamInfo(track.setup.subarray(FLAC_PREFIX_BYTES));
      if (info === null) throw unreadable('webm', 'header_invalid', place.offset, 'flac');
      return plain(openFlac(info));
    }
    case 'A_PCM/INT/LIT':
    case 'A_PCM/FLOAT/IEEE':
      return plain(openPcm(track, place));
    default:
      throw decoderMissing('webm', nameOf(track.codec));
  }
}

/** Vorbis's three headers: how many less one, the lengths of the first two, then all of them (Xiph lacing). */
function splitHeaders(setup: Uint8Array, { offset }: PacketPlace): Uint8Array[] {
  const malformed = unreadable('webm', 'header_invalid', offset, 'vorbis');
  if (setup[0] !== 2) throw malformed;
  let at = 1;
  const lengths = [0, 0].map(() => {
    let length = 0;
    for (;;) {
      const byte = setup[at++];
      if (byte === undefined) throw malformed;
      length += byte;
      if (byte !== 255) return length;
    }
  });
  const [first = 0, second = 0] = lengths;
  if (at + first + second > setup.length) throw malformed;
  return [setup.subarray(at, at + first), new Uint8Array(0), setup.subarray(at + first + second)];
}

/** Only what is shaped like the name of a codec leaves in an answer: it is text from the file. */
function nameOf(codec: string): string {
  return /^[AVS]_[A-Z0-9]{1,12}(\/[A-Z0-9]{1,12}){0,3}$/.test(codec) ? codec : 'unknown';
}
