// One recording read to its end: measured, or written anew with stretches of it silenced. Memory is that of the decoder and some blocks.
import { createDecoder } from '#clinical/audio/decoder.ts';
import type { Decoder } from '#clinical/audio/sound.ts';
import type { Block } from '#clinical/audio/wav.ts';
import { ExactReader } from './exact.ts';
import { Loudness } from './loudness.ts';
import { Masker, type Fill, type MaskedStretch } from './masker.ts';
import type { MaskingMessage } from './messages.ts';
import { headerOf, isExact, samplesOf, writtenFor, type SoundSpec } from './sound-file.ts';

export interface Source {
  /** The bytes from their beginning; opened a second time where the index of an MP4 comes last. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Absolute path of ffmpeg, or null. */
  readonly ffmpeg: string | null;
  readonly onBytes: (read: number) => void;
}

/** Writes at a place of the file; errors as `storage_full`. */
export type WriteAt = (bytes: Uint8Array, at: number) => Promise<void>;

/** Errors: those of every decoder; `audio_unusable`. */
export async function measure(source: Source): Promise<Extract<MaskingMessage, { type: 'measured' }>> {
  let loudness: Loudness | null = null;
  const reader = await read(source, async (block, { format }) => {
    loudness ??= new Loudness(format?.sampleRate ?? 0);
    loudness.hear(block);
  });
  const { container, encoding, sampleRate, channels, duration } = reader.facts();
  const loud = (loudness as Loudness | null)?.loud() ?? [];
  return { type: 'measured', container, encoding, sampleRate, channels, duration, loud };
}

/** Errors: as `measure`; what `write` throws. */
export async function mask(
  source: Source,
  stretches: readonly MaskedStretch[],
  fill: Fill,
  write: WriteAt,
): Promise<Extract<MaskingMessage, { type: 'masked' }>> {
  let masking: Masking | null = null;
  let bytes = 0;
  const reader = await read(source, async (block, { format }) => {
    if (format === null) return;
    masking ??= beginMasking(format, stretches, fill);
    masking.masker.mask(block);
    const samples = samplesOf(block, masking.spec.written);
    await write(samples, headerOf(masking.spec, 0).length + bytes);
    bytes += samples.length;
  });
  const { encoding, sampleRate, channels } = reader.facts();
  const spec: SoundSpec = { written: writtenFor(encoding), sampleRate, channels };
  const header = headerOf(spec, bytes);
  if (bytes % 2 === 1) await write(new Uint8Array(1), header.length + bytes);
  await write(header, 0);
  return {
    type: 'masked',
    written: spec.written,
    exact: isExact(encoding),
    bytes: header.length + bytes + (bytes % 2),
  };
}

interface Masking {
  readonly masker: Masker;
  readonly spec: SoundSpec;
}

function beginMasking(
  { encoding, sampleRate, channels }: { encoding: string; sampleRate: number; channels: number },
  stretches: readonly MaskedStretch[],
  fill: Fill,
): Masking {
  const spec = { written: writtenFor(encoding), sampleRate, channels };
  return { masker: new Masker(stretches, fill, sampleRate), spec };
}

async function read(
  { open, ffmpeg, onBytes }: Source,
  take: (block: Block, reader: ExactReader) => Promise<void>,
): Promise<ExactReader> {
  const decoder: Decoder = createDecoder({ ffmpeg, reopen: open });
  const reader = new ExactReader(decoder);
  let bytes = 0;
  try {
    for await (const piece of open()) {
      for await (const block of reader.push(piece)) await take(block, reader);
      bytes += piece.length;
      onBytes(bytes);
    }
    for await (const block of reader.end()) await take(block, reader);
  } finally {
    reader.close();
  }
  return reader;
}
