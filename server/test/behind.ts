// Behind a test server's back: its embedded database as administrator, and its processes. For damage, and for looking behind the wall.
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { KeyStore } from '#custody/keys/keystore.ts';
import { systemClock } from '#kernel/clock.ts';
import { clientConfig } from '#platform/store/connection.ts';
import { databaseAccount } from '#platform/store/embedded/account.ts';
import { placeDatabase } from '#platform/store/embedded/placement.ts';
import { loginPassword } from '#platform/store/roles.ts';
import type { TestServer } from './server.ts';

/** A connection to the server's own database, past every wall. End it before the server stops. */
export async function behind(server: TestServer): Promise<pg.Client> {
  const keys = await KeyStore.open({ directory: `${server.home}-keys`, clock: systemClock });
  const { socket } = await placeDatabase(realpathSync(server.home), databaseAccount());
  const secret = keys.installation.derive('database roles');
  const client = new pg.Client(
    clientConfig({
      host: socket,
      port: 5432,
      database: 'cordon',
      user: 'cordon_admin',
      password: loginPassword(secret, 'admin', 'postgres'),
      tls: { mode: 'off' },
    }),
  );
  client.on('error', () => undefined); // the server is killed under it in some tests
  await client.connect();
  return client;
}

/** Where the embedded database's files lie. */
export async function dataDirectory(server: TestServer): Promise<string> {
  return (await placeDatabase(realpathSync(server.home), databaseAccount())).data;
}

/** Runs one statement as administrator. */
export async function sql(server: TestServer, text: string, values: readonly unknown[] = []): Promise<unknown[]> {
  const client = await behind(server);
  try {
    return (await client.query(text, [...values])).rows as unknown[];
  } finally {
    await client.end();
  }
}

/** Bytes of memory that the process holds now (VmRSS of proc(5)). */
export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(line ?? 0) * 1024;
}

/** Ids of processes whose parent is `pid` and whose command line contains `word`. */
export function childrenOf(pid: number, word: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => parentOf(id) === pid && read(join('/proc', String(id), 'cmdline')).includes(word));
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process ended meanwhile
  }
}
