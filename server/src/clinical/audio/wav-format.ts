// The `fmt ` chunk: what the samples are. RIFF MCI 1.0 §3, Microsoft WAVEFORMATEXTENSIBLE.
import { ProblemError } from '@cordon/contract';
import { isDecodable } from './pcm.ts';
import type { SampleEncoding, SampleLayout } from './pcm.ts';
import { refuseUnusable } from './usable.ts';

export interface WavFormat extends SampleLayout {
  readonly sampleRate: number;
  /** Bytes of one frame: `bytes × channels`. */
  readonly frameBytes: number;
}

const ENCODINGS: ReadonlyMap<number, SampleEncoding> = new Map([
  [1, 'pcm'],
  [3, 'float'],
  [6, 'alaw'],
  [7, 'mulaw'],
]);

const EXTENSIBLE = 0xfffe;
/** The last 14 bytes of every sub-format GUID that only wraps a format tag. */
const GUID_TAIL = '000000001000800000aa00389b71';

/**
 * `bytes`: the chunk's body, at least 16 bytes; `offset`: where it lies in the file.
 * Errors: `audio_unreadable` {reason: 'format_invalid'}, `audio_unusable` {reason: 'too_many_channels' | 'sample_rate'}, `decoder_missing` for compressed samples.
 */
export function parseFormat(bytes: Uint8Array, offset: number): WavFormat {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = formatTag(view, bytes);
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const frameBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  const encoding = ENCODINGS.get(tag);
  if (encoding === undefined)
    throw new ProblemError('decoder_missing', { package: 'ffmpeg', container: 'wav', formatTag: tag });
  if (channels === 0 || sampleRate === 0 || bits === 0) throw invalid(offset);
  refuseUnusable(channels, sampleRate);
  const layout = { encoding, channels, bytes: sampleBytes(frameBytes, channels, bits) };
  if (!isDecodable(layout)) throw invalid(offset);
  return { ...layout, sampleRate, frameBytes: layout.bytes * channels };
}

function formatTag(view: DataView, bytes: Uint8Array): number {
  const tag = view.getUint16(0, true);
  if (tag !== EXTENSIBLE || bytes.length < 40) return tag;
  const tail = Buffer.from(bytes.subarray(26, 40)).toString('hex');
  return tail === GUID_TAIL ? view.getUint16(24, true) : tag;
}

/** Block alignment says how samples lie (20 bits in 3 bytes, 24 in 4); where it makes no sense the bits do. */
function sampleBytes(frameBytes: number, channels: number, bits: number): number {
  const least = Math.ceil(bits / 8);
  const aligned = frameBytes / channels;
  return Number.isInteger(aligned) && aligned >= least && aligned <= 8 ? aligned : least;
}

function invalid(offset: number): ProblemError {
  return new ProblemError('audio_unreadable', { reason: 'format_invalid', container: 'wav', offset });
}
