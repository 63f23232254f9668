// A real Cordon for journeys: the server's own bin as a process, on a home of its own, over real sockets.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const BIN = resolve(import.meta.dirname, '..', 'bin', 'cordon-server.js');
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;

/** Public recordings and models for tests; absent on other machines, and then said so. */
export const DATA = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data');
export const MODELS = join(DATA, 'models');
export const hasSpeechData = existsSync(join(MODELS, 'zipformer-en-3.3m', 'model.json'));
if (!hasSpeechData) console.warn('NOTE: ../shared/data is not here: tests on real audio and models are skipped');

export interface Credentials {
  readonly url: string;
  readonly tenant: string;
  readonly apiKey: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  readonly adminTotpSecret: string;
}

export interface TestServer {
  readonly url: string;
  readonly home: string;
  readonly credentials: Credentials;
  readonly process: ChildProcess;
  /** Everything the server wrote to its standard streams. */
  output(): string;
  /** SIGTERM; resolves with the exit code. The home stays. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** The same home again in a new process. */
  restart(): Promise<TestServer>;
  /** Stops and removes home, keys and anchors. */
  remove(): Promise<void>;
}

export interface ServerSettings {
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startServer(settings: ServerSettings = {}): Promise<TestServer> {
  const home = settings.home ?? join(await makeParent(), 'home');
  const child = spawnBin(home, settings.env ?? {}, []);
  const lines: string[] = [];
  const url = await ready(child, lines);
  const credentials = JSON.parse(readFileSync(join(home, 'credentials.json'), 'utf8')) as Credentials;
  const end = ender(child);
  return {
    url,
    home,
    credentials,
    process: child,
    output: () => lines.join('\n'),
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    restart: async () => {
      await end('SIGTERM');
      return startServer({ ...settings, home });
    },
    remove: async () => {
      await end('SIGTERM');
      await rm(join(home, '..'), { recursive: true, force: true });
    },
  };
}

export interface TestWorker {
  readonly process: ChildProcess;
  stop(): Promise<number | null>;
  killAndRestart(): Promise<TestWorker>;
}

/** A process for jobs alone beside a server, on the same home, keys and external database. */
export async function startWorker(settings: ServerSettings & { readonly home: string }): Promise<TestWorker> {
  const child = spawnBin(settings.home, settings.env ?? {}, ['worker']);
  await ready(child, []);
  const end = ender(child);
  return {
    process: child,
    stop: () => end('SIGTERM'),
    killAndRestart: async () => {
      await end('SIGKILL');
      return startWorker(settings);
    },
  };
}

function spawnBin(home: string, env: Readonly<Record<string, string>>, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      CORDON_HOME: home,
      CORDON_PORT: '0',
      CORDON_NO_APT: '1',
      CORDON_NO_FETCH: '1',
      ...(hasSpeechData ? { CORDON_MODELS: MODELS } : {}),
      ...env,
    },
  });
}

/** Ends the process by that signal, by force if it takes too long; resolves with its exit code. */
function ender(child: ChildProcess): (signal: 'SIGTERM' | 'SIGKILL') => Promise<number | null> {
  const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  return async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    const cut = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const code = await exited;
    clearTimeout(cut);
    return code;
  };
}

/** Passable, so that as root the database lies inside and goes with it, not under /var/lib/cordon (docs/operate/database.md). */
async function makeParent(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'cordon-server-'));
  await chmod(parent, 0o711);
  return parent;
}

function ready(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`no ready line:\n${lines.join('\n')}`)), START_TIMEOUT_MS);
    const take = (line: string): void => {
      lines.push(line);
      const url = /^ready (\S+)/.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      done(url);
    };
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', take);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(new Error(`the server ended with ${String(code)}:\n${lines.join('\n')}`));
    });
  });
}
