// A fixed number of recognisers, shared out among recordings, with one listener and one recogniser that have their models loaded and wait.
import type { EngineChild } from './engine-child.ts';
import { ListenerProcess } from './listener-process.ts';
import type { ListenerOptions } from './listener-process.ts';
import type { CutConfig, FamilyConfig } from './messages.ts';
import { RecogniserProcess } from './recogniser-process.ts';

/** What makes a pool's children: checked, since native code trusts it. */
export interface EngineConfig {
  readonly family: FamilyConfig;
  readonly cut: CutConfig;
}

export interface PoolOptions extends Omit<ListenerOptions, 'script'> {
  /** Recognisers at work at once: one per core, since a recogniser uses one thread. */
  readonly size: number;
  /** Scripts of the children; tests put stand-ins here. */
  readonly scripts?: { readonly listener?: string; readonly recogniser?: string };
}

/** What a recording has been given. */
export interface Lease {
  readonly listener: ListenerProcess;
  readonly recogniser: RecogniserProcess;
}

/** A child serves one recording and ends with it, so nothing of one recording can leak into another. */
export interface EnginePool {
  /** Waits for a free place. Each child given is to be released, however it ended. */
  lease(signal: AbortSignal): Promise<Lease>;
  /** A further recogniser for a recording that has one, unless all places are taken. */
  another(): RecogniserProcess | null;
  release(child: ListenerProcess | RecogniserProcess): void;
  /** Whether a recording waits for a place: whoever has more than one recogniser should give one back. */
  readonly isWanted: boolean;
  /** Process ids of the children at work; each leads a process group. */
  busy(): readonly number[];
  /** Kills all children and waits until they are gone. */
  stop(): Promise<void>;
}

export function createPool(config: EngineConfig, options: PoolOptions): EnginePool {
  return new Pool(config, options);
}

class Pool implements EnginePool {
  readonly #busy = new Set<ListenerProcess | RecogniserProcess>();
  readonly #queue: (() => void)[] = [];
  readonly #listeners: Spare<ListenerProcess>;
  readonly #recognisers: Spare<RecogniserProcess>;
  #places: number;

  constructor({ family, cut }: EngineConfig, { size, scripts, ...options }: PoolOptions) {
    const { listener, recogniser } = scripts ?? {};
    this.#places = size;
    this.#listeners = new Spare(
      () => new ListenerProcess(cut, { ...options, ...(listener === undefined ? {} : { script: listener }) }),
    );
    this.#recognisers = new Spare(
      () => new RecogniserProcess(family, { ...options, ...(recogniser === undefined ? {} : { script: recogniser }) }),
    );
    this.#warm();
  }

  get isWanted(): boolean {
    return this.#queue.length > 0;
  }

  async lease(signal: AbortSignal): Promise<Lease> {
    await this.#place(signal);
    const lease = { listener: this.#listeners.take(), recogniser: this.#recognisers.take() };
    this.#busy.add(lease.listener).add(lease.recogniser);
    return lease;
  }

  another(): RecogniserProcess | null {
    if (this.#places === 0) return null;
    this.#places -= 1;
    const recogniser = this.#recognisers.take();
    this.#busy.add(recogniser);
    return recogniser;
  }

  release(child: ListenerProcess | RecogniserProcess): void {
    if (!this.#busy.delete(child)) return;
    child.child.stop();
    if (child instanceof RecogniserProcess) this.#free();
    this.#warm();
  }

  busy(): readonly number[] {
    return [...this.#busy].flatMap(({ child }) => child.pid ?? []);
  }

  async stop(): Promise<void> {
    const spare = [this.#listeners.stop(), this.#recognisers.stop()].filter((one) => one !== null);
    const children: readonly EngineChild[] = [...this.#busy, ...spare].map(({ child }) => child);
    for (const child of children) child.stop();
    await Promise.all(children.map((child) => child.exited()));
  }

  #free(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#places += 1;
    else next();
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

  #warm(): void {
    this.#listeners.warm();
    this.#recognisers.warm();
  }
}

/** Loading a model takes longer than a short recording: the next one should find it loaded. */
class Spare<Child extends { readonly child: EngineChild }> {
  readonly #start: () => Child;
  #spare: Child | null = null;
  #stopped = false;

  constructor(start: () => Child) {
    this.#start = start;
  }

  take(): Child {
    const child = this.#spare ?? this.#start();
    this.#spare = null;
    return child;
  }

  warm(): void {
    if (this.#stopped || this.#spare !== null) return;
    const spare = this.#start();
    this.#spare = spare;
    // One that died waiting is not replaced here, lest a broken model start children without end.
    void spare.child.exited().finally(() => {
      if (this.#spare === spare) this.#spare = null;
    });
  }

  stop(): Child | null {
    this.#stopped = true;
    const spare = this.#spare;
    this.#spare = null;
    return spare;
  }
}
