// What the benchmarks of calls share: a real Cordon with one local service, and processes beside it.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startServer, type TestServer } from '../../server/test/server.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'cli', 'bin', 'cordon.js');

/** Kernel ticks of process times are hundredths of a second (proc(5), USER_HZ). */
const MS_PER_TICK = 10;

export interface Beside {
  readonly port: number;
  readonly pid: number;
  stop(): void;
}

/** A script of this directory that prints `{"port":…}` when it listens. */
export function beside(script: string, ...args: readonly string[]): Promise<Beside> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((done) => {
    child.stdout.once('data', (line: Buffer) => {
      const { port } = JSON.parse(line.toString()) as { port: number };
      done({ port, pid: child.pid ?? 0, stop: () => void child.kill() });
    });
  });
}

/** A server whose only language model is at `upstream`, with an attestation that names it. */
export async function cordonBefore(upstream: string): Promise<TestServer> {
  const server = await startServer();
  const files = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
  const cordon = (...args: readonly string[]): void => {
    execFileSync(process.execPath, [CLI, ...args], {
      env: { ...process.env, CORDON_HOME: server.home, CORDON_KEYS: `${server.home}-keys` },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  for (const kind of ['services', 'agreements'] as const) {
    const example = readFileSync(join(ROOT, 'examples', 'registry', `${kind}-local.yaml`), 'utf8');
    const file = join(files, `${kind}.yaml`);
    writeFileSync(file, example.replaceAll('http://127.0.0.1:9101/v1', upstream));
    cordon(kind, 'apply', file);
  }
  rmSync(files, { recursive: true });
  return server;
}

/** Milliseconds of processor time that a process has used. */
export function cpuOf(pid: number): number {
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** Of the PostgreSQL processes that the server started. */
export function cpuOfPostgres(server: number): number {
  return descendants(server).reduce((sum, pid) => sum + (commandOf(pid) === 'postgres' ? cpuOf(pid) : 0), 0);
}

/** Resident memory in MiB. */
export function rssOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib ?? 0) / 1024);
}

function descendants(of: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const after = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      parents.set(Number(name), Number(after[1]));
    } catch {
      // it ended meanwhile
    }
  }
  const isBelow = (pid: number): boolean => {
    for (let at = parents.get(pid) ?? 0; at > 1; at = parents.get(at) ?? 0) if (at === of) return true;
    return false;
  };
  return [...parents.keys()].filter(isBelow);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Runs a script of this directory to its end and reads the one JSON document that it prints. */
export function runOnce<T>(script: string, plan: object): Promise<T> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, script), JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  return new Promise((done, failed) => {
    child.once('exit', (code) =>
      code === 0 ? done(JSON.parse(printed) as T) : failed(new Error(`${script}: ${String(code)}`)),
    );
  });
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}
