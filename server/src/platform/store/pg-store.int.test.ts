// The store against a real PostgreSQL: transactions, the wall between tenants, and what happens when connections are lost.
import { ProblemError } from '@cordon/contract';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { newTenantId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { createTestDatabase } from '#test/database.ts';
import type { TestDatabase } from '#test/database.ts';
import { clientConfig, parseDatabaseUrl } from './connection.ts';
import { isUniqueViolation } from './failures.ts';
import { openStore } from './pg-store.ts';
import { loginRole, targetFor } from './roles.ts';
import type { Store, Transaction } from './store.ts';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = database.store;
  await database.admin(`
    CREATE TABLE cordon.thing (tenant uuid NOT NULL, id int NOT NULL, word text, PRIMARY KEY (tenant, id));
    ALTER TABLE cordon.thing ENABLE ROW LEVEL SECURITY;
    ALTER TABLE cordon.thing FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON cordon.thing TO cordon_app USING (tenant = current_setting('cordon.tenant')::uuid)
      WITH CHECK (tenant = current_setting('cordon.tenant')::uuid);
    GRANT SELECT, INSERT, UPDATE, DELETE ON cordon.thing TO cordon_app;
    CREATE TABLE cordon.big (n int8, day date, at timestamptz, bytes bytea);
    GRANT SELECT, INSERT ON cordon.big TO cordon_ledger;`);
});
afterAll(async () => {
  await database.close();
});

async function put(tenant: TenantId, id: number, word: string, owner: TenantId = tenant): Promise<void> {
  await store.asTenant(tenant, (tx) => tx.query('INSERT INTO thing VALUES ($1, $2, $3)', [owner, id, word]));
}

async function words(tenant: TenantId): Promise<string[]> {
  const rows = await store.asTenant(tenant, (tx) => tx.query<{ word: string }>('SELECT word FROM thing ORDER BY id'));
  return rows.map((row) => row.word);
}

function templateName(): string {
  const parsed = parseDatabaseUrl(inject('templateUrl'));
  return parsed.ok ? parsed.target.database : '';
}

test('work that rejects leaves nothing; work that resolves stays', async () => {
  const tenant = newTenantId();
  await put(tenant, 1, 'kept');
  const failed = store.asTenant(tenant, async (tx) => {
    await tx.query('INSERT INTO thing VALUES ($1, 2, $2)', [tenant, 'lost']);
    throw new ProblemError('conflict');
  });
  await expect(failed).rejects.toMatchObject({ code: 'conflict' });
  expect(await words(tenant)).toEqual(['kept']);
});

test('a tenant sees, changes and deletes its own rows only, and cannot write for another', async () => {
  const [one, two] = [newTenantId(), newTenantId()];
  await put(one, 1, 'one');
  await put(two, 1, 'two');
  expect(await words(one)).toEqual(['one']);
  await store.asTenant(one, (tx) => tx.query(`UPDATE thing SET word = 'stolen'`));
  await store.asTenant(one, (tx) => tx.query('DELETE FROM thing WHERE tenant = $1', [two]));
  expect(await words(two)).toEqual(['two']);
  await expect(put(one, 2, 'forged', two)).rejects.toMatchObject({ sqlState: '42501' });
});

test('without a tenant every statement raises, on a fresh connection and on one that had a tenant before', async () => {
  const client = new pg.Client(clientConfig(targetFor('app', database.target, database.installationSecret)));
  await client.connect();
  try {
    await expect(client.query('SELECT word FROM cordon.thing')).rejects.toMatchObject({ code: '42704' });
    await client.query('BEGIN');
    await client.query(`SELECT set_config('cordon.tenant', $1, true)`, [newTenantId()]);
    await client.query('SELECT word FROM cordon.thing');
    await client.query('COMMIT');
    await expect(client.query('SELECT word FROM cordon.thing')).rejects.toMatchObject({ code: '22P02' });
  } finally {
    await client.end();
  }
});

