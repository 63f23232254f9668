// The migration runner: once each, all or nothing, never changed, one at a time; and what the migrations make, as a whole.
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { clientConfig, parseDatabaseUrl } from './connection.ts';
import type { DatabaseTarget } from './connection.ts';
import { migrate } from './migrate.ts';
import { openStore } from './pg-store.ts';
import { ROLES, loginRole } from './roles.ts';
import { describeSchema } from './schema.queries.ts';

const MIGRATIONS = join(import.meta.dirname, '..', '..', '..', 'migrations');
const secret = randomBytes(32);
let directory: string;
let admin: DatabaseTarget;
let server: DatabaseTarget;

async function run<Row extends object>(target: DatabaseTarget, sql: string): Promise<Row[]> {
  const client = new pg.Client(clientConfig(target));
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeEach(async () => {
  const parsed = parseDatabaseUrl(inject('templateUrl'));
  if (!parsed.ok) throw new Error('no template');
  server = { ...parsed.target, database: 'postgres' };
  admin = { ...server, database: `m_${randomBytes(6).toString('hex')}` };
  await run(server, `CREATE DATABASE ${admin.database}`);
  directory = await mkdtemp(join(tmpdir(), 'cordon-migrations-'));
  await cp(join(MIGRATIONS, '0001-platform.sql'), join(directory, '0001-platform.sql'));
});
afterEach(async () => {
  await dropDatabase();
  await rm(directory, { recursive: true });
});

async function dropDatabase(): Promise<void> {
  await run(server, `DROP DATABASE IF EXISTS ${admin.database} WITH (FORCE)`);
  for (const role of ROLES) await run(server, `DROP ROLE IF EXISTS ${loginRole(role, admin.database)}`);
}

const up = (as: DatabaseTarget = admin): Promise<readonly string[]> =>
  migrate({ admin: as, directory, installationSecret: secret });

test('each file is applied once, in order, into the schema cordon', async () => {
  await writeFile(join(directory, '0003-b.sql'), 'INSERT INTO one VALUES (2);');
  await writeFile(join(directory, '0002-a.sql'), 'CREATE TABLE one (n int);');
  await writeFile(join(directory, 'notes.txt'), 'not SQL');
  expect(await up()).toEqual(['0001-platform.sql', '0002-a.sql', '0003-b.sql']);
  expect(await up()).toEqual([]);
  expect(await run(admin, 'SELECT n FROM cordon.one')).toEqual([{ n: 2 }]);
});

test('a failing migration is named and leaves nothing; what came before it stays', async () => {
  await writeFile(join(directory, '0002-a.sql'), 'CREATE TABLE one (n int);');
  await writeFile(join(directory, '0003-b.sql'), 'CREATE TABLE two (n int);\nINSERT INTO nowhere VALUES (1);');
  await expect(up()).rejects.toMatchObject({
    code: 'migration_failed',
    details: { migration: '0003-b.sql', sqlState: '42P01', line: 2 },
  });
  const tables = `SELECT tablename FROM pg_tables WHERE schemaname = 'cordon' ORDER BY 1`;
  expect(await run(admin, tables)).toEqual([{ tablename: 'migration' }, { tablename: 'one' }]);
  await writeFile(join(directory, '0003-b.sql'), 'CREATE TABLE two (n int);');
  expect(await up()).toEqual(['0003-b.sql']);
});

test('a migration that was applied may be neither changed nor taken away', async () => {
  await writeFile(join(directory, '0002-a.sql'), 'CREATE TABLE one (n int);');
  await up();
  await writeFile(join(directory, '0002-a.sql'), 'CREATE TABLE one (n int, m int);');
  await expect(up()).rejects.toMatchObject({ code: 'migration_changed', details: { migrations: ['0002-a.sql'] } });
  await rm(join(directory, '0002-a.sql'));
  await expect(up()).rejects.toMatchObject({ code: 'migration_changed' });
});

test('several servers that start at once take turns', async () => {
  await writeFile(join(directory, '0002-a.sql'), 'CREATE TABLE one (n int);');
  const applied = await Promise.all([up(), up(), up()]);
  expect(applied.flat()).toEqual(['0001-platform.sql', '0002-a.sql']);
});

test('an administrator without the rights is told the SQL; with it, migration and store work without a superuser', async () => {
  const user = `owner_${randomBytes(4).toString('hex')}`;
  await run(server, `CREATE ROLE ${user} LOGIN PASSWORD 'x'`);
  const owner = { ...admin, user, password: 'x' };
  try {
    const refused: unknown = await up(owner).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'database_privileges_missing' });
    const { sql } = (refused as { details: { sql: string[] } }).details;
    expect(sql[0]).toBe(`ALTER ROLE "${user}" CREATEROLE;`);
    for (const statement of sql) await run(server, statement);
    expect(await up(owner)).toEqual(['0001-platform.sql']);
    const store = await openStore({ target: owner, installationSecret: secret });
    expect(await store.asAccess((tx) => tx.query('SELECT current_user::text AS name'))).toEqual([
      { name: `cordon_access_${admin.database}` },
    ]);
    await store.close();
  } finally {
    await dropDatabase();
    await run(server, `DROP OWNED BY ${user}; DROP ROLE ${user}`);
  }
});

test('what all migrations make is written down in migrations/schema.sql (`vitest run -u` writes it anew)', async () => {
  await migrate({ admin, directory: MIGRATIONS, installationSecret: secret });
  const client = new pg.Client(clientConfig(admin));
  await client.connect();
  const schema = await describeSchema(client);
  await client.end();
  await expect(schema).toMatchFileSnapshot(join(MIGRATIONS, 'schema.sql'));
});
