// CORDON_HOME: one process at a time holds it. The lock is the kernel's and dies with its holder, so nothing stale is ever left.
import { access, chmod, constants, mkdir, opendir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ProblemError } from '@cordon/contract';

export interface Home {
  /** Absolute path. */
  readonly path: string;
  /** Lets another process hold the home. The process's end does the same. */
  release(): void;
}

const LOCK_FILE = 'home.lock';
const SQLITE_BUSY = 5;
const PRIVATE = 0o700;
// As root, PostgreSQL runs under another account, which must pass through (not list) the home to reach its own directory.
const PASSABLE = 0o711;

/**
 * Creates the home if need be and holds it. Errors: `home_in_use`; what the system says of a path that cannot be made or written.
 *
 * Node has no flock; SQLite takes a POSIX record lock, which works across containers and pid namespaces and cannot be left behind
 * by `kill -9` (docs/decisions/0012). Nothing may open `home.lock` by other means in this process: closing it would drop the lock.
 */
export async function openHome(path: string): Promise<Home> {
  const mode = process.getuid?.() === 0 ? PASSABLE : PRIVATE;
  await makeDirectory(path, mode);
  await (await opendir(path)).close(); // SQLite's words for a place that cannot be are not the system's
  await access(path, constants.W_OK | constants.X_OK);
  const lock = new DatabaseSync(join(path, LOCK_FILE));
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (isBusy(error)) throw new ProblemError('home_in_use');
    throw error;
  }
  await chmod(join(path, LOCK_FILE), 0o600);
  return { path, release: () => lock.close() };
}

/** Not `mkdir` with `recursive`: in a file system that refuses with ENOENT (`/proc`), Node's tries for ever. */
async function makeDirectory(path: string, mode: number): Promise<void> {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (!existsSync(parent)) await makeDirectory(parent, mode);
  await mkdir(path, { mode });
  await chmod(path, mode); // mkdir's mode is cut by the umask
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
