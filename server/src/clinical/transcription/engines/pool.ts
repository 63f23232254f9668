// A fixed number of recogniser children, one recording each, with one that has its model loaded and waits for the next.
import type { FamilyConfig } from './messages.ts';
import { RecogniserProcess } from './recogniser-process.ts';
import type { ProcessOptions } from './recogniser-process.ts';

export interface PoolOptions extends ProcessOptions {
  /** How many recordings are recognised at once: one per core, since a recogniser uses one thread. */
  readonly size: number;
}

export interface RecogniserPool {
  /** Waits for a free place, then gives a child that nobody else uses. Call `release` when it is done with, however that was. */
  lease(signal: AbortSignal): Promise<RecogniserProcess>;
  release(child: RecogniserProcess): void;
  /** Process ids of the children at work; each leads a process group. */
  busy(): readonly number[];
  /** Kills all children and waits until they are gone. */
  stop(): Promise<void>;
}

export function createPool(config: FamilyConfig, options: PoolOptions): RecogniserPool {
  return new Pool(config, options);
}

class Pool implements RecogniserPool {
  readonly #config: FamilyConfig;
  readonly #options: PoolOptions;
  readonly #busy = new Set<RecogniserProcess>();
  readonly #queue: (() => void)[] = [];
  #places: number;
  #spare: RecogniserProcess | null = null;
  #stopped = false;

  constructor(config: FamilyConfig, options: PoolOptions) {
    this.#config = config;
    this.#options = options;
    this.#places = options.size;
    this.#warm();
  }

  async lease(signal: AbortSignal): Promise<RecogniserProcess> {
    await this.#place(signal);
    const child = this.#spare ?? this.#start();
    this.#spare = null;
    this.#busy.add(child);
    return child;
  }

  release(child: RecogniserProcess): void {
    if (!this.#busy.delete(child)) return;
    child.stop();
    const next = this.#queue.shift();
    if (next === undefined) this.#places += 1;
    else next();
    this.#warm();
  }

  busy(): readonly number[] {
    return [...this.#busy].flatMap((child) => child.pid ?? []);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const children = [...this.#busy, ...(this.#spare === null ? [] : [this.#spare])];
    this.#spare = null;
    for (const child of children) child.stop();
    await Promise.all(children.map((child) => child.exited()));
  }

  async #place(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#places > 0) {
      this.#places -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(turn), 1);
        reject(signal.reason as Error);
      };
      this.#queue.push(turn);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** Loading a model takes longer than a short recording: the next one should find it loaded. */
  #warm(): void {
    if (this.#stopped || this.#spare !== null) return;
    const child = this.#start();
    this.#spare = child;
    // One that died waiting is not replaced here, lest a broken model start children without end.
    void child.exited().finally(() => {
      if (this.#spare === child) this.#spare = null;
    });
  }

  #start(): RecogniserProcess {
    return new RecogniserProcess(this.#config, this.#options);
  }
}
