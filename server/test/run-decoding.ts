// A process that has begun to decode, says the id of its ffmpeg, and waits to be killed.
import { FfmpegDecoder } from '#clinical/audio/ffmpeg.ts';

const decoder = new FfmpegDecoder(process.argv[2] ?? '', 'aiff');
const header = Buffer.from(
  'FORM\0\u0010\0\0AIFFCOMM\0\0\0\u0012\0\u0001\0\u0010\0\0\0\u0010@\u000b\u00fa\0\0\0\0\0\0\0',
  'latin1',
);
for await (const block of decoder.push(header)) void block;
process.stdout.write(`${String(decoder.pid)}\n`);
setInterval(() => undefined, 1_000);
