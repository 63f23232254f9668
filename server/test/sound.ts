// Sound for tests: made by arithmetic, encoded by the system's ffmpeg where there is one, and read back through a decoder.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isProblem } from '@cordon/contract';
import { crc16, crc8 } from '#clinical/audio/containers/crc.ts';
import { createDecoder } from '#clinical/audio/decoder.ts';
import type { DecoderOptions } from '#clinical/audio/decoder.ts';
import { findFfmpeg } from '#clinical/audio/ffmpeg.ts';
import type { Decoder, SoundFormat } from '#clinical/audio/sound.ts';
import { writeWav } from '#clinical/audio/wav-writer.ts';

/** Absolute path, or null: then tests that need encoded sound are skipped, loudly. */
export const FFMPEG = await findFfmpeg();

/** Says on standard error what is not tested where ffmpeg is missing. */
export function withoutFfmpeg(what: string): boolean {
  if (FFMPEG === null) process.stderr.write(`NOT TESTED: ${what}, ffmpeg is not installed\n`);
  return FFMPEG === null;
}

/** Numbers from 0 up to 1 that are the same at every run (Park and Miller's generator). */
export function seeded(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Something like a voice: a gliding tone with overtones that comes and goes, another one in each channel, and a little noise. */
export function voices(channels: number, sampleRate: number, seconds: number): Float32Array[] {
  const random = seeded(channels * 31 + sampleRate);
  return Array.from({ length: channels }, (_, channel) => {
    let phase = 0;
    return Float32Array.from({ length: Math.round(sampleRate * seconds) }, (_, index) => {
      const time = index / sampleRate;
      phase += (2 * Math.PI * (140 + 60 * channel + 40 * Math.sin(time * 5))) / sampleRate;
      const tone = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.25 * Math.sin(5 * phase);
      return 0.25 * tone * Math.sin(Math.PI * time * 3) ** 2 + 0.002 * (random() - 0.5);
    });
  });
}

/** ffmpeg's output for a WAV file of these samples. `args`: codec and the like; `extension` chooses the container. */
export function encode(
  samples: readonly Float32Array[],
  sampleRate: number,
  extension: string,
  ...args: readonly string[]
): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-sound-'));
  try {
    const from = join(folder, 'from.wav');
    const to = join(folder, `to.${extension}`);
    writeFileSync(from, writeWav(samples, { encoding: 'pcm', bytes: 2, sampleRate, extensible: samples.length > 2 }));
    execFileSync(FFMPEG ?? 'ffmpeg', ['-v', 'error', '-i', from, ...args, to], { stdio: 'pipe' });
    return readFileSync(to);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface Heard {
  readonly format: SoundFormat;
  readonly samples: readonly Float32Array[];
}

/** Everything a decoder gives for a file in pieces of `step` bytes; closes it. */
export async function hearAll(decoder: Decoder, file: Uint8Array, step = 65_536): Promise<Heard> {
  const parts: Float32Array[][] = [];
  const add = (block: readonly Float32Array[]): void => {
    for (const [channel, samples] of block.entries()) (parts[channel] ??= []).push(samples.slice());
  };
  try {
    for (let at = 0; at < file.length; at += step) {
      for await (const block of decoder.push(file.subarray(at, at + step))) add(block);
    }
    for await (const block of decoder.end()) add(block);
    if (decoder.format === null) throw new Error('no format');
    return { format: decoder.format, samples: parts.map(joined) };
  } finally {
    decoder.close();
  }
}

/** With ffmpeg where it is, and a file that can be read again. */
export function hear(file: Uint8Array, step = 65_536, options: Partial<DecoderOptions> = {}): Promise<Heard> {
  const reopen = (): AsyncIterable<Uint8Array> => inPieces(file, step);
  return hearAll(createDecoder({ ffmpeg: FFMPEG, reopen, ...options }), file, step);
}

export async function* inPieces(bytes: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield await Promise.resolve(bytes.subarray(at, at + step));
}

/** The code and details of the refusal that reading ends in. */
export async function refusalOf(
  reading: Promise<unknown>,
): Promise<{ readonly code: string; readonly details: object }> {
  try {
    await reading;
  } catch (error) {
    if (isProblem(error)) return { code: error.code, details: error.details };
    throw error;
  }
  throw new Error('was read');
}

/** dB of signal over difference, of the frames that both have; infinite when they are equal. */
export function signalToNoise(wanted: Float32Array, got: Float32Array, shift = 0): number {
  let signal = 0;
  let noise = 0;
  for (let index = Math.max(0, -shift); index < Math.min(wanted.length, got.length - shift); index++) {
    const sample = wanted[index] ?? 0;
    signal += sample ** 2;
    noise += (sample - (got[index + shift] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Equal to the last bit; far quicker than comparing arrays of numbers. */
export function sameSamples(one: Heard, two: Heard): boolean {
  const bytes = ({ samples }: Heard): Buffer =>
    Buffer.concat(samples.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
  return one.samples.length === two.samples.length && bytes(one).equals(bytes(two));
}

/** A FLAC file whose frames have one value per channel: some thirty bytes that stand for two megabytes of samples. */
export function flacBomb(frames: number, channels: number, total: number): Buffer {
  const info = Buffer.alloc(42);
  info.write('fLaC');
  info.writeUInt32BE(0x8000_0022, 4);
  info.writeUInt32BE((((192_000 * 16 + ((channels - 1) << 1)) * 16 + 0xf) * 16) >>> 0, 18);
  const packed = (BigInt(192_000) << 44n) | (BigInt(channels - 1) << 41n) | (15n << 36n) | BigInt(total);
  info.writeBigUInt64BE(packed, 18);
  const parts: Buffer[] = [info];
  for (let index = 0; index < frames; index++) {
    const number = Buffer.from(String.fromCodePoint(index), 'utf8');
    const header = Buffer.concat([
      Buffer.from([0xff, 0xf8, 0x73, ((channels - 1) << 4) | 8]),
      number,
      Buffer.from([0xff, 0xff]),
    ]);
    const head = Buffer.concat([header, Buffer.from([crc8(header, 0, header.length)])]);
    const body = Buffer.concat([head, ...Array.from({ length: channels }, () => Buffer.from([0, 0, 1]))]);
    const check = Buffer.alloc(2);
    check.writeUInt16BE(crc16(body, 0, body.length));
    parts.push(body, check);
  }
  return Buffer.concat(parts);
}
