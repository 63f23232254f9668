// What an Opus packet says of itself (RFC 6716 §3), so that nothing malformed reaches the decoder, and the header of an Opus stream (RFC 7845 §5.1).
import { inWavOrder } from './channel-order.ts';

/** Hz. Opus counts in this whatever it was made from (RFC 7845 §4). */
export const OPUS_RATE = 48_000;

/** Frames. A packet holds at most 120 ms (RFC 6716 §3.2.5, R5). */
export const MAX_OPUS_FRAMES = 5_760;

/** Bytes of one Opus frame (RFC 6716 §3.2.1). */
const MAX_FRAME_BYTES = 1_275;

/** Frames per Opus frame at 48 kHz, by the two low bits of the configuration: SILK, hybrid, CELT (RFC 6716 §3.1, table 2). */
const SILK = [480, 960, 1_920, 2_880] as const;
const HYBRID = [480, 960] as const;
const CELT = [120, 240, 480, 960] as const;

export interface OpusHead {
  readonly channels: number;
  /** Frames at 48 kHz to drop at the start. */
  readonly preSkip: number;
  /** Factor to multiply samples with. */
  readonly gain: number;
  readonly streams: number;
  readonly coupled: number;
  readonly mapping: readonly number[];
}

/** Null when it is no such header, `unknown` when it is one that only newer software reads. */
export function parseOpusHead(bytes: Uint8Array): OpusHead | 'unknown' | null {
  if (bytes.length < 19 || Buffer.from(bytes.subarray(0, 8)).toString('latin1') !== 'OpusHead') return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channels = view.getUint8(9);
  const family = view.getUint8(18);
  if (view.getUint8(8) >= 16) return 'unknown';
  if (channels === 0) return null;
  const base = { channels, preSkip: view.getUint16(10, true), gain: 10 ** (view.getInt16(16, true) / (20 * 256)) };
  if (family === 0) {
    if (channels > 2) return null;
    return { ...base, streams: 1, coupled: channels - 1, mapping: channels === 2 ? [0, 1] : [0] };
  }
  // 1: surround; 255: no meaning, one speaker each, say. Ambisonics (2 and 3) mean no loudspeaker at all.
  if (family !== 1 && family !== 255) return 'unknown';
  return withMapping(base, family, bytes);
}

function withMapping(
  base: Pick<OpusHead, 'channels' | 'preSkip' | 'gain'>,
  family: number,
  bytes: Uint8Array,
): OpusHead | null {
  const [streams = 0, coupled = 0] = bytes.subarray(19, 21);
  const mapping = [...bytes.subarray(21, 21 + base.channels)];
  const decoded = streams + coupled;
  // More streams than channels would be decoded for nobody, and each costs memory.
  if (mapping.length < base.channels || streams === 0 || coupled > streams || streams > base.channels) return null;
  if (mapping.some((index) => index >= decoded && index !== 255)) return null;
  // Without a meaning the channels stay as they are.
  return { ...base, streams, coupled, mapping: family === 1 ? inWavOrder(mapping) : mapping };
}

/** Frames at 48 kHz, or null when the packet breaks the rules R1 to R7 as far as they do not need decoding. */
export function opusFrames(packet: Uint8Array, selfDelimited = false): number | null {
  const [toc, second = 0] = packet;
  if (toc === undefined) return null;
  const each = framesOf(toc >> 3);
  switch (toc & 3) {
    case 0:
      return selfDelimited || packet.length - 1 <= MAX_FRAME_BYTES ? each : null;
    case 1:
      return selfDelimited || (packet.length % 2 === 1 && packet.length - 1 <= 2 * MAX_FRAME_BYTES) ? each * 2 : null;
    case 2:
      return packet.length >= 2 ? each * 2 : null;
    default: {
      const frames = each * (second & 63);
      return packet.length >= 2 && frames > 0 && frames <= MAX_OPUS_FRAMES ? frames : null;
    }
  }
}

function framesOf(configuration: number): number {
  if (configuration < 12) return SILK[(configuration & 3) as 0 | 1 | 2 | 3];
  if (configuration < 16) return HYBRID[(configuration & 1) as 0 | 1];
  return CELT[(configuration & 3) as 0 | 1 | 2 | 3];
}
