// The two ways in which Cordon is installed, as something whose processes can be killed and brought back:
// embedded (one server with everything in it), and external (PostgreSQL of its own, a server, a worker beside it).
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHome } from '#platform/home/home.ts';
import { databaseUrl } from '#platform/store/connection.ts';
import { startEmbeddedPostgres } from '#platform/store/embedded/embedded.ts';
import { startServer, startWorker } from '../server.ts';
import type { Credentials, TestServer, TestWorker } from '../server.ts';
import { backendsOf, descendants, postmastersOf, recognisersOf } from './victims.ts';
import type { Process, VictimKind } from './victims.ts';
import type { Target } from './client.ts';

export interface Installation {
  readonly name: 'embedded' | 'external';
  readonly target: Target;
  readonly home: string;
  readonly credentials: Credentials;
  /** What can be killed here. */
  readonly kinds: readonly VictimKind[];
  /** Process ids of that kind; empty when there is none at the moment. */
  find(kind: VictimKind): readonly number[];
  /** Server and worker are started again; the others see to themselves. */
  kill(kind: VictimKind, pid: number): Promise<void>;
  /** Everything that stands below the server and the worker now. */
  processes(): readonly Process[];
  serverPid(): number;
  /** For the person who looks at a run that broke off: whether the server lives, what stands below it, what it last wrote. */
  state(): string;
  /** SIGTERM to worker and server; gives their exit codes. The database of `external` stays. */
  stop(): Promise<readonly (number | null)[]>;
  /** Environment with which the stopped installation can be opened in this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops what still runs; its files stay. */
  close(): Promise<void>;
  remove(): Promise<void>;
}

export async function installEmbedded(): Promise<Installation> {
  let server = await startServer();
  const { credentials, home } = server;
  const target: Target = { url: server.url, apiKey: credentials.apiKey };
  const pid = (): number => server.process.pid ?? 0;
  return {
    name: 'embedded',
    target,
    home,
    credentials,
    kinds: ['server', 'postgresql', 'backend', 'recogniser'],
    find: (kind) => findBelow(kind, pid(), pid()),
    kill: async (kind, victim) => {
      if (kind !== 'server') return void process.kill(victim, 'SIGKILL');
      server = await replace(server, target);
    },
    processes: () => descendants(pid()),
    serverPid: pid,
    state: () => stateOf(server),
    stop: async () => [await server.stop()],
    env: { CORDON_HOME: home },
    close: async () => void (await server.stop()),
    remove: () => server.remove(),
  };
}

export async function installExternal(): Promise<Installation> {
  const parent = await mkdtemp(join(tmpdir(), 'cordon-external-'));
  await chmod(parent, 0o711); // the database's account passes through
  const held = await openHome(join(parent, 'database'));
  const secret = randomBytes(32);
  const database = await startEmbeddedPostgres({
    home: held.path,
    installationSecret: secret,
    onEvent: () => undefined,
  });
  const env = { DATABASE_URL: databaseUrl(database.admin) };
  let server: TestServer = await startServer({ home: join(parent, 'home'), env });
  const { credentials, home } = server;
  let worker: TestWorker = await startWorker({ home, env });
  const target: Target = { url: server.url, apiKey: credentials.apiKey };
  const pids = (): readonly number[] => [server.process.pid ?? 0, worker.process.pid ?? 0];
  const close = async (): Promise<void> => {
    await worker.stop();
    await server.stop();
    await database.stop();
    held.release();
  };
  return {
    name: 'external',
    target,
    home,
    credentials,
    kinds: ['server', 'worker', 'postgresql', 'recogniser'],
    find: (kind) => {
      if (kind === 'worker') return pids().slice(1);
      return kind === 'recogniser' ? pids().flatMap(recognisersOf) : findBelow(kind, pids()[0] ?? 0, process.pid);
    },
    kill: async (kind, victim) => {
      if (kind === 'server') server = await replace(server, target);
      else if (kind === 'worker') worker = await worker.killAndRestart();
      else process.kill(victim, 'SIGKILL');
    },
    processes: () => pids().flatMap(descendants),
    serverPid: () => pids()[0] ?? 0,
    state: () => stateOf(server),
    stop: async () => [await worker.stop(), await server.stop()],
    env: { CORDON_HOME: home, ...env },
    close,
    remove: async () => {
      await close();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

function findBelow(kind: VictimKind, server: number, ownerOfDatabase: number): readonly number[] {
  switch (kind) {
    case 'server':
      return [server];
    case 'postgresql':
      return postmastersOf(ownerOfDatabase);
    case 'backend':
      return backendsOf(ownerOfDatabase);
    case 'recogniser':
      return recognisersOf(server);
    case 'worker':
      return [];
  }
}

const LINES_SHOWN = 60;

function stateOf(server: TestServer): string {
  const { exitCode, signalCode, pid = 0 } = server.process;
  const ended = exitCode !== null || signalCode !== null;
  const below = descendants(pid).map((each) => `${each.pid} ${each.program}`);
  const life = ended ? `ended with ${String(exitCode ?? signalCode)}` : `lives, below it:\n${below.join('\n')}`;
  return `server ${pid} ${life}\nits last words:\n${server.output().split('\n').slice(-LINES_SHOWN).join('\n')}`;
}

async function replace(server: TestServer, target: Target): Promise<TestServer> {
  await server.kill();
  const started = await server.restart();
  target.url = started.url;
  return started;
}
