// A child process that runs native code, as the server sees it: started confined, fed with back-pressure, watched, ended.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { ProblemError } from '@cordon/contract';
import { encodeJson, FRAME, FrameReader } from './frames.ts';
import { MESSAGES_FD, parseMessage } from './messages.ts';
import type { ChildMessage, HelpMessage } from './messages.ts';
import { giveWay } from './sandbox.ts';
import type { Sandbox, Work } from './sandbox.ts';

export interface ProcessLimits {
  /** Bytes of resident memory. */
  readonly memory: number;
  /** Milliseconds from start to `ready`. */
  readonly load: number;
  /** Milliseconds that the child may take over what it was given without a word. */
  readonly stall: number;
  /** Milliseconds of processor time beyond those that it earns by its work (`earn`). */
  readonly spare: number;
}

/** Memory: the largest supported model needs about 1 GiB. Load: such a model from a slow disk. Stall: 64 KiB of telephone sound is 8 s of speech, which the slowest engine recognises in 10 s. Spare: loading such a model, twice, and whatever a file has before its sound. */
export const DEFAULT_LIMITS: ProcessLimits = { memory: 2 * 1024 ** 3, load: 120_000, stall: 60_000, spare: 120_000 };

/** Milliseconds between looks at the child's memory and time: native code allocates at most some hundred MB between two. */
const WATCH_MS = 250;

/** Milliseconds per tick of /proc/PID/stat: USER_HZ is 100 on every Linux that Node runs on. */
const TICK_MS = 10;

/** Bytes per page in /proc/PID/statm on every Linux that Node runs on with 4 KiB pages; a larger page only makes the watch stricter or looser by that factor. */
const PAGE_BYTES = 4096;

export type Ended =
  | { readonly how: 'exit'; readonly code: number | null; readonly signal: string | null }
  | { readonly how: 'memory' }
  | { readonly how: 'stalled' }
  /** It took more processor time than what it was given can need: a decoder that yields a sample a minute is never silent. */
  | { readonly how: 'overrun' }
  | { readonly how: 'load' }
  | { readonly how: 'protocol' }
  | { readonly how: 'stopped' };

/** The child is gone before its work was done. The cause holds no content. */
export class ChildLost extends Error {
  readonly ended: Ended;

  constructor(ended: Ended) {
    super(`engine child lost: ${ended.how}`);
    this.name = 'ChildLost';
    this.ended = ended;
  }
}

export interface ProcessOptions {
  readonly sandbox: Sandbox;
  readonly limits: ProcessLimits;
  /** `batch` when left out. */
  readonly work?: Work;
}

/** What a child sends: a message, or sound of a stretch (the body of its frame). */
export type Sent = ChildMessage | { readonly type: 'sound'; readonly body: Uint8Array };

/** MiB. Sound passes through the child's heap in blocks; more would be a leak. */
const CHILD_HEAP_MIB = 256;

export class EngineChild {
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #sent: AsyncIterator<Sent | HelpMessage>;
  readonly #limits: ProcessLimits;
  readonly #exit: Promise<Ended>;
  /** Aborted as soon as the child is gone or being killed: nobody should wait for it any more. */
  readonly #gone = new AbortController();
  readonly #ready: Promise<string>;
  /** Why we killed it, if we did. */
  #killed: Ended | null = null;
  /** Since when the child owes an answer. */
  #owesSince: number | null = performance.now();
  /** Milliseconds of processor time that it may have taken so far. */
  #allowed: number;