test('each role reaches its own tables only', async () => {
  const denied = { sqlState: '42501' };
  await expect(store.asLedger((tx) => tx.query('SELECT 1 FROM thing'))).rejects.toMatchObject(denied);
  await expect(store.asAccess((tx) => tx.query('SELECT 1 FROM thing'))).rejects.toMatchObject(denied);
  const asApp = (sql: string): Promise<unknown> => store.asTenant(newTenantId(), (tx) => tx.query(sql));
  await expect(asApp('SELECT 1 FROM big')).rejects.toMatchObject(denied);
  await expect(asApp('SELECT 1 FROM migration')).rejects.toMatchObject(denied);
  await expect(asApp('CREATE TABLE mine (n int)')).rejects.toMatchObject(denied);
  await expect(asApp('CREATE TEMP TABLE mine (n int)')).rejects.toMatchObject(denied);
  await expect(asApp('SET ROLE cordon_ledger')).rejects.toMatchObject(denied);
  await expect(asApp('SELECT 1 FROM pgboss.version')).rejects.toMatchObject(denied);
});

test('no role of ours may log in by group, bypass the wall, make roles or connect elsewhere', async () => {
  const roles = await database.admin<{ name: string; login: boolean; power: boolean }>(
    `SELECT rolname AS name, rolcanlogin AS login, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS power
     FROM pg_roles WHERE rolname LIKE 'cordon\\_%' AND rolname NOT LIKE 'cordon\\_admin%'`,
  );
  const groups = roles.filter((role) => /^cordon_(app|ledger|access|jobs)$/.test(role.name));
  expect(groups).toHaveLength(4);
  expect(groups.filter((role) => role.login)).toEqual([]);
  expect(roles.filter((role) => role.power)).toEqual([]);
  // The template of this run is another database with the same group roles: our login must not open it.
  const elsewhere = { ...targetFor('app', database.target, database.installationSecret), database: templateName() };
  const client = new pg.Client(clientConfig(elsewhere));
  await expect(client.connect()).rejects.toMatchObject({ code: '42501' });
});

test('every table with a tenant is walled: row-level security enabled, forced, with a policy for every role that may touch it', async () => {
  const unwalled = await database.admin(
    `SELECT c.relname AS table, g.grantee
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
     JOIN information_schema.role_table_grants g
       ON g.table_schema = 'cordon' AND g.table_name = c.relname AND g.grantee = 'cordon_app'
     WHERE c.relnamespace = 'cordon'::regnamespace AND c.relkind IN ('r', 'p')
       AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
     GROUP BY 1, 2`,
  );
  expect(unwalled).toEqual([]);
  const open = await database.admin(
    `SELECT tablename, policyname FROM pg_policies
     WHERE schemaname = 'cordon' AND 'cordon_app' = ANY (roles) AND permissive = 'PERMISSIVE' -- restrictive ones only narrow
       AND coalesce(qual, with_check) NOT LIKE '%current_setting(''cordon.tenant''::text))::uuid%'`,
  );
  expect(open).toEqual([]);
});

test('a violated constraint is named without the values that violated it', async () => {
  const tenant = newTenantId();
  await put(tenant, 1, 'Jane Doe');
  const error: unknown = await put(tenant, 1, 'Jane Doe').catch((caught: unknown) => caught);
  expect(isUniqueViolation(error)).toBe(true);
  expect(isUniqueViolation(error, 'thing_pkey')).toBe(true);
  expect(isUniqueViolation(error, 'other')).toBe(false);
  expect(error).toMatchObject({ sqlState: '23505', table: 'thing', message: 'SQLSTATE 23505 thing_pkey' });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(tenant);
});

test('a swallowed failure does not pass for a commit', async () => {
  const tenant = newTenantId();
  const work = store.asTenant(tenant, async (tx) => {
    await tx.query('INSERT INTO thing VALUES ($1, 1, $2)', [tenant, 'x']);
    await tx.query('SELECT 1/0').catch(() => undefined);
    return 'done';
  });
  await expect(work).rejects.toThrow('rolled back');
  expect(await words(tenant)).toEqual([]);
});

test('a transaction kept beyond its end refuses to work', async () => {
  let kept: Transaction | undefined;
  await store.asTenant(newTenantId(), async (tx) => {
    kept = tx;
  });
  await expect(kept?.query('SELECT 1')).rejects.toThrow('the transaction is over');
});

