// `npm run test:faults [-- --rounds 200 --out FILE]`: kills processes of real Cordons at random moments under load, then asks whether
// everything that was acknowledged is there, once, as it was said, and whether the ledger verifies and holds it. Exit 1 when not.
import { randomInt } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DATA, hasSpeechData } from '../server.ts';
import { clipped } from './audio.ts';
import { installEmbedded, installExternal } from './installation.ts';
import type { Installation } from './installation.ts';
import { startLoad } from './load.ts';
import type { Load } from './load.ts';
import { signInPerson } from './person.ts';
import type { Person } from './person.ts';
import type { Target } from './client.ts';
import { honoursIdempotency } from './probe.ts';
import { judgeLeftovers, judgeSealed } from './sealed.ts';
import { judge } from './verdict.ts';
import { isAlive, zombiesOf } from './victims.ts';
import type { VictimKind } from './victims.ts';

const DICTATION = join(DATA, 'audio', 'aws-mta-2.wav');
const CLIP_SECONDS = 8; // a sentence that a note can be drafted of, and a second or two of recognition
const SHORT_PAUSE_MS = 1_500; // between kills: hits recoveries and what has just begun
const LONG_PAUSE_MS = 9_000; // long enough for a recording to become a signed note in between
const LONG_PAUSES = 3; // one pause in so many is a long one
const HEALTHY_MS = 60_000;
const ANSWER_MS = 10_000; // a request that hangs is asked again, and said
const VICTIM_MS = 3_000; // a recogniser lives only while it hears
const GONE_MS = 10_000;
const EXTERNAL_SHARE = 5; // one round in so many is against a server and a worker on a PostgreSQL of their own

interface Kill {
  readonly victim: VictimKind;
  /** Until the server answered again. */
  readonly recoveredMs: number;
}

interface Leg {
  readonly installation: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly idempotencyKeys: 'honoured' | 'not honoured: repeated requests are not judged';
  readonly kills: Record<string, unknown>;
  readonly acknowledged: Record<string, number>;
  readonly refused: { readonly count: number; readonly codes: object };
  readonly unanswered: number;
  readonly calls: object;
  readonly jobsGivenUp: number;
  readonly outcomesOpened: number;
  readonly ledger: object;
  readonly faults: readonly string[];
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, out: { type: 'string' } },
});
process.exitCode = await main(Number(values.rounds), values.out);

async function main(rounds: number, out: string | undefined): Promise<number> {
  if (!hasSpeechData) console.error('NOTE: no speech data here: nothing is transcribed, drafted or signed in this run');
  const external = Math.floor(rounds / EXTERNAL_SHARE);
  const legs = [await runLeg(installEmbedded, rounds - external)];
  if (external > 0) legs.push(await runLeg(installExternal, external));
  const faults = legs.flatMap((leg) => leg.faults);
  const report = {
    name: 'faults',
    at: new Date().toISOString(),
    machine: machine(),
    rounds,
    faults: faults.length,
    legs,
  };
  console.log(JSON.stringify(report, null, 2));
  if (out !== undefined) await writeFile(out, `${JSON.stringify(report, null, 2)}\n`);
  return faults.length === 0 ? 0 : 1;
}

async function runLeg(install: () => Promise<Installation>, rounds: number): Promise<Leg> {
  const began = performance.now();
  const audio = hasSpeechData ? clipped(await readFile(DICTATION), CLIP_SECONDS) : Buffer.alloc(0);
  const installation = await install();
  try {
    const { target, credentials } = installation;
    const idempotent = await honoursIdempotency(target);
    const { adminEmail: email, adminPassword: password, adminTotpSecret: secret } = credentials;
    const clinician = await signInPerson(target, { email, password, secret });
    const heard = hasSpeechData ? 1 : 0;
    const workers = { encounters: 2, recordings: heard, transcriptions: heard, clinicians: 2 * heard, auditors: 1 };
    const load = startLoad({ target, audio, clinician, workers });
    const killed = await killInRounds(installation, load, rounds);
    await load.stop();
    const leg = await conclude({ installation, load, clinician, audio, idempotent, ...killed, rounds, began });
    await (leg.faults.length === 0 ? installation.remove() : keep(installation));
    return leg;
  } catch (error) {
    // What broke off is left as it is, to be looked at.
    console.error(`${installation.name}: broke off; its home stays at ${installation.home}\n${installation.state()}`);
    throw error;
  }
}

/** A fault can only be looked into where it happened. */
async function keep(installation: Installation): Promise<void> {
  await installation.close();
  console.error(`${installation.name}: has faults; its home stays at ${installation.home}\n${installation.state()}`);
}

async function killInRounds(
  installation: Installation,
  load: Load,
  rounds: number,
): Promise<{ readonly kills: readonly Kill[]; readonly gone: ReadonlySet<number> }> {
  const kills: Kill[] = [];
  const gone = new Set<number>(); // processes that must not outlive their parents
  for (let round = 1; round <= rounds; round += 1) {
    await sleep(randomInt(randomInt(LONG_PAUSES) === 0 ? LONG_PAUSE_MS : SHORT_PAUSE_MS));
    const { victim, pid } = await choose(installation, kills);
    for (const child of installation.processes()) gone.add(child.pid);
    const before = performance.now();
    await installation.kill(victim, pid);
    await healthy(installation);
    kills.push({ victim, recoveredMs: Math.round(performance.now() - before) });
    if (round % 10 === 0) console.error(`${installation.name} ${round}/${rounds} ${describe(load)}`);
  }
  return { kills, gone };
}

