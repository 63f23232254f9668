// The store on PostgreSQL: one pool per role, one transaction per unit of work. It holds no state that a restart of PostgreSQL
// could make stale: a broken connection is thrown away and the next unit of work opens a new one.
import { ProblemError } from '@cordon/contract';
import pg from 'pg';
import { isUuid } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { clientConfig } from './connection.ts';
import type { DatabaseTarget } from './connection.ts';
import { commitFailure, statementFailure } from './failures.ts';
import { targetFor } from './roles.ts';
import type { Role } from './roles.ts';
import { begin, commit, readServerSettings, rollback, setTenant } from './store.queries.ts';
import type { SqlValue, Store, Transaction } from './store.ts';

export interface StoreOptions {
  /** Where the database is; user and password are replaced by those of each role. */
  readonly target: DatabaseTarget;
  readonly installationSecret: Uint8Array;
  /** Connections kept per role. */
  readonly connections?: Partial<Record<StoreRole, number>>;
}

export interface PgStore extends Store {
  /** Waits for running transactions, then closes all connections. */
  close(): Promise<void>;
}

type StoreRole = Exclude<Role, 'jobs'>;

// 2 cores of PostgreSQL are kept busy by far fewer; embedded max_connections is 100. On a disk that stalls three of the ledger's wait
// with batches; the others must not wait for a connection behind them.
const CONNECTIONS: Record<StoreRole, number> = { app: 16, ledger: 10, access: 4 };
const IDLE_CLOSE_MS = 60_000;
// Beyond it the server or the network is stuck; role-level statement_timeout (30 s) fires first in a live server.
const ANSWER_TIMEOUT_MS = 45_000;
const OLDEST_SERVER = 150_000; // PostgreSQL 15, the oldest that CI runs against
const SAFE_COMMIT = new Set(['on', 'remote_apply']);
// Distinct statements kept prepared per connection; SQL is static text, so the set is small. Beyond it: plain, never wrong.
const PREPARED_STATEMENTS = 400;

/** Connects, refuses a server that could lose a commit (`database_unsafe`), and hands out the store. Errors: `storage_unavailable`. */
export async function openStore(options: StoreOptions): Promise<PgStore> {
  await refuseUnsafeServer(targetFor('app', options.target, options.installationSecret));
  const pool = (role: StoreRole): pg.Pool => openPool(options, role);
  return createStore({ app: pool('app'), ledger: pool('ledger'), access: pool('access') });
}

async function refuseUnsafeServer(target: DatabaseTarget): Promise<void> {
  const client = new pg.Client(clientConfig(target));
  client.on('error', () => undefined); // a lost connection also rejects the query in hand
  try {
    await client.connect();
    const settings = await readServerSettings(client);
    const faults = [
      ...(settings.versionNumber < OLDEST_SERVER ? ['server_version'] : []),
      ...(settings.fsync === 'on' ? [] : ['fsync']),
      ...(settings.fullPageWrites === 'on' ? [] : ['full_page_writes']),
      ...(SAFE_COMMIT.has(settings.synchronousCommit) ? [] : ['synchronous_commit']),
    ];
    if (faults.length > 0) throw new ProblemError('database_unsafe', { settings: faults });
  } catch (error) {
    throw statementFailure(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function openPool(options: StoreOptions, role: StoreRole): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(targetFor(role, options.target, options.installationSecret)),
    max: options.connections?.[role] ?? CONNECTIONS[role],
    idleTimeoutMillis: IDLE_CLOSE_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    types: ownTypes(),
    // Statements of one transaction are sent without waiting for each other's answers; BEGIN and the tenant cost no round trip.
    pipeline: true,
  });
  pool.on('error', () => undefined); // an idle connection died: the pool has removed it already
  // The pool takes its listener off before it hands a connection out. A FATAL in the same packet as the end of the login would
  // find none, and an unheard 'error' ends the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** int8 as a number, refused beyond 2^53; date as `YYYY-MM-DD`, because a Date would bring a time zone in. Others as `pg` has them. */
function ownTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, parseInt8);
  types.setTypeParser(pg.types.builtins.DATE, (text: string) => text);
  return types;
}

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('int8 beyond 2^53');
  return value;
}

