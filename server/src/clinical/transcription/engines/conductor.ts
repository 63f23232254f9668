// One recording through one listener and as many recognisers as there are places: stretches are shared out, what is heard of them comes
// back in the order of the recording. Stretches are independent, so the result does not depend on how many recognisers there were.
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import { stretchOf } from './frames.ts';
import type { SoundTaker } from './listener-process.ts';
import type { AudioFacts, Stretch, StretchClosed, StretchOpened } from './messages.ts';
import type { EnginePool, Lease } from './pool.ts';
import type { HeardMessage, RecogniserProcess } from './recogniser-process.ts';
import { GATE_WINDOW } from './speech-gate.ts';

export interface ConductedRecording {
  /** Seconds per channel: what lies before is not recognised again. */
  readonly startAt: readonly number[];
  /** Opens the recording from its beginning. */
  readonly audio: () => AsyncIterable<Uint8Array>;
  /** In order per channel. Recognition waits until the promise resolves. */
  readonly onStretch: (stretch: Stretch) => Promise<void>;
  /** Seconds of sound recognised so far. */
  readonly onProgress: (seconds: number) => void;
  /**
   * Channels of which stretches without words are to tell how far they are silent, so that what others say need not wait for them; by
   * default of none.
   */
  readonly silenceOf?: number;
}

export interface Conducted {
  readonly engine: string;
  readonly audio: AudioFacts;
}

/** Bytes of sound before a recogniser from which on another one is worth its start: five seconds. */
const WORTH_ANOTHER_BYTES = 5 * ENGINE_SAMPLE_RATE * 4;

/** Samples before the listener's place where a stretch may still begin: it keeps half a second of sound before speech (cutter.ts). */
const MAY_BEGIN_SAMPLES = ENGINE_SAMPLE_RATE;

/** Errors: `ChildLost`; `ProblemError` about the audio; what `audio` and `onStretch` throw. The lease is not released here; further recognisers are. */
export function conduct(pool: EnginePool, lease: Lease, recording: ConductedRecording): Promise<Conducted> {
  return new Conductor(pool, lease, recording).run();
}

/** A stretch on its way. */
interface Open {
  readonly opened: StretchOpened;
  readonly recogniser: RecogniserProcess;
  readonly heard: Stretch[];
  done: boolean;
}

class Conductor implements SoundTaker {
  readonly #pool: EnginePool;
  readonly #lease: Lease;
  readonly #recording: ConductedRecording;
  /** Those that take stretches; a retired one only finishes what it has. */
  readonly #recognisers = new Set<RecogniserProcess>();
  readonly #retired = new Set<RecogniserProcess>();
  readonly #open = new Map<number, Open>();
  /** Per channel its open stretches in order. */
  readonly #order: Open[][] = [];
  /** Seconds that the listener has read. */
  #read = 0;
  /** Seconds at which the last word ended that was told, and per channel those up to which it is known to be told of. */
  #spokenTo = 0;
  readonly #toldTo: number[];
  readonly #failed = Promise.withResolvers<never>();
  /** Resolves when something was told. */
  #told = Promise.withResolvers<void>();
  /** One telling at a time, so that stretches stay in order. */
  #telling: Promise<void> = Promise.resolve();

  constructor(pool: EnginePool, lease: Lease, recording: ConductedRecording) {
    this.#pool = pool;
    this.#lease = lease;
    this.#recording = recording;
    this.#toldTo = Array.from({ length: recording.silenceOf ?? 0 }, (_, channel) => recording.startAt[channel] ?? 0);
    this.#failed.promise.catch(() => undefined);
  }

