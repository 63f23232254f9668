// kill -9 in the middle of rotation, re-wrap and erasure: every acknowledged row opens afterwards, and an erased key stays erased.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KeyStore } from '#custody/keys/keystore.ts';
import { finishRotations, rotateRoot, rotateTenantKey } from '#custody/keys/rotate.ts';
import { systemClock } from '#kernel/clock.ts';
import { newTenantId } from '#kernel/ids.ts';
import { createTestDatabase } from '#test/database.ts';
import type { TestDatabase } from '#test/database.ts';

const ROUNDS = Number(process.env['CORDON_KILL_ROUNDS'] ?? 12);
const LONGEST_LIFE_MS = 600;
/** On a busy machine some processes die before they did anything: more of them are started until every kind of act was hit. */
const MOST_ROUNDS = 5 * ROUNDS;
const tenant = newTenantId();
let home: string;
let database: TestDatabase;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'cordon-kill-'));
  database = await createTestDatabase();
  await database.admin(
    `CREATE TABLE cordon.probe (tenant uuid NOT NULL, id uuid NOT NULL, ciphertext bytea NOT NULL, erasure_key text NOT NULL,
       wrap bytea NOT NULL, PRIMARY KEY (tenant, id))`,
  );
  await database.admin('GRANT SELECT, INSERT, DELETE, UPDATE (erasure_key, wrap) ON cordon.probe TO cordon_app');
});
afterAll(async () => {
  await database.close();
  rmSync(home, { recursive: true });
});

test(`${ROUNDS} rounds`, { timeout: 10_000 * MOST_ROUNDS }, async () => {
  const directory = join(home, 'keys');
  const written = new Set<string>();
  const erased = new Set<string>();
  for (let round = 0; round < ROUNDS || (erased.size === 0 && round < MOST_ROUNDS); round += 1) {
    for (const line of await liveAndDie(directory)) {
      const [what, id = ''] = line.split(' ');
      if (what === 'written') written.add(id);
      if (what === 'erased') erased.add(id);
    }
    const keys = await KeyStore.open({ directory, clock: systemClock });
    if (round % 3 === 2) {
      await rotateTenantKey(keys, tenant);
      await rotateRoot(keys);
      await finishRotations(keys, 0);
    }
    await everythingOpens(keys, written);
    const files = readdirSync(join(directory, 'tenants', tenant, 'erasure'));
    expect(files.filter((name) => erased.has(name.replace(/\.key$/, '')))).toEqual([]);
  }
  expect(written.size).toBeGreaterThan(ROUNDS);
  expect(erased.size).toBeGreaterThan(0);
});

/** Lines that the process acknowledged before it was killed. */
async function liveAndDie(directory: string): Promise<string[]> {
  const orders = {
    directory,
    tenant,
    target: database.target,
    installationSecret: database.installationSecret.toString('hex'),
    tables: [{ table: 'cordon.probe', idColumns: ['id'], role: 'tenant' }],
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run-keys.ts'), JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaint = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()));
  const ended = once(child, 'close');
  while (!said.includes('ready') && child.exitCode === null) await sleep(5);
  await sleep(randomInt(LONGEST_LIFE_MS));
  child.kill('SIGKILL');
  await ended;
  expect(complaint).toBe('');
  return said.split('\n').slice(0, -1);
}

async function everythingOpens(keys: KeyStore, written: ReadonlySet<string>): Promise<void> {
  const sealer = await keys.forTenant(tenant);
  const rows = await database.store.asTenant(tenant, (tx) =>
    tx.query<{ id: string; ciphertext: Buffer; erasure_key: string; wrap: Buffer }>(
      'SELECT id, ciphertext, erasure_key, wrap FROM cordon.probe',
    ),
  );
  const ids = new Set(rows.map((row) => row.id));
  expect([...written].filter((id) => !ids.has(id))).toEqual([]);
  for (const row of rows) {
    const sealed = { ciphertext: row.ciphertext, wrap: { erasureKey: row.erasure_key, wrapped: row.wrap } };
    const opened = await sealer.open({ tenant, kind: 'note', id: row.id, version: 1 }, sealed);
    expect(Buffer.from(opened).toString()).toBe(row.id);
  }
}
