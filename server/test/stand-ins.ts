// Real processes that stand in for a listener and recognisers: they speak the wire of engine children and misbehave on request.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '#clinical/transcription/engines/engine-child.ts';
import type { ProcessLimits } from '#clinical/transcription/engines/engine-child.ts';
import type { FamilyConfig } from '#clinical/transcription/engines/messages.ts';
import { createPool } from '#clinical/transcription/engines/pool.ts';
import type { EnginePool } from '#clinical/transcription/engines/pool.ts';
import { probeSandbox } from '#clinical/transcription/engines/sandbox.ts';

/** What becomes of the recogniser that hears the last stretch. */
export const FATE = { none: 0, ends: 1, hangs: 2, grows: 3 } as const;

export interface StandIns {
  open(size: number, limits?: Partial<ProcessLimits>): EnginePool;
  remove(): Promise<void>;
}

/** A recording of `count` stretches of ten seconds, by turns on two channels; only the stand-ins understand it. */
export async function* standInRecording(count: number, fate: number): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Uint8Array.of(count, fate));
}

export async function writeStandIns(): Promise<StandIns> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-stand-ins-'));
  const scripts = { listener: join(directory, 'listener.mjs'), recogniser: join(directory, 'recogniser.mjs') };
  await writeFile(scripts.listener, LISTENER);
  await writeFile(scripts.recogniser, RECOGNISER);
  return {
    open: (size, limits = {}) =>
      createPool(
        { family: FAMILY, cut: { how: 'pauses', vad: '/nowhere' } },
        { size, scripts, sandbox: probeSandbox(), limits: { ...DEFAULT_LIMITS, ...limits } },
      ),
    remove: () => rm(directory, { recursive: true }),
  };
}

const ENGINES = (file: string): string =>
  JSON.stringify(new URL(`../src/clinical/transcription/engines/${file}`, import.meta.url).href);

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
import { runChild } from ${ENGINES('outlet.ts')};
let configs = 0;
await runChild(async (frames, outlet) => {
 for await (const { type, body } of frames) {
  if (type === 1 && configs++ === 0) outlet.send({ type: 'ready', engine: 'stand-in' });
  if (type !== 2) continue;
  const [count, fate] = body;
  for (let n = 0; n < count; n++) {
    const start = Math.floor(n / 2) * 160000;
    outlet.send({ type: 'open', stretch: n, channel: n % 2, start });
    for (let part = 0; part < 5; part++) {
      outlet.sound(n, new Float32Array(32000).fill(n === count - 1 && fate > 0 ? -fate : n));
      await outlet.drained();
    }
    outlet.send({ type: 'close', stretch: n, end: start + 160000, resumeAt: start + 160000 });
    outlet.send({ type: 'progress', bytes: 1, seconds: n % 2 === 1 ? start / 16000 + 10 : start / 16000 });
  }
  outlet.send({ type: 'done', facts: { duration: count * 5 } });
  return;
 }
});
`;

/** Hears the number that the samples are; takes longer over every third stretch; leaves or hangs where the recording says so. */
const RECOGNISER = `
import { setTimeout as sleep } from 'node:timers/promises';
import { runChild } from ${ENGINES('outlet.ts')};
import { samplesOf, stretchOf } from ${ENGINES('frames.ts')};
let bytes = 0;
const heard = new Map();
await runChild(async (frames, outlet) => {
 for await (const { type, body } of frames) {
  if (type === 1) outlet.send({ type: 'ready', engine: 'stand-in ' + process.pid });
  if (type === 6) {
    const stretch = stretchOf(body);
    const samples = samplesOf(body);
    heard.set(stretch, (heard.get(stretch) ?? 0) + samples.length);
    if (samples[0] === -1) process.exit(3);
    if (samples[0] === -2) await new Promise(() => setInterval(() => {}, 1e6));
    if (samples[0] === -3) for (const held = []; ; await sleep(5)) held.push(Buffer.alloc(32 * 1024 * 1024, 1));
    await sleep(stretch % 3 === 0 ? 8 : 2);
    bytes += body.length;
    outlet.send({ type: 'progress', bytes, seconds: 0 });
  }
  if (type === 7) {
    const { stretch, resumeAt } = JSON.parse(Buffer.from(body).toString());
    const words = [{ spoken: stretch + ':' + heard.get(stretch) + ':' + process.pid, start: 0, end: resumeAt / 16000, confidence: 1 }];
    outlet.send({ type: 'heard', stretch, words, resumeAt, last: true });
  }
  await outlet.drained();
 }
});
`;
