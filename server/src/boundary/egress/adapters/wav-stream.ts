// The samples of a WAV as it is read, in even pieces: what vendors' streams take is bare PCM. Recordings come here as this house wrote
// them (RIFF, PCM s16le, one or two channels); anything else is refused, not guessed.
import { ProblemError } from '@cordon/contract';

export interface PcmStream {
  /** Hertz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Pieces of so many milliseconds, the last one shorter; PCM s16le, channels interleaved. */
  pieces(milliseconds: number): AsyncGenerator<Buffer>;
}

/** Bytes in which the samples must have begun: headers of this house's own files have 44, or 80 with a note of their origin. */
const MAX_HEAD_BYTES = 65_536;
const PCM = 1;
const EXTENSIBLE = 0xfffe;

/** Errors: `audio_unusable` {reason}. */
export async function pcmOf(audio: AsyncIterable<Uint8Array>): Promise<PcmStream> {
  const source = audio[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  for (;;) {
    const found = headerIn(head);
    if (found !== null) {
      const { sampleRate, channels, dataAt, dataBytes } = found;
      const rest = head.subarray(dataAt);
      return { sampleRate, channels, pieces: (ms) => cut(source, rest, dataBytes, bytesIn(ms, sampleRate, channels)) };
    }
    const { done, value } = await source.next();
    if (done === true || head.length > MAX_HEAD_BYTES) throw unusable('container');
    head = Buffer.concat([head, value]);
  }
}

function bytesIn(milliseconds: number, sampleRate: number, channels: number): number {
  return Math.max(1, Math.round((sampleRate * milliseconds) / 1000)) * channels * 2;
}

interface Header {
  readonly sampleRate: number;
  readonly channels: number;
  readonly dataAt: number;
  readonly dataBytes: number;
}

/** Null: not all there yet. */
function headerIn(head: Buffer): Header | null {
  if (head.length < 12) return null;
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE')
    throw unusable('container');
  let format: Pick<Header, 'sampleRate' | 'channels'> | null = null;
  for (let at = 12; at + 8 <= head.length;) {
    const name = head.toString('latin1', at, at + 4);
    const size = head.readUInt32LE(at + 4);
    if (name === 'data') {
      if (format === null) throw unusable('container');
      return { ...format, dataAt: at + 8, dataBytes: size };
    }
    if (name === 'fmt ') {
      if (head.length < at + 8 + 16) return null;
      format = formatAt(head, at + 8);
    }
    at += 8 + size + (size % 2);
  }
  return null;
}

function formatAt(head: Buffer, at: number): Pick<Header, 'sampleRate' | 'channels'> {
  const kind = head.readUInt16LE(at);
  const channels = head.readUInt16LE(at + 2);
  const sampleRate = head.readUInt32LE(at + 4);
  const sound = (kind === PCM || kind === EXTENSIBLE) && head.readUInt16LE(at + 14) === 16;
  if (!sound || channels < 1 || channels > 2 || sampleRate < 8000 || sampleRate > 48_000) throw unusable('format');
  return { sampleRate, channels };
}

async function* cut(
  source: AsyncIterator<Uint8Array>,
  first: Buffer,
  dataBytes: number,
  size: number,
): AsyncGenerator<Buffer> {
  let held = first;
  let left = dataBytes;
  try {
    while (left > 0) {
      const wanted = Math.min(size, left);
      while (held.length < wanted) {
        const { done, value } = await source.next();
        // Fewer samples than the header says: nobody knows what is missing.
        if (done === true) throw unusable('length');
        held = Buffer.concat([held, value]);
      }
      yield held.subarray(0, wanted);
      held = held.subarray(wanted);
      left -= wanted;
    }
    // What follows the samples is not sound, but the file is read to its end: its length was told.
    while ((await source.next()).done !== true);
  } finally {
    await source.return?.();
  }
}

function unusable(reason: string): ProblemError {
  return new ProblemError('audio_unusable', { reason });
}