function createStore(pools: Record<StoreRole, pg.Pool>): PgStore {
  const names = new Map<string, string>();
  return {
    asTenant: (tenant, work) => inTransaction(pools.app, names, tenant, work),
    asLedger: (work) => inTransaction(pools.ledger, names, null, work),
    asLedgerStatements: (work) => inStatements(pools.ledger, names, work),
    asAccess: (work) => inTransaction(pools.access, names, null, work),
    close: async () => {
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
    },
  };
}

async function inTransaction<T>(
  pool: pg.Pool,
  names: Map<string, string>,
  tenant: TenantId | null,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const client = await connect(pool);
  const open = { value: true };
  let broken = true; // until proven otherwise the connection is not given back to the pool
  const onError = (): undefined => undefined; // a lost connection rejects the query in hand; without a listener it ends the process
  client.on('error', onError);
  try {
    const begun = beginAs(client, tenant);
    if (tenant === null) await begun;
    const result = await work(transaction(client, names, open));
    await begun;
    open.value = false;
    await commitOrTell(client);
    broken = false;
    return result;
  } catch (error) {
    open.value = false;
    if (!isOutcomeUnknown(error)) broken = !(await rollback(client));
    throw error instanceof pg.DatabaseError ? statementFailure(error) : error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** PostgreSQL makes a transaction of a statement outside one; its answer comes after the commit, so a lost answer is an unknown outcome. */
async function inStatements<T>(
  pool: pg.Pool,
  names: Map<string, string>,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const client = await connect(pool);
  let broken = false;
  const onError = (): undefined => undefined;
  client.on('error', onError);
  const each: Transaction = {
    async query<Row extends object>(text: string, values: readonly SqlValue[] = []): Promise<Row[]> {
      const name = statementName(names, text);
      try {
        return (await client.query<Row>({ ...(name === null ? {} : { name }), text, values: [...values] })).rows;
      } catch (error) {
        const failure = commitFailure(error);
        broken ||= isOutcomeUnknown(failure);
        throw failure;
      }
    },
  };
  try {
    return await work(each);
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw statementFailure(error);
  }
}

/**
 * Sent ahead without waiting. Should BEGIN itself fail, statements behind it would run on their own: under a tenant they all raise,
 * for the tenant is not set outside a transaction; the roles without a tenant wait for BEGIN.
 */
function beginAs(client: pg.PoolClient, tenant: TenantId | null): Promise<unknown> {
  if (tenant !== null && !isUuid(tenant)) throw new ProblemError('internal');
  const steps = [begin(client), ...(tenant === null ? [] : [setTenant(client, tenant)])];
  const begun = Promise.all(steps).catch((error: unknown) => {
    throw statementFailure(error);
  });
  begun.catch(() => undefined); // `work` may reject first
  return begun;
}

function transaction(
  client: pg.PoolClient,
  names: Map<string, string>,
  open: { readonly value: boolean },
): Transaction {
  return {
    async query<Row extends object>(text: string, values: readonly SqlValue[] = []): Promise<Row[]> {
      if (!open.value) throw new TypeError('the transaction is over');
      const name = statementName(names, text);
      try {
        const result = await client.query<Row>({ ...(name === null ? {} : { name }), text, values: [...values] });
        return result.rows;
      } catch (error) {
        throw statementFailure(error);
      }
    },
  };
}

function statementName(names: Map<string, string>, text: string): string | null {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= PREPARED_STATEMENTS) return null;
  const name = `s${names.size}`;
  names.set(text, name);
  return name;
}

async function commitOrTell(client: pg.PoolClient): Promise<void> {
  let tag: string;
  try {
    tag = await commit(client);
  } catch (error) {
    throw commitFailure(error);
  }
  // COMMIT of a transaction in which a statement failed rolls back and says so only in its tag.
  if (tag !== 'COMMIT') throw new TypeError('a failed statement was swallowed: the transaction rolled back');
}

function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'outcome_unknown';
}
