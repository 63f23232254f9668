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
