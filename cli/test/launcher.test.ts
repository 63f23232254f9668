// The bin under any Node, from anywhere, with its safety flags, its signals and its exit codes.
import { spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROBLEMS } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BIN, cordon, problemOf } from './cordon.ts';

const OLD_NODE = oldNode();
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-launcher-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A Node on this machine that is older than the pinned one, if there is any. */
function oldNode(): string | null {
  const paths = (process.env['PATH'] ?? '').split(':').map((path) => join(path, 'node'));
  const found = paths.find((path) => {
    const { stdout, status } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return status === 0 && /^v2[0-3]\./.test(stdout);
  });
  if (found === undefined) console.warn('skipped: no Node 20 to 23 on this machine to try the launcher under');
  return found ?? null;
}

test('runs from any working directory and through a symbolic link', async () => {
  const link = join(directory, 'cordon');
  symlinkSync(BIN, link);
  expect(await cordon(['--version'], { bin: link, cwd: directory })).toMatchObject({ code: 0, stdout: '0.1.0\n' });
});

describe.skipIf(OLD_NODE === null)('under an older Node', () => {
  const node = OLD_NODE ?? '';

  test('hands over to the pinned one', async () => {
    expect(await cordon(['--version'], { node })).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });

  test('exit codes pass through', async () => {
    expect((await cordon(['verify', '/nowhere'], { node })).code).toBe(2);
  });

  test('signals pass through, and the end is by that signal', async () => {
    const { code, signal } = await interrupted(node, 'SIGTERM');
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test('without the pinned Node it says so, in the words of the catalogue', async () => {
    const lonely = join(directory, 'lonely', 'cli');
    mkdirSync(join(lonely, 'bin'), { recursive: true });
    cpSync(BIN, join(lonely, 'bin', 'cordon.js'));
    writeFileSync(join(lonely, 'package.json'), '{"type":"module"}');
    const run = await cordon(['doctor', '--json'], { node, bin: join(lonely, 'bin', 'cordon.js') });
    const { message, remedy, exit } = PROBLEMS.runtime_missing;
    expect(run).toMatchObject({ code: exit, stdout: '' });
    expect(problemOf(run)).toEqual({ code: 'runtime_missing', message, remedy, requestId: null });
  });
});

test('a signal ends it by that signal under the pinned Node too', async () => {
  expect(await interrupted(process.execPath, 'SIGINT')).toMatchObject({ code: null, signal: 'SIGINT', stdout: '' });
});

test('core dumps and diagnostic reports are off, whatever NODE_OPTIONS says', async () => {
  const env = { NODE_OPTIONS: `--report-on-fatalerror --report-uncaught-exception --report-directory=${directory}` };
  const limits = join(directory, 'limits.cjs');
  // Loaded before main.ts: what the process itself sees of its limits and flags.
  writeFileSync(
    limits,
    `const { readFileSync } = require('node:fs');
     process.stderr.write(readFileSync('/proc/self/limits', 'utf8'));
     process.stderr.write(JSON.stringify([process.report.reportOnFatalError, process.report.reportOnUncaughtException]));`,
  );
  const { stderr } = await cordon(['--version'], { env: { NODE_OPTIONS: `${env.NODE_OPTIONS} --require=${limits}` } });
  expect(stderr).toMatch(/Max core file size +0 /);
  expect(stderr).toMatch(/\[false,false\]$/);
});

/** Signals a run that waits for a server which never says that its engine is ready. */
async function interrupted(node: string, signal: NodeJS.Signals) {
  const recording = join(directory, 'empty.wav');
  writeFileSync(recording, '');
  const children: ChildProcess[] = [];
  const server = createServer((_request, reply) => {
    reply.setHeader('content-type', 'application/json').end(JSON.stringify(ACQUIRING));
    children[0]?.kill(signal);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await cordon(['transcribe', recording], {
      node,
      cwd: dirname(recording),
      env: { CORDON_URL: `http://127.0.0.1:${port}`, CORDON_API_KEY: 'x' },
      onSpawn: (child) => children.push(child),
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const ACQUIRING = {
  status: 'ready',
  version: '0.1.0',
  database: 'up',
  ledger: 'open',
  keys: 'up',
  speech: {
    state: 'acquiring',
    engine: null,
    model: null,
    accuracy: null,
    progress: 0.1,
    punctuation: { state: 'none', models: [] },
    speakers: { state: 'none', models: [] },
  },
};
