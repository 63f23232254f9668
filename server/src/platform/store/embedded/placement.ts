// Where the embedded database lies. Normally inside CORDON_HOME. As root it runs under another account; if that account cannot pass
// through to the home (a checkout under /root or any 0700 directory), data lie under /var/lib/cordon and the home holds a pointer.
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
  await mkdir(dirname(socket), { recursive: true, mode: account === null ? PRIVATE : PASSABLE });
  await ownDirectory(socket, account);
  const outside = base.startsWith(`${OUTSIDE}/`);
  return { data: join(base, 'postgres'), socket, copies: outside ? OUTSIDE : base, remember };
}

/** Inside the home if the path fits into a socket address, else a private directory in the system's temporary one. */
function socketDirectory(home: string): string {
  const inside = join(home, 'run', 'pg');
  if (Buffer.byteLength(inside) <= MAX_SOCKET_DIRECTORY_BYTES) return inside;
  return join(tmpdir(), `cordon-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
}

/** In a directory that others can write to, somebody may have been first, perhaps with a link: then the socket would be theirs. */
async function ownDirectory(path: string, account: Account): Promise<void> {
  const own = process.getuid?.();
  const made = await mkdir(path, { mode: PRIVATE }).then(
    () => true,
    () => false,
  );
  const found = await lstat(path);
  if (!found.isDirectory() || (found.uid !== own && found.uid !== account?.uid)) {
    throw new ProblemError('data_directory_unusable', { reason: 'foreign_owner', path });
  }
  if (account !== null) await chown(path, account.uid, account.gid);
  if (!made) await chmod(path, PRIVATE);
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
