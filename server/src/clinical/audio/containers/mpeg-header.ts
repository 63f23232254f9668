// The header of an MPEG audio frame (ISO/IEC 11172-3 §2.4.1.3, 13818-3), and what encoders write into the first one.

export interface MpegHeader {
  readonly layer: 1 | 2 | 3;
  /** 2 and 2.5 have half and a quarter of the rates, and half the samples in layer III. */
  readonly version: 1 | 2 | 2.5;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples per channel. */
  readonly samples: number;
  /** Bytes of the whole frame; null in the free format, where only the next frame shows it. */
  readonly length: number | null;
}

/** What a Xing, Info or VBRI header says (no standard: LAME's description of its tag). Such a frame has no sound. */
export interface EncoderTag {
  /** Frames that follow; null when not told. */
  readonly frames: number | null;
  /** Samples that the encoder put before and behind the sound. */
  readonly delay: number;
  readonly padding: number;
}

export const MPEG_HEADER_BYTES = 4;

const RATES = [44_100, 48_000, 32_000] as const;

/** kbit/s by layer, for version 1. */
const BITRATES_1 = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
] as const;

/** kbit/s for versions 2 and 2.5: layer I, then II and III. */
const BITRATES_2 = [
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;

/** Null when these four bytes are no header. */
export function parseMpegHeader(word: number): MpegHeader | null {
  const layerBits = (word >>> 17) & 3;
  const rate = RATES[(word >>> 10) & 3];
  const bitrateIndex = (word >>> 12) & 15;
  const version = ([2.5, null, 2, 1] as const)[(word >>> 19) & 3] ?? null;
  if (word >>> 21 !== 0x7ff || version === null || layerBits === 0 || rate === undefined || bitrateIndex === 15) {
    return null;
  }
  const layer = (4 - layerBits) as 1 | 2 | 3;
  const table = version === 1 ? BITRATES_1[layer - 1] : BITRATES_2[layer === 1 ? 0 : 1];
  const bitrate = (table?.[bitrateIndex] ?? 0) * 1000;
  const sampleRate = rate / (version === 1 ? 1 : version === 2 ? 2 : 4);
  const samples = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1_152;
  const padding = (word >>> 9) & 1;
  const length =
    layer === 1
      ? (Math.floor((12 * bitrate) / sampleRate) + padding) * 4
      : frameBytes(samples, bitrate, sampleRate, padding);
  return {
    layer,
    version,
    sampleRate,
    channels: ((word >>> 6) & 3) === 3 ? 1 : 2,
    samples,
    length: bitrateIndex === 0 ? null : length,
  };
}

function frameBytes(samples: number, bitrate: number, sampleRate: number, padding: number): number {
  return Math.floor(((samples / 8) * bitrate) / sampleRate) + padding;
}

/** Null when the frame is one of sound. */
export function parseEncoderTag(frame: Uint8Array, { version, channels }: MpegHeader): EncoderTag | null {
  const side = version === 1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  // With a check sum the side information begins two bytes later.
  for (const at of [MPEG_HEADER_BYTES + side, MPEG_HEADER_BYTES + 2 + side]) {
    const magic = text(frame, at, 4);
    if (magic === 'Xing' || magic === 'Info') return parseXing(frame, at + 4);
  }
  if (text(frame, MPEG_HEADER_BYTES + 32, 4) !== 'VBRI') return null;
  return { frames: uint32(frame, MPEG_HEADER_BYTES + 32 + 14), delay: 0, padding: 0 };
}

function parseXing(frame: Uint8Array, flagsAt: number): EncoderTag {
  const flags = uint32(frame, flagsAt);
  const framesAt = flagsAt + 4;
  const encoderAt =
    framesAt +
    ((flags & 1) !== 0 ? 4 : 0) +
    ((flags & 2) !== 0 ? 4 : 0) +
    ((flags & 4) !== 0 ? 100 : 0) +
    ((flags & 8) !== 0 ? 4 : 0);
  const frames = (flags & 1) !== 0 ? uint32(frame, framesAt) : null;
  // Only encoders known to write the rest of LAME's tag are believed about it.
  if (!/^(LAME|Lav[cf]|GOGO)/.test(text(frame, encoderAt, 4)) || frame.length < encoderAt + 24) {
    return { frames, delay: 0, padding: 0 };
  }
  const packed = uint32(frame, encoderAt + 20) % 2 ** 24;
  return { frames, delay: packed >>> 12, padding: packed & 0xfff };
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.subarray(at, at + length)).toString('latin1');
}

function uint32(bytes: Uint8Array, at: number): number {
  return at + 4 > bytes.length ? 0 : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}
