// Which server holds a home, and where it listens: the lock says whether, `run/server.json` and `credentials.json` say where.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { Refusal } from '#failure.ts';

const Running = z.object({ url: z.url(), pid: z.number().int().positive() });
export type Running = z.infer<typeof Running>;

const place = (home: string): string => join(home, 'run', 'server.json');

/**
 * Whether a process holds the home now. Asks the kernel's lock (the server's `home.lock`, an SQLite file held exclusively),
 * which ends with its holder; a read is refused while it is held. Errors: `file_unreadable` when the home is another account's.
 */
export function isHeld(home: string): boolean {
  const lock = join(home, 'home.lock');
  if (!existsSync(lock)) return false;
  try {
    using reader = new DatabaseSync(lock, { readOnly: true });
    reader.prepare('SELECT count(*) FROM sqlite_master').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw new Refusal('file_unreadable', lock);
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

/** Where a server that this command started listens. Left beside the data because port 0 and CORDON_PORT choose the address at each start. */
export async function noteRunning(home: string, running: Running): Promise<void> {
  await mkdir(join(home, 'run'), { recursive: true, mode: 0o711 }); // the database's account passes through it
  const draft = `${place(home)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(running)}\n`, { mode: 0o600 });
  await rename(draft, place(home));
}

export async function forgetRunning(home: string): Promise<void> {
  await rm(place(home), { force: true });
}

/** What the last start noted; null when nothing readable stands there. The process may be gone. */
export async function lastRunning(home: string): Promise<Running | null> {
  try {
    return Running.parse(JSON.parse(await readFile(place(home), 'utf8')));
  } catch {
    return null;
  }
}
