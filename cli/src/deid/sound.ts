// The server's process that reads a recording and writes it anew: started on open files, told its job, heard until it has done it.
// Recordings are foreign bytes; they are decoded in there, confined, and never in this process.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { isProblemCode } from '@cordon/contract';
import type { Stretch } from '@cordon/deid';
import { z } from 'zod';
import { detailLines, Refusal } from '#failure.ts';

const Times = z.object({ start: z.number(), end: z.number() });
const Measured = z.object({
  type: z.literal('measured'),
  container: z.string(),
  encoding: z.string(),
  sampleRate: z.number(),
  channels: z.number(),
  duration: z.number(),
  loud: z.array(z.array(Times)),
});
export type Measured = z.infer<typeof Measured>;

const Masked = z.object({ type: z.literal('masked'), written: z.string(), exact: z.boolean(), bytes: z.number() });
export type Masked = z.infer<typeof Masked>;

const Message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), bytes: z.number() }),
  Measured,
  Masked,
  z.object({ type: z.literal('problem'), code: z.string(), details: z.record(z.string(), z.unknown()) }),
]);

export interface SoundFiles {
  /** Open for reading, a regular file. */
  readonly input: number;
  /** Open for writing; null where nothing is written. */
  readonly output: number | null;
  /** Bytes of the recording that were read. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Errors: `audio_unreadable`, `audio_unusable`, `decoder_missing`, `engine_failed` when a file brings its decoder down. */
export async function measureSound(files: SoundFiles): Promise<Measured> {
  const message = await run({ how: 'measure' }, files);
  if (message.type !== 'measured') throw new Refusal('engine_failed');
  return message;
}

/** Errors: as `measureSound`; `storage_full`. */
export async function maskSound(
  stretches: readonly Stretch[],
  fill: 'silence' | 'tone',
  files: SoundFiles,
): Promise<Masked> {
  const message = await run({ how: 'mask', stretches, fill }, files);
  if (message.type !== 'masked') throw new Refusal('engine_failed');
  return message;
}

async function run(job: object, { input, output, onBytes, signal }: SoundFiles): Promise<Measured | Masked> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [...process.execArgv, soundBin()], {
    stdio: [input, output ?? 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve()).once('exit', () => resolve());
  });
  const jobs = child.stdio[3] as Writable;
  // The child ends when this descriptor closes: an interrupted command leaves nothing running.
  const stop = (): void => void jobs.destroy();
  signal.addEventListener('abort', stop, { once: true });
  jobs.on('error', () => undefined);
  jobs.write(`${JSON.stringify(job)}\n`);
  try {
    for await (const line of createInterface({ input: child.stdio[4] as Readable })) {
      const message = Message.parse(JSON.parse(line));
      if (message.type === 'progress') onBytes(message.bytes);
      else if (message.type === 'problem') throw refusalOf(message.code, message.details);
      else return message;
    }
    signal.throwIfAborted();
    throw new Refusal('engine_failed');
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    await ended;
  }
}

function refusalOf(code: string, details: Readonly<Record<string, unknown>>): Refusal {
  return new Refusal(isProblemCode(code) ? code : 'internal', ...detailLines(details));
}

function soundBin(): string {
  return fileURLToPath(import.meta.resolve('@cordon/server/sound'));
}
