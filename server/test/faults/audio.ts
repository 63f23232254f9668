// The beginning of a PCM WAV file: `RIFF`, `fmt ` of 16 bytes, `data`; other chunks are left out.

const FORMAT_END = 36;
const BYTE_RATE_AT = 28;
const RIFF_SIZE_AT = 4;
const RIFF_OVERHEAD = 8;
const CHUNK_HEADER = 8;

/** The first `seconds`, as a complete file. */
export function clipped(wav: Buffer, seconds: number): Buffer {
  const data = wav.indexOf('data', FORMAT_END, 'latin1');
  if (data < 0) throw new Error('not a WAV file');
  const from = data + CHUNK_HEADER;
  const samples = wav.subarray(from, from + seconds * wav.readUInt32LE(BYTE_RATE_AT));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(samples.length);
  const clip = Buffer.concat([wav.subarray(0, FORMAT_END), Buffer.from('data'), size, samples]);
  clip.writeUInt32LE(clip.length - RIFF_OVERHEAD, RIFF_SIZE_AT);
  return clip;
}

const RATE = 16_000;

/** A WAV file of about so many bytes, 16 kHz mono, a tone that no engine takes for speech. */
export function speechless(bytes: number): Buffer {
  const samples = Buffer.alloc(bytes - (bytes % 2));
  for (let at = 0; at < samples.length; at += 2) samples.writeInt16LE(Math.round(3_000 * Math.sin(at / 20)), at);
  const header = Buffer.alloc(FORMAT_END + CHUNK_HEADER);
  header.write('RIFF');
  header.writeUInt32LE(header.length + samples.length - RIFF_OVERHEAD, RIFF_SIZE_AT);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(2 * RATE, BYTE_RATE_AT);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', FORMAT_END);
  header.writeUInt32LE(samples.length, FORMAT_END + 4);
  return Buffer.concat([header, samples]);
}
