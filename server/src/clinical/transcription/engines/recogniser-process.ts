// A recogniser child as the server sees it: started, fed with back-pressure, watched, ended. One recording each.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ProblemError } from '@cordon/contract';
import { encodeFrame, encodeJson, FRAME, FrameReader, MAX_FRAME_BYTES } from './frames.ts';
import { MESSAGES_FD, parseMessage } from './messages.ts';
import type { AudioFacts, ChildMessage, FamilyConfig, JobConfig } from './messages.ts';
import type { Sandbox } from './sandbox.ts';

export interface ProcessLimits {
  /** Bytes of resident memory. */
  readonly memory: number;
  /** Milliseconds from start to `ready`. */
  readonly load: number;
  /** Milliseconds that the child may take over what it was given without a word. */
  readonly stall: number;
}

/** Memory: the largest supported model needs about 1 GiB. Load: such a model from a slow disk. Stall: 64 KiB of telephone sound is 8 s of speech, which the slowest engine recognises in 10 s. */
export const DEFAULT_LIMITS: ProcessLimits = { memory: 2 * 1024 ** 3, load: 120_000, stall: 60_000 };

/** Milliseconds between looks at the child's memory: native code allocates at most some hundred MB between two. */
const MEMORY_WATCH_MS = 250;

/** Bytes per page in /proc/PID/statm on every Linux that Node runs on with 4 KiB pages; a larger page only makes the watch stricter or looser by that factor. */
const PAGE_BYTES = 4096;

export type Ended =
  | { readonly how: 'exit'; readonly code: number | null; readonly signal: string | null }
  | { readonly how: 'memory' }
  | { readonly how: 'stalled' }
  | { readonly how: 'load' }
  | { readonly how: 'protocol' }
  | { readonly how: 'stopped' };

/** The child is gone before its work was done. The cause holds no content. */
export class ChildLost extends Error {
  readonly ended: Ended;

  constructor(ended: Ended) {
    super(`recogniser child lost: ${ended.how}`);
    this.name = 'ChildLost';
    this.ended = ended;
  }
}

export interface ProcessOptions {
  readonly sandbox: Sandbox;
  readonly limits: ProcessLimits;
  /** The script of the child; tests put stand-ins here. */
  readonly script?: string;
}

/** What the caller hears while a recording is recognised. A promise returned holds the child back until it resolves. */
export type Listener = (message: Extract<ChildMessage, { type: 'stretch' | 'progress' }>) => void | Promise<void>;

const CHILD_SCRIPT = fileURLToPath(new URL('recogniser.child.ts', import.meta.url));

/** MiB. Sound passes through the child's heap in blocks; more would be a leak. */
const CHILD_HEAP_MIB = 256;

export class RecogniserProcess {
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #messages: AsyncIterator<ChildMessage>;
  readonly #limits: ProcessLimits;
  readonly #exit: Promise<Ended>;
  /** Aborted as soon as the child is gone or being killed: nobody should wait for it any more. */
  readonly #gone = new AbortController();
  readonly #ready: Promise<string>;
  /** Why we killed it, if we did. */
  #killed: Ended | null = null;
  /** Bytes of audio written, and how many of them the child has dealt with. */
  #given = 0;
  #dealt = 0;
  #ending = false;
  /** Since when the child owes an answer. */
  #owesSince: number | null = performance.now();

