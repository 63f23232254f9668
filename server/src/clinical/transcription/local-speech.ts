// The speech engine of this process: acquired in the background at start, observed while that goes on, then used by any number of jobs.
// The order is that of spec surfaces §1: models at hand, the default model pulled, PocketSphinx found, PocketSphinx installed.
import { isProblem, ProblemError } from '@cordon/contract';
import { HOT_WORD_SCORE, hotWords } from '#clinical/vocabulary/hot-words.ts';
import type { Pieces } from '#clinical/vocabulary/pieces.ts';
import type { Term } from '#clinical/vocabulary/terms.ts';
import type { ChosenCompanions } from './choose-companions.ts';
import { chooseNeuralEngine } from './choose-engine.ts';
import type { ChosenEngine } from './choose-engine.ts';
import type { CompanionNames } from './companions.ts';
import { ACQUIRING } from './engine-state.ts';
import type { EngineState } from './engine-state.ts';
import { DEFAULT_LIMITS } from './engines/engine-child.ts';
import type { Ended } from './engines/engine-child.ts';
import type { HotWords } from './engines/messages.ts';
import { createPool } from './engines/pool.ts';
import type { EnginePool } from './engines/pool.ts';
import { createLivePool } from './engines/live-pool.ts';
import type { LivePool } from './engines/live-pool.ts';
import { liveHearer } from './live-hearer.ts';
import { probeSandbox } from './engines/sandbox.ts';
import type { Confinement } from './engines/sandbox.ts';
import { bytesOf, CATALOGUE } from './model-catalogue.ts';
import { pullModel } from './pull-model.ts';
import type { Download } from './pull-model.ts';
import { APT_PACKAGES, aptIsPossible, findPocketSphinx, installPocketSphinx } from './system-engine.ts';
import type { LiveHearer, Recognise } from './speech.ts';
import { transcribe } from './transcribe.ts';

/** What was brought onto the machine, for the ledger (`engine.installed`). */
export interface Installed {
  readonly method: 'pull' | 'apt';
  readonly engine: string;
  readonly model: string;
  /** SHA-256 over the digests of the model's files, hex. */
  readonly digest: string;
  readonly packages: readonly string[];
}

export interface SpeechOptions {
  /** Where models are looked for, first match first: CORDON_MODELS, then the cache. */
  readonly modelDirectories: readonly string[];
  /** Where pulled models go; one of `modelDirectories`. */
  readonly cache: string;
  /** Model id to use; null for the first. */
  readonly preferred: string | null;
  /** Null when nothing may be fetched (air-gapped). */
  readonly download: Download | null;
  /** Embedded mode, not air-gapped, no DATABASE_URL, CORDON_NO_APT not set (spec surfaces §1). */
  readonly allowApt: boolean;
  /** Recognisers at work at once: one per core. */
  readonly cores: number;
  /** Live children that wait with their models loaded; 0 in a process that serves no live sessions. */
  readonly liveSpares: number;
  /** Says a line on the screen before something is installed, and which engine it is. */
  readonly announce: (line: string) => void;
  /** A child was lost; for the log, holds no content. */
  readonly onLost: (ended: Ended, attempt: number) => void;
  /** Records what was installed; awaited before the engine is used. */
  readonly onInstalled: (installed: Installed) => Promise<void>;
}

export interface Speech {
  state(): EngineState;
  /** Resolves when the engine is ready; rejects with `engine_missing`, `model_unverified` or `model_invalid`. */
  ready(): Promise<void>;
  /** Waits for the engine. The port that jobs use. Errors: those of `ready` and of `transcribe`. */
  readonly recognise: Recognise;
  /** Looks again at the models on this machine where no engine was found; a running engine stays. True when there is one now that was not. */
  again(): Promise<boolean>;
  /** Directories of the models in use; null while an engine is being sought. */
  inUse(): readonly string[] | null;
  /** Does not wait. Errors: `engine_not_ready`; `live_unavailable` when the engine needs whole recordings; those of the live pool. */
  hearLive(): Promise<LiveHearer>;
  /** What this machine lets us deny the recogniser; for `cordon doctor`. */
  confinement(): Confinement;
  stop(): Promise<void>;
}

/** Milliseconds for the first byte of a model: a clinic behind a firewall should not wait longer for a refusal. */
const FIRST_BYTE_MS = 5_000;

/** Milliseconds for the whole default model (75 MB): half of what a person waits before giving up on a first start. */
const PULL_MS = 120_000;

/** Live sessions per core: each needs about a thirtieth of one and 180 MB of memory (docs/decisions/0092). */
const LIVE_PER_CORE = 12;

/** Begins to look for an engine at once; returns at once. */
export function startSpeech(options: SpeechOptions): Speech {
  return new LocalSpeech(options);
}

