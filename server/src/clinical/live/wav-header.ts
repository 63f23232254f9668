// The header that makes a live session's bytes a WAV file: one channel, as they came (RIFF MCI §3; multimedia reference, WAVEFORMATEX).
import type { LiveSetup } from './setup.ts';

const TAGS: Readonly<Record<LiveSetup['encoding'], number>> = { pcm: 1, alaw: 6, mulaw: 7 };
const HEADER_BYTES = 44;

/** `bytes`: of sound, below 4 GiB. */
export function wavHeader({ encoding, sampleRate }: LiveSetup, bytes: number): Uint8Array {
  const width = encoding === 'pcm' ? 2 : 1;
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER_BYTES - 8 + bytes + (bytes % 2), 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(TAGS[encoding], 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * width, 28);
  header.writeUInt16LE(width, 32);
  header.writeUInt16LE(width * 8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  return header;
}