  /** Starts loading at once. `config` must have been checked: native code trusts it. */
  constructor(config: FamilyConfig, options: ProcessOptions) {
    this.#limits = options.limits;
    this.#child = launch(options);
    const { stdin, stdio } = this.#child;
    const output = stdio[MESSAGES_FD];
    if (stdin === null || output === null || output === undefined) throw new ChildLost({ how: 'protocol' });
    this.#input = stdin;
    // A child that died gives EPIPE here; its exit tells the story.
    this.#input.on('error', () => undefined);
    this.#messages = readMessages(output as Readable);
    this.#exit = exitOf(this.#child).then((ended) => {
      this.#gone.abort();
      return this.#killed ?? ended;
    });
    this.#watchMemory();
    this.#input.write(encodeJson(FRAME.config, config));
    this.#ready = this.#load();
    this.#ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Engine name and version once the model is loaded. Rejects with `ChildLost`. */
  ready(): Promise<string> {
    return this.#ready;
  }

  /** Resolves when the process is gone, however it went. */
  exited(): Promise<Ended> {
    return this.#exit;
  }

  /**
   * Recognises one recording; the child ends with it. Memory here: one chunk of `audio` at a time.
   * Errors: `ChildLost`; the child's `ProblemError` about the audio; whatever `audio` or `listener` throws.
   */
  async run(job: JobConfig, audio: AsyncIterable<Uint8Array>, listener: Listener): Promise<AudioFacts> {
    await this.#ready;
    let broken: { readonly error: unknown } | null = null;
    this.#feed(job, audio).catch((error: unknown) => {
      // The upload broke. The child cannot go on without it; its end wakes the listener below.
      broken = { error };
      this.#kill({ how: 'stopped' });
    });
    try {
      return await this.#hear(listener);
    } catch (error) {
      throw failureOf(broken, error);
    } finally {
      this.stop();
    }
  }

  stop(): void {
    this.#kill({ how: 'stopped' });
  }

  async #load(): Promise<string> {
    const message = await this.#next(this.#limits.load, { how: 'load' });
    if (message.type === 'problem') throw new ProblemError(message.code, message.details);
    if (message.type !== 'ready') throw this.#broken();
    this.#owesSince = null;
    return message.engine;
  }

  async #hear(listener: Listener): Promise<AudioFacts> {
    for (;;) {
      const message = await this.#next(this.#limits.stall, { how: 'stalled' });
      switch (message.type) {
        case 'done':
          return message.facts;
        case 'problem':
          throw new ProblemError(message.code, message.details);
        case 'ready':
          throw this.#broken();
        case 'progress':
          this.#acknowledge(message.bytes);
          await listener(message);
          break;
        case 'stretch':
          await listener(message);
          break;
      }
      // Time that the listener took is not the child's.
      if (this.#owesSince !== null) this.#owesSince = performance.now();
    }
  }

  /** Ends early, letting go of `audio`, when the child is gone. */
  async #feed(job: JobConfig, audio: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#write(encodeJson(FRAME.config, job));
    for await (const chunk of audio) {
      for (let at = 0; at < chunk.length; at += MAX_FRAME_BYTES) {
        if (this.#gone.signal.aborted) return;
        const piece = chunk.subarray(at, at + MAX_FRAME_BYTES);
        this.#given += piece.length;
        this.#owesSince ??= performance.now();
        await this.#write(encodeFrame(FRAME.audio, piece));
      }
    }
    this.#ending = true;
    this.#owesSince ??= performance.now();
    await this.#write(encodeFrame(FRAME.end, new Uint8Array(0)));
  }

  async #write(frame: Uint8Array): Promise<void> {
    if (this.#input.destroyed || this.#input.write(frame)) return;
    await once(this.#input, 'drain', { signal: this.#gone.signal }).catch(() => undefined);
  }

  #acknowledge(bytes: number): void {
    this.#dealt = bytes;
    if (this.#dealt >= this.#given && !this.#ending) this.#owesSince = null;
  }

  /** The next message, or `ChildLost` when the child ends or is silent for longer than it may be. */
  async #next(patience: number, reason: Ended): Promise<ChildMessage> {
    const timer = setInterval(
      () => {
        if (this.#owesSince !== null && performance.now() - this.#owesSince > patience) this.#kill(reason);
      },
      Math.min(1_000, patience / 4),
    );
    try {
      const { value, done } = await this.#messages.next();
      if (done !== true) return value;
    } catch (error) {
      if (error instanceof RangeError || error instanceof SyntaxError) throw this.#broken();
      throw error;
    } finally {
      clearInterval(timer);
    }
    throw new ChildLost(await this.#exit);
  }

  #broken(): ChildLost {
    this.#kill({ how: 'protocol' });
    return new ChildLost({ how: 'protocol' });
  }

  #watchMemory(): void {
    const look = async (): Promise<void> => {
      if ((await residentBytes(this.#child.pid)) > this.#limits.memory) this.#kill({ how: 'memory' });
    };
    const timer = setInterval(() => void look(), MEMORY_WATCH_MS);
    timer.unref();
    void this.#exit.finally(() => clearInterval(timer));
  }

  /** The child leads a process group of its own, so what it started goes with it. */
  #kill(reason: Ended): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#killed !== null) return;
    this.#killed = reason;
    this.#gone.abort();
    this.#input.destroy();
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      this.#child.kill('SIGKILL');
    }
  }
}

function failureOf(broken: { readonly error: unknown } | null, otherwise: unknown): unknown {
  return broken === null ? otherwise : broken.error;
}

function launch(options: ProcessOptions): ChildProcess {
  const command = [process.execPath, `--max-old-space-size=${String(CHILD_HEAP_MIB)}`, options.script ?? CHILD_SCRIPT];
  const [file = '', ...rest] = options.sandbox.wrap(command);
  return spawn(file, rest, {
    // Nothing of the server's environment: no secrets, no NODE_OPTIONS that would write reports.
    env: { LANG: 'C.UTF-8', PATH: '/usr/local/bin:/usr/bin:/bin' },
    // What native code prints could quote its input, so nobody reads it.
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    detached: true,
  });
}

async function exitOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ how: 'exit', code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ how: 'exit', code, signal }));
  });
}

async function* readMessages(output: Readable): AsyncGenerator<ChildMessage, undefined> {
  const frames = new FrameReader();
  for await (const chunk of output as AsyncIterable<Buffer>) {
    for (const frame of frames.push(chunk)) yield parseMessage(frame.body);
  }
  return undefined;
}

/** Linux only; elsewhere 0, and the heap limit and the operating system stand alone. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const statm = await readFile(`/proc/${String(pid)}/statm`, 'latin1').catch(() => '');
  return Number(statm.split(' ')[1] ?? 0) * PAGE_BYTES;
}
