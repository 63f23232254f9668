// Eight people speak at once into a server of two cores, each at the speed of speech, alone and with batch transcriptions beside them.
// Lag is from the moment the client sent the sound that decided a word (the delta names it: `audio_end_ms`) to the delta's arrival at the
// client: network, engine, ledger and store in between. Targets: p95 at most 300 ms; first text within 1.5 s of speech.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeWav } from '../server/src/clinical/audio/wav-writer.ts';
import { clip, completedOf, connect, PCM_16K, toldOf, type Event, type Live } from '../server/test/live.ts';
import { DATA, startServer, type TestServer } from '../server/test/server.ts';

const STREAMS = 8;
const PIECE_MS = 100;
const CLIPS = ['aws-mta-1.wav', 'aws-mta-2.wav'];
/** Seconds of the recordings that are transcribed beside, each. */
const BATCH_SECONDS = 300;
/** Milliseconds of sound that a turn holds before speech (docs/decisions/0041). */
const PADDING_MS = 500;

interface Figures {
  readonly lagMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
  readonly firstTextSeconds: { readonly ofSound: readonly number[]; readonly ofSpeech: readonly number[] };
  readonly deltas: number;
  readonly batchSecondsDone: number;
  readonly childMemoryMib: number;
  readonly cpuShare: number;
}

export async function run(): Promise<object> {
  if (!existsSync(join(DATA, 'models'))) throw new Error('needs ../shared/data');
  const server = await startServer();
  try {
    while ((await fetch(`${server.url}/readyz`)).status !== 200) await pause(100);
    await speakers(server, 2, null); // caches and pools
    const alone = await speakers(server, STREAMS, null);
    say('alone', alone);
    const beside = await speakers(server, STREAMS, new AbortController());
    say('with batch transcriptions', beside);
    const targets = { lagP95Ms: 300, firstTextSeconds: 1.5 };
    return { streams: STREAMS, pieceMs: PIECE_MS, alone, beside, targets };
  } finally {
    await server.remove();
  }
}

async function speakers(server: TestServer, streams: number, batch: AbortController | null): Promise<Figures> {
  let batchSeconds = 0;
  const busy =
    batch === null ? [] : [0, 1].map((n) => keepBusy(server, n, batch.signal, (seconds) => (batchSeconds += seconds)));
  if (batch !== null) await pause(3_000);
  const before = serverTicks(server);
  const began = performance.now();
  const lives = await Promise.all(Array.from({ length: streams }, (_, n) => speaker(server, n)));
  const wall = (performance.now() - began) / 1000;
  const cpuShare = round((serverTicks(server) - before) / 100 / wall);
  const memory = Math.max(...lives.map(({ memory: one }) => one));
  batch?.abort();
  await Promise.all(busy);
  for (const { live } of lives) {
    if (JSON.stringify([...toldOf(live.events)]) !== JSON.stringify([...completedOf(live.events)]))
      throw new Error('what was told is not what was said to be all');
  }
  const lags = lives.flatMap((one) => one.lags).toSorted((a, b) => a - b);
  return {
    lagMs: { p50: at(lags, 0.5), p95: at(lags, 0.95), p99: at(lags, 0.99), max: at(lags, 1) },
    firstTextSeconds: {
      ofSound: lives.map(({ first }) => first),
      ofSpeech: lives.map(({ first, speech }) => round(first - speech)),
    },
    deltas: lags.length,
    batchSecondsDone: Math.round(batchSeconds),
    childMemoryMib: memory,
    cpuShare,
  };
}

interface Spoken {
  readonly live: Live;
  readonly lags: readonly number[];
  /** Seconds of sound when the first text came, and at which speech began. */
  readonly first: number;
  readonly speech: number;
  /** MiB of all live children, shared pages counted once. */
  readonly memory: number;
}

