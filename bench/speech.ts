// Local transcription end to end (bytes, child process, words) against the same recogniser and detector in one bare process
// on 16 kHz samples, on the CPU. Model load is left out on both sides. Target: at most 1.15 times the bare CPU on 60 s and more.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrackReader } from '../server/src/clinical/audio/tracks.ts';
import { writeWav } from '../server/src/clinical/audio/wav-writer.ts';
import { chooseNeuralEngine } from '../server/src/clinical/transcription/choose-engine.ts';
import { RecogniserProcess, DEFAULT_LIMITS } from '../server/src/clinical/transcription/engines/recogniser-process.ts';
import { probeSandbox } from '../server/src/clinical/transcription/engines/sandbox.ts';

const DATA = join(import.meta.dirname, '../../shared/data');
const ROUNDS = 3;
/** Ticks of /proc/PID/stat per second (USER_HZ), fixed on Linux. */
const TICKS = 100;

export async function run(): Promise<object> {
  if (!existsSync(join(DATA, 'models'))) throw new Error('needs ../shared/data');
  const chosen = await chooseNeuralEngine([join(DATA, 'models')], null);
  if (chosen === null || chosen.config.family !== 'online-transducer') throw new Error('no model');
  const samples = recording();
  const wav = writeWav([samples], { encoding: 'pcm', bytes: 2, sampleRate: 16_000 });
  const seconds = samples.length / 16_000;
  const work = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
  try {
    writeFileSync(join(work, 'samples.f32'), Buffer.from(samples.buffer));
    writeFileSync(join(work, 'bare.mjs'), BARE);
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await cordon(chosen.config, wav));
      const answer = execFileSync(
        process.execPath,
        [join(work, 'bare.mjs'), join(work, 'samples.f32'), JSON.stringify(chosen.config)],
        {
          env: { ...process.env, SHERPA: join(import.meta.dirname, '../node_modules/sherpa-onnx-node/sherpa-onnx.js') },
        },
      );
      bare.push(Number(answer.toString()));
    }
    const best = (values: readonly number[]): number => Math.min(...values);
    const result = {
      audioSeconds: seconds,
      cpuSeconds: { cordon: ours, bare },
      ratio: best(ours) / best(bare),
      target: 1.15,
      realTimeFactor: best(ours) / seconds,
    };
    console.log(
      `  ${seconds.toFixed(0)} s of sound: ${best(ours).toFixed(2)} s CPU, bare ${best(bare).toFixed(2)} s, ratio ${result.ratio.toFixed(3)}`,
    );
    return result;
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** The clips with speech in them, one after another with a breath between. */
function recording(): Float32Array {
  const manifest = JSON.parse(readFileSync(join(DATA, 'audio/manifest.json'), 'utf8')) as readonly {
    readonly file: string;
  }[];
  const parts = manifest.flatMap(({ file }) => {
    const reader = new TrackReader();
    const blocks = reader.push(readFileSync(join(DATA, 'audio', file)));
    return [...blocks.map((block) => block[0] ?? new Float32Array(0)), new Float32Array(8_000)];
  });
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

/** CPU seconds of the child from `ready` to the end, and of this process in feeding it. */
async function cordon(config: ConstructorParameters<typeof RecogniserProcess>[0], wav: Uint8Array): Promise<number> {
  const child = new RecogniserProcess(config, { sandbox: probeSandbox(), limits: DEFAULT_LIMITS });
  await child.ready();
  const pid = child.pid ?? 0;
  const loaded = ticks(pid);
  const before = process.cpuUsage();
  let last = loaded;
  async function* audio(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < wav.length; at += 65_536) yield await Promise.resolve(wav.subarray(at, at + 65_536));
  }
  await child.run({ startAt: [] }, audio(), () => {
    last = Math.max(last, ticks(pid));
  });
  const own = process.cpuUsage(before);
  return (last - loaded) / TICKS + (own.user + own.system) / 1e6;
}

/** User and system time of a process and all its threads. */
function ticks(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
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
console.log((used.user + used.system) / 1e6);
`;
