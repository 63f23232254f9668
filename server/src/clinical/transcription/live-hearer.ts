// A live child with what it hears with, as a session takes it.
import type { ChosenEngine } from './choose-engine.ts';
import type { LivePool } from './engines/live-pool.ts';
import type { LiveHearer } from './speech.ts';

/** Errors: those of the pool. */
export async function liveHearer(pool: LivePool, chosen: ChosenEngine): Promise<LiveHearer> {
  const live = await pool.lease();
  return {
    engine: await live.child.ready(),
    model: chosen.model,
    modelDigest: chosen.digest,
    accuracy: chosen.accuracy,
    gone: live.child.gone,
    begin: (job) => live.begin(job),
    audio: (bytes) => live.audio(bytes),
    tell: (what) => live.tell(what),
    heard: () => live.heard(),
    release: () => pool.release(live),
  };
}
