// Calls through Cordon with everything on (key, policy, two sealed durable entries before release) beside Portkey's gateway, which keeps
// nothing, and a bare pass-through: the same request, the same upstream, 32 connections, interleaved rounds (docs/performance.md).
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { administrator } from '../server/test/boundary.ts';
import { deidentifyAlways } from '../server/test/deid.ts';
import type { TestServer } from '../server/test/server.ts';
import type { LoadPlan, LoadResult } from './gateway/load.ts';
import {
  beside,
  cordonBefore,
  cpuOf,
  cpuOfPostgres,
  median,
  rounded,
  rssOf,
  runOnce,
  type Beside,
} from './gateway/rig.ts';

const ROUNDS = 5;
const CONNECTIONS = 32;
const WARM_UP_MS = 2_000;
const MEASURE_MS = 8_000;
const PEER_PORT = 8797;
const PEER = join(import.meta.dirname, 'gateway', 'peer');

/** About two kilobytes: a visit's summary and a question. */
const BODY = JSON.stringify({
  model: 'local-llm',
  messages: [
    { role: 'system', content: 'You are a careful assistant of a clinician.' },
    { role: 'user', content: 'Summarise the visit for the chart, in plain words. '.repeat(38) },
  ],
  temperature: 0,
});

/** Of the same size, with eight identifiers; `00000000` is another number in every request, so that no text is like one before. */
const DEID_BODY = JSON.stringify({
  model: 'local-llm',
  messages: [
    { role: 'system', content: 'You are a careful assistant of a clinician.' },
    {
      role: 'user',
      content:
        'Patient Marguerite Oyelaran, MRN 00000000, was seen by Dr. Ana Delgado at Lakeside General Hospital on 03/14/2025. ' +
        'She lives at 418 Alder Street, Dayton, OH 45402; call (937) 555-0182 or write to m.oyelaran@example.org. ' +
        'Summarise the visit for the chart, in plain words. '.repeat(32),
    },
  ],
  temperature: 0,
});

type Name = 'cordon' | 'portkey' | 'bare';

interface Target {
  readonly name: Name;
  readonly port: number;
  readonly pid: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface Round {
  readonly target: Name;
  readonly rps: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMsPerRequest: number;
  readonly cpuMsPostgres?: number;
  readonly rssMb: number;
  readonly errors: number;
}

/** `deid`: Cordon takes out who the text is about, reads what leaves again, and puts it back into the answer; the others pass it on. */
export async function run(options: readonly string[] = []): Promise<object> {
  const deid = options.includes('deid');
  const body = deid ? DEID_BODY : BODY;
  const upstream = await beside('upstream.ts', ...(deid ? ['--echo'] : []));
  const bare = await beside('bare.ts', String(upstream.port));
  const peer = await startPeer();
  const server = await cordonBefore(`http://127.0.0.1:${String(upstream.port)}/v1`);
  try {
    if (deid) await deidentifyAlways(server, await administrator(server));
    const targets = targetsOf(server, peer, bare, upstream);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++)
      for (const target of targets) {
        const measured = await measure(target, server, body);
        console.log(`  ${lineOf(measured)}`);
        rounds.push(measured);
      }
    const middle = {
      cordon: medianOf(rounds, 'cordon'),
      portkey: medianOf(rounds, 'portkey'),
      bare: medianOf(rounds, 'bare'),
    };
    tell(middle);
    return {
      connections: CONNECTIONS,
      requestBytes: body.length,
      rounds,
      median: middle,
      peer: '@portkey-ai/gateway 1.15.2',
    };
  } finally {
    for (const process of [upstream, bare, peer]) process.stop();
    await server.remove();
  }
}

