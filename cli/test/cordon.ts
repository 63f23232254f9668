// Runs the real command as a process, the way a shell would.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../bin/cordon.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The Node that runs the bin; by default the one of the tests. */
  readonly node?: string;
  readonly bin?: string;
  /** Standard input; without it there is none. */
  readonly input?: string;
  readonly onSpawn?: (child: ChildProcess) => unknown;
}

/** Waits for the end. Nothing of the caller's CORDON_ settings leaks in. */
export function cordon(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { env = {}, cwd, node = process.execPath, bin = BIN, input, onSpawn } = options;
  const child = spawn(node, [bin, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...ownEnvironment(), ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => undefined).end(input);
  onSpawn?.(child);
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(CORDON_|DATABASE_URL|NODE_OPTIONS|VITEST)/.test(name),
  );
  return Object.fromEntries(kept);
}

/** What a failed run says to programs: the last line of standard error. */
export function problemOf({ stderr }: Finished): Record<string, unknown> {
  const last = stderr.trimEnd().split('\n').at(-1) ?? '';
  return JSON.parse(last) as Record<string, unknown>;
}
