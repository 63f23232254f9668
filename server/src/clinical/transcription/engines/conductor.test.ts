// One recording over several recognisers: order, sharing out, giving back, loss. The children are real processes that stand in for engines.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FATE, standInRecording, writeStandIns } from '../../../../test/stand-ins.ts';
import type { StandIns } from '../../../../test/stand-ins.ts';
import { conduct } from './conductor.ts';
import type { Conducted } from './conductor.ts';
import type { ProcessLimits } from './engine-child.ts';
import type { Stretch } from './messages.ts';
import type { EnginePool } from './pool.ts';

let standIns: StandIns;
let pool: EnginePool;
beforeAll(async () => {
  standIns = await writeStandIns();
});
afterEach(() => pool.stop());
afterAll(() => standIns.remove());

const open = (size: number, limits: Partial<ProcessLimits> = {}): EnginePool => (pool = standIns.open(size, limits));

type Keep = (stretch: Stretch) => Promise<void>;

interface Run extends Conducted {
  readonly stretches: readonly Stretch[];
  readonly progress: readonly number[];
}

async function hear(
  count: number,
  onStretch: Keep = async () => {},
  fate: number = FATE.none,
  silenceOf = 0,
): Promise<Run> {
  const lease = await pool.lease(new AbortController().signal, null);
  const stretches: Stretch[] = [];
  const progress: number[] = [];
  try {
    const done = await conduct(pool, lease, {
      startAt: [],
      silenceOf,
      audio: () => standInRecording(count, fate),
      onProgress: (seconds) => void progress.push(seconds),
      onStretch: async (stretch) => {
        await onStretch(stretch);
        stretches.push(stretch);
      },
    });
    return { ...done, stretches, progress };
  } finally {
    pool.release(lease.listener);
    pool.release(lease.recogniser);
  }
}

const part = (stretch: Stretch, index: number): string => stretch.words[0]?.spoken.split(':')[index] ?? '';
const ofChannel = (run: Run, channel: number): string[] =>
  run.stretches.filter((one) => one.channel === channel).map((one) => part(one, 0));

describe('conduct', { timeout: 30_000 }, () => {
  it('shares stretches out and tells of them in order, each with all of its sound', async () => {
    open(2);
    const run = await hear(80);
    expect(ofChannel(run, 0)).toEqual(Array.from({ length: 40 }, (_, index) => String(2 * index)));
    expect(ofChannel(run, 1)).toEqual(Array.from({ length: 40 }, (_, index) => String(2 * index + 1)));
    expect(new Set(run.stretches.map((stretch) => part(stretch, 1)))).toEqual(new Set(['160000']));
    expect(new Set(run.stretches.map((stretch) => part(stretch, 2))).size).toBe(2);
    expect(run.stretches.filter(({ channel }) => channel === 0).map(({ resumeAt }) => resumeAt)).toEqual(
      Array.from({ length: 40 }, (_, index) => (index + 1) * 10),
    );
    expect(pool.busy()).toEqual([]);
  });

  it('needs no more than one recogniser', async () => {
    open(1);
    const run = await hear(8);
    expect(new Set(run.stretches.map((stretch) => part(stretch, 2))).size).toBe(1);
    expect(run.stretches).toHaveLength(8);
  });

  it('tells how far channels are silent where others speak, in order, and of none that was not asked for', async () => {
    open(2);
    const run = await hear(12, async () => {}, FATE.none, 3);
    const silent = run.stretches.filter(({ channel }) => channel === 2);
    expect(silent.length).toBeGreaterThan(0);
    expect(silent.every(({ words }) => words.length === 0)).toBe(true);
    const places = silent.map(({ resumeAt }) => resumeAt);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect((await hear(12)).stretches.filter(({ channel }) => channel === 2)).toEqual([]);
  });

  it('gives a place back to a recording that waits', async () => {
    open(2);
    const first = hear(60);
    // It has taken both places by the time that its first stretches are heard.
    while (pool.busy().length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    const ended: string[] = [];
    const long = first.then((run) => (ended.push('long'), run));
    const short = hear(2).then((run) => (ended.push('short'), run));
    const [a, b] = await Promise.all([long, short]);
    expect(ended).toEqual(['short', 'long']);
    expect([a.stretches.length, b.stretches.length]).toEqual([60, 2]);
    const pids = (run: Run): Set<string> => new Set(run.stretches.map((stretch) => part(stretch, 2)));
    expect(pids(a).isDisjointFrom(pids(b))).toBe(true);
  });

  it('waits for whoever keeps what was heard, and says how far it is', async () => {
    open(2);
    let kept = 0;
    const run = await hear(6, async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      kept += 1;
    });
    expect(kept).toBe(6);
    expect(Math.max(...run.progress)).toBeLessThanOrEqual(30);
  });

  it.each([
    ['ends', FATE.ends, { how: 'exit', code: 3, signal: null }],
    ['hangs', FATE.hangs, { how: 'stalled' }],
  ])('is lost when one of its recognisers %s, with what was heard before it told', async (_what, fate, ended) => {
    open(2, { stall: 1_000 });
    const seen: Stretch[] = [];
    const run = hear(40, async (stretch) => void seen.push(await Promise.resolve(stretch)), fate);
    await expect(run).rejects.toThrow(expect.objectContaining({ name: 'ChildLost', ended }) as Error);
    expect(seen.length).toBeGreaterThan(20);
    expect(pool.busy()).toEqual([]);
  });

  it('fails with what the keeper says', async () => {
    open(2);
    await expect(hear(6, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
    expect(pool.busy()).toEqual([]);
  });
});
