// One recording through engine children to a transcript: retried once where the child was lost, taken up where it stopped.
import { ProblemError } from '@cordon/contract';
import { assembleRuns, CONVERSATION } from './assemble.ts';
import type { TextRules } from './assemble.ts';
import { withCompanions } from './companions.ts';
import type { CompanionNames } from './companions.ts';
import type { AudioFacts, HotWords, Stretch } from './engines/messages.ts';
import { conduct } from './engines/conductor.ts';
import type { Conducted } from './engines/conductor.ts';
import { ChildLost } from './engines/engine-child.ts';
import type { Ended } from './engines/engine-child.ts';
import type { EnginePool } from './engines/pool.ts';
import type { Transcript } from './transcript.ts';

export interface TranscribeRequest {
  /** Opens the recording's plaintext bytes from the start; called again for a retry. */
  readonly audio: () => AsyncIterable<Uint8Array>;
  /** What an earlier attempt, in this process or one before it, has finished: it is not recognised again. */
  readonly finished?: readonly Stretch[];
  /** Each stretch as it is finished. Store it to resume there. A promise holds recognition back until it resolves. */
  readonly onStretch?: (stretch: Stretch) => void | Promise<void>;
  /** Seconds of sound dealt with so far. */
  readonly onProgress?: (seconds: number) => void;
  /** Every loss of a child, for the log: holds no content. */
  readonly onLost?: (ended: Ended, attempt: number) => void;
  /** Words to expect; engines that cannot use them leave them aside. */
  readonly hotWords?: HotWords | null;
  /** Channels of which stretches without words tell how far they are silent. */
  readonly silenceOf?: number;
  /** How what was heard is written; by default as a conversation without names. */
  readonly rules?: TextRules;
  /** Models beside the recogniser that are to be used; absent where what was told of the text stands already. */
  readonly companions?: CompanionNames;
  readonly signal?: AbortSignal;
}

export interface Transcribed {
  readonly transcript: Transcript;
  readonly audio: AudioFacts;
  readonly stretches: readonly Stretch[];
  /** How many children it took. */
  readonly attempts: number;
}

/** A child that is lost may have been unlucky (memory, a kill by hand); a second loss is the recording's or the engine's fault. */
const MAX_ATTEMPTS = 2;

/**
 * `model`: id for the transcript. Errors: `audio_unreadable`, `audio_unusable`, `decoder_missing`, `engine_failed` {reason},
 * and whatever `audio`, `onStretch` or the abort signal throw.
 */
export async function transcribe(pool: EnginePool, model: string, request: TranscribeRequest): Promise<Transcribed> {
  const stretches = [...(request.finished ?? [])];
  const began = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      const { engine, audio } = await runOnce(pool, request, stretches);
      const { runs, ...additions } = await withCompanions(pool, request, { stretches, audio });
      const facts = { engine, model, duration: audio.duration, elapsed: (performance.now() - began) / 1000 };
      const transcript = { ...assembleRuns(runs, facts, request.rules ?? CONVERSATION), ...additions };
      return { transcript, audio, stretches, attempts: attempt };
    } catch (error) {
      request.signal?.throwIfAborted();
      if (!(error instanceof ChildLost)) throw error;
      request.onLost?.(error.ended, attempt);
      if (attempt === MAX_ATTEMPTS) throw new ProblemError('engine_failed', { reason: error.ended.how }, error);
    }
  }
}

/** Adds to `stretches` as they come, so that a second attempt begins after them. */
async function runOnce(pool: EnginePool, request: TranscribeRequest, stretches: Stretch[]): Promise<Conducted> {
  const signal = request.signal ?? new AbortController().signal;
  const lease = await pool.lease(signal, request.hotWords ?? null);
  const stop = (): void => lease.listener.child.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await conduct(pool, lease, {
      startAt: resumePoints(stretches),
      audio: request.audio,
      silenceOf: request.silenceOf ?? 0,
      onProgress: (seconds) => request.onProgress?.(seconds),
      onStretch: async (stretch) => {
        await request.onStretch?.(stretch);
        stretches.push(stretch);
      },
    });
  } finally {
    signal.removeEventListener('abort', stop);
    pool.release(lease.listener);
    pool.release(lease.recogniser);
  }
}

/** Per channel the seconds from which it is still to be recognised. */
function resumePoints(stretches: readonly Stretch[]): readonly number[] {
  const points: number[] = [];
  for (const { channel, resumeAt } of stretches) {
    while (points.length <= channel) points.push(0);
    points[channel] = Math.max(points[channel] ?? 0, resumeAt);
  }
  return points;
}
