// Writes RIFF/WAVE files: for tests and for the sample visit. What it can write `wav.ts` can read.
import type { SampleEncoding } from './pcm.ts';

export interface WavSpec {
  readonly encoding: SampleEncoding;
  /** Bytes per sample. */
  readonly bytes: number;
  readonly sampleRate: number;
  /** As WAVEFORMATEXTENSIBLE. */
  readonly extensible?: boolean;
  /** What the header claims of the samples' size, when that is not the truth. */
  readonly claimedSize?: number;
  /** Chunks before and after the samples. */
  readonly before?: readonly (readonly [id: string, body: Uint8Array])[];
  readonly after?: readonly (readonly [id: string, body: Uint8Array])[];
}

const TAGS: Readonly<Record<SampleEncoding, number>> = { pcm: 1, float: 3, alaw: 6, mulaw: 7 };
const GUID_TAIL = Buffer.from('000000001000800000aa00389b71', 'hex');

/** `channels`: one array of samples (full scale ±1) per channel, equally long. */
export function writeWav(channels: readonly Float32Array[], spec: WavSpec): Buffer {
  const samples = interleave(channels, spec);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(spec.claimedSize ?? samples.length);
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    ...(spec.before ?? []).map(([id, bytes]) => chunk(id, bytes)),
    chunk('fmt ', formatChunk(channels.length, spec)),
    Buffer.from('data'),
    size,
    samples,
    Buffer.alloc(samples.length % 2),
    ...(spec.after ?? []).map(([id, bytes]) => chunk(id, bytes)),
  ]);
  return chunk('RIFF', body);
}

function chunk(id: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function formatChunk(channels: number, spec: WavSpec): Buffer {
  const format = Buffer.alloc(spec.extensible === true ? 40 : 16);
  const frame = channels * spec.bytes;
  format.writeUInt16LE(spec.extensible === true ? 0xfffe : TAGS[spec.encoding], 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(spec.sampleRate, 4);
  format.writeUInt32LE(spec.sampleRate * frame, 8);
  format.writeUInt16LE(frame, 12);
  format.writeUInt16LE(spec.bytes * 8, 14);
  if (spec.extensible === true) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(spec.bytes * 8, 18);
    format.writeUInt16LE(TAGS[spec.encoding], 24);
    GUID_TAIL.copy(format, 26);
  }
  return format;
}

function interleave(channels: readonly Float32Array[], spec: WavSpec): Buffer {
  const frames = channels[0]?.length ?? 0;
  const out = Buffer.alloc(frames * channels.length * spec.bytes);
  for (const [channel, samples] of channels.entries()) {
    for (let frame = 0; frame < frames; frame++) {
      writeSample(out, (frame * channels.length + channel) * spec.bytes, samples[frame] ?? 0, spec);
    }
  }
  return out;
}

function writeSample(out: Buffer, at: number, sample: number, spec: WavSpec): void {
  switch (spec.encoding) {
    case 'float':
      if (spec.bytes === 8) out.writeDoubleLE(sample, at);
      else out.writeFloatLE(sample, at);
      return;
    case 'mulaw':
      out.writeUInt8(mulawCode(sample), at);
      return;
    case 'alaw':
      out.writeUInt8(alawCode(sample), at);
      return;
    case 'pcm':
      if (spec.bytes === 1) out.writeUInt8(clamp(Math.round(sample * 127) + 128, 0, 255), at);
      else out.writeIntLE(scaled(sample, spec.bytes * 8 - 1), at, spec.bytes);
  }
}

function scaled(sample: number, bits: number): number {
  const full = 2 ** bits;
  return clamp(Math.round(sample * full), -full, full - 1);
}

/** ITU-T G.711 µ-law. */
function mulawCode(sample: number): number {
  const value = Math.min(32_635, Math.abs(scaled(sample, 15))) + 0x84;
  const exponent = Math.floor(Math.log2(value)) - 7;
  const mantissa = (value >> (exponent + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

/** ITU-T G.711 A-law. */
function alawCode(sample: number): number {
  const value = Math.min(32_635, Math.abs(scaled(sample, 15)));
  const exponent = value < 256 ? 0 : Math.floor(Math.log2(value)) - 7;
  const mantissa = (value >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f;
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
