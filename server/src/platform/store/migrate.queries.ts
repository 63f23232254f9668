// SQL of the migration runner. Names of roles and databases cannot be parameters; they go through escapeIdentifier.
import pg from 'pg';
import type { Client } from 'pg';
import { groupRole, loginPassword, loginRole, scramVerifier } from './roles.ts';
import type { Role } from './roles.ts';

export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
}

// Two servers starting at once take turns. Any constant does as long as nobody else on this database uses it: "cordon" in ASCII.
const MIGRATION_LOCK = '109322185436014';
// Statement, lock and idle limits stand in the role, so they hold through any pooler.
const ROLE_SETTINGS: readonly (readonly [string, string])[] = [
  ['search_path', 'cordon, pg_temp'],
  ['statement_timeout', '30s'], // nothing on a request path may take longer
  ['lock_timeout', '10s'],
  ['idle_in_transaction_session_timeout', '60s'], // a stuck process must not hold the ledger's head
  ['TimeZone', 'UTC'],
];
// The ledger's statements are few, long and look things up by key. Planning one anew takes as long as running it, and a plan that is kept
// must be right at every size: one made on a table of a few pages would otherwise read all of it, for as long as nothing replans it.
const LEDGER_SETTINGS: readonly (readonly [string, string])[] = [
  ['plan_cache_mode', 'force_generic_plan'],
  ['enable_hashjoin', 'off'],
  ['enable_mergejoin', 'off'],
  ['enable_seqscan', 'off'], // used all the same where there is no other way
  ['jit', 'off'], // PostgreSQL before 18 takes such a plan for a very dear one and would compile it
];

export async function lockMigrations(client: Client): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
}

export async function prepareMigrations(client: Client): Promise<void> {
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS cordon;
    CREATE TABLE IF NOT EXISTS cordon.migration (
      name text PRIMARY KEY,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    );
    REVOKE ALL ON cordon.migration FROM PUBLIC`);
}

export async function appliedMigrations(client: Client): Promise<AppliedMigration[]> {
  return (await client.query<AppliedMigration>('SELECT name, checksum FROM cordon.migration')).rows;
}

/** One migration in one transaction, with `cordon` as the only schema in the search path. */
export async function applyMigration(
  client: Client,
  migration: AppliedMigration & { readonly sql: string },
): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SET LOCAL search_path = cordon, pg_temp');
    await client.query(migration.sql);
    await client.query('INSERT INTO cordon.migration (name, checksum) VALUES ($1, $2)', [
      migration.name,
      migration.checksum,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** The login role of one group role for this database: created or brought up to date, then allowed to connect. */
export async function ensureLoginRole(
  client: Client,
  role: Role,
  database: string,
  installationSecret: Uint8Array,
): Promise<void> {
  const name = loginRole(role, database);
  const login = pg.escapeIdentifier(name);
  const verifier = pg.escapeLiteral(scramVerifier(loginPassword(installationSecret, role, database)));
  const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  const settings = [...ROLE_SETTINGS, ...(role === 'ledger' ? LEDGER_SETTINGS : [])].map(
    ([key, value]) => `ALTER ROLE ${login} SET ${key} = ${settingLiteral(key, value)};`,
  );
  await client.query(`
    BEGIN;
    ${known.rowCount === 0 ? `CREATE ROLE ${login} NOINHERIT;` : ''}
    ALTER ROLE ${login} LOGIN INHERIT PASSWORD ${verifier};
    GRANT ${groupRole(role)} TO ${login};
    GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database)} TO ${login};
    ${settings.join('\n')}
    COMMIT`);
}

function settingLiteral(key: string, value: string): string {
  return key === 'search_path' ? value : pg.escapeLiteral(value);
}

export interface AdminRights {
  readonly user: string;
  readonly superuser: boolean;
  readonly createRole: boolean;
  /** Of the database, itself or as a member of the owner. A REVOKE by anybody else does nothing and only warns. */
  readonly owner: boolean;
}

/** Also in a transaction that has failed: it is rolled back first. */
export async function adminRights(client: Client): Promise<AdminRights> {
  await client.query('ROLLBACK');
  const { rows } = await client.query<AdminRights>(
    `SELECT r.rolname AS "user", r.rolsuper AS superuser, r.rolcreaterole AS "createRole", pg_has_role(d.datdba, 'USAGE') AS owner
     FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()`,
  );
  return rows[0] ?? { user: '', superuser: false, createRole: false, owner: false };
}
