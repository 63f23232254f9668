// A fresh, migrated database of its own for a test file, on the PostgreSQL of the run (postgres.setup.ts).
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { clientConfig, databaseUrl, parseDatabaseUrl } from '#platform/store/connection.ts';
import type { DatabaseTarget } from '#platform/store/connection.ts';
import { ensureLoginRole } from '#platform/store/migrate.queries.ts';
import { openStore } from '#platform/store/pg-store.ts';
import type { PgStore } from '#platform/store/pg-store.ts';
import { ROLES, loginRole } from '#platform/store/roles.ts';

export interface TestDatabase {
  readonly store: PgStore;
  /** The database as an administrator who may bypass every wall. */
  readonly adminUrl: string;
  readonly target: DatabaseTarget;
  readonly installationSecret: Buffer;
  /** Runs SQL as the administrator: for looking behind the wall, and for damage. */
  admin<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Closes the store and drops the database. */
  close(): Promise<void>;
}

/** In `beforeAll`; call `close` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = templateTarget();
  const installationSecret = Buffer.from(inject('installationSecret'), 'hex');
  const target = { ...template, database: `t_${randomBytes(6).toString('hex')}` };
  await asAdmin({ ...template, database: 'postgres' }, async (client) => {
    await client.query(`CREATE DATABASE ${target.database} TEMPLATE ${template.database}`);
    await client.query(`REVOKE ALL ON DATABASE ${target.database} FROM PUBLIC`);
    for (const role of ROLES) await ensureLoginRole(client, role, target.database, installationSecret);
  });
  const store = await openStore({ target, installationSecret });
  return {
    store,
    adminUrl: databaseUrl(target),
    target,
    installationSecret,
    admin: (sql, values = []) => asAdmin(target, async (client) => (await client.query(sql, [...values])).rows),
    close: async () => {
      await store.close();
      await asAdmin({ ...template, database: 'postgres' }, (client) => drop(client, target.database));
    },
  };
}

function templateTarget(): DatabaseTarget {
  const parsed = parseDatabaseUrl(inject('templateUrl'));
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  return parsed.target;
}

async function asAdmin<T>(target: DatabaseTarget, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(clientConfig(target));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function drop(client: pg.Client, database: string): Promise<void> {
  await client.query(`DROP DATABASE ${database} WITH (FORCE)`);
  for (const role of ROLES) await client.query(`DROP ROLE IF EXISTS ${loginRole(role, database)}`);
}