  async run(): Promise<Conducted> {
    const { listener, recogniser } = this.#lease;
    const { startAt, audio } = this.#recording;
    try {
      const engine = await recogniser.child.ready();
      this.#add(recogniser);
      const listened = listener.run({ startAt }, audio, this);
      listened.catch(() => undefined);
      const facts = await Promise.race([listened, this.#failed.promise]);
      while (this.#open.size > 0) await Promise.race([this.#told.promise, this.#failed.promise]);
      await Promise.race([this.#telling, this.#failed.promise]);
      return { engine, audio: facts };
    } finally {
      for (const other of [...this.#recognisers, ...this.#retired]) if (other !== recogniser) this.#pool.release(other);
    }
  }

  open(opened: StretchOpened): void {
    this.#rebalance();
    const recogniser = this.#leastBusy();
    const open: Open = { opened, recogniser, heard: [], done: false };
    this.#open.set(opened.stretch, open);
    (this.#order[opened.channel] ??= []).push(open);
    recogniser.open(opened);
  }

  async sound(body: Uint8Array): Promise<void> {
    await this.#open.get(stretchOf(body))?.recogniser.sound(body);
  }

  close(closed: StretchClosed): void {
    this.#open.get(closed.stretch)?.recogniser.close(closed);
  }

  progress(seconds: number): void {
    this.#read = seconds;
    this.#tellProgress();
    if (this.#toldTo.length > 0) void this.#tellInTurn(() => this.#tellSilence());
  }

  #add(recogniser: RecogniserProcess): void {
    this.#recognisers.add(recogniser);
    recogniser
      .listen((heard) => this.#heard(heard))
      .catch((error: unknown) => {
        // One that was given back ends too.
        if (this.#recognisers.has(recogniser) || this.#retired.has(recogniser)) this.#fail(error);
      });
  }

  #fail(error: unknown): void {
    this.#failed.reject(error);
    this.#lease.listener.child.stop();
  }

  #leastBusy(): RecogniserProcess {
    const all = [...this.#recognisers];
    const loaded = all.filter((one) => one.isLoaded);
    return loaded.reduce(
      (least, one) => (one.backlog < least.backlog ? one : least),
      loaded[0] ?? this.#lease.recogniser,
    );
  }

  /** Takes a further recogniser where one has too much to do, gives one back where another recording waits. */
  #rebalance(): void {
    if (this.#pool.isWanted) {
      const others = [...this.#recognisers].filter((one) => one !== this.#lease.recogniser);
      const [retired] = others;
      if (retired === undefined) return;
      this.#recognisers.delete(retired);
      this.#retired.add(retired);
      this.#letGo();
      return;
    }
    const loading = [...this.#recognisers].some((one) => !one.isLoaded);
    if (loading || this.#leastBusy().backlog < WORTH_ANOTHER_BYTES) return;
    const another = this.#pool.another(this.#lease.hotWords);
    if (another !== null) this.#add(another);
  }

  #letGo(): void {
    for (const retired of this.#retired) {
      if (!retired.isIdle) continue;
      this.#retired.delete(retired);
      this.#pool.release(retired);
    }
  }

  #heard({ stretch, words, resumeAt, last }: HeardMessage): Promise<void> {
    const open = this.#open.get(stretch);
    if (open === undefined) return Promise.resolve();
    const { channel } = open.opened;
    open.heard.push({ channel, words, resumeAt: resumeAt / ENGINE_SAMPLE_RATE });
    open.done = last;
    this.#letGo();
    return this.#tellInTurn(() => this.#tell(channel));
  }

  #tellInTurn(tell: () => Promise<void>): Promise<void> {
    this.#telling = this.#telling.then(tell);
    this.#telling.catch((error: unknown) => this.#fail(error));
    return this.#telling;
  }

  /** What is heard of a channel, up to the first stretch that is not heard to its end. */
  async #tell(channel: number): Promise<void> {
    const order = this.#order[channel] ?? [];
    for (let first = order[0]; first !== undefined; first = order[0]) {
      for (const heard of first.heard.splice(0)) await this.#pass(heard);
      if (!first.done) break;
      order.shift();
      this.#open.delete(first.opened.stretch);
    }
    await this.#tellSilence();
    this.#tellProgress();
    this.#told.resolve();
    this.#told = Promise.withResolvers<void>();
  }

  async #pass(heard: Stretch): Promise<void> {
    const { channel, words, resumeAt } = heard;
    this.#spokenTo = Math.max(this.#spokenTo, words.at(-1)?.end ?? 0);
    if (channel < this.#toldTo.length) this.#toldTo[channel] = resumeAt;
    await this.#recording.onStretch(heard);
  }

  /** Where somebody has spoken and nothing can come any more of the others before that, they are said to be silent so far. */
  async #tellSilence(): Promise<void> {
    const silentTo = wholeWindows(this.#read * ENGINE_SAMPLE_RATE - MAY_BEGIN_SAMPLES) / ENGINE_SAMPLE_RATE;
    if (silentTo < this.#spokenTo) return;
    for (const [channel, toldTo] of this.#toldTo.entries()) {
      if (toldTo >= this.#spokenTo || (this.#order[channel]?.length ?? 0) > 0) continue;
      await this.#pass({ channel, words: [], resumeAt: silentTo });
    }
  }

  #tellProgress(): void {
    const starts = [...this.#open.values()].map(({ opened }) => opened.start / ENGINE_SAMPLE_RATE);
    this.#recording.onProgress(Math.min(this.#read, ...starts));
  }
}

/** So that a channel that is taken up there is judged in the same windows. */
function wholeWindows(samples: number): number {
  return Math.floor(samples / GATE_WINDOW) * GATE_WINDOW;
}
