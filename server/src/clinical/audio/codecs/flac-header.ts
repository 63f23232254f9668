// The headers of FLAC: STREAMINFO (RFC 9639 §8.2) and that of each frame (§9.1).
import { crc8 } from '#clinical/audio/containers/crc.ts';

export const STREAM_INFO_BYTES = 34;

/** Bytes of the longest frame header: sync, codes, seven of a number, two of a size, two of a rate, check sum. */
export const MAX_FRAME_HEADER_BYTES = 16;

export interface StreamInfo {
  /** Bytes; 0 when not known. */
  readonly largestFrame: number;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
  /** Frames of sound (samples per channel); 0 when not known. */
  readonly total: number;
}

export interface FrameHeader {
  /** Samples per channel. */
  readonly blockSize: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
  /** How two channels were mixed. */
  readonly stereo: 'independent' | 'left-side' | 'side-right' | 'mid-side';
  /** Bytes. */
  readonly length: number;
}

const STEREO = ['left-side', 'side-right', 'mid-side'] as const;
const BITS = [null, 8, 12, undefined, 16, 20, 24, 32] as const;
const RATES = [null, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000] as const;

/** Null when it is none. `bytes`: the block's body. */
export function parseStreamInfo(bytes: Uint8Array): StreamInfo | null {
  if (bytes.length < STREAM_INFO_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packed = view.getUint32(10);
  const sampleRate = packed >>> 12;
  const bits = ((packed >>> 4) & 31) + 1;
  if (sampleRate === 0 || bits < 4) return null;
  return {
    largestFrame: (view.getUint8(7) << 16) | view.getUint16(8),
    sampleRate,
    channels: ((packed >>> 9) & 7) + 1,
    bits,
    total: (packed & 15) * 2 ** 32 + view.getUint32(14),
  };
}

/**
 * The header at the start of `bytes`; `short` when more are needed, null when it is none (check sum included).
 * What it leaves to STREAMINFO is taken from there.
 */
export function parseFrameHeader(bytes: Uint8Array, info: StreamInfo): FrameHeader | 'short' | null {
  if (bytes.length >= MAX_FRAME_HEADER_BYTES) return parseWhole(bytes, info);
  const padded = new Uint8Array(MAX_FRAME_HEADER_BYTES);
  padded.set(bytes);
  const header = parseWhole(padded, info);
  // One that seems wrong may be right once the rest is there.
  return header !== null && header.length <= bytes.length ? header : 'short';
}

function parseWhole(bytes: Uint8Array, info: StreamInfo): FrameHeader | null {
  const [first = 0, second = 0, sizes = 0, layout = 0, coded = 0] = bytes;
  const number = codedNumberLength(coded);
  if (first !== 0xff || (second & 0xfe) !== 0xf8 || (layout & 1) !== 0 || number === 0) return null;
  const size = blockSize(sizes >> 4, bytes, 4 + number);
  const rate = sampleRate(sizes & 15, bytes, 4 + number + size.extra, info);
  const assignment = layout >> 4;
  const bits = BITS[(layout >> 1) & 7];
  if (size.value === 0 || rate.value === 0 || assignment > 10 || bits === undefined) return null;
  const length = 4 + number + size.extra + rate.extra + 1;
  if (crc8(bytes, 0, length - 1) !== bytes[length - 1]) return null;
  return {
    blockSize: size.value,
    sampleRate: rate.value,
    channels: assignment < 8 ? assignment + 1 : 2,
    bits: bits ?? info.bits,
    stereo: STEREO[assignment - 8] ?? 'independent',
    length,
  };
}

/** Bytes of a number coded like UTF-8 by its first byte; 0 when that is none (RFC 9639 §9.1.5). */
function codedNumberLength(first: number): number {
  const ones = Math.clz32(~(first << 24));
  if (ones === 0) return 1;
  return ones === 1 || ones === 8 ? 0 : ones;
}

interface Coded {
  /** 0: reserved. */
  readonly value: number;
  /** Bytes behind the coded number. */
  readonly extra: number;
}

function blockSize(code: number, bytes: Uint8Array, at: number): Coded {
  if (code === 0) return { value: 0, extra: 0 };
  if (code === 1) return { value: 192, extra: 0 };
  if (code <= 5) return { value: 144 << code, extra: 0 };
  if (code === 6) return { value: (bytes[at] ?? 0) + 1, extra: 1 };
  if (code === 7) return { value: uint16(bytes, at) + 1, extra: 2 };
  return { value: 1 << code, extra: 0 };
}

function sampleRate(code: number, bytes: Uint8Array, at: number, info: StreamInfo): Coded {
  switch (code) {
    case 12:
      return { value: (bytes[at] ?? 0) * 1_000, extra: 1 };
    case 13:
      return { value: uint16(bytes, at), extra: 2 };
    case 14:
      return { value: uint16(bytes, at) * 10, extra: 2 };
    default:
      return { value: (code === 0 ? info.sampleRate : RATES[code]) ?? 0, extra: 0 };
  }
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
