// Files of the key store: every write is a temporary file, fsync, rename or link, fsync of the directory, so that a
// process can die at any line and several processes can share the directory (docs/formats/key-store.md §2).
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { ProblemError } from '@cordon/contract';

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;
const TEMPORARY = '.tmp';
/** A temporary file older than this belongs to a process that died: nobody writes a key for an hour. */
const ABANDONED_AFTER_MS = 3_600_000;

/** Replaces or creates the file, durably. Errors: `key_unavailable`, `storage_full`. */
export function writeDurably(path: string, text: string): void {
  guarded(() => {
    const temporary = writeTemporary(path, text);
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  });
}

/** Creates the file unless it is there; true when this call created it. Of two processes exactly one gets true (link(2) is atomic). */
export function createOnce(path: string, text: string): boolean {
  return guarded(() => {
    const temporary = writeTemporary(path, text);
    try {
      linkSync(temporary, path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    } finally {
      unlinkSync(temporary);
      syncDirectory(dirname(path));
    }
  });
}

/** Text of the file, or null when there is none. */
export function readIfThere(path: string): string | null {
  return guarded(() => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  });
}

/** Overwrites, unlinks and syncs; then looks whether it is gone. Safe to repeat. */
export function destroy(path: string): void {
  guarded(() => {
    if (existsSync(path)) {
      overwrite(path);
      unlinkIfThere(path);
    }
    syncDirectory(dirname(path));
  });
  if (existsSync(path)) throw new ProblemError('key_unavailable', { reason: 'still_there' });
}

export function removeDurably(path: string): void {
  guarded(() => {
    unlinkIfThere(path);
    syncDirectory(dirname(path));
  });
}

/** Makes the directory and its parents, owner only. */
export function ensureDirectory(path: string): void {
  guarded(() => {
    if (existsSync(path)) return;
    mkdirSync(path, { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    syncDirectory(dirname(path));
  });
}

/** Names in the directory, sorted, without temporaries; empty when there is no directory. */
export function namesIn(path: string): string[] {
  return guarded(() => {
    try {
      return readdirSync(path)
        .filter((name) => !name.endsWith(TEMPORARY))
        .toSorted();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

/** Removes temporaries that a dead process left behind, in this directory and below. */
export function sweepTemporaries(directory: string, nowMs: number): void {
  guarded(() => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) sweepTemporaries(path, nowMs);
      else if (entry.name.endsWith(TEMPORARY) && nowMs - statSync(path).mtimeMs > ABANDONED_AFTER_MS) destroy(path);
    }
  });
}

function writeTemporary(path: string, text: string): string {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}${TEMPORARY}`);
  const file = openSync(temporary, 'wx', OWNER_ONLY_FILE);
  try {
    const bytes = Buffer.from(text, 'utf8');
    let written = 0;
    while (written < bytes.length) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}

function overwrite(path: string): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, randomBytes(statSync(path).size), 0, undefined, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new ProblemError(
      code === 'ENOSPC' || code === 'EDQUOT' ? 'storage_full' : 'key_unavailable',
      { reason: code },
      error,
    );
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
