// One live session in the process that holds it: sound in, sealed and heard as it comes; events out, durable before they are told. A child
// that is lost is replaced and hears again what had not become a turn; what was told of that turn is not told again (docs/formats/live.md).
import { isProblem, ProblemError } from '@cordon/contract';
import type { Emit } from '#boundary/calls/call.ts';
import { streamModel } from '#boundary/calls/stream.ts';
import { LIVE_WARM_UP_SAMPLES } from '#clinical/transcription/engines/live-limits.ts';
import { ChildLost } from '#clinical/transcription/engines/engine-child.ts';
import type { LiveMessage } from '#clinical/transcription/engines/messages.ts';
import type { HearLive, LiveHearer } from '#clinical/transcription/speech.ts';
import { isLost, type Desk } from './desk.ts';
import { EventLog, type Numbered } from './events.ts';
import { Feed, type Command } from './feed.ts';
import { keepHeard } from './finish.ts';
import { asFrame, liveCall, type LiveHeard } from './live-call.ts';
import { changeSetup, noteSeen, type LiveSessionRow } from './live.queries.ts';
import { bytesPerSecond, longestBytes, readFrom, type LiveSetup } from './setup.ts';
import { SoundLog, type SoundState } from './sound.ts';
import type { Story } from './story.ts';

/** A child that is lost may have been unlucky; a second loss over the same turn is the sound's or the engine's fault. */
const MAX_LOSSES = 2;

/** Seconds of sound without which there is nothing to commit, as with the OpenAI service. */
const LEAST_COMMIT_SECONDS = 0.1;

export interface LiveSessionParts {
  readonly hearLive: HearLive;
  /** A child was lost; for the log. Holds no content. */
  readonly onLost: (error: ChildLost) => void;
}

export interface Beginning {
  readonly row: LiveSessionRow;
  readonly sound: SoundState;
  /** What was told before this process took the session up. */
  readonly story: Story;
  /** Number of the last event. */
  readonly last: number;
  readonly patient: string;
}

export class LiveSession {
  readonly #desk: Desk;
  readonly #parts: LiveSessionParts;
  readonly #patient: string;
  #row: LiveSessionRow;
  readonly #sound: SoundLog;
  readonly #events: EventLog;
  readonly #story: Story;
  readonly #feed: Feed;
  readonly #stop = new AbortController();
  #durableTold: (bytes: number) => void = () => undefined;
  #running: Promise<void> | null = null;
  /** Those that the ledger is making durable now. */
  #telling: { readonly events: readonly Numbered[]; readonly stored: Promise<void> } | null = null;
  readonly #ready = Promise.withResolvers<void>();
  #finishing = false;
  /** Bytes that had come when the client last committed or cleared. */
  #commandedAt = 0;

