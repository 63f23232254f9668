// Brings a database up to date: numbered SQL files, each applied once, in one transaction, never changed afterwards.
// Runs as the administrator named by the target; the connection is closed when it returns.
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '@cordon/contract';
import pg from 'pg';
import { clientConfig } from './connection.ts';
import type { DatabaseTarget } from './connection.ts';
import { statementFailure } from './failures.ts';
import {
  adminRights,
  appliedMigrations,
  applyMigration,
  ensureLoginRole,
  lockMigrations,
  prepareMigrations,
} from './migrate.queries.ts';
import type { AdminRights, AppliedMigration } from './migrate.queries.ts';
import { ROLES } from './roles.ts';

export interface MigrateOptions {
  /** A superuser, or a role with CREATEROLE that owns the database. */
  readonly admin: DatabaseTarget;
  readonly directory: string;
  readonly installationSecret: Uint8Array;
}

type Migration = AppliedMigration & { readonly sql: string };

const FILE_NAME = /^\d{4}-[a-z0-9-]+\.sql$/;
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Applies what is missing and makes the login roles. Returns the names applied.
 * Errors: `migration_changed` (an applied file differs), `migration_failed`, `database_privileges_missing` (with the SQL to run), `storage_unavailable`.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const migrations = await readMigrations(options.directory);
  const client = new pg.Client(clientConfig(options.admin));
  client.on('error', () => undefined); // a lost connection also rejects the query in hand
  try {
    await client.connect();
    return await migrateWith(client, migrations, options);
  } catch (error) {
    throw isPrivilege(error) ? missingPrivileges(options.admin, await adminRights(client)) : statementFailure(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const names = (await readdir(directory)).filter((name) => FILE_NAME.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(directory, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function migrateWith(
  client: pg.Client,
  migrations: readonly Migration[],
  options: MigrateOptions,
): Promise<readonly string[]> {
  const rights = await adminRights(client);
  if (!rights.superuser && !(rights.createRole && rights.owner)) throw missingPrivileges(options.admin, rights);
  await lockMigrations(client); // released when the connection closes
  await prepareMigrations(client);
  const missing = missingMigrations(migrations, await appliedMigrations(client));
  for (const migration of missing) await apply(client, migration);
  for (const role of ROLES) {
    await ensureLoginRole(client, role, options.admin.database, options.installationSecret);
  }
  return missing.map((migration) => migration.name);
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await applyMigration(client, migration);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || isPrivilege(error)) throw error;
    const line = migration.sql.slice(0, Number(error.position ?? 1)).split('\n').length;
    throw new ProblemError('migration_failed', { migration: migration.name, sqlState: error.code ?? 'none', line });
  }
}

/** What is still to be applied. A changed or vanished file means that this is not the program that made the database. */
function missingMigrations<M extends AppliedMigration>(
  migrations: readonly M[],
  applied: readonly AppliedMigration[],
): readonly M[] {
  const here = new Map(migrations.map((migration) => [migration.name, migration]));
  const changed = applied.filter((row) => here.get(row.name)?.checksum !== row.checksum).map((row) => row.name);
  if (changed.length > 0) throw new ProblemError('migration_changed', { migrations: changed.toSorted() });
  const done = new Set(applied.map((row) => row.name));
  return migrations.filter((migration) => !done.has(migration.name));
}

function isPrivilege(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === INSUFFICIENT_PRIVILEGE;
}

function missingPrivileges(admin: DatabaseTarget, rights: AdminRights): ProblemError {
  const user = pg.escapeIdentifier(rights.user);
  return new ProblemError('database_privileges_missing', {
    sql: [
      ...(rights.createRole || rights.superuser ? [] : [`ALTER ROLE ${user} CREATEROLE;`]),
      `ALTER DATABASE ${pg.escapeIdentifier(admin.database)} OWNER TO ${user};`,
      ...ROLES.map((role) => `GRANT cordon_${role} TO ${user} WITH ADMIN OPTION; -- if the role exists already`),
    ],
  });
}
