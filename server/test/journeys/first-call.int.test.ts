// docs/first-call.md, run as a new user would: every command as it stands there, on a real server, the lines shown after it looked for.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'first-call.md'), 'utf8');

interface Step {
  readonly commands: string;
  readonly shown: readonly string[];
}

const STEPS: Step[] = [...PAGE.matchAll(/```sh\n(.*?)```\s*```text\n(.*?)```/gs)].map(
  ([, commands = '', shown = '']) => ({
    commands,
    shown: shown.trim().split('\n'),
  }),
);

let server: TestServer;
let model: ChildProcess;

beforeAll(async () => {
  model = spawn(process.execPath, [join(ROOT, 'examples', 'first-call', 'model.mjs')], { stdio: 'pipe' });
  server = await startServer();
  if (model.stdout !== null && model.exitCode === null) await once(model.stdout, 'data');
});
afterAll(async () => {
  model.kill();
  await server.remove();
  await rm(join(ROOT, 'first-call-bundle'), { recursive: true, force: true });
});

it('has all its steps', () => {
  expect(STEPS).toHaveLength(5);
});

it.each(STEPS)('$commands', async ({ commands, shown }) => {
  const printed = await new Promise<string>((done) => {
    const env = { ...process.env, CORDON_HOME: server.home, CORDON_KEYS: `${server.home}-keys` };
    execFile('bash', ['-c', commands], { cwd: ROOT, env }, (_error, stdout, stderr) => done(stdout + stderr));
  });
  for (const line of shown) expect(printed).toContain(line);
});
