// A sealed object in an old copy of the database directory cannot be opened once its erasure key is gone. Tried with
// everything that is still on the machine: both database directories with their write-ahead logs, the blob, the key store,
// every key that any of them gives away.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, newTenantId } from '#kernel/ids.ts';
import { systemClock } from '#kernel/clock.ts';
import { clientConfig } from '#platform/store/connection.ts';
import { startEmbeddedPostgres } from '#platform/store/embedded/embedded.ts';
import type { EmbeddedPostgres } from '#platform/store/embedded/embedded.ts';
import { migrate } from '#platform/store/migrate.ts';
import { openStore } from '#platform/store/pg-store.ts';
import type { PgStore } from '#platform/store/pg-store.ts';
import { filesBelow } from './copies.ts';
import { openWhole } from './envelope.ts';
import { eraseKey } from './erase.ts';
import { parseKeyFile } from './keyfile.ts';
import { KeyStore } from './keystore.ts';
import type { WrapTable } from './wrap-table.ts';
import { rewrap, wrapsUnder } from './rewrap.ts';
import type { Binding } from './sealer.ts';
import { unwrapKey, wrapContext } from './wrap.ts';

const DOOMED = 'clinical.2026-11.1';
const probe: WrapTable = { table: 'cordon.probe', idColumns: ['id'], role: 'tenant' };
const tenant = newTenantId();
const secret = randomBytes(32);
// Fixed in the middle of a month, so that the test means the same on every day.
const clock = { now: () => new Date('2026-11-15T12:00:00Z'), monotonicMs: () => systemClock.monotonicMs() };
const bindingOf = (id: string): Binding => ({ tenant, kind: 'note', id, version: 1 });

interface Row {
  readonly id: string;
  readonly ciphertext: Buffer;
  readonly erasure_key: string;
  readonly wrap: Buffer;
}

let machine: string;
let server: EmbeddedPostgres;
let store: PgStore;
let keys: KeyStore;
const doomed: string[] = [];
const survivors: string[] = [];
const path = (...names: string[]): string => join(machine, ...names);

beforeAll(async () => {
  machine = mkdtempSync(join(tmpdir(), 'cordon-erasure-'));
  chmodSync(machine, 0o711);
  mkdirSync(path('home'), { mode: 0o711 });
  server = await startEmbeddedPostgres({ home: path('home'), installationSecret: secret, onEvent: () => undefined });
  const migrations = join(import.meta.dirname, '../../../migrations');
  await migrate({ admin: server.admin, directory: migrations, installationSecret: secret });
  await admin(
    server,
    `CREATE TABLE cordon.probe (tenant uuid NOT NULL, id uuid NOT NULL, ciphertext bytea NOT NULL, erasure_key text NOT NULL,
       wrap bytea NOT NULL, PRIMARY KEY (tenant, id));
     GRANT SELECT, INSERT, DELETE, UPDATE (erasure_key, wrap) ON cordon.probe TO cordon_app`,
  );
  store = await openStore({ target: server.admin, installationSecret: secret });
  keys = await KeyStore.open({ directory: path('keys'), clock });
  const sealer = await keys.forTenant(tenant);
  for (let i = 0; i < 1200; i += 1) {
    const id = newId();
    (i % 2 === 0 ? doomed : survivors).push(id);
    const sealed = sealer.seal(bindingOf(id), 'clinical', Buffer.from(`content of ${id}`));
    await store.asTenant(tenant, (tx) =>
      tx.query('INSERT INTO cordon.probe VALUES ($1, $2, $3, $4, $5)', [
        tenant,
        id,
        sealed.ciphertext,
        sealed.wrap.erasureKey,
        sealed.wrap.wrapped,
      ]),
    );
  }
  const stream = sealer.sealStream(bindingOf('blob'), 'clinical');
  writeFileSync(path('blob'), Buffer.concat([stream.push(Buffer.alloc(3_000_000, 'x')), stream.end()]));
  writeFileSync(path('blob.wrap'), stream.wrap.wrapped);
  await admin(server, 'CHECKPOINT');
  execFileSync('cp', ['-a', path('home'), path('old-home')]);
});

afterAll(async () => {
  rmSync(machine, { recursive: true, force: true });
});