class LocalSpeech implements Speech {
  readonly #options: SpeechOptions;
  readonly #sandbox = probeSandbox();
  readonly #stopping = new AbortController();
  #ready: Promise<void>;
  #looking: Promise<boolean> | null = null;
  #state = ACQUIRING;
  #pool: EnginePool | null = null;
  #livePool: LivePool | null = null;
  #chosen: ChosenEngine | null = null;
  /** Made once per list: spelling fifty thousand terms takes a second. */
  readonly #bias = new WeakMap<readonly Term[], HotWords>();

  constructor(options: SpeechOptions) {
    this.#options = options;
    this.#ready = this.#acquire(() => this.#find());
    this.#ready.catch(() => undefined);
  }

  state(): EngineState {
    return this.#state;
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  again(): Promise<boolean> {
    this.#looking ??= this.#lookAgain().finally(() => (this.#looking = null));
    return this.#looking;
  }

  inUse(): readonly string[] | null {
    return this.#state.state === 'acquiring' ? null : (this.#chosen?.directories ?? []);
  }

  confinement(): Confinement {
    return this.#sandbox.confinement;
  }

  readonly recognise: Recognise = async (job) => {
    await aborted(this.#ready, job.signal);
    const chosen = this.#chosen;
    if (this.#pool === null || chosen === null) throw new ProblemError('engine_not_ready');
    const { audio, heard, terms, rules, mayRevise, onStretch, onProgress, silenceOf, signal } = job;
    const hotWords = this.#hotWords(terms, chosen.pieces);
    const told = { onStretch, onProgress, onLost: this.#options.onLost };
    // Who dictates is alone, and says the marks.
    const companions = mayRevise && !rules.dictation ? { companions: namesOf(chosen.companions) } : {};
    const request = { audio, finished: heard, hotWords, rules, silenceOf, signal, ...companions, ...told };
    const { transcript } = await transcribe(this.#pool, chosen.model, request);
    const { digests } = chosen.companions;
    return {
      transcript,
      accuracy: chosen.accuracy,
      modelDigest: chosen.digest,
      ...(transcript.diarization?.state === 'done' ? { speakerDigests: digests.speakers } : {}),
      ...(transcript.punctuation?.state === 'done' ? { punctuationDigests: digests.punctuation } : {}),
    };
  };

  async hearLive(): Promise<LiveHearer> {
    const chosen = this.#chosen;
    if (chosen === null) throw new ProblemError('engine_not_ready');
    if (this.#livePool === null) throw new ProblemError('live_unavailable');
    return liveHearer(this.#livePool, chosen);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new ProblemError('shutting_down'));
    await this.#ready.catch(() => undefined);
    await Promise.all([this.#pool?.stop(), this.#livePool?.stop()]);
    this.#livePool = null;
    this.#pool = null;
  }

  #hotWords(terms: readonly Term[], pieces: Pieces | null): HotWords | null {
    if (pieces === null || terms.length === 0) return null;
    const made = this.#bias.get(terms) ?? {
      lines: hotWords(terms, pieces).lines.join('\n'),
      score: HOT_WORD_SCORE,
    };
    this.#bias.set(terms, made);
    return made;
  }

  async #lookAgain(): Promise<boolean> {
    if (this.#chosen !== null || this.#state.state === 'acquiring') return false;
    const { modelDirectories, preferred } = this.#options;
    this.#ready = this.#acquire(async () => (await chooseNeuralEngine(modelDirectories, preferred)) ?? refuse());
    await this.#ready.catch(() => undefined);
    return this.#chosen !== null;
  }

  async #acquire(find: () => Promise<ChosenEngine>): Promise<void> {
    try {
      const chosen = await find();
      this.#stopping.signal.throwIfAborted();
      this.#use(chosen);
    } catch (error) {
      const problem = isProblem(error) ? error.code : 'internal';
      const missing = problem === 'engine_missing';
      const message = isProblem(error) ? error.message : 'The speech engine could not be acquired.';
      this.#state = { ...ACQUIRING, state: missing ? 'missing' : 'failed', message, problem };
      throw error;
    }
  }

  #use(chosen: ChosenEngine): void {
    const { engine, model, digest, accuracy, companions } = chosen;
    const { punctuation, speakers } = companions;
    this.#chosen = chosen;
    this.#pool = createPool(chosen.config, {
      sandbox: this.#sandbox,
      limits: DEFAULT_LIMITS,
      size: this.#options.cores,
    });
    this.#livePool = this.#createLivePool(chosen);
    const label = accuracy === 'low' ? ' Low accuracy: every word needs to be checked.' : '';
    const message = `Speech engine: ${engine}, model ${model}.${label}${companionsIn(chosen)}`;
    const made = { engine, model, digest, accuracy, punctuation, speakers };
    this.#state = { state: 'ready', ...made, progress: null, message, problem: null };
    this.#options.announce(message);
  }

  /** Null when the engine needs whole recordings, or nobody asks for live work. */
  #createLivePool({ config }: ChosenEngine): LivePool | null {
    const { cores, liveSpares } = this.#options;
    if (config.family.family !== 'online-transducer' || config.cut.how !== 'pauses' || liveSpares === 0) return null;
    return createLivePool(
      { family: config.family, vad: config.cut.vad },
      { sandbox: this.#sandbox, limits: DEFAULT_LIMITS, size: cores * LIVE_PER_CORE, spares: liveSpares },
    );
  }

  async #find(): Promise<ChosenEngine> {
    const { modelDirectories, preferred } = this.#options;
    const atHand = await chooseNeuralEngine(modelDirectories, preferred);
    if (atHand !== null) return atHand;
    return (await this.#pull()) ?? (await findPocketSphinx()) ?? (await this.#install()) ?? refuse();
  }

  /** The default recogniser and detector. Anything that goes wrong is said, and the next way tried. */
  async #pull(): Promise<ChosenEngine | null> {
    const { download, cache, announce, onInstalled, modelDirectories } = this.#options;
    const recogniser = CATALOGUE.find((entry) => entry.family === 'online-transducer');
    const detector = CATALOGUE.find((entry) => entry.family === 'vad');
    if (download === null || recogniser === undefined || detector === undefined) return null;
    const bytes = bytesOf(recogniser);
    this.#say(
      `Fetching the speech model ${recogniser.id} (${String(Math.round(bytes / 1e6))} MB, ${recogniser.licence}).`,
    );
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(PULL_MS)]);
    try {
      const fetch = { download: hurried(download), signal };
      await pullModel(detector, cache, { ...fetch, onBytes: () => undefined });
      await pullModel(recogniser, cache, {
        ...fetch,
        onBytes: (done) => (this.#state = { ...this.#state, progress: Math.min(1, done / bytes) }),
      });
    } catch (error) {
      this.#stopping.signal.throwIfAborted();
      // A wrong digest is not a network that is down: somebody should look.
      if (isProblem(error) && error.code === 'model_unverified') throw error;
      announce('The speech model cannot be fetched from here.');
      return null;
    }
    const chosen = await chooseNeuralEngine(modelDirectories, null);
    if (chosen !== null) await onInstalled(installedBy('pull', chosen, []));
    return chosen;
  }

