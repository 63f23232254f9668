// A fixed number of recognisers, shared out among recordings, with one listener and one recogniser that have their models loaded and wait.
import type { EngineChild } from './engine-child.ts';
import { ListenerProcess } from './listener-process.ts';
import type { ListenerOptions } from './listener-process.ts';
import type { PunctuationConfig } from './families/companion-config.ts';
import type { CutConfig, FamilyConfig, HotWords, VoicesConfig } from './messages.ts';
import { Places } from './places.ts';
import { PunctuatorProcess } from './punctuator-process.ts';
import { RecogniserProcess } from './recogniser-process.ts';
import { VoicesProcess } from './voices-process.ts';

/** What makes a pool's children: checked, since native code trusts it. */
export interface EngineConfig {
  readonly family: FamilyConfig;
  readonly cut: CutConfig;
  /** Models beside the recogniser; absent where none are used. */
  readonly companions?: CompanionsConfig;
}

/** Null: there is no such model. */
export interface CompanionsConfig {
  readonly voices: VoicesConfig | null;
  readonly punctuation: PunctuationConfig | null;
}

export interface PoolOptions extends Omit<ListenerOptions, 'script'> {
  /** Recognisers at work at once: one per core, since a recogniser uses one thread. */
  readonly size: number;
  /** Scripts of the children; tests put stand-ins here. */
  readonly scripts?: { readonly [Child in 'listener' | 'recogniser' | 'voices' | 'punctuator']?: string };
}

/** What a recording has been given. */
export interface Lease {
  readonly listener: ListenerProcess;
  readonly recogniser: RecogniserProcess;
  readonly hotWords: HotWords | null;
}

/** What a recording has been given to tell its speakers apart. */
export interface VoicesLease {
  readonly listener: ListenerProcess;
  readonly voices: VoicesProcess;
}

type PoolChild = ListenerProcess | RecogniserProcess | VoicesProcess | PunctuatorProcess;

/** A child serves one recording and ends with it, so nothing of one recording can leak into another. */
export interface EnginePool {
  /** Waits for a free place. Each child given is to be released, however it ended. */
  lease(signal: AbortSignal, hotWords: HotWords | null): Promise<Lease>;
  /** A further recogniser for a recording that has one, unless all places are taken. */
  another(hotWords: HotWords | null): RecogniserProcess | null;
  /** Waits for a free place, as `lease` does; null where there is no model for it. */
  leaseVoices(signal: AbortSignal): Promise<VoicesLease | null>;
  leasePunctuator(signal: AbortSignal): Promise<PunctuatorProcess | null>;
  release(child: PoolChild): void;
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
  readonly #busy = new Set<PoolChild>();
  readonly #companions: CompanionsConfig;
  readonly #options: Omit<PoolOptions, 'size'>;
  readonly #listeners: Spare<ListenerProcess, null>;
  readonly #recognisers: Spare<RecogniserProcess, HotWords | null>;
  readonly #places: Places;

  constructor({ family, cut, companions }: EngineConfig, { size, ...options }: PoolOptions) {
    this.#places = new Places(size);
    this.#options = options;
    this.#companions = companions ?? { voices: null, punctuation: null };
    this.#listeners = new Spare(() => new ListenerProcess(cut, this.#childOptions('listener')), null);
    this.#recognisers = new Spare<RecogniserProcess, HotWords | null>(
      (hotWords) => new RecogniserProcess({ family, hotWords }, this.#childOptions('recogniser')),
      null,
    );
    this.#warm();
  }

  get isWanted(): boolean {
    return this.#places.isWanted;
  }

  async lease(signal: AbortSignal, hotWords: HotWords | null): Promise<Lease> {
    await this.#places.take(signal);
    const lease = { listener: this.#listeners.take(null), recogniser: this.#recognisers.take(hotWords), hotWords };
    this.#busy.add(lease.listener).add(lease.recogniser);
    return lease;
  }

  another(hotWords: HotWords | null): RecogniserProcess | null {
    if (!this.#places.tryTake()) return null;
    const recogniser = this.#recognisers.take(hotWords);
    this.#busy.add(recogniser);
    return recogniser;
  }

  /** Started when it is wanted: it works for minutes, and its models are the largest that may lie in memory for nothing. */
  async leaseVoices(signal: AbortSignal): Promise<VoicesLease | null> {
    const { voices } = this.#companions;
    if (voices === null) return null;
    await this.#places.take(signal);
    const lease = {
      listener: this.#listeners.take(null),
      voices: new VoicesProcess(voices, this.#childOptions('voices')),
    };
    this.#busy.add(lease.listener).add(lease.voices);
    return lease;
  }

  async leasePunctuator(signal: AbortSignal): Promise<PunctuatorProcess | null> {
    const { punctuation } = this.#companions;
    if (punctuation === null) return null;
    await this.#places.take(signal);
    const punctuator = new PunctuatorProcess(punctuation, this.#childOptions('punctuator'));
    this.#busy.add(punctuator);
    return punctuator;
  }

  release(child: PoolChild): void {
    if (!this.#busy.delete(child)) return;
    child.child.stop();
    // A listener has no place of its own: it works for one that has.
    if (!(child instanceof ListenerProcess)) this.#places.give();
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

  #childOptions(name: keyof NonNullable<PoolOptions['scripts']>): ListenerOptions {
    const { scripts, ...options } = this.#options;
    const script = scripts?.[name];
    return script === undefined ? options : { ...options, script };
  }

  #warm(): void {
    this.#listeners.warm();
    this.#recognisers.warm();
  }
}

/**
 * One child that is started before it is wanted: loading a model takes longer than a short recording. It begins with what the last
 * one began with; whoever wants something else gets a new one.
 */
class Spare<Child extends { readonly child: EngineChild }, Beginning> {
  readonly #start: (beginning: Beginning) => Child;
  #beginning: Beginning;
  #spare: Child | null = null;
  #stopped = false;

  constructor(start: (beginning: Beginning) => Child, beginning: Beginning) {
    this.#start = start;
    this.#beginning = beginning;
  }

  take(beginning: Beginning): Child {
    const other = JSON.stringify(beginning) !== JSON.stringify(this.#beginning);
    this.#beginning = beginning;
    const spare = this.#spare;
    this.#spare = null;
    if (spare === null || other) {
      spare?.child.stop();
      return this.#start(beginning);
    }
    return spare;
  }

  warm(): void {
    if (this.#stopped || this.#spare !== null) return;
    const spare = this.#start(this.#beginning);
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
