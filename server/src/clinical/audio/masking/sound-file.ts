// Sound as a WAV file, written while it comes: RIFF, or RF64 (EBU Tech 3306) where it grows beyond four gigabytes.
import type { Block } from '#clinical/audio/wav.ts';

/** How samples are written, and how many bytes each takes. */
export type Written = 'pcm16' | 'pcm24' | 'float32';
const BYTES: Readonly<Record<Written, number>> = { pcm16: 2, pcm24: 3, float32: 4 };

/** Header: `RIFF`, room for `ds64`, `fmt `, `data`. */
const DS64_BYTES = 28;
const HEADER_BYTES = 12 + 8 + DS64_BYTES + 8 + 16 + 8;
const MAX_RIFF_BYTES = 0xffff_ffff;
const PCM_TAG = 1;
const FLOAT_TAG = 3;

/**
 * The form in which every sample of this encoding (`SoundFormat.encoding`) stands as it was decoded: integers of up to 24 bits and 32-bit
 * floats as they are, G.711 as the 16 bits that it decodes to, lossy codecs, which have no bits of their own, as 16. Wider ones are
 * written as the 32-bit floats that every reader here gives.
 */
export function writtenFor(encoding: string): Written {
  const [, kind = '', bits = ''] = /^(pcm|flac|float)(\d+)$/.exec(encoding) ?? [];
  if (kind === '') return 'pcm16';
  if (kind === 'float') return 'float32';
  if (Number(bits) <= 16) return 'pcm16';
  return Number(bits) <= 24 ? 'pcm24' : 'float32';
}

/** Whether what is written is what was decoded from a file of this encoding, bit by bit. */
export function isExact(encoding: string): boolean {
  return !/^(?:pcm32|flac(?:2[5-9]|3[0-2])|float64)$/.test(encoding);
}

export interface SoundSpec {
  readonly written: Written;
  readonly sampleRate: number;
  readonly channels: number;
}

/** The header for so many bytes of samples; always as long. */
export function headerOf({ written, sampleRate, channels }: SoundSpec, sampleBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const padded = sampleBytes + (sampleBytes % 2);
  const riffBytes = HEADER_BYTES - 8 + padded;
  const long = riffBytes > MAX_RIFF_BYTES;
  const frame = BYTES[written] * channels;
  header.write(long ? 'RF64' : 'RIFF', 0, 'latin1');
  header.writeUInt32LE(long ? MAX_RIFF_BYTES : riffBytes, 4);
  header.write('WAVE', 8, 'latin1');
  header.write(long ? 'ds64' : 'JUNK', 12, 'latin1');
  header.writeUInt32LE(DS64_BYTES, 16);
  if (long) {
    header.writeBigUInt64LE(BigInt(riffBytes), 20);
    header.writeBigUInt64LE(BigInt(sampleBytes), 28);
    header.writeBigUInt64LE(BigInt(sampleBytes / frame), 36);
  }
  const format = 20 + DS64_BYTES;
  header.write('fmt ', format, 'latin1');
  header.writeUInt32LE(16, format + 4);
  header.writeUInt16LE(written === 'float32' ? FLOAT_TAG : PCM_TAG, format + 8);
  header.writeUInt16LE(channels, format + 10);
  header.writeUInt32LE(sampleRate, format + 12);
  header.writeUInt32LE(sampleRate * frame, format + 16);
  header.writeUInt16LE(frame, format + 20);
  header.writeUInt16LE(BYTES[written] * 8, format + 22);
  header.write('data', format + 24, 'latin1');
  header.writeUInt32LE(long ? MAX_RIFF_BYTES : sampleBytes, format + 28);
  return header;
}

/** Interleaved. What is beyond full scale is held to it where integers are written. */
export function samplesOf(block: Block, written: Written): Buffer {
  const frames = block[0]?.length ?? 0;
  const bytes = BYTES[written];
  const stride = bytes * block.length;
  const out = Buffer.allocUnsafe(frames * stride);
  const write = writer(out, written);
  for (const [channel, samples] of block.entries()) {
    for (let frame = 0, at = channel * bytes; frame < frames; frame += 1, at += stride) write(samples[frame] ?? 0, at);
  }
  return out;
}

function writer(out: Buffer, written: Written): (sample: number, at: number) => void {
  switch (written) {
    case 'pcm16':
      return (sample, at) => void out.writeInt16LE(held(sample, 0x8000), at);
    case 'pcm24':
      return (sample, at) => void out.writeIntLE(held(sample, 0x80_0000), at, 3);
    case 'float32':
      return (sample, at) => void out.writeFloatLE(sample, at);
  }
}

function held(sample: number, full: number): number {
  return Math.max(-full, Math.min(full - 1, Math.round(sample * full)));
}
