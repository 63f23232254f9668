// Where the embedded database lies. Normally inside CORDON_HOME. As root it runs under another account; if that account cannot pass
// through to the home (a checkout under /root or any 0700 directory), data lie under /var/lib/cordon and the home holds a pointer.
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { ProblemError } from '@cordon/contract';
import { canReach } from './account.ts';
import type { Account } from './account.ts';

export interface Placement {
  /** The data directory; need not exist yet. Its parent does, and `<data>.new` beside it may be written. */
  readonly data: string;
  /** Directory of the unix socket, 0700, owned by the account. */
  readonly socket: string;
  /** Where a copy of the binaries may be kept. */
  readonly copies: string;
  /** Call once the data directory is whole: from then on this place is remembered. */
  remember(): Promise<void>;
}

const POINTER = 'postgres.location';
const OUTSIDE = '/var/lib/cordon';
const PRIVATE = 0o700;
const PASSABLE = 0o711;
// sun_path is 108 bytes on Linux, 104 on macOS; PostgreSQL adds "/.s.PGSQL.5432.lock".
const MAX_SOCKET_DIRECTORY_BYTES = 84;

/** Errors: `data_directory_unusable` with `reason` `unreachable` (data lie where the account cannot go) or `missing` (a pointer to nothing). */
export async function placeDatabase(home: string, account: Account): Promise<Placement> {
  if (account === null) return placeAt(home, socketDirectory(home), account, async () => undefined);
  const pointed = await readPointer(home);
  if (pointed !== null) {
    if (!(await exists(join(pointed, 'postgres')))) {
      throw new ProblemError('data_directory_unusable', { reason: 'missing', path: pointed });
    }
    return placeAt(pointed, join(pointed, 'run'), account, async () => undefined);
  }
  if (canReach(account, home, '-x')) return placeAt(home, socketDirectory(home), account, async () => undefined);
  if (await exists(join(home, 'postgres'))) {
    throw new ProblemError('data_directory_unusable', { reason: 'unreachable', path: join(home, 'postgres') });
  }
  const outside = join(OUTSIDE, randomBytes(16).toString('hex'));
  await passable(OUTSIDE);
  await passable(outside);
  return placeAt(outside, join(outside, 'run'), account, () => writePointer(home, outside));
}

async function placeAt(
  base: string,
  socket: string,
  account: Account,
  remember: () => Promise<void>,
): Promise<Placement> {
  await ownDirectory(socket, account);
  const copies = base.startsWith(`${OUTSIDE}/`) || account === null ? (account === null ? base : OUTSIDE) : base;
  return { data: join(base, 'postgres'), socket, copies, remember };
}

/** Inside the home if the path fits into a socket address, else a private directory in the system's temporary one. */
function socketDirectory(home: string): string {
  const inside = join(home, 'run', 'pg');
  if (Buffer.byteLength(inside) <= MAX_SOCKET_DIRECTORY_BYTES) return inside;
  return join(tmpdir(), `cordon-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
}

async function ownDirectory(path: string, account: Account): Promise<void> {
  const parent = join(path, '..');
  await mkdir(parent, { recursive: true, mode: account === null ? PRIVATE : PASSABLE });
  if (account !== null && path.endsWith('/run/pg')) await chmod(parent, PASSABLE);
  await mkdir(path, { mode: PRIVATE }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  if (account !== null) await chown(path, account.uid, account.gid);
  const { uid, mode } = await stat(path);
  const owner = account?.uid ?? process.getuid?.();
  // In a directory that others can write to, somebody may have been first: then the socket would be theirs.
  if (owner !== undefined && uid !== owner)
    throw new ProblemError('data_directory_unusable', { reason: 'foreign_owner', path });
  if ((mode & 0o777) !== PRIVATE) await chmod(path, PRIVATE);
}

async function passable(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: PASSABLE });
  await chmod(path, PASSABLE);
}

async function readPointer(home: string): Promise<string | null> {
  const text = await readFile(join(home, POINTER), 'utf8').catch(() => null);
  return text === null ? null : text.trim();
}

async function writePointer(home: string, outside: string): Promise<void> {
  const part = join(home, `${POINTER}.part`);
  await writeFile(part, `${outside}\n`, { mode: 0o600, flush: true });
  await rename(part, join(home, POINTER));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
