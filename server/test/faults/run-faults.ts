// `npm run test:faults [-- --rounds 200 --out FILE]`: kills processes of a real Cordon at random moments under load, then asks whether
// everything that was acknowledged is there, once, and whether the ledger verifies. Exit 1 when anything is not as it was said.
import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DATA, hasSpeechData, startServer } from '../server.ts';
import type { TestServer } from '../server.ts';
import { startLoad } from './load.ts';
import type { Load } from './load.ts';
import type { Target } from './client.ts';
import { judge } from './verdict.ts';
import { findVictims, VICTIM_KINDS } from './victims.ts';
import type { VictimKind } from './victims.ts';

const AUDIO = join(DATA, 'audio', 'sb-spk1_snt1.wav'); // a sentence of a few seconds
const LONGEST_PAUSE_MS = 1_500; // between kills: long enough for work to get going, short enough to hit recoveries
const HEALTHY_MS = 60_000;

interface Kill {
  readonly victim: VictimKind;
  /** Until the server answered again. */
  readonly recoveredMs: number;
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, out: { type: 'string' } },
});
const rounds = Number(values.rounds);
process.exitCode = await main(rounds, values.out);

async function main(count: number, out: string | undefined): Promise<number> {
  const audio = await readFile(AUDIO);
  let server = await startServer();
  const target: Target = { url: server.url, apiKey: server.credentials.apiKey };
  const workers = { encounters: 4, recordings: hasSpeechData ? 2 : 0, transcriptions: hasSpeechData ? 2 : 0 };
  const load = startLoad({ target, audio, workers });
  const kills: Kill[] = [];
  try {
    for (let round = 1; round <= count; round += 1) {
      await sleep(randomInt(LONGEST_PAUSE_MS));
      const kill = await killOne(server, target, (started) => (server = started));
      if (kill !== null) kills.push(kill);
      if (round % 10 === 0) console.error(`${round}/${count} ${describe(load)}`);
    }
    await load.stop();
    const verdict = await judge({ target, home: server.home, audio, acknowledged: load.acknowledged });
    const report = { ...summary(load, kills), ledger: verdict.ledger, faults: verdict.faults };
    console.log(JSON.stringify(report, null, 2));
    if (out !== undefined) await writeFile(out, `${JSON.stringify(report, null, 2)}\n`);
    return verdict.faults.length === 0 ? 0 : 1;
  } finally {
    await server.remove();
  }
}

/** Null when there was no such process at that moment (no recogniser at work yet). */
async function killOne(
  server: TestServer,
  target: Target,
  replace: (server: TestServer) => void,
): Promise<Kill | null> {
  const victim = VICTIM_KINDS[randomInt(VICTIM_KINDS.length)] ?? 'server';
  const found = findVictims(server.process.pid ?? 0, victim);
  const pid = found[randomInt(Math.max(found.length, 1))];
  if (pid === undefined) return null;
  const began = performance.now();
  if (victim === 'server') {
    await server.kill();
    const started = await server.restart();
    replace(started);
    target.url = started.url;
  } else {
    process.kill(pid, 'SIGKILL');
  }
  await healthy(target);
  return { victim, recoveredMs: Math.round(performance.now() - began) };
}

async function healthy(target: Target): Promise<void> {
  const until = performance.now() + HEALTHY_MS;
  for (;;) {
    const answer = await fetch(`${target.url}/api/encounters?limit=1`, {
      headers: { authorization: `Bearer ${target.apiKey}` },
    }).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.status === 200) return;
    if (performance.now() > until) throw new Error(`not healthy again after ${HEALTHY_MS} ms`);
    await sleep(20);
  }
}

function describe({ acknowledged, weather }: Load): string {
  const { encounters, recordings, transcriptions } = acknowledged;
  return `acknowledged ${encounters.size} encounters, ${recordings.size} recordings, ${transcriptions.length} transcriptions; ${weather.refused} refused, ${weather.unknown} without an answer`;
}

function summary({ acknowledged, weather }: Load, kills: readonly Kill[]): Record<string, unknown> {
  return {
    machine: { cores: availableParallelism(), node: process.version },
    kills: Object.fromEntries(VICTIM_KINDS.map((kind) => [kind, recovery(kills.filter((one) => one.victim === kind))])),
    acknowledged: {
      encounters: acknowledged.encounters.size,
      recordings: acknowledged.recordings.size,
      transcriptions: acknowledged.transcriptions.length,
    },
    refused: { count: weather.refused, codes: Object.fromEntries(weather.codes) },
    unanswered: weather.unknown,
  };
}

function recovery(kills: readonly Kill[]): { count: number; p50Ms: number | null; maxMs: number | null } {
  const sorted = kills.map((kill) => kill.recoveredMs).toSorted((a, b) => a - b);
  return { count: sorted.length, p50Ms: sorted[Math.floor(sorted.length / 2)] ?? null, maxMs: sorted.at(-1) ?? null };
}