  constructor(desk: Desk, parts: LiveSessionParts, { row, sound, story, last, patient }: Beginning) {
    this.#desk = desk;
    this.#parts = parts;
    this.#row = row;
    this.#patient = patient;
    this.#ready.promise.catch(() => undefined);
    this.#story = story;
    this.#events = new EventLog(desk, last);
    this.#feed = new Feed(sound.bytes);
    this.#sound = new SoundLog(desk, sound, {
      onDurable: (bytes) => this.#durableTold(bytes),
      onFailure: (error) => this.#fail(error),
    });
  }

  /** One that ended before: its events can be read again, nothing can be added. */
  static ended(desk: Desk, beginning: Beginning): LiveSession {
    const nobody: LiveSessionParts = {
      hearLive: () => Promise.reject(new ProblemError('live_session_over')),
      onLost: () => undefined,
    };
    const session = new LiveSession(desk, nobody, beginning);
    session.#finishing = true;
    session.#running = Promise.resolve();
    session.#events.close(null);
    return session;
  }

  get id(): string {
    return this.#row.id;
  }

  get setup(): LiveSetup {
    return this.#row.setup;
  }

  get encounter(): string {
    return this.#row.encounter;
  }

  get actorId(): string {
    return this.#row.actor_id;
  }

  /** Bytes that came, and those of them that are durable. */
  get received(): number {
    return this.#sound.received;
  }

  get durable(): number {
    return this.#sound.durable;
  }

  /** Number of the last event that was told; 0 for none. */
  get told(): number {
    return this.#events.told;
  }

  /** Whether it takes no more sound: it was ended, or failed. */
  get isOver(): boolean {
    return this.#finishing || this.#stop.signal.aborted;
  }

  /** Whether something ended it before its time. */
  get hasFailed(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Hears until the session ends. Resolves in any case; how it went is told to those who follow. */
  run(): Promise<void> {
    return (this.#running ??= this.#run());
  }

  /** Resolves when policy has allowed the call, its intent is recorded and an engine is there. Errors: why not. */
  ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** `told` is called whenever more sound has become durable. */
  onDurable(told: (bytes: number) => void): void {
    this.#durableTold = told;
  }

  /** Events after that number, as they come. Errors: why the session ended, when it did not end well. */
  follow(after: number, signal: AbortSignal): AsyncGenerator<readonly Numbered[], void, void> {
    return this.#events.follow(after, signal);
  }

  /** Before any sound. Errors: `conflict` later. */
  async setUp(setup: LiveSetup): Promise<void> {
    if (this.received > 0) throw new ProblemError('conflict', { reason: 'sound_came' });
    const { parts, tenant, held } = this.#desk;
    await this.#desk.mustHold(
      await parts.store.asTenant(tenant, (tx) => changeSetup(tx, held, setup, parts.clock.now())),
    );
    this.#row = { ...this.#row, setup };
  }

  /** Says to the store that the session is held and wanted. False when it is not held any more: then it has failed. */
  async note(): Promise<boolean> {
    const { parts, tenant, held } = this.#desk;
    try {
      await this.#desk.mustHold(await parts.store.asTenant(tenant, (tx) => noteSeen(tx, held, parts.clock.now())));
    } catch (error) {
      if (!isLost(error)) return true;
      this.#fail(error);
      return false;
    }
    return true;
  }

  /**
   * `first`: number of its first byte in the session, when the client counts: what came before is dropped, a gap is refused.
   * Resolves when the client may be read again. What would make the session longer than any may be ends it. Errors: `audio_gap`;
   * `live_session_over`; why the session ended.
   */
  async append(bytes: Uint8Array, first: number | null): Promise<void> {
    this.#mustGoOn();
    const known = first === null ? 0 : this.received - first;
    if (known < 0) throw new ProblemError('audio_gap', { received: this.received });
    const fresh = bytes.subarray(Math.min(known, bytes.length));
    if (fresh.length === 0) return;
    if (this.received + fresh.length > longestBytes(this.setup)) {
      void this.finish();
      throw new ProblemError('live_session_over');
    }
    this.#sound.append(fresh);
    this.#feed.audio(fresh);
    await this.#room(Promise.all([this.#sound.room(), this.#feed.room()]));
  }

  /**
   * False when hardly any sound came since the last command (to be committed) or none (to be cleared): then nothing is done. Resolves
   * when the client may be read again. Errors: why the session ended.
   */
  async command(kind: Exclude<Command['kind'], 'end'>): Promise<boolean> {
    this.#mustGoOn();
    const since = this.received - this.#commandedAt;
    if (since === 0 || (kind === 'commit' && since < LEAST_COMMIT_SECONDS * bytesPerSecond(this.setup))) return false;
    this.#commandedAt = this.received;
    this.#feed.command(kind);
    await this.#room(this.#feed.room());
    return true;
  }

  /** The last turn is heard to its end, then the session becomes recording and transcript. */
  finish(): Promise<void> {
    if (!this.isOver) {
      this.#finishing = true;
      this.#feed.command('end');
    }
    return this.run();
  }

  /** The process stops: what came is made durable, the session can be taken up again. */
  async suspend(): Promise<void> {
    await this.#sound.flush().catch(() => undefined);
    this.#fail(new ProblemError('shutting_down'));
    await this.run();
  }

  async #room(room: Promise<unknown>): Promise<void> {
    const stop = endOf(this.#stop.signal);
    try {
      await Promise.race([room, stop.reached]);
    } finally {
      stop.forget();
    }
  }

  #mustGoOn(): void {
    this.#stop.signal.throwIfAborted();
    if (this.#finishing) throw new ProblemError('live_session_over');
  }

  #fail(error: unknown): void {
    this.#stop.abort(isProblem(error) ? error : new ProblemError('internal', {}, error));
  }

  async #run(): Promise<void> {
    const { parts, tenant } = this.#desk;
    try {
      await streamModel(
        parts,
        liveCall({
          row: this.#row,
          tenant,
          patient: this.#patient,
          now: parts.clock.now(),
          hear: (service, emit) => this.#hear(service, emit),
          release: () => this.#release(),
          keep: async (context, heard) => {
            await this.#sound.flush();
            const numbered = this.#events.number.bind(this.#events);
            const ending = {
              row: this.#row,
              bytes: this.#sound.durable,
              numbered: (event: Numbered['event']) => numbered([event]),
            };
            this.#events.publish(await keepHeard(this.#desk, ending, context, heard));
          },
        }),
      );
      this.#finishing = true;
      this.#events.close(null);
    } catch (error) {
      this.#fail(error);
      this.#ready.reject(this.#stop.signal.reason);
      this.#events.close(this.#stop.signal.reason as ProblemError);
    }
  }

  async #hear(service: string, emit: Emit): Promise<LiveHeard> {
    let losses = 0;
    let at = -1;
    for (;;) {
      this.#stop.signal.throwIfAborted();
      const heardTo = this.#story.resumeAt;
      if (heardTo !== at) losses = 0;
      at = heardTo;
      const hearer = await this.#parts.hearLive(service);
      this.#ready.resolve();
      try {
        return await this.#hearOnce(hearer, emit);
      } catch (error) {
        this.#stop.signal.throwIfAborted();
        if (!(error instanceof ChildLost)) throw error;
        this.#parts.onLost(error);
        losses += 1;
        if (losses >= MAX_LOSSES) throw new ProblemError('engine_failed', { reason: error.ended.how }, error);
      }
    }
  }

  async #hearOnce(hearer: LiveHearer, emit: Emit): Promise<LiveHeard> {
    const leave = (): void => hearer.release();
    this.#stop.signal.addEventListener('abort', leave, { once: true });
    const feeding = this.#give(hearer);
    feeding.catch((error: unknown) => this.#fail(error));
    try {
      let audioMs = 0;
      for await (const message of hearer.heard()) {
        await this.#take(message, emit);
        if (message.type === 'heardAll') audioMs = Math.round(message.samples / 16);
      }
      const { engine, model, modelDigest, accuracy } = hearer;
      return { engine, model, modelDigest, accuracy, turns: this.#story.turns, audioMs };
    } finally {
      this.#stop.signal.removeEventListener('abort', leave);
      hearer.release();
      await feeding.catch(() => undefined);
    }
  }

  /** First what is stored, with the commands that lie in it, then what comes. */
  async #give(hearer: LiveHearer): Promise<void> {
    await this.#feed.begun(hearer.gone);
    const { setup } = this.#row;
    const startAt = this.#story.resumeAt;
    const from = readFrom(setup, startAt, LIVE_WARM_UP_SAMPLES);
    const format = { encoding: setup.encoding, sampleRate: setup.sampleRate };
    await hearer.begin({ format, pause: setup.pause, from: from.sample, startAt, told: this.#story.toldOfOpenTurn });
    const { upTo, commands } = this.#feed.restart();
    await this.#sound.flush();
    let at = from.byte;
    const give = async (to: number): Promise<void> => {
      if (to > at) for await (const bytes of this.#sound.read(at, to)) await hearer.audio(bytes);
      at = Math.max(at, to);
    };
    for (const command of commands) {
      await give(command.at);
      await hearer.tell(command.kind);
      if (command.kind === 'end') return;
    }
    await give(upTo);
    for await (const entry of this.#feed.take(hearer.gone)) {
      if (entry.kind === 'audio') await hearer.audio(entry.bytes);
      else await hearer.tell(entry.kind);
    }
  }

  async #take(message: LiveMessage, emit: Emit): Promise<void> {
    if (message.type === 'obeyed') this.#feed.confirm(message.what);
    const events = this.#story.take(message);
    if (events.length === 0) return;
    const numbered = this.#events.number(events);
    const stored = this.#events.store(numbered);
    stored.catch(() => undefined);
    this.#telling = { events: numbered, stored };
    await emit(asFrame(numbered));
  }

  /** The ledger has them; the session's own log must too before anybody is told. */
  async #release(): Promise<void> {
    const telling = this.#telling;
    if (telling === null) return;
    await telling.stored;
    this.#telling = null;
    this.#events.publish(telling.events);
  }
}

/** Rejects with the signal's reason. Thousands of appends wait on one signal, so whoever waited no longer takes its listener away. */
function endOf(signal: AbortSignal): { readonly reached: Promise<never>; readonly forget: () => void } {
  const { promise: reached, reject } = Promise.withResolvers<never>();
  const leave = (): void => reject(signal.reason as Error);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  reached.catch(() => undefined);
  return { reached, forget: () => signal.removeEventListener('abort', leave) };
}
