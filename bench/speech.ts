// Local transcription end to end (bytes, listener, recognisers, words) against the same recogniser and detector in one bare process on
// 16 kHz samples. Model load is left out on both sides. Targets: at most 1.15 times the bare CPU on 60 s and more; a 10-minute file on
// two cores at least 1.7 times faster than the bare process.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDecoder } from '../server/src/clinical/audio/decoder.ts';
import { readClip } from '../server/src/clinical/audio/tracks.ts';
import { writeWav } from '../server/src/clinical/audio/wav-writer.ts';
import { chooseNeuralEngine } from '../server/src/clinical/transcription/choose-engine.ts';
import { conduct } from '../server/src/clinical/transcription/engines/conductor.ts';
import { DEFAULT_LIMITS } from '../server/src/clinical/transcription/engines/engine-child.ts';
import { createPool } from '../server/src/clinical/transcription/engines/pool.ts';
import type { EngineConfig } from '../server/src/clinical/transcription/engines/pool.ts';
import { probeSandbox } from '../server/src/clinical/transcription/engines/sandbox.ts';

const DATA = join(import.meta.dirname, '../../shared/data');
const ROUNDS = 7;
const LONG_SECONDS = 600;
/** Ticks of /proc/PID/stat per second (USER_HZ), fixed on Linux. */
const TICKS = 100;

interface Cost {
  /** Processor seconds of all processes. */
  readonly cpu: number;
  /** Seconds on the wall. */
  readonly wall: number;
}

export async function run(): Promise<object> {
  if (!existsSync(join(DATA, 'models'))) throw new Error('needs ../shared/data');
  const chosen = await chooseNeuralEngine([join(DATA, 'models')], null);
  if (chosen === null) throw new Error('no model');
  const samples = await recording();
  const long = repeated(samples, LONG_SECONDS * 16_000);
  const work = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
  try {
    writeFileSync(join(work, 'bare.mjs'), BARE);
    const one = { bare: bareRunner(work, 'short', samples, chosen.config), ours: ourRunner(samples, chosen.config, 1) };
    const two = { bare: bareRunner(work, 'long', long, chosen.config), ours: ourRunner(long, chosen.config, 2) };
    const short = await compare(one, (cost) => cost.cpu);
    const parallel = await compare(two, (cost) => cost.wall);
    const audioSeconds = samples.length / 16_000;
    const result = {
      processor: { audioSeconds, cordon: short.ours, bare: short.bare, ratio: short.ratio, target: 1.15 },
      twoCores: { audioSeconds: LONG_SECONDS, ...parallel, speedUp: round(1 / parallel.ratio), target: 1.7 },
      realTimeFactor: round(Math.min(...short.ours) / audioSeconds),
    };
    console.log(
      `  ${audioSeconds.toFixed(0)} s of sound: ${String(short.ratio)} times the processor time of the bare process`,
    );
    console.log(
      `  ${String(LONG_SECONDS)} s on two cores: ${String(result.twoCores.speedUp)} times faster than the bare process`,
    );
    return result;
  } finally {
    rmSync(work, { recursive: true });
  }
}

interface Pair {
  readonly ours: () => Promise<Cost>;
  readonly bare: () => Promise<Cost>;
}

/** Interleaved rounds; the ratio is the median of the rounds' ratios. */
async function compare(
  { ours, bare }: Pair,
  figure: (cost: Cost) => number,
): Promise<{ readonly ours: readonly number[]; readonly bare: readonly number[]; readonly ratio: number }> {
  const figures: { ours: number; bare: number }[] = [];
  for (let at = 0; at < ROUNDS; at++) figures.push({ ours: figure(await ours()), bare: figure(await bare()) });
  const ratios = figures.map((one) => one.ours / one.bare).toSorted((a, b) => a - b);
  return {
    ours: figures.map((one) => round(one.ours)),
    bare: figures.map((one) => round(one.bare)),
    ratio: round(ratios[Math.floor(ratios.length / 2)] ?? 0),
  };
}

function repeated(samples: Float32Array, length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => samples[index % samples.length] ?? 0);
}

function bareRunner(work: string, name: string, samples: Float32Array, { family, cut }: EngineConfig): Pair['bare'] {
  const file = join(work, `${name}.f32`);
  writeFileSync(file, Buffer.from(samples.buffer));
  const config = JSON.stringify({ ...family, ...cut });
  const env = { ...process.env, SHERPA: join(import.meta.dirname, '../node_modules/sherpa-onnx-node/sherpa-onnx.js') };
  return async () => {
    await Promise.resolve();
    return JSON.parse(
      execFileSync(process.execPath, [join(work, 'bare.mjs'), file, config], { env }).toString(),
    ) as Cost;
  };
}

