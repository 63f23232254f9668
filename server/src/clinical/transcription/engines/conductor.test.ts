// One recording over several recognisers: order, sharing out, giving back, loss. The children are real processes that stand in for engines.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { conduct } from './conductor.ts';
import type { Conducted } from './conductor.ts';
import { DEFAULT_LIMITS } from './engine-child.ts';
import type { ProcessLimits } from './engine-child.ts';
import type { FamilyConfig, Stretch } from './messages.ts';
import { createPool } from './pool.ts';
import type { EnginePool } from './pool.ts';
import { probeSandbox } from './sandbox.ts';

const FAMILY: FamilyConfig = {
  family: 'online-transducer',
  encoder: '/nowhere',
  decoder: '/nowhere',
  joiner: '/nowhere',
  tokens: '/nowhere',
  bpeVocab: null,
  sampleRate: 16_000,
  threads: 1,
};

/** Ten seconds of sound per stretch on two channels. The first byte of the recording says how many there are, the second what becomes of the last. */
const LISTENER = `
import { runChild, parseBody } from ${JSON.stringify(new URL('outlet.ts', import.meta.url).href)};
let configs = 0;
await runChild(async ({ type, body }, outlet) => {
  if (type === 1 && configs++ === 0) outlet.send({ type: 'ready', engine: 'stand-in' });
  if (type !== 2) return false;
  const [count, fate] = body;
  for (let n = 0; n < count; n++) {
    const start = Math.floor(n / 2) * 160000;
    outlet.send({ type: 'open', stretch: n, channel: n % 2, start });
    for (let part = 0; part < 5; part++) {
      outlet.sound(n, new Float32Array(32000).fill(n === count - 1 && fate > 0 ? -fate : n));
      await outlet.drained();
    }
    outlet.send({ type: 'close', stretch: n, end: start + 160000, resumeAt: start + 160000 });
  }
  outlet.send({ type: 'done', facts: { duration: count * 5 } });
  await outlet.drained();
  return true;
});
`;

/** Hears the number that the samples are; takes longer over every third stretch; leaves or hangs where the recording says so. */
const RECOGNISER = `
import { setTimeout as sleep } from 'node:timers/promises';
import { runChild, parseBody } from ${JSON.stringify(new URL('outlet.ts', import.meta.url).href)};
import { samplesOf, stretchOf } from ${JSON.stringify(new URL('frames.ts', import.meta.url).href)};
let bytes = 0;
const heard = new Map();
await runChild(async ({ type, body }, outlet) => {
  if (type === 1) outlet.send({ type: 'ready', engine: 'stand-in ' + process.pid });
  if (type === 6) {
    const stretch = stretchOf(body);
    const samples = samplesOf(body);
    heard.set(stretch, (heard.get(stretch) ?? 0) + samples.length);
    if (samples[0] === -1) process.exit(3);
    if (samples[0] === -2) await new Promise(() => setInterval(() => {}, 1e6));
    await sleep(stretch % 3 === 0 ? 8 : 2);
    bytes += body.length;
    outlet.send({ type: 'progress', bytes, seconds: 0 });
  }
  if (type === 7) {
    const { stretch, resumeAt } = JSON.parse(Buffer.from(body).toString());
    const words = [{ spoken: stretch + ':' + heard.get(stretch) + ':' + process.pid, start: 0, end: 1, confidence: 1 }];
    outlet.send({ type: 'heard', stretch, words, resumeAt, last: true });
  }
  return false;
});
`;

let directory = '';
let pool: EnginePool;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cordon-conductor-'));
  await writeFile(join(directory, 'listener.mjs'), LISTENER);
  await writeFile(join(directory, 'recogniser.mjs'), RECOGNISER);
});
afterEach(() => pool.stop());
afterAll(() => rm(directory, { recursive: true }));

function open(size: number, limits: Partial<ProcessLimits> = {}): EnginePool {
  const scripts = { listener: join(directory, 'listener.mjs'), recogniser: join(directory, 'recogniser.mjs') };
  const options = { size, scripts, sandbox: probeSandbox(), limits: { ...DEFAULT_LIMITS, ...limits } };
  pool = createPool({ family: FAMILY, cut: { how: 'pauses', vad: '/nowhere' } }, options);
  return pool;
}

type Keep = (stretch: Stretch) => Promise<void>;

interface Run extends Conducted {
  readonly stretches: readonly Stretch[];
  readonly progress: readonly number[];
}

async function hear(count: number, onStretch: Keep = async () => {}, fate = 0): Promise<Run> {
  const lease = await pool.lease(new AbortController().signal, null);
  const stretches: Stretch[] = [];
  const progress: number[] = [];
  async function* audio(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Uint8Array.of(count, fate));
  }
  try {
    const done = await conduct(pool, lease, {
      startAt: [],
      audio: audio(),
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
    ['ends', 1, { how: 'exit', code: 3, signal: null }],
    ['hangs', 2, { how: 'stalled' }],
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
