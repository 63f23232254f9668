// Which server holds a home, and where it listens: the lock says whether, `run.json` and `credentials.json` say where.
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { Refusal } from '#failure.ts';

const Running = z.object({ url: z.url(), pid: z.number().int().positive() });
export type Running = z.infer<typeof Running>;

/**
 * Whether a process holds the home now. Asks the kernel's lock (the server's `home.lock`, an SQLite file held exclusively),
 * which ends with its holder; a read is refused while it is held. Errors: `file_unreadable` when the home is another account's.
 */
export function isHeld(home: string): boolean {
  const lock = join(home, 'home.lock');
  if (!existsSync(lock)) return false;
  let reader: DatabaseSync | null = null;
  try {
    reader = new DatabaseSync(lock, { readOnly: true });
    reader.prepare('SELECT count(*) FROM sqlite_master').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw new Refusal('file_unreadable', lock);
  } finally {
    reader?.close();
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

/** What the server noted when it became ready; null when nothing readable stands there. The process may be gone. */
export async function lastRunning(home: string): Promise<Running | null> {
  try {
    return Running.parse(JSON.parse(await readFile(join(home, 'run.json'), 'utf8')));
  } catch {
    return null;
  }
}
