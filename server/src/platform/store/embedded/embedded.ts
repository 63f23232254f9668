// The embedded PostgreSQL: made, started, watched, restarted when it dies, stopped with us (docs/operate/database.md).
import type { ChildProcess } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { clientConfig } from '#platform/store/connection.ts';
import type { DatabaseTarget } from '#platform/store/connection.ts';
import { statementFailure } from '#platform/store/failures.ts';
import { loginPassword } from '#platform/store/roles.ts';
import { databaseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { ensureDatabase } from './embedded.queries.ts';
import { placeDatabase } from './placement.ts';
import { hastenShutdown, startPostmaster, stopOrphans, stopPostmaster } from './postmaster.ts';
import type { PostmasterOptions } from './postmaster.ts';
import { createServerLog, severityOf } from './server-log.ts';

export interface EmbeddedOptions {
  /** CORDON_HOME, held by this process (platform/home). */
  readonly home: string;
  readonly installationSecret: Uint8Array;
  /** Told what happens; never values. */
  readonly onEvent: (event: EmbeddedEvent) => void;
}

export type EmbeddedEvent =
  | { readonly kind: 'orphans_stopped'; readonly processes: number }
  | { readonly kind: 'started'; readonly milliseconds: number; readonly pid: number }
  | { readonly kind: 'ended'; readonly signal: string | null; readonly exitCode: number | null }
  | { readonly kind: 'restart_failed'; readonly attempt: number }
  /** FATAL or PANIC; the words are in `CORDON_HOME/postgres.log`. */
  | { readonly kind: 'said'; readonly severity: string };

export interface EmbeddedPostgres {
  /** The database `cordon` as its administrator, for migrations. */
  readonly admin: DatabaseTarget;
  readonly dataDirectory: string;
  /** Of the running server; null while it is being restarted. */
  pid(): number | null;
  stop(): Promise<void>;
}

const SUPERUSER = 'cordon_admin';
const DATABASE = 'cordon';
const PORT = 5432; // names the socket file only; there is no TCP port
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5_000;
const LOOK_EVERY_MS = 500; // whether the server is on its way out without our having asked

/** Ready for connections when it resolves. Errors: `data_directory_unusable`, `database_login_failed`, `storage_unavailable`. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const home = await realpath(options.home); // /proc names real paths
  const account = databaseAccount();
  const placement = await placeDatabase(home, account);
  const binaries = await findBinaries(account, placement.copies);
  const password = loginPassword(options.installationSecret, 'admin', 'postgres');
  await ensureCluster({ data: placement.data, binaries, account, superuser: SUPERUSER, password });
  await placement.remember();
  const supervisor = createSupervisor(
    {
      postgres: binaries.postgres,
      data: placement.data,
      socket: placement.socket,
      port: PORT,
      account,
      onLine: listener(join(home, 'postgres.log'), options.onEvent),
    },
    options.onEvent,
  );
  await supervisor.start();
  const admin: DatabaseTarget = {
    host: placement.socket,
    port: PORT,
    database: DATABASE,
    user: SUPERUSER,
    password,
    tls: { mode: 'off' },
  };
  await createDatabase(admin).catch(async (error: unknown) => {
    await supervisor.stop();
    throw error;
  });
  return { admin, dataDirectory: placement.data, pid: () => supervisor.pid(), stop: () => supervisor.stop() };
}

function listener(path: string, onEvent: (event: EmbeddedEvent) => void): (line: string) => void {
  const write = createServerLog(path);
  return (line) => {
    write(line);
    const severity = severityOf(line);
    if (severity === 'FATAL' || severity === 'PANIC') onEvent({ kind: 'said', severity });
  };
}

async function createDatabase(admin: DatabaseTarget): Promise<void> {
  const client = new pg.Client(clientConfig({ ...admin, database: 'postgres' }));
  client.on('error', () => undefined); // a lost connection also rejects the query in hand
  try {
    await client.connect();
    await ensureDatabase(client, admin.database);
  } catch (error) {
    throw statementFailure(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface Supervisor {
  start(): Promise<void>;
  stop(): Promise<void>;
  pid(): number | null;
}

function createSupervisor(options: PostmasterOptions, onEvent: (event: EmbeddedEvent) => void): Supervisor {
  let child: ChildProcess | null = null;
  let stopping = false;
  let restarting: Promise<void> = Promise.resolve();

  const start = async (): Promise<void> => {
    const began = performance.now();
    const processes = await stopOrphans(options.data);
    if (processes > 0) onEvent({ kind: 'orphans_stopped', processes });
    const started = await startPostmaster(options);
    child = started;
    onEvent({ kind: 'started', milliseconds: Math.round(performance.now() - began), pid: started.pid ?? 0 });
    const watch = setInterval(() => void hastenShutdown(options.data, started), LOOK_EVERY_MS).unref();
    const ended = (): void => {
      clearInterval(watch);
      child = null;
      if (stopping) return; // as asked
      onEvent({ kind: 'ended', signal: started.signalCode, exitCode: started.exitCode });
      restarting = restart();
    };
    if (started.exitCode === null && started.signalCode === null) started.once('exit', ended);
    else ended();
  };

  const restart = async (): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      await sleep(Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS));
      if (stopping) return;
      const failed = await start().then(
        () => false,
        () => true,
      );
      if (!failed) return;
      onEvent({ kind: 'restart_failed', attempt });
    }
  };

  return {
    start,
    pid: () => child?.pid ?? null,
    stop: async () => {
      stopping = true;
      await restarting;
      if (child !== null) await stopPostmaster(options.data, child);
    },
  };
}
