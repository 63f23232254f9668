// The masking child process: decodes foreign bytes, so it is confined; opens nothing, and works on the descriptors that it was given.
import { createReadStream, createWriteStream, write } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isProblem, ProblemError } from '@cordon/contract';
import { findFfmpeg } from '#clinical/audio/ffmpeg.ts';
import { JOB_FD, MESSAGES_FD, type MaskingJob, type MaskingMessage } from './messages.ts';
import { mask, measure, type Source } from './work.ts';

/** Milliseconds between two words of progress. */
const PROGRESS_EVERY_MS = 200;

/** Bytes read at once. */
const PIECE_BYTES = 256 * 1024;

const RECORDING_FD = 0;
const OUTPUT_FD = 1;

const messages = createWriteStream('', { fd: MESSAGES_FD });
const lines = createInterface({ input: createReadStream('', { fd: JOB_FD }) });
// Whoever wanted the work is gone with the descriptor: then there is nobody left to work for.
lines.once('close', () => process.exit(0));
const [line] = (await once(lines, 'line')) as [string];
const job = JSON.parse(line) as MaskingJob;
let told = 0;
const source: Source = {
  ffmpeg: await findFfmpeg(),
  open: () => createReadStream('', { fd: RECORDING_FD, start: 0, autoClose: false, highWaterMark: PIECE_BYTES }),
  onBytes: (bytes) => {
    if (performance.now() - told < PROGRESS_EVERY_MS) return;
    told = performance.now();
    say({ type: 'progress', bytes });
  },
};
try {
  say(job.how === 'measure' ? await measure(source) : await mask(source, job.stretches, job.fill, writeAt));
} catch (error) {
  if (!isProblem(error)) throw error;
  say({ type: 'problem', code: error.code, details: error.details });
}
messages.end();
await once(messages, 'finish');
process.exit(0);

function say(message: MaskingMessage): void {
  messages.write(`${JSON.stringify(message)}\n`);
}

/** Errors: `storage_full`. */
async function writeAt(bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += await new Promise<number>((resolve, reject) => {
      write(OUTPUT_FD, bytes, done, bytes.length - done, at + done, (error, count) =>
        error === null ? resolve(count) : reject(new ProblemError('storage_full', {}, error)),
      );
    });
  }
}
