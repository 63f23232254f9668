#!/usr/bin/env node
// The server's process: core dumps and diagnostic reports off (a dump could hold what a patient said), then src/main.ts.
// Run it under Node 24; `cordon start` sees to that. Plain JavaScript, so that an older Node can say what is missing.
import { fileURLToPath } from 'node:url';

const script = process.argv[2] === 'worker' ? 'worker.ts' : 'main.ts';
const main = fileURLToPath(new URL(`../src/${script}`, import.meta.url));

// Compiled code beside the installed packages, readable and writable by whoever owns the code itself: a start takes a third less
// of a core. Where that directory cannot be written Node goes on without.
const compiled = fileURLToPath(new URL('../../node_modules/.cache/cordon-server', import.meta.url));

const FLAGS = [
  '--no-report-on-fatalerror',
  '--no-report-uncaught-exception',
  '--no-report-on-signal',
  '--no-abort-on-uncaught-exception',
  '--heapsnapshot-near-heap-limit=0',
  '--disable-sigusr1',
  '--disable-warning=ExperimentalWarning',
];

if (typeof process.execve === 'function') {
  process.removeAllListeners('warning');
  process.on('warning', () => undefined); // execve is experimental in Node; that is no news for the user
  // `ulimit` is the shell's; `exec` leaves no shell behind and keeps the process id.
  process.execve('/bin/sh', ['sh', '-c', 'ulimit -c 0; exec "$0" "$@"', process.execPath, ...FLAGS, main], {
    NODE_COMPILE_CACHE: compiled,
    ...process.env,
  });
} else {
  process.stderr.write('cordon-server needs Node 24: start it with `npm start` or `npx cordon start`.\n');
  process.exitCode = 5;
}
