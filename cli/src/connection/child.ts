// The server as a child process: started, waited for, told to stop. It is never imported.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ProblemCode, PROBLEMS } from '@cordon/contract';
import { detailLines, Refusal } from '#failure.ts';

export interface ServerChild {
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process has ended, with its exit code (128 + signal number when a signal ended it). */
  readonly ended: Promise<number>;
  /** Asks it to stop and waits; kills it when it does not. */
  stop(): Promise<void>;
}

export interface ChildOptions {
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
/** Lines of the log kept to say why a start failed. */
const LAST_LINES = 20;
/** Its last words may still be on their way when it has ended. */
const LAST_WORDS_MS = 1_000;
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
  let serving = false;
  lines(child.stderr, (line) => {
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
    // Words before it serves may be its last: these are told once, with the failure.
    if (serving || isLog(line)) options.onLog(line);
  });
  const url = await readyUrl(child, ended, last, options);
  serving = true;
  for (const line of last.filter((each) => !isLog(each))) options.onLog(line);
  return { url, pid: child.pid ?? 0, ended, stop: () => stopChild(child, ended) };
}

function isLog(line: string): boolean {
  return line.startsWith('{"level":');
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

/** Whatever comes first: the line, the end of the process, an interruption, the limit. Nothing of the waiting outlives it. */
async function readyUrl(
  child: ChildProcess,
  ended: Promise<number>,
  last: readonly string[],
  options: ChildOptions,
): Promise<string> {
  const over = new AbortController();
  const given = options.signal ?? over.signal;
  try {
    return await Promise.race([
      readyLine(child, options.onLine),
      goneBefore(child, ended, last),
      tooLate(over.signal),
      aborted(given),
    ]);
  } catch (error) {
    await stopChild(child, ended);
    throw error;
  } finally {
    over.abort();
  }
}

function readyLine(child: ChildProcess, onLine: (line: string) => void): Promise<string> {
  return new Promise((resolve) => {
    lines(child.stdout, (line) => {
      onLine(line);
      const url = /^ready (https?:\/\/\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url.replace(/\/+$/, ''));
    });
  });
}

async function goneBefore(child: ChildProcess, ended: Promise<number>, last: readonly string[]): Promise<never> {
  const code = await ended;
  await Promise.race([once(child, 'close'), sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  throw startFailure(code, last);
}

async function tooLate(over: AbortSignal): Promise<never> {
  await sleep(READY_LIMIT_MS, undefined, { signal: over });
  throw new Refusal('server_unreachable', `the server was not ready after ${READY_LIMIT_MS / 1000} s`);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** What the server said last: the catalogue's sentence, its remedy and the details as JSON. Without it, its last log lines are all there is to say. */
function startFailure(code: number, last: readonly string[]): Refusal {
  const at = last.findLastIndex((line) => codeOf(line) !== null);
  const told = codeOf(last[at] ?? '');
  if (told !== null) return new Refusal(told, ...last.slice(at + 2).flatMap(particulars));
  return new Refusal(
    'server_unreachable',
    `the server ended with ${code} before it was ready`,
    ...last.slice(-SHOWN_LINES),
  );
}

/** The problem's details as lines; other lines (the stack of an internal failure) as they are. */
function particulars(line: string): readonly string[] {
  if (!line.startsWith('{')) return line === '' ? [] : [line];
  try {
    return detailLines(JSON.parse(line) as Readonly<Record<string, unknown>>);
  } catch {
    return [line];
  }
}

/** Messages of the catalogue are constants and each is another's: a sentence names its code. */
function codeOf(line: string): ProblemCode | null {
  const codes = Object.keys(PROBLEMS).filter(isCode);
  return codes.find((code) => line === `cordon: ${PROBLEMS[code].message}`) ?? null;
}

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

async function stopChild(child: ChildProcess, ended: Promise<number>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(killer);
}