function targetsOf(server: TestServer, peer: Beside, bare: Beside, upstream: Beside): Target[] {
  const port = Number(new URL(server.url).port);
  const key = { authorization: `Bearer ${server.credentials.apiKey}` };
  const custom = {
    authorization: 'Bearer none',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${String(upstream.port)}/v1`,
  };
  return [
    { name: 'cordon', port, pid: server.process.pid ?? 0, headers: key },
    { name: 'portkey', port: peer.port, pid: peer.pid, headers: custom },
    { name: 'bare', port: bare.port, pid: bare.pid, headers: {} },
  ];
}

async function measure(target: Target, server: TestServer, body: string): Promise<Round> {
  const lines = Object.entries(target.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const request =
    `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${String(target.port)}\r\ncontent-type: application/json\r\n` +
    `${lines.join('')}content-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`;
  const plan: LoadPlan = {
    port: target.port,
    request,
    connections: CONNECTIONS,
    warmUpMs: WARM_UP_MS,
    measureMs: MEASURE_MS,
  };
  const serverPid = server.process.pid ?? 0;
  const before = { node: cpuOf(target.pid), postgres: cpuOfPostgres(serverPid) };
  const result = await runOnce<LoadResult>('load.ts', plan);
  const node = cpuOf(target.pid) - before.node;
  const postgres = cpuOfPostgres(serverPid) - before.postgres;
  return {
    target: target.name,
    rps: Math.round(result.requests / result.seconds),
    p50: rounded(result.p50),
    p99: rounded(result.p99),
    cpuMsPerRequest: rounded(node / result.all),
    ...(target.name === 'cordon' ? { cpuMsPostgres: rounded(postgres / result.all) } : {}),
    rssMb: rssOf(target.pid),
    errors: result.errors,
  };
}

/** A round with an error is void. */
function medianOf(rounds: readonly Round[], name: Name): Omit<Round, 'target' | 'errors'> {
  const valid = rounds.filter((round) => round.target === name && round.errors === 0);
  if (valid.length === 0) throw new Error(`every round of ${name} had errors`);
  const of = (member: 'rps' | 'p50' | 'p99' | 'cpuMsPerRequest' | 'rssMb'): number =>
    median(valid.map((round) => round[member]));
  const postgres = valid.flatMap((round) => round.cpuMsPostgres ?? []);
  return {
    rps: of('rps'),
    p50: of('p50'),
    p99: of('p99'),
    cpuMsPerRequest: of('cpuMsPerRequest'),
    ...(postgres.length === 0 ? {} : { cpuMsPostgres: median(postgres) }),
    rssMb: of('rssMb'),
  };
}

function lineOf({ target, rps, p50, p99, cpuMsPerRequest, cpuMsPostgres, errors }: Round): string {
  const postgres = cpuMsPostgres === undefined ? '' : ` + ${String(cpuMsPostgres)} ms PostgreSQL`;
  const wrong = errors === 0 ? '' : `, ${String(errors)} errors: void`;
  return `${target}: ${String(rps)}/s, p50 ${String(p50)} ms, p99 ${String(p99)} ms, ${String(cpuMsPerRequest)} ms${postgres} of processor time${wrong}`;
}

function tell({ cordon, portkey, bare }: Readonly<Record<Name, Omit<Round, 'target' | 'errors'>>>): void {
  const all = cordon.cpuMsPerRequest + (cordon.cpuMsPostgres ?? 0);
  console.log(
    `  medians: ${rounded(cordon.rps / portkey.rps, 2)} x the requests of Portkey; Node ${rounded(cordon.cpuMsPerRequest / bare.cpuMsPerRequest, 2)} x bare; ` +
      `Node and PostgreSQL ${rounded(all / portkey.cpuMsPerRequest, 2)} x Portkey`,
  );
}

async function startPeer(): Promise<Beside> {
  if (!existsSync(join(PEER, 'node_modules', '@portkey-ai', 'gateway')))
    execFileSync('npm', ['ci', '--no-audit', '--ignore-scripts', '--prefix', PEER], { stdio: 'ignore' });
  const start = join(PEER, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');
  const child = spawn(process.execPath, [start, '--headless', `--port=${String(PEER_PORT)}`], {
    env: { ...process.env, TRUSTED_CUSTOM_HOSTS: '127.0.0.1' },
    stdio: 'ignore',
  });
  while (!(await answers(PEER_PORT))) await new Promise((wait) => setTimeout(wait, 100));
  return { port: PEER_PORT, pid: child.pid ?? 0, stop: () => void child.kill() };
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
