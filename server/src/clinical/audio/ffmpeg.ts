// The system's ffmpeg as a decoder for what nothing permissive decodes: a process fed by pipes, that may open nothing, held by the kernel's limits.
// Nothing it says on standard error is kept: it may quote the file.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { isProblem, ProblemError } from '@cordon/contract';
import type { Container } from './container.ts';
import { Trim } from './containers/trim.ts';
import type { Decoder, SoundFormat } from './sound.ts';
import { decoderMissing, unreadable } from './usable.ts';
import { WavReader } from './wav.ts';
import type { Block } from './wav.ts';

/** Debian's place and that of a hand-made installation. Programs are looked for only here, so that a PATH cannot smuggle one in. */
const PLACES = ['/usr/bin/ffmpeg', '/usr/local/bin/ffmpeg'] as const;

/** KiB of address space. Its libraries map some 400 MB; decoding sound needs little beside them. */
const MEMORY_KIB = 1_572_864;

/** Seconds of processor time. A day of sound takes some minutes. */
const CPU_SECONDS = 1_800;

/** Milliseconds in which it takes nothing and gives nothing though it could. */
const STALL_MS = 60_000;

/** The demuxer by container: given, lest ffmpeg guess by content and become something that opens files. */
const DEMUXERS: Readonly<Record<Container, string>> = {
  wav: 'wav',
  flac: 'flac',
  mp3: 'mp3',
  ogg: 'ogg',
  webm: 'matroska',
  mp4: 'mov',
  aac: 'aac',
  aiff: 'aiff',
  caf: 'caf',
  amr: 'amr',
  wma: 'asf',
  au: 'au',
};

/** Limits, ties it to its parent where the system can (prctl(2), PR_SET_PDEATHSIG), and becomes ffmpeg. */
const CONFINED = `ulimit -c 0; ulimit -v ${String(MEMORY_KIB)}; ulimit -t ${String(CPU_SECONDS)}
if setpriv --no-new-privs --pdeathsig KILL true 2>/dev/null; then exec setpriv --no-new-privs --pdeathsig KILL "$@"; fi
exec "$@"`;

/** Its absolute path, or null where it is not installed. */
export async function findFfmpeg(): Promise<string | null> {
  for (const path of PLACES) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
}

/** Samples leave as WAV of unknown length, whose header says rate and channels: the reader for that is here already. */
function commandLine(command: string, container: Container): readonly string[] {
  const input = ['-protocol_whitelist', 'pipe', '-f', DEMUXERS[container], '-i', 'pipe:0'];
  // `-xerror`: damage ends it. Sound left out without a word is worse than a refusal.
  const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'quiet', '-xerror', '-threads', '1'];
  const output = ['-map', '0:a:0', '-vn', '-sn', '-dn', '-c:a', 'pcm_f32le', '-bitexact', '-f', 'wav', 'pipe:1'];
  return ['-c', CONFINED, 'sh', command, ...quiet, ...input, ...output];
}

/**
 * Samples that every AAC encoder puts before the sound at least: one frame, which only overlaps with the first real one (ISO/IEC 14496-3
 * §4.6.11). Where the file does not say how many there are, these are cut; encoders that add more come up to 25 ms late at 44.1 kHz.
 */
export const LEAST_AAC_PRIMING = 1_024;

/** `codec`: what the container says it holds, where that is known. `skip`: samples to cut off the beginning. Memory here: a pipe's worth of samples. */
export class FfmpegDecoder implements Decoder {
  readonly #container: Container;
  readonly #codec: string;
  readonly #trim: Trim;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #wav = new WavReader();
  readonly #closed: Promise<void>;
  #bytes = 0;
  /** Nothing more can come out. */
  #outputEnded = false;
  #exited = false;
  /** Called whenever there is room in the one pipe, something in the other, or an end. */
  #wake: (() => void) | null = null;

  constructor(command: string, container: Container, codec: string = container, skip = 0) {
    this.#container = container;
    this.#trim = new Trim(skip);
    this.#codec = codec;
    this.#child = spawn('/bin/sh', commandLine(command, container), {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: '/usr/bin:/bin' },
    });
    const { stdin, stdout } = this.#child;
    const moved = (): void => this.#wake?.();
    // It may stop reading before the end; what counts is what it gave and how it ended.
    stdin.on('error', moved).on('drain', moved);
    stdout.on('error', moved).on('readable', moved);
    stdout.once('end', () => {
      this.#outputEnded = true;
      moved();
    });
    this.#closed = new Promise((resolve) => {
      const done = (): void => {
        this.#exited = true;
        this.#outputEnded = true;
        moved();
        resolve();
      };
      this.#child.once('close', done).once('error', done);
    });
  }

  get format(): SoundFormat | null {
    const { format } = this.#wav;
    if (format === null) return null;
    const { sampleRate, channels } = format;
    return { container: this.#container, encoding: this.#codec, sampleRate, channels };
  }

  /** Process id of ffmpeg; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  async *push(bytes: Uint8Array): AsyncGenerator<Block, void, undefined> {
    this.#bytes += bytes.length;
    // A copy: what waits in the pipe must not change under it when the caller's buffer is used again.
    let taken = this.#exited || this.#child.stdin.write(Buffer.from(bytes));
    for (;;) {
      yield* this.#available();
      if (taken || this.#exited) return;
      taken = await this.#untilMoved(() => !this.#child.stdin.writableNeedDrain);
    }
  }

  async *end(): AsyncGenerator<Block, void, undefined> {
    this.#child.stdin.end();
    for (;;) {
      yield* this.#available();
      if (this.#outputEnded) break;
      await this.#untilMoved(() => this.#outputEnded);
    }
    yield* this.#available();
    await this.#closed;
    const { exitCode } = this.#child;
    // What a shell says when the program is not there, or not to be run.
    if (exitCode === 126 || exitCode === 127) throw decoderMissing(this.#container, this.#codec);
    if (exitCode !== 0) throw unreadable(this.#container, 'undecodable', this.#bytes, this.#codec);
    this.#inItsOwnTerms(() => this.#wav.end());
  }

  close(): void {
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    if (!this.#exited) this.#child.kill('SIGKILL');
  }

  *#available(): Generator<Block, void, undefined> {
    for (;;) {
      const chunk = this.#child.stdout.read() as Buffer | null;
      if (chunk === null) return;
      for (const block of this.#inItsOwnTerms(() => this.#wav.push(chunk))) {
        const kept = this.#trim.pass(block);
        if (kept !== null) yield kept;
      }
    }
  }

  /** What is wrong with the samples is wrong with the file, not with the WAV in between. */
  #inItsOwnTerms<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!isProblem(error)) throw error;
      if (error.code === 'audio_unusable') throw new ProblemError(error.code, error.details);
      throw unreadable(this.#container, 'undecodable', this.#bytes, this.#codec);
    }
  }

  /** Waits until there is room or output, or the process ended; then whether `done`. Errors: `audio_unreadable` {reason: 'stalled'}. */
  async #untilMoved(done: () => boolean): Promise<boolean> {
    if (done()) return true;
    const stalled = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), STALL_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(false);
      };
    });
    this.#wake = null;
    if (!stalled) return done();
    this.close();
    throw unreadable(this.#container, 'stalled', this.#bytes, this.#codec);
  }
}