  async #install(): Promise<ChosenEngine | null> {
    if (!this.#options.allowApt || !(await aptIsPossible())) return null;
    this.#say(
      `Installing Debian's PocketSphinx (apt-get install ${APT_PACKAGES.join(' ')}), a speech engine of low accuracy. CORDON_NO_APT=1 refuses this.`,
    );
    const done = await installPocketSphinx(this.#stopping.signal);
    const chosen = done ? await findPocketSphinx() : null;
    if (chosen !== null) await this.#options.onInstalled(installedBy('apt', chosen, APT_PACKAGES));
    return chosen;
  }

  #say(message: string): void {
    this.#state = { ...ACQUIRING, message };
    this.#options.announce(message);
  }
}

/** The promise, or the signal's reason if that comes first. */
function aborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const leave = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', leave, { once: true });
  return Promise.race([promise, stopped]).finally(() => signal.removeEventListener('abort', leave));
}

function namesOf({ punctuation, speakers }: ChosenCompanions): CompanionNames {
  return {
    speakers: speakers.state === 'used' ? speakers.models : null,
    punctuation: punctuation.state === 'used' ? punctuation.models : null,
  };
}

/** What a person at the terminal is told of the helps, one that cannot be used among them. */
function companionsIn({ companions: { punctuation, speakers } }: ChosenEngine): string {
  const said = [
    { help: 'Punctuation', of: punctuation },
    { help: 'Speakers', of: speakers },
  ].flatMap(({ help, of: { state, models } }) => {
    if (state === 'used') return [` ${help}: ${models.join(', ')}.`];
    return state === 'failed' ? [` ${help}: ${models.join(', ')} cannot be used, run \`cordon models verify\`.`] : [];
  });
  return said.join('');
}

function refuse(): never {
  throw new ProblemError('engine_missing');
}

function installedBy(method: Installed['method'], chosen: ChosenEngine, packages: readonly string[]): Installed {
  return { method, engine: chosen.engine, model: chosen.model, digest: chosen.digest, packages };
}

/** Gives up early when not even the first byte comes. */
function hurried(download: Download): Download {
  return (url, offset, signal) => {
    const impatience = AbortSignal.timeout(FIRST_BYTE_MS);
    return Promise.race([
      download(url, offset, signal),
      new Promise<never>((_, reject) => {
        impatience.addEventListener('abort', () => reject(impatience.reason as Error), { once: true });
      }),
    ]);
  };
}