function ourRunner(samples: Float32Array, config: EngineConfig, size: number): Pair['ours'] {
  const wav = writeWav([samples], { encoding: 'pcm', bytes: 2, sampleRate: 16_000 });
  return () => cordon(config, wav, size);
}

/** The clips with speech in them, one after another with a breath between. */
async function recording(): Promise<Float32Array> {
  const manifest = JSON.parse(readFileSync(join(DATA, 'audio/manifest.json'), 'utf8')) as readonly {
    readonly file: string;
  }[];
  const clips = await Promise.all(
    manifest.map(({ file }) => readClip(createDecoder(), readFileSync(join(DATA, 'audio', file)))),
  );
  const parts = clips.flatMap(([first = new Float32Array(0)]) => [first, new Float32Array(8_000)]);
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

/** From loaded children to the last word. With two places the second recogniser is loaded while the first one works: that counts. */
async function cordon(config: EngineConfig, wav: Uint8Array, size: number): Promise<Cost> {
  const pool = createPool(config, { sandbox: probeSandbox(), limits: DEFAULT_LIMITS, size });
  const lease = await pool.lease(new AbortController().signal, null);
  const children = [lease.listener.child, lease.recogniser.child];
  await Promise.all(children.map((child) => child.ready()));
  const loaded = children.map((child) => ticks(child.pid ?? 0));
  const last = [...loaded];
  const look = (): void =>
    children.forEach((child, index) => (last[index] = ticks(child.pid ?? 0) || (last[index] ?? 0)));
  async function* audio(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < wav.length; at += 65_536) yield await Promise.resolve(wav.subarray(at, at + 65_536));
  }
  const before = process.cpuUsage();
  const began = performance.now();
  await conduct(pool, lease, {
    startAt: [],
    audio,
    onProgress: look,
    onStretch: async () => Promise.resolve(),
  });
  const wall = (performance.now() - began) / 1000;
  look();
  const own = process.cpuUsage(before);
  await pool.stop();
  const inChildren = last.reduce((sum, value, index) => sum + value - (loaded[index] ?? 0), 0) / TICKS;
  return { cpu: inChildren + (own.user + own.system) / 1e6, wall };
}

/** User and system time of a process and all its threads. */
function ticks(pid: number): number {
  let stat = '';
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
  } catch {
    return 0; // it has ended
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** The peer: no protocol, no parser, no resampler; the same detector on every window and the same recogniser on all of the sound. */
const BARE = `
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const sherpa = createRequire(import.meta.url)(process.env.SHERPA);
const bytes = readFileSync(process.argv[2]);
const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const c = JSON.parse(process.argv[3]);
const recognizer = new sherpa.OnlineRecognizer({ featConfig: { sampleRate: 16000, featureDim: 80 }, modelConfig: { transducer: { encoder: c.encoder, decoder: c.decoder, joiner: c.joiner }, tokens: c.tokens, numThreads: 1, provider: 'cpu', debug: 0 }, decodingMethod: 'modified_beam_search', maxActivePaths: 4, enableEndpoint: false });
const vad = new sherpa.Vad({ sileroVad: { model: c.vad, threshold: 0.3, minSilenceDuration: 0.1, minSpeechDuration: 0.1, maxSpeechDuration: 3600, windowSize: 512 }, sampleRate: 16000, numThreads: 1, provider: 'cpu', debug: 0 }, 60);
const before = process.cpuUsage();
const began = performance.now();
const stream = recognizer.createStream();
for (let at = 0; at + 512 <= samples.length; at += 512) {
  const window = samples.slice(at, at + 512);
  vad.acceptWaveform(window);
  while (!vad.isEmpty()) vad.pop();
  stream.acceptWaveform({ sampleRate: 16000, samples: window });
  while (recognizer.isReady(stream)) recognizer.decode(stream);
}
stream.inputFinished();
while (recognizer.isReady(stream)) recognizer.decode(stream);
recognizer.getResult(stream);
const used = process.cpuUsage(before);
console.log(JSON.stringify({ cpu: (used.user + used.system) / 1e6, wall: (performance.now() - began) / 1000 }));
`;

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
