// Secrets of services by the real command: kept in files, listed by name, never shown; and used by the door that they are for.
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cordon, problemOf } from './cordon.ts';

const TENANT = '0192f0c1-2345-7000-8000-000000000001';
const CANARY = 'sk-canary-7f3a';

let home: string;
let secrets: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cordon-secrets-'));
  secrets = join(home, 'secrets');
});
afterEach(() => rm(home, { recursive: true }));

const run = (args: readonly string[], input = '') =>
  cordon(['services', 'secret', ...args, '--tenant', TENANT, '--json'], {
    env: { CORDON_HOME: home, CORDON_SECRETS: secrets },
    input,
  });

it('keeps a secret for its owner alone, replaces it, lists its name and removes it', async () => {
  const path = join(secrets, TENANT, 'clinic');
  for (const secret of [`${CANARY}\n`, 'sk-other']) {
    const kept = await run(['set', 'clinic'], secret);
    expect(kept).toMatchObject({ code: 0 });
    expect(kept.stdout + kept.stderr).not.toContain(CANARY);
    expect(await readFile(path, 'utf8')).toBe(secret);
  }
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(secrets, TENANT))).mode & 0o777).toBe(0o700);
  expect((await run(['set', 'clinic', '--part', 'ca'], 'PEM')).code).toBe(0);
  const listed = await run(['list']);
  expect(JSON.parse(listed.stdout)).toEqual({ items: [{ name: 'clinic', parts: ['secret', 'ca'], loose: false }] });
  await chmod(path, 0o644);
  expect(JSON.parse((await run(['list'])).stdout)).toMatchObject({ items: [{ loose: true }] });
  expect((await run(['remove', 'clinic'])).code).toBe(0);
  expect(JSON.parse((await run(['list'])).stdout)).toEqual({ items: [] });
  expect(problemOf(await run(['remove', 'clinic']))).toMatchObject({ code: 'not_found' });
}, 60_000);

it.each([
  ['../escape', 'x'],
  ['a.ca', 'x'],
  ['clinic', ''],
  ['clinic', 'x'.repeat(70_000)],
])(
  'refuses %s with %.8j',
  async (name, input) => {
    const refused = await run(['set', name], input);
    expect(refused.code).toBe(2);
    expect(await stat(join(secrets, TENANT)).catch(() => null)).toBeNull();
  },
  60_000,
);