describe('early destruction', () => {
  let erasedKey: Buffer;
  let fileText: string;

  test('before it, what is on the machine opens everything (the search is able to find)', async () => {
    fileText = readFileSync(path('keys', 'tenants', tenant, 'erasure', `${DOOMED}.key`), 'utf8');
    erasedKey = Buffer.from((await keys.tenantKeys(tenant)).find(DOOMED).key);
    const row = (await rowsOf(store)).find((found) => found.id === doomed[0]);
    expect(opensWithAnything(row!, await everyKey())).toBe(true);
    expect(filesWith(Buffer.from(parseKeyFile(fileText).wrapped).toString('base64')).length).toBeGreaterThan(0);
    expect(filesWith(row!.wrap).length).toBeGreaterThan(1);
  });

  test('survivors move to a new key with ciphertext unchanged, also when a first attempt breaks off', async () => {
    const before = new Map((await rowsOf(store)).map((row) => [row.id, row.ciphertext.toString('hex')]));
    const to = (await keys.tenantKeys(tenant)).succeed(DOOMED);
    await admin(server, `DELETE FROM cordon.probe WHERE id = ANY('{${doomed.join(',')}}')`);
    const entries: unknown[] = [];
    const append = async (entry: unknown): Promise<unknown> => entries.push(entry);
    const request = { store, keys, tenant, from: DOOMED, to, tables: [probe], append };
    // The server goes away in the middle: what was committed stays moved, the rest is moved by the repetition.
    const broken = rewrap(request).catch(() => null);
    await admin(server, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'cordon_app%'`);
    const first = await broken;
    const rest = await rewrap(request);
    expect((first ?? 0) + rest).toBeLessThanOrEqual(survivors.length);
    expect(await wrapsUnder({ store, tenant, tables: [probe] }, DOOMED)).toBe(0);
    expect(await wrapsUnder({ store, tenant, tables: [probe] }, to)).toBe(survivors.length);
    const after = await rowsOf(store);
    expect(after.map((row) => row.ciphertext.toString('hex'))).toEqual(after.map((row) => before.get(row.id)));
    expect(entries.length).toBeGreaterThan(0);
  });

  test('after it the survivors open, and nothing on the machine opens the destroyed', async () => {
    await eraseKey(keys, tenant, DOOMED, 0);
    const sealer = await keys.forTenant(tenant);
    for (const row of await rowsOf(store)) {
      const sealed = { ciphertext: row.ciphertext, wrap: { erasureKey: row.erasure_key, wrapped: row.wrap } };
      const opened = await sealer.open(bindingOf(row.id), sealed);
      expect(Buffer.from(opened).toString()).toBe(`content of ${row.id}`);
    }
    await store.close();
    await server.stop();
    const old = await oldRows();
    const destroyed = old.filter((row) => doomed.includes(row.id));
    expect(destroyed).toHaveLength(doomed.length);
    for (const row of destroyed.slice(0, 20)) {
      const sealed = { ciphertext: row.ciphertext, wrap: { erasureKey: row.erasure_key, wrapped: row.wrap } };
      await expect(sealer.open(bindingOf(row.id), sealed)).rejects.toMatchObject({ code: 'content_destroyed' });
      expect(opensWithAnything(row, await everyKey())).toBe(false);
    }
    const wrapped = readFileSync(path('blob.wrap'));
    for (const key of await everyKey()) expect(tryUnwrap(key, wrapped)).toBeNull();
    for (const trace of tracesOf(erasedKey, fileText)) expect(filesWith(trace)).toEqual([]);
    expect(readdirSync(path('keys', 'tenants', tenant, 'erasure'))).toEqual([
      'clinical.2026-11.1.gone',
      'clinical.2026-11.2.key',
    ]);
  });
});

/** The rows as the old copy of the database directory gives them, by a server started on that copy. */
async function oldRows(): Promise<Row[]> {
  for (const name of filesBelow(path('old-home')).filter((file) => file.endsWith('postmaster.pid'))) rmSync(name);
  const copy = await startEmbeddedPostgres({
    home: path('old-home'),
    installationSecret: secret,
    onEvent: () => undefined,
  });
  expect(copy.dataDirectory.startsWith(path('old-home'))).toBe(true);
  const client = new pg.Client(clientConfig(copy.admin));
  await client.connect();
  const { rows } = await client.query<Row>('SELECT id, ciphertext, erasure_key, wrap FROM cordon.probe');
  await client.end();
  await copy.stop();
  return rows;
}

async function rowsOf(from: PgStore): Promise<Row[]> {
  return from.asTenant(tenant, (tx) => tx.query<Row>('SELECT id, ciphertext, erasure_key, wrap FROM cordon.probe'));
}

/** Every secret that anything on the machine gives away: root, installation, signing, tenant, look-up, erasure and data keys. */
async function everyKey(): Promise<Buffer[]> {
  const root = JSON.parse(readFileSync(path('keys', 'root.key'), 'utf8')) as { keys: { id: string; key: string }[] };
  const known = new Map<string, Buffer>(root.keys.map(({ id, key }) => [id, Buffer.from(key, 'base64')]));
  const files = filesBelow(path('keys')).filter((file) => /(?<!root)\.key$/.test(file));
  const parsed = files.map((file) => parseKeyFile(readFileSync(file, 'utf8')));
  for (let found = -1; found !== known.size;) {
    found = known.size;
    for (const { place, wrapped } of parsed) {
      const wrapping = known.get(`${place.tenant}/${place.by}`) ?? known.get(place.by);
      if (wrapping !== undefined) {
        known.set(`${place.tenant}/${place.of}`, unwrapKey(wrapping, place.level, wrapContext(place), wrapped));
      }
    }
  }
  return [...known.values()];
}

function opensWithAnything(row: Row, candidates: readonly Buffer[]): boolean {
  const dataKeys = [...candidates, ...candidates.flatMap((key) => tryUnwrap(key, row.wrap) ?? [])];
  return dataKeys.some((key) => {
    try {
      return openWhole(key, bindingOf(row.id), row.ciphertext).toString() === `content of ${row.id}`;
    } catch {
      return false;
    }
  });
}

function tryUnwrap(key: Buffer, wrapped: Buffer): Buffer | null {
  try {
    return unwrapKey(key, 'data', wrapContext({ level: 'data', by: DOOMED, of: null, tenant }), wrapped);
  } catch {
    return null;
  }
}

/** The key in every form in which it could lie about: itself, encoded, and as the wrap that a tenant key would open. */
function tracesOf(key: Buffer, fileText: string): (Buffer | string)[] {
  const wrapped = Buffer.from(parseKeyFile(fileText).wrapped);
  return [key, wrapped].flatMap((bytes) => [bytes, bytes.toString('base64'), bytes.toString('hex')]);
}

function filesWith(trace: Buffer | string): string[] {
  return filesBelow(machine).filter(
    (file) => existsSync(file) && statSync(file).isFile() && readFileSync(file).includes(trace),
  );
}

async function admin(of: EmbeddedPostgres, sql: string): Promise<void> {
  const client = new pg.Client(clientConfig(of.admin));
  await client.connect();
  await client.query(sql);
  await client.end();
}
