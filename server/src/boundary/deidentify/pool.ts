// The engine where requests are served: small tasks in place, because a thread costs more than they do; large ones in threads, because
// the event loop must go on (docs/decisions/0126). Whatever goes wrong is a refusal: nothing passes that was not read to its end.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { ProblemError } from '@cordon/contract';
import { loadModel } from '@cordon/deid/model';
import { carryOut, createWork, type Asked, type DeidTask, type DeidTexts, type Done } from './work.ts';
import type { LookAnswer, LookTask, Work } from './work.ts';

/** Errors: `deid_uncertain` {reason: engine | time | size}, `caller_gone` where the signal says so. */
export interface DeidPool {
  deidentify(task: DeidTask, signal?: AbortSignal): Promise<DeidTexts>;
  look(task: LookTask, signal?: AbortSignal): Promise<LookAnswer>;
  /** A short text that must stay as it is: the engine has nothing against it. Errors: `deid_uncertain`. */
  isPlain(text: string, year: number): boolean;
  stop(): Promise<void>;
}

export interface DeidPoolOptions {
  /** Threads at most; they are started when something large comes. */
  readonly workers?: number;
  /** UTF-16 code units of all texts of a task that is done in place: about 8 ms of the event loop. */
  readonly inPlace?: number;
  /** Milliseconds that a thread gets for a task. */
  readonly timeMs?: number;
  /** By default the installed model's; made when first needed. */
  readonly work?: () => Work;
}

const IN_PLACE = 16_384;

/** UTF-16 code units of all texts of a task: four times the longest context of today's models. */
const MOST = 16_777_216;

/** The engine reads a megabyte and a half a second at the least: three times what the largest task takes. */
const TIME_MS = 30_000;

/** MiB of a thread's heap: tokens of the largest task take some twenty times its letters. */
const HEAP_MB = 1_024;

/** Labels that were found plain; names of tools and fields come again with every request. */
const MOST_LABELS = 8_192;
const LONGEST_LABEL = 512;

interface Waiting {
  readonly asked: Asked;
  readonly resolve: (done: Done) => void;
  readonly reject: (problem: ProblemError) => void;
}

export function createDeidPool(options: DeidPoolOptions = {}): DeidPool {
  const { workers = Math.max(1, availableParallelism() - 1), inPlace = IN_PLACE, timeMs = TIME_MS } = options;
  const makeWork = options.work ?? (() => createWork(loadModel()));
  let made: Work | null = null;
  const work = (): Work => (made ??= makeWork());
  const threads = new Threads(workers, timeMs);
  const plain = new Set<string>();
  const run = async (asked: Asked, signal?: AbortSignal): Promise<Done> => {
    const size = asked.task.texts.reduce((sum, text) => sum + text.length, 0);
    if (size > MOST) throw uncertain('size');
    if (size > inPlace) return threads.run(asked, signal);
    return guarded(() => carryOut(work(), asked));
  };
  return {
    deidentify: (task, signal) => run({ kind: 'deidentify', task }, signal) as Promise<DeidTexts>,
    look: (task, signal) => run({ kind: 'look', task }, signal) as Promise<LookAnswer>,
    isPlain: (text, year) => {
      if (plain.has(text)) return true;
      if (text.length > LONGEST_LABEL) return false;
      const is = guarded(() => work().isPlain(text, year));
      if (is && plain.size >= MOST_LABELS) plain.clear();
      if (is) plain.add(text);
      return is;
    },
    stop: () => threads.stop(),
  };
}

function guarded<T>(act: () => T): T {
  try {
    return act();
  } catch {
    // What the engine says when it fails may hold what it read.
    throw uncertain('engine');
  }
}

function uncertain(reason: 'engine' | 'time' | 'size'): ProblemError {
  return new ProblemError('deid_uncertain', { reason });
}

/** One task at a time for each thread; a thread that failed or was too slow is ended, and the next task gets a new one. */
class Threads {
  readonly #most: number;
  readonly #timeMs: number;
  readonly #idle: Worker[] = [];
  readonly #busy = new Set<Worker>();
  readonly #queue: Waiting[] = [];
  #stopped = false;

  constructor(most: number, timeMs: number) {
    this.#most = most;
    this.#timeMs = timeMs;
  }

  run(asked: Asked, signal?: AbortSignal): Promise<Done> {
    if (this.#stopped) return Promise.reject(new ProblemError('shutting_down'));
    if (signal?.aborted === true) return Promise.reject(new ProblemError('caller_gone'));
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { asked, resolve, reject };
      signal?.addEventListener('abort', () => this.#leave(waiting), { once: true });
      this.#queue.push(waiting);
      this.#next();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { reject } of this.#queue.splice(0)) reject(new ProblemError('shutting_down'));
    await Promise.all([...this.#idle.splice(0), ...this.#busy].map((thread) => thread.terminate()));
  }

  /** What is under way is finished for nobody: ending the thread would cost the next task its model. */
  #leave(waiting: Waiting): void {
    const at = this.#queue.indexOf(waiting);
    if (at !== -1) this.#queue.splice(at, 1);
    waiting.reject(new ProblemError('caller_gone'));
  }

  #forget(thread: Worker): void {
    const at = this.#idle.indexOf(thread);
    if (at !== -1) this.#idle.splice(at, 1);
  }

  #next(): void {
    if (this.#queue.length === 0 || this.#busy.size >= this.#most || this.#stopped) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    const thread = this.#idle.pop() ?? startThread();
    thread.removeAllListeners();
    this.#busy.add(thread);
    this.#carry(thread, waiting);
  }

  #carry(thread: Worker, { asked, resolve, reject }: Waiting): void {
    const end = (keep: boolean): void => {
      clearTimeout(timer);
      thread.removeAllListeners();
      thread.on('error', () => undefined);
      thread.once('exit', () => this.#forget(thread));
      this.#busy.delete(thread);
      if (keep && !this.#stopped) this.#idle.push(thread);
      else void thread.terminate();
      this.#next();
    };
    const fail = (reason: 'engine' | 'time'): void => {
      end(false);
      reject(this.#stopped ? new ProblemError('shutting_down') : uncertain(reason));
    };
    const timer = setTimeout(() => fail('time'), this.#timeMs);
    thread.once('error', () => fail('engine'));
    thread.once('exit', () => fail('engine'));
    thread.once('message', ({ done }: { readonly done: Done | null }) => {
      if (done === null) return fail('engine');
      end(true);
      resolve(done);
    });
    thread.postMessage(asked, []);
  }
}

function startThread(): Worker {
  const thread = new Worker(new URL('./pool.worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    // Nothing of the house's environment is its business.
    env: {},
  });
  thread.unref();
  return thread;
}
