// One PostgreSQL for the whole test run: the embedded one, or an external one named by CORDON_TEST_DATABASE_URL (Debian's, in CI).
// A template database is migrated once; each test file gets its own copy (test/database.ts).
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openHome } from '#platform/home/home.ts';
import { clientConfig, databaseUrl, parseDatabaseUrl } from '#platform/store/connection.ts';
import type { DatabaseTarget } from '#platform/store/connection.ts';
import { startEmbeddedPostgres } from '#platform/store/embedded/embedded.ts';
import { stopOrphans } from '#platform/store/embedded/postmaster.ts';
import { migrate } from '#platform/store/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The template database, as an administrator. */
    readonly templateUrl: string;
    /** Hex. */
    readonly installationSecret: string;
  }
}

const HOME_PREFIX = 'cordon-test-';
const SETTLING_MS = 600_000; // a home that is being made does not hold its lock yet
const MIGRATIONS = join(import.meta.dirname, '..', 'migrations');

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const installationSecret = randomBytes(32);
  const external = process.env['CORDON_TEST_DATABASE_URL'];
  const server = external === undefined ? await embeddedServer(installationSecret) : externalServer(external);
  const template = { ...server.admin, database: `cordon_template_${randomBytes(4).toString('hex')}` };
  await onServer(server.admin, `CREATE DATABASE ${template.database}`);
  await migrate({ admin: template, directory: MIGRATIONS, installationSecret });
  project.provide('templateUrl', databaseUrl(template));
  project.provide('installationSecret', installationSecret.toString('hex'));
  return async () => {
    await onServer(server.admin, `DROP DATABASE ${template.database} WITH (FORCE)`);
    await server.stop();
  };
}

interface TestServer {
  readonly admin: DatabaseTarget;
  stop(): Promise<void>;
}

async function embeddedServer(installationSecret: Uint8Array): Promise<TestServer> {
  await sweepAbandoned();
  const home = await mkdtemp(join(tmpdir(), HOME_PREFIX));
  await chmod(home, 0o711);
  const held = await openHome(home);
  const server = await startEmbeddedPostgres({ home, installationSecret, onEvent: () => undefined });
  return {
    admin: server.admin,
    stop: async () => {
      await server.stop();
      held.release();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A run that was killed leaves its PostgreSQL running. Its home is free then, which is how it is known from one that is in use. */
async function sweepAbandoned(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(HOME_PREFIX));
  for (const name of names) {
    const home = join(tmpdir(), name);
    const { mtimeMs } = await stat(home);
    if (Date.now() - mtimeMs < SETTLING_MS) continue;
    const held = await openHome(home).catch(() => null);
    if (held === null) continue;
    await stopOrphans(join(home, 'postgres')).catch(() => undefined);
    held.release();
    await rm(home, { recursive: true, force: true });
  }
}

function externalServer(url: string): TestServer {
  const parsed = parseDatabaseUrl(url);
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  return { admin: parsed.target, stop: async () => undefined };
}

async function onServer(admin: DatabaseTarget, sql: string): Promise<void> {
  const client = new pg.Client(clientConfig(admin));
  await client.connect();
  await client.query(sql);
  await client.end();
}