  /** Starts `script` and its loading at once. `config` must have been checked: native code trusts it. */
  constructor(script: string, config: unknown, options: ProcessOptions) {
    this.#limits = options.limits;
    this.#allowed = options.limits.spare;
    this.#child = launch(script, options.sandbox, options.work ?? 'batch');
    const { stdin, stdio } = this.#child;
    const output = stdio[MESSAGES_FD];
    if (stdin === null || output === null || output === undefined) throw new ChildLost({ how: 'protocol' });
    this.#input = stdin;
    // A child that died gives EPIPE here; its exit tells the story.
    this.#input.on('error', () => undefined);
    this.#sent = readSent(output as Readable);
    this.#exit = exitOf(this.#child).then((ended) => {
      this.#gone.abort();
      return this.#killed ?? ended;
    });
    this.#watch();
    this.#input.write(encodeJson(FRAME.config, config));
    this.#ready = this.#load();
    this.#ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Aborted when the child is gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Engine name and version once the model is loaded. Rejects with `ChildLost`. */
  ready(): Promise<string> {
    return this.#ready;
  }

  /** Resolves when the process is gone, however it went. */
  exited(): Promise<Ended> {
    return this.#exit;
  }

  stop(): void {
    this.#kill({ how: 'stopped' });
  }

  /** Resolves when the pipe has room again, or the child is gone. */
  async write(frame: Uint8Array): Promise<void> {
    if (this.#input.destroyed || this.#input.write(frame)) return;
    await once(this.#input, 'drain', { signal: this.#gone.signal }).catch(() => undefined);
  }

  /** Writes without waiting: for those who bound what waits here themselves. What is written stays in order. */
  post(frame: Uint8Array): void {
    if (!this.#input.destroyed) this.#input.write(frame);
  }

  /** From now on silence counts as a stall, unless it counts already. */
  owes(): void {
    this.#owesSince ??= performance.now();
  }

  /** Nothing is expected of the child. */
  isEven(): void {
    this.#owesSince = null;
  }

  /** It was given or has done work that may take so many milliseconds of processor time. */
  earn(milliseconds: number): void {
    this.#allowed += milliseconds;
  }

  /** What the child sends next. Errors: `ChildLost` when it ends, says what makes no sense, or is silent for longer than it may be. */
  async next(): Promise<Sent> {
    const sent = await this.nextOfHelp();
    if (sent.type === 'turns' || sent.type === 'marked') throw this.broken();
    return sent;
  }

  /** The same from a child that helps the recogniser. */
  nextOfHelp(): Promise<Sent | HelpMessage> {
    // Time that the caller took since the last one is not the child's.
    if (this.#owesSince !== null) this.#owesSince = performance.now();
    return this.#next(this.#limits.stall, { how: 'stalled' });
  }

  /** Kills a child that said what makes no sense. */
  broken(): ChildLost {
    this.#kill({ how: 'protocol' });
    return new ChildLost({ how: 'protocol' });
  }

  async #load(): Promise<string> {
    const message = await this.#next(this.#limits.load, { how: 'load' });
    if (message.type === 'problem') throw new ProblemError(message.code, message.details);
    if (message.type !== 'ready') throw this.broken();
    this.#owesSince = null;
    return message.engine;
  }

  async #next(patience: number, reason: Ended): Promise<Sent | HelpMessage> {
    const timer = setInterval(
      () => {
        if (this.#owesSince !== null && performance.now() - this.#owesSince > patience) this.#kill(reason);
      },
      Math.min(1_000, patience / 4),
    );
    try {
      const { value, done } = await this.#sent.next();
      if (done !== true) return value;
    } catch (error) {
      if (error instanceof RangeError || error instanceof SyntaxError) throw this.broken();
      throw error;
    } finally {
      clearInterval(timer);
    }
    throw new ChildLost(await this.#exit);
  }

  #watch(): void {
    const look = async (): Promise<void> => {
      if ((await residentBytes(this.#child.pid)) > this.#limits.memory) this.#kill({ how: 'memory' });
      else if ((await processorMs(this.#child.pid)) > this.#allowed) this.#kill({ how: 'overrun' });
    };
    const timer = setInterval(() => void look(), WATCH_MS);
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

function launch(script: string, sandbox: Sandbox, work: Work): ChildProcess {
  const command = [process.execPath, `--max-old-space-size=${String(CHILD_HEAP_MIB)}`, script];
  const [file = '', ...rest] = sandbox.wrap(command, work);
  const child = spawn(file, rest, {
    // Nothing of the server's environment: no secrets, no NODE_OPTIONS that would write reports.
    env: { LANG: 'C.UTF-8', PATH: '/usr/local/bin:/usr/bin:/bin' },
    // What native code prints could quote its input, so nobody reads it.
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    detached: true,
  });
  if (work === 'batch' && child.pid !== undefined) giveWay(child.pid);
  return child;
}

async function exitOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ how: 'exit', code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ how: 'exit', code, signal }));
  });
}

async function* readSent(output: Readable): AsyncGenerator<Sent | HelpMessage, undefined> {
  const frames = new FrameReader();
  for await (const chunk of output as AsyncIterable<Buffer>) {
    for (const { type, body } of frames.push(chunk)) {
      yield type === FRAME.sound ? { type: 'sound', body } : parseMessage(body);
    }
  }
  return undefined;
}

/** Linux only; elsewhere 0, and the heap limit and the operating system stand alone. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const statm = await readFile(`/proc/${String(pid)}/statm`, 'latin1').catch(() => '');
  return Number(statm.split(' ')[1] ?? 0) * PAGE_BYTES;
}

/** Of the process and of those that it started (a system decoder). Linux only; elsewhere 0. */
async function processorMs(pid: number | undefined): Promise<number> {
  const proc = `/proc/${String(pid)}`;
  const stat = await readFile(`${proc}/stat`, 'latin1').catch(() => '');
  // Behind the name, which may hold anything: user and system time of the process, then those of children that ended (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS;
  const children = await readFile(`${proc}/task/${String(pid)}/children`, 'latin1').catch(() => '');
  const theirs = await Promise.all(
    children
      .split(' ')
      .filter(Boolean)
      .map((child) => processorMs(Number(child))),
  );
  return theirs.reduce((sum, ms) => sum + ms, own);
}
