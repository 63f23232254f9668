// What models beside the recogniser add once a recording is heard: who speaks, marks and capitals. They are helps: one that fails costs
// what it would have added, never the transcript, and the transcript says so.
import { isProblem } from '@cordon/contract';
import { ChildLost } from './engines/engine-child.ts';
import type { Ended } from './engines/engine-child.ts';
import type { AudioFacts, SpeakerTurn, SpokenWord, Stretch } from './engines/messages.ts';
import type { EnginePool } from './engines/pool.ts';
import { cutAtSpeakers, portionsOf, runsOf } from './runs.ts';
import type { Run } from './runs.ts';
import type { Addition } from './transcript.ts';

/** Ids of the models that a pool was given; null where it has none. */
export interface CompanionNames {
  readonly speakers: readonly string[] | null;
  readonly punctuation: readonly string[] | null;
}

export interface CompanionRequest {
  readonly companions?: CompanionNames;
  readonly audio: () => AsyncIterable<Uint8Array>;
  readonly onLost?: (ended: Ended, attempt: number) => void;
  readonly signal?: AbortSignal;
}

export interface WithCompanions {
  readonly runs: readonly Run[];
  readonly diarization?: Addition;
  readonly punctuation?: Addition;
}

/** As with the recogniser: one that is lost may have been unlucky. */
const MAX_ATTEMPTS = 2;

/**
 * Seconds that telling speakers apart may take: as long as the recording, within ten minutes and four hours. What takes longer is not
 * worth waiting for, and a job has a day in all.
 */
const LEAST_PATIENCE = 600;
const MOST_PATIENCE = 4 * 3600;

/** Errors: whatever the abort signal throws. */
export async function withCompanions(
  pool: EnginePool,
  request: CompanionRequest,
  { stretches, audio }: { readonly stretches: readonly Stretch[]; readonly audio: AudioFacts },
): Promise<WithCompanions> {
  const runs = runsOf(stretches);
  const { speakers = null, punctuation = null } = request.companions ?? {};
  const told = speakers === null ? null : await toldApart(pool, request, runs, audio);
  const spoken = told?.runs ?? runs;
  const marked = punctuation === null ? null : await marksOf(pool, request, spoken);
  return {
    runs: marked?.runs ?? spoken,
    ...(told === null || speakers === null ? {} : { diarization: { state: told.state, models: speakers } }),
    ...(marked === null || punctuation === null ? {} : { punctuation: { state: marked.state, models: punctuation } }),
  };
}

interface Tried extends Pick<Addition, 'state'> {
  readonly runs: readonly Run[];
}

/** Null where nothing is to be told apart: several channels say who speaks, and silence has nobody. */
async function toldApart(
  pool: EnginePool,
  request: CompanionRequest,
  runs: readonly Run[],
  audio: AudioFacts,
): Promise<Tried | null> {
  const [run] = runs;
  const own = audio.perChannel.filter((channel) => channel.sameAs === null);
  if (run === undefined || run.words.length === 0 || runs.length > 1 || own.length > 1) return null;
  const patience = Math.min(MOST_PATIENCE, Math.max(LEAST_PATIENCE, audio.duration));
  const turns = await tried(request, (signal) => turnsOf(pool, request, { channel: run.channel, patience, signal }));
  return turns === null ? { state: 'failed', runs } : { state: 'done', runs: cutAtSpeakers(run, turns) };
}

async function turnsOf(
  pool: EnginePool,
  { audio }: CompanionRequest,
  { channel, patience, signal }: { readonly channel: number; readonly patience: number; readonly signal: AbortSignal },
): Promise<readonly SpeakerTurn[]> {
  const lease = await pool.leaseVoices(signal);
  if (lease === null) throw new ChildLost({ how: 'stopped' });
  const { listener, voices } = lease;
  const stop = (): void => voices.child.stop();
  const timer = setTimeout(stop, patience * 1000);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await voices.run(listener, channel, audio);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    pool.release(listener);
    pool.release(voices);
  }
}

/** Null where the engine wrote marks itself, or nothing was said. */
async function marksOf(pool: EnginePool, request: CompanionRequest, runs: readonly Run[]): Promise<Tried | null> {
  const words = runs.flatMap((run) => run.words);
  if (words.length === 0 || words.some((word) => word.written !== undefined)) return null;
  const portions = runs.flatMap(portionsOf);
  const marked = await tried(request, (signal) => markedPortions(pool, portions, signal));
  // All or nothing: a transcript is written in one way from beginning to end.
  return marked === null ? { state: 'failed', runs } : { state: 'done', runs: marked };
}

async function markedPortions(
  pool: EnginePool,
  portions: readonly Run[],
  signal: AbortSignal,
): Promise<readonly Run[]> {
  const punctuator = await pool.leasePunctuator(signal);
  if (punctuator === null) throw new ChildLost({ how: 'stopped' });
  const stop = (): void => punctuator.child.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const marked: Run[] = [];
    for (const portion of portions) {
      const texts = await punctuator.mark(portion.words.map((word) => word.spoken));
      marked.push({ ...portion, words: portion.words.map((word, index) => writtenAs(word, texts[index] ?? null)) });
    }
    return marked;
  } finally {
    signal.removeEventListener('abort', stop);
    pool.release(punctuator);
  }
}

function writtenAs(word: SpokenWord, written: string | null): SpokenWord {
  return written === null ? word : { ...word, written };
}

/** What `work` gives; null when its child was lost twice, or a model or the recording said no. */
async function tried<T>(request: CompanionRequest, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
  const signal = request.signal ?? new AbortController().signal;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (isProblem(error)) return null;
      if (!(error instanceof ChildLost)) throw error;
      request.onLost?.(error.ended, attempt);
      if (attempt === MAX_ATTEMPTS || error.ended.how === 'stopped') return null;
    }
  }
}