test('statements of one transaction may be sent together; the same text twice is prepared once', async () => {
  const tenant = newTenantId();
  await store.asTenant(tenant, async (tx) => {
    const ids = Array.from({ length: 50 }, (_, id) => id);
    await Promise.all(ids.map((id) => tx.query('INSERT INTO thing VALUES ($1, $2, $3)', [tenant, id, `w${id}`])));
  });
  expect(await words(tenant)).toHaveLength(50);
});

test('a tenant that is no UUID is refused before any SQL', async () => {
  const forged = "x'; DROP TABLE cordon.thing; --" as TenantId;
  await expect(words(forged)).rejects.toMatchObject({ code: 'internal' });
});

test('large integers, dates, times and bytes come back as they went in', async () => {
  const at = new Date('2026-03-29T01:30:00.123Z');
  const bytes = new Uint8Array([0, 1, 255]);
  const [row] = await store.asLedger(async (tx) => {
    await tx.query('INSERT INTO big VALUES ($1, $2, $3, $4)', [Number.MAX_SAFE_INTEGER, '2026-03-29', at, bytes]);
    return tx.query<{ n: number; day: string; at: Date; bytes: Buffer }>('SELECT * FROM big');
  });
  expect(row).toEqual({ n: Number.MAX_SAFE_INTEGER, day: '2026-03-29', at, bytes: Buffer.from(bytes) });
  await database.admin('INSERT INTO cordon.big (n) VALUES (9007199254740993)');
  await expect(store.asLedger((tx) => tx.query('SELECT n FROM big'))).rejects.toThrow('2^53');
});

test('a connection lost before COMMIT means nothing was stored; afterwards the store goes on by itself', async () => {
  const tenant = newTenantId();
  const work = store.asTenant(tenant, async (tx) => {
    await tx.query('INSERT INTO thing VALUES ($1, 1, $2)', [tenant, 'x']);
    const [backend] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await database.admin('SELECT pg_terminate_backend($1)', [backend?.pid]);
    await tx.query('SELECT 1');
  });
  await expect(work).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(await words(tenant)).toEqual([]);
});

test('a connection lost in COMMIT is an unknown outcome', async () => {
  const tenant = newTenantId();
  // A deferred trigger makes COMMIT take its time, so that the connection can be cut within it.
  await database.admin(`
    CREATE FUNCTION cordon.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END';
    GRANT EXECUTE ON FUNCTION cordon.slow() TO cordon_app;
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON cordon.thing DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (NEW.word = 'slow') EXECUTE FUNCTION cordon.slow()`);
  let pid = 0;
  const work = store.asTenant(tenant, async (tx) => {
    await tx.query('INSERT INTO thing VALUES ($1, 1, $2)', [tenant, 'slow']);
    pid = (await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))[0]?.pid ?? 0;
  });
  work.catch(() => undefined); // looked at below
  await expect
    .poll(() => database.admin(`SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND query = 'COMMIT'`, [pid]))
    .toHaveLength(1);
  await database.admin('SELECT pg_terminate_backend($1)', [pid]);
  await expect(work).rejects.toMatchObject({ code: 'outcome_unknown' });
  expect(await words(tenant)).toEqual([]);
});

test('a server that could lose a commit is refused', async () => {
  const app = loginRole('app', database.target.database);
  await database.admin(`ALTER ROLE ${app} SET synchronous_commit = off`);
  try {
    const opening = openStore({ target: database.target, installationSecret: database.installationSecret });
    await expect(opening).rejects.toMatchObject({
      code: 'database_unsafe',
      details: { settings: ['synchronous_commit'] },
    });
  } finally {
    await database.admin(`ALTER ROLE ${app} RESET synchronous_commit`);
  }
});

test('a wrong installation secret and a server that is not there are told apart', async () => {
  const wrong = openStore({ target: database.target, installationSecret: Buffer.alloc(32) });
  await expect(wrong).rejects.toMatchObject({ code: 'database_login_failed' });
  const absent = { ...database.target, host: '/nonexistent' };
  const nobody = openStore({ target: absent, installationSecret: database.installationSecret });
  await expect(nobody).rejects.toMatchObject({ code: 'storage_unavailable' });
});
