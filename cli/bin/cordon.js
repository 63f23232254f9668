#!/usr/bin/env node
// The `cordon` command for whatever Node is on the machine (20 or later): hands over to the pinned runtime, with core
// dumps and diagnostic reports off, because a dump of this process could hold what a patient said.
// Plain JavaScript, no syntax newer than Node 20; everything else is src/main.ts.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { constants as system } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The first Node that runs TypeScript as it stands (type stripping without a flag). */
const ENOUGH = [22, 18];

/** Given on the command line they win over NODE_OPTIONS. */
const FLAGS = [
  '--no-report-on-fatalerror',
  '--no-report-uncaught-exception',
  '--no-report-on-signal',
  '--no-abort-on-uncaught-exception',
  '--heapsnapshot-near-heap-limit=0',
  '--disable-sigusr1',
];

/** Compiled code is kept between runs: half the time of a short command. Within the checkout, so that nobody else can write it. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/cordon', import.meta.url));

/** The npm package `node` keeps the binary at bin/node; where that package stands depends on how npm hoisted it. */
function pinnedNode() {
  try {
    const found = createRequire(import.meta.url).resolve('node/package.json');
    const binary = join(dirname(found), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    accessSync(binary, constants.X_OK);
    return binary;
  } catch {
    return null;
  }
}

function runsTypeScript() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > ENOUGH[0] || (major === ENOUGH[0] && minor >= ENOUGH[1]);
}

function refuse() {
  const failure = {
    code: 'runtime_missing',
    message: 'The Node that Cordon is made for is not installed.',
    remedy:
      'Run `npm ci` in the checkout. If npm is set to skip install scripts: `npm rebuild node --ignore-scripts=false`. Or use Node 24.',
    requestId: null,
  };
  const json = process.argv.includes('--json');
  process.stderr.write(json ? `${JSON.stringify(failure)}\n` : `cordon: ${failure.message}\n${failure.remedy}\n`);
  process.exitCode = 5;
}

/** `ulimit` is the shell's; `exec` leaves no shell behind. */
function handOver(node) {
  const env = { NODE_COMPILE_CACHE: CACHE, ...process.env };
  const args = ['-c', 'ulimit -c 0; exec "$0" "$@"', node, ...FLAGS, main, ...process.argv.slice(2)];
  if (typeof process.execve === 'function') {
    process.removeAllListeners('warning');
    process.on('warning', () => undefined); // execve is experimental in Node; that is no news for the user
    process.execve('/bin/sh', ['sh', ...args], env);
    return;
  }
  const child = spawn('/bin/sh', args, { stdio: 'inherit', env });
  const passed = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGCONT'];
  for (const signal of passed) process.on(signal, () => child.kill(signal));
  child.on('error', () => {
    process.exitCode = 6;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 6;
      return;
    }
    // Ends the same way, so that the caller's shell sees the same; if the signal is held back, by the shell's number.
    process.exitCode = 128 + system.signals[signal];
    for (const each of passed) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}

const node = pinnedNode() ?? (runsTypeScript() ? process.execPath : null);
if (node === null) refuse();
else handOver(node);
