// A recogniser that dies, hangs or grows costs its own recording at most; others go on. The children are real processes.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FATE, standInRecording, writeStandIns } from '../../../test/stand-ins.ts';
import type { StandIns } from '../../../test/stand-ins.ts';
import type { EnginePool } from './engines/pool.ts';
import { transcribe } from './transcribe.ts';
import type { Transcribed } from './transcribe.ts';

const MEMORY = 400 * 1024 * 1024;

let standIns: StandIns;
let pool: EnginePool;
beforeAll(async () => {
  standIns = await writeStandIns();
});
afterEach(() => pool.stop());
afterAll(() => standIns.remove());

interface Heard extends Transcribed {
  readonly lost: readonly string[];
}

/** `fates`: of the first attempt, the second and so on. */
async function hear(count: number, ...fates: readonly number[]): Promise<Heard> {
  const lost: string[] = [];
  let attempt = 0;
  const audio = (): AsyncGenerator<Uint8Array> => standInRecording(count, fates[attempt++] ?? FATE.none);
  const done = await transcribe(pool, 'stand-in', { audio, onLost: (ended) => void lost.push(ended.how) });
  return { ...done, lost };
}

const failed = (reason: string): Error =>
  expect.objectContaining({ code: 'engine_failed', details: { reason } }) as Error;

describe('transcribe', { timeout: 60_000 }, () => {
  it.each([
    ['dies', FATE.ends, 'exit', 30_000],
    ['hangs', FATE.hangs, 'stalled', 1_000],
    ['grows without end', FATE.grows, 'memory', 30_000],
  ])('tries once more when a recogniser %s, then fails that recording alone', async (_what, fate, reason, stall) => {
    pool = standIns.open(2, { memory: MEMORY, stall });
    const twice = hear(6, fate, fate);
    const once = hear(6, fate);
    const never = hear(6);
    await expect(twice).rejects.toThrow(failed(reason));
    expect(await once).toMatchObject({ attempts: 2, lost: [reason] });
    expect(await never).toMatchObject({ attempts: 1, lost: [] });
    expect((await once).stretches.length).toBeGreaterThanOrEqual(6);
    expect(pool.busy()).toEqual([]);
  });
});
