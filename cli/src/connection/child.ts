// The server as a child process: started, waited for, told to stop. It is never imported.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type ProblemCode, PROBLEMS } from '@cordon/contract';
import { Refusal } from '#failure.ts';
import { forgetRunning, noteRunning } from '#home/running.ts';

export interface ServerChild {
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process has ended, with its exit code (128 + signal number when a signal ended it). */
  readonly ended: Promise<number>;
  /** Passes a signal on; the same one within a second counts as one, because a terminal sends it to everyone at once. */
  signal(signal: NodeJS.Signals): void;
  /** Asks it to stop and waits; kills it when it does not. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Lines that the server prints, the `ready` line included. */
  readonly onLine: (line: string) => void;
  /** What it writes on standard error: structured log lines without content. */
  readonly onLog: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Creating the database, migrations and first keys take a few seconds; a slow disk ten times that. */
const READY_LIMIT_MS = 120_000;
/** PostgreSQL's own fast shutdown ends within seconds; after this the next start recovers by itself. */
const STOP_LIMIT_MS = 30_000;
const SAME_SIGNAL_MS = 1_000;
/** Lines of the log kept to say why a start failed. */
const LAST_LINES = 20;
/** Of these, lines shown to the person. */
const SHOWN_LINES = 3;

/**
 * Starts the server and waits for its line `ready URL`. Errors: the problem that it ended with (`home_in_use`,
 * `configuration_invalid`, `database_unsafe`…), else `server_unreachable`.
 */
export async function startServer(options: ChildOptions): Promise<ServerChild> {
  const child = spawn(process.execPath, [...process.execArgv, serverBin()], {
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // Ctrl-C reaches this command alone, which then stops the server in order
  });
  const ended = ending(child);
  const last: string[] = [];
  lines(child.stderr, (line) => {
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
    options.onLog(line);
  });
  const url = await readyUrl(child, ended, last, options);
  const server = { url, pid: child.pid ?? 0, ended, signal: passer(child), stop: () => stopChild(child, ended) };
  await noteRunning(options.home, { url, pid: server.pid });
  void ended.then(() => forgetRunning(options.home));
  return server;
}

function serverBin(): string {
  return fileURLToPath(import.meta.resolve('@cordon/server/bin'));
}

function ending(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(PROBLEMS.internal.exit));
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 0) : 128 + (SIGNAL_NUMBERS[signal] ?? 0)));
  });
}

const SIGNAL_NUMBERS: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

function lines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}

async function readyUrl(
  child: ChildProcess,
  ended: Promise<number>,
  last: readonly string[],
  options: ChildOptions,
): Promise<string> {
  const ready = new Promise<string>((resolve) => {
    lines(child.stdout, (line) => {
      options.onLine(line);
      const url = /^ready (https?:\/\/\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url.replace(/\/+$/, ''));
    });
  });
  const gone = ended.then((code) => {
    throw startFailure(code, last);
  });
  const limit = AbortSignal.any([AbortSignal.timeout(READY_LIMIT_MS), ...(options.signal ? [options.signal] : [])]);
  const late = new Promise<never>((_resolve, reject) => {
    limit.addEventListener('abort', () => {
      void stopChild(child, ended).then(() =>
        reject(limit.reason === options.signal?.reason ? limit.reason : startFailure(0, last)),
      );
    });
  });
  late.catch(() => undefined);
  gone.catch(() => undefined);
  return Promise.race([ready, gone, late]);
}

/** The server's last line is the problem in JSON; without one, its last log lines are all there is to say. */
function startFailure(code: number, last: readonly string[]): Refusal {
  const told = last.map(problemIn).findLast((problem) => problem !== null);
  if (told === undefined || told === null) {
    return new Refusal(
      'server_unreachable',
      `the server ended with ${code} before it was ready`,
      ...last.slice(-SHOWN_LINES),
    );
  }
  return new Refusal(told.code, ...told.particulars);
}

function problemIn(line: string): { readonly code: ProblemCode; readonly particulars: readonly string[] } | null {
  try {
    const found: unknown = JSON.parse(line);
    if (typeof found !== 'object' || found === null || !('code' in found) || !isCode(found.code)) return null;
    const particulars = Object.entries(found).filter(
      ([name]) => name === 'faults' || name === 'reason' || name === 'field',
    );
    return { code: found.code, particulars: particulars.map(([name, value]) => `${name}: ${String(value)}`) };
  } catch {
    return null;
  }
}

function isCode(code: unknown): code is ProblemCode {
  return typeof code === 'string' && Object.hasOwn(PROBLEMS, code);
}

function passer(child: ChildProcess): (signal: NodeJS.Signals) => void {
  let before: { signal: NodeJS.Signals; at: number } | null = null;
  return (signal) => {
    const now = performance.now();
    if (before?.signal === signal && now - before.at < SAME_SIGNAL_MS) return;
    before = { signal, at: now };
    child.kill(signal);
  };
}

async function stopChild(child: ChildProcess, ended: Promise<number>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(killer);
}
