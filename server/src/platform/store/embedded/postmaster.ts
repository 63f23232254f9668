// One PostgreSQL server process: found, started, waited for, stopped.
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile, readdir, readlink, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ProblemError } from '@cordon/contract';
import { asAccount } from './account.ts';
import type { Account } from './account.ts';

export interface PostmasterOptions {
  readonly postgres: string;
  readonly data: string;
  readonly socket: string;
  readonly port: number;
  readonly account: Account;
  /** Lines that the server itself has to say (LOG, FATAL, PANIC). Statements and their errors are not among them. */
  readonly onLine: (line: string) => void;
}

const POLL_MS = 10;
const READY_TIMEOUT_MS = 60_000; // recovery after a crash under load; warm starts take 0.1 s
const FAST_STOP_MS = 10_000;
const IMMEDIATE_STOP_MS = 5_000;
const PS_BYTES = 16_777_216; // every process of a busy machine with its arguments
const STATUS_LINE = 7; // of postmaster.pid, from 0 (PostgreSQL: miscadmin.h, LOCK_FILE_LINE_PM_STATUS)

/**
 * Ends what still runs on this data directory: a server whose Cordon was killed, or backends whose server was.
 * We stop an orphan rather than adopt it: a child of ours can be waited for, and there is one way of starting instead of two.
 */
export async function stopOrphans(data: string): Promise<number> {
  const orphans = await serverProcesses(data);
  if (orphans.length > 0) await stopProcesses(data, await postmasterPid(data));
  // With no process left the pid file is stale; PostgreSQL would refuse to start if its pid has been reused (containers).
  if (await hasProcfs()) await rm(join(data, 'postmaster.pid'), { force: true });
  return orphans.length;
}

/** Starts the server and resolves when it accepts connections. Errors: `storage_unavailable` when it ends or takes too long. */
export async function startPostmaster(options: PostmasterOptions): Promise<ChildProcess> {
  const child = spawn(
    '/bin/sh',
    ['-c', 'ulimit -c 0; umask 077; exec "$0" "$@"', options.postgres, ...serverArguments(options)],
    {
      ...asAccount(options.account),
      cwd: options.data,
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin', PGTZ: 'UTC' },
      detached: true, // Ctrl-C in a terminal must reach Cordon alone, which then stops the database last
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  forwardLines(child, options.onLine);
  await Promise.race([untilReady(options.data, child), untilFailed(child)]);
  return child;
}

/** Fast shutdown: running transactions are rolled back, a checkpoint is written. */
export async function stopPostmaster(data: string, child: ChildProcess): Promise<void> {
  await stopProcesses(data, child.pid ?? null);
}

/**
 * Somebody else sent SIGTERM: a smart shutdown, in which the server takes no new connection and waits for ever for ours to
 * end. It is made a fast one, which ends.
 */
export async function hastenShutdown(data: string, child: ChildProcess): Promise<void> {
  const lines = await pidFile(data);
  if (Number(lines[0]) === child.pid && lines[STATUS_LINE]?.trim() === 'stopping') child.kill('SIGINT');
}

function serverArguments(options: PostmasterOptions): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '', // no TCP port at all
    port: options.port,
    unix_socket_directories: options.socket,
    unix_socket_permissions: '0700',
    max_connections: 100,
    shared_buffers: '128MB',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    password_encryption: 'scram-sha-256',
    // Error messages of statements quote values. Ours are reported by SQLSTATE; here only what the server says of itself.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_statement: 'none',
    log_error_verbosity: 'terse',
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    log_checkpoints: 'off',
    log_line_prefix: '',
    logging_collector: 'off',
  };
  return ['-D', options.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

function forwardLines(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = (lines.pop() ?? '').slice(0, 4096);
    for (const line of lines) onLine(line);
  });
  child.stderr?.on('error', () => undefined);
}

async function untilReady(data: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) return; // untilFailed tells
    const lines = await pidFile(data);
    if (Number(lines[0]) === child.pid && lines[STATUS_LINE]?.trim() === 'ready') return;
    await sleep(POLL_MS);
  }
  child.kill('SIGQUIT');
  throw new ProblemError('storage_unavailable', { reason: 'start_timeout' });
}

function untilFailed(child: ChildProcess): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (reason: string) => () => reject(new ProblemError('storage_unavailable', { reason }));
    child.once('error', fail('not_started'));
    child.once('exit', fail('ended_at_start'));
  });
}

async function stopProcesses(data: string, postmaster: number | null): Promise<void> {
  if (postmaster !== null) {
    signal(postmaster, 'SIGINT');
    if (await gone(data, FAST_STOP_MS)) return;
    signal(postmaster, 'SIGQUIT');
  }
  if (await gone(data, IMMEDIATE_STOP_MS)) return; // backends without their server end by themselves
  for (const pid of await serverProcesses(data)) signal(pid, 'SIGKILL');
  if (!(await gone(data, IMMEDIATE_STOP_MS)))
    throw new ProblemError('storage_unavailable', { reason: 'orphan_remains' });
}

async function gone(data: string, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while ((await serverProcesses(data)).length > 0) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // already gone
  }
}

/** Pid of the server named by postmaster.pid, if that is really a PostgreSQL on this directory (a pid may have been reused). */
async function postmasterPid(data: string): Promise<number | null> {
  const pid = Number((await pidFile(data))[0]);
  return (await serverProcesses(data)).includes(pid) ? pid : null;
}

async function pidFile(data: string): Promise<readonly string[]> {
  return (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
}

/** Every process of a PostgreSQL works in its data directory (it changes there at start), so /proc says exactly which are ours. */
async function serverProcesses(data: string): Promise<readonly number[]> {
  if (!(await hasProcfs())) return processesByPs(data);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const ours = await Promise.all(pids.map((pid) => isServerProcess(pid, data)));
  return pids.filter((_pid, index) => ours[index]);
}

async function isServerProcess(pid: number, data: string): Promise<boolean> {
  try {
    if ((await readlink(`/proc/${pid}/cwd`)) !== data) return false;
    return basename(await readlink(`/proc/${pid}/exe`)).startsWith('postgres');
  } catch {
    return false; // gone meanwhile, or another user's
  }
}

async function hasProcfs(): Promise<boolean> {
  return readlink('/proc/self').then(
    () => true,
    () => false,
  );
}

/** Where there is no /proc (macOS): the server alone, by its arguments; its backends have titles of their own. */
async function processesByPs(data: string): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,args='], { maxBuffer: PS_BYTES });
  const lines = stdout.split('\n').filter((line) => line.includes(`postgres -D ${data} `));
  return lines.map((line) => Number.parseInt(line, 10));
}