async function speaker(server: TestServer, number: number): Promise<Spoken> {
  await pause(number * 137); // nobody begins at the same moment
  const live = await connect(server.url, server.credentials.apiKey);
  await live.next('session.created');
  live.send(PCM_16K);
  await live.next('session.updated');
  const lags: number[] = [];
  const sentAt: number[] = [];
  let first: number | null = null;
  live.socket.on('message', (data: Buffer) => {
    const now = performance.now();
    const event = JSON.parse(data.toString()) as Event;
    if (event.type !== 'conversation.item.input_audio_transcription.delta') return;
    const heard = Number(event['audio_end_ms']);
    first ??= heard / 1000;
    const sent = sentAt[Math.ceil(heard / PIECE_MS) - 1];
    if (sent !== undefined) lags.push(now - sent);
  });
  const sound = clip(CLIPS[number % CLIPS.length] ?? '');
  const piece = PIECE_MS * 32;
  const began = performance.now();
  let memory = 0;
  for (let from = 0; from < sound.length; from += piece) {
    // A piece of sound can be sent when its last sample was spoken.
    const due = began + (from + piece) / 32 - performance.now();
    if (due > 0) await pause(due);
    sentAt.push(performance.now());
    live.send({ type: 'input_audio_buffer.append', audio: sound.subarray(from, from + piece).toString('base64') });
    if (number === 0 && sentAt.length === 200) memory = childMemory(server);
  }
  live.send({ type: 'cordon.session.finish' });
  await live.next('cordon.session.finished');
  const started = await live.next('input_audio_buffer.speech_started');
  const speech = (Number(started['audio_start_ms']) + PADDING_MS) / 1000;
  return { live, lags, first: round(first ?? 0), speech, memory };
}

/** One recording after another through the batch route. */
async function keepBusy(
  server: TestServer,
  n: number,
  signal: AbortSignal,
  done: (seconds: number) => void,
): Promise<void> {
  const pcm = clip(CLIPS[n] ?? '');
  const one = Float32Array.from({ length: pcm.length / 2 }, (_, index) => pcm.readInt16LE(index * 2) / 32_768);
  const samples = Float32Array.from({ length: BATCH_SECONDS * 16_000 }, (_, index) => one[index % one.length] ?? 0);
  const wav = writeWav([samples], { encoding: 'pcm', bytes: 2, sampleRate: 16_000 });
  while (!signal.aborted) {
    const form = new FormData();
    form.set('model', 'auto');
    form.set('file', new Blob([wav], { type: 'audio/wav' }), 'batch.wav');
    const headers = { authorization: `Bearer ${server.credentials.apiKey}` };
    const asked = fetch(`${server.url}/v1/audio/transcriptions`, { method: 'POST', body: form, headers, signal });
    const answer = await asked.catch(() => null);
    await answer?.text().catch(() => '');
    if (answer?.status === 200) done(BATCH_SECONDS);
  }
}

/** Processes of the server with their parents and command lines. */
function processes(server: TestServer): readonly { readonly pid: number; readonly command: string }[] {
  const all = execFileSync('ps', ['-eo', 'pid,ppid,args'])
    .toString()
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((found) =>
      found === null ? [] : [{ pid: Number(found[1]), parent: Number(found[2]), command: found[3] ?? '' }],
    );
  const below = new Set([server.process.pid ?? -1]);
  for (let grew = true; grew;) {
    const size = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
    grew = below.size > size;
  }
  return all.filter(({ pid }) => below.has(pid));
}

function childMemory(server: TestServer): number {
  const children = processes(server).filter(({ command }) => command.includes('live.child.ts'));
  const kib = children.map(({ pid }) => Number(/Pss:\s+(\d+)/.exec(smaps(pid))?.[1] ?? 0));
  return Math.round(kib.reduce((sum, one) => sum + one, 0) / 1024);
}

function smaps(pid: number): string {
  return readdirSync('/proc').includes(String(pid)) ? readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'latin1') : '';
}

/** Processor time so far of all of the server's processes that live, in hundredths of a second. */
function serverTicks(server: TestServer): number {
  return processes(server).reduce((sum, { pid }) => {
    const stat = existsSync(`/proc/${String(pid)}/stat`) ? readFileSync(`/proc/${String(pid)}/stat`, 'latin1') : '';
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }, 0);
}

function at(sorted: readonly number[], share: number): number {
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

function say(what: string, { lagMs, firstTextSeconds, deltas }: Figures): void {
  console.log(
    `  ${what}: ${String(deltas)} deltas, lag p50 ${String(lagMs.p50)} ms, p95 ${String(lagMs.p95)} ms, max ${String(lagMs.max)} ms; ` +
      `first text after ${String(Math.max(...firstTextSeconds.ofSpeech))} s of speech at most`,
  );
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