/** Half of the rounds take what was killed least, so that everything gets its share; the others take whatever chance says. */
async function choose(
  installation: Installation,
  kills: readonly Kill[],
): Promise<{ victim: VictimKind; pid: number }> {
  const until = performance.now() + VICTIM_MS;
  const killed = (kind: VictimKind): number => kills.filter(({ victim }) => victim === kind).length;
  const least = installation.kinds.toSorted((a, b) => killed(a) - killed(b));
  const wanted = kills.length % 2 === 0 ? least[0] : installation.kinds[randomInt(installation.kinds.length)];
  for (;;) {
    const victim = performance.now() < until ? (wanted ?? 'server') : 'server';
    const pids = installation.find(victim);
    const pid = pids[randomInt(Math.max(pids.length, 1))];
    if (pid !== undefined) return { victim, pid };
    await sleep(20);
  }
}

async function healthy({ target }: Installation): Promise<void> {
  const until = performance.now() + HEALTHY_MS;
  for (;;) {
    const said = await ask(target);
    if (said === 'well') return;
    if (performance.now() > until) throw new Error(`not healthy again after ${HEALTHY_MS} ms: ${said}`);
    await sleep(20);
  }
}

/** `well`, or what is wrong. */
async function ask(target: Target): Promise<string> {
  try {
    const answer = await fetch(`${target.url}/api/encounters?limit=1`, {
      headers: { authorization: `Bearer ${target.apiKey}` },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await answer.text();
    return answer.status === 200 ? 'well' : `${answer.status} ${text}`;
  } catch (error) {
    return error instanceof Error ? `${error.name} ${String(error.cause ?? error.message)}` : 'no answer';
  }
}

interface Run {
  readonly installation: Installation;
  readonly load: Load;
  readonly clinician: Person;
  readonly audio: Buffer;
  readonly idempotent: boolean;
  readonly kills: readonly Kill[];
  readonly gone: ReadonlySet<number>;
  readonly rounds: number;
  readonly began: number;
}

async function conclude(run: Run): Promise<Leg> {
  const { installation, load, clinician, audio, idempotent, kills } = run;
  const { acknowledged, weather } = load;
  const { target, home } = installation;
  const verdict = await judge({ target, home, audio, clinician, acknowledged, idempotent });
  const left = await stopAndLook(installation, run.gone);
  const sealed = await judgeSealed(installation.env, installation.credentials.tenant, acknowledged);
  const leftovers = judgeLeftovers([home, `${home}-keys`, `${home}-anchors`], acknowledged);
  return {
    installation: installation.name,
    rounds: run.rounds,
    seconds: Math.round((performance.now() - run.began) / 1000),
    idempotencyKeys: idempotent ? 'honoured' : 'not honoured: repeated requests are not judged',
    kills: Object.fromEntries(installation.kinds.map((kind) => [kind, recovery(kills, kind)])),
    acknowledged: counts(load),
    refused: { count: weather.refused, codes: Object.fromEntries(weather.codes) },
    unanswered: weather.unknown,
    calls: verdict.calls,
    jobsGivenUp: verdict.gaveUp,
    outcomesOpened: sealed.opened,
    ledger: verdict.ledger,
    faults: [...verdict.faults, ...left, ...sealed.faults, ...leftovers],
  };
}

/** Ends in order with code 0, and nothing that was below it goes on living. */
async function stopAndLook(installation: Installation, earlier: ReadonlySet<number>): Promise<readonly string[]> {
  const zombies = zombiesOf(installation.serverPid()).map((pid) => `process ${pid} was never waited for`);
  const below = new Set([...earlier, ...installation.processes().map(({ pid }) => pid)]);
  const codes = await installation.stop();
  const until = performance.now() + GONE_MS;
  while ([...below].some(isAlive) && performance.now() < until) await sleep(100);
  return [
    ...zombies,
    ...codes.filter((code) => code !== 0).map((code) => `a process ended with ${code} on SIGTERM`),
    ...[...below].filter(isAlive).map((pid) => `process ${pid} outlived the server`),
  ];
}

function describe(load: Load): string {
  const { weather } = load;
  const done = Object.entries(counts(load)).map(([what, count]) => `${count} ${what}`);
  return `acknowledged ${done.join(', ')}; ${weather.refused} refused, ${weather.unknown} without an answer, ${load.acknowledged.wrong.length} wrong`;
}

function counts({ acknowledged }: Load): Record<string, number> {
  const { encounters, recordings, received, drafts, signed, checkpoints, ledgerReads, unresolved } = acknowledged;
  return {
    encounters: encounters.size,
    recordings: recordings.size,
    transcripts: received.length,
    drafts: drafts.size,
    signatures: signed.size,
    ledgerReads: ledgerReads.count,
    checkpoints: checkpoints.length,
    unresolved: unresolved.size,
  };
}

function recovery(
  kills: readonly Kill[],
  kind: VictimKind,
): { count: number; p50Ms: number | null; maxMs: number | null } {
  const sorted = kills
    .filter(({ victim }) => victim === kind)
    .map((kill) => kill.recoveredMs)
    .toSorted((a, b) => a - b);
  return { count: sorted.length, p50Ms: sorted[Math.floor(sorted.length / 2)] ?? null, maxMs: sorted.at(-1) ?? null };
}

function machine(): object {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    commit: spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout.trim(), // none outside a checkout
  };
}
