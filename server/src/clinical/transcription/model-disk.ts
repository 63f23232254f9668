// The directory of models on disk as those that fill it see it: room, names of what is unfinished, and what a full disk is called.
import { randomUUID } from 'node:crypto';
import { readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '@cordon/contract';

/** What is on its way in or out begins with a dot, so that no list shows it. What was pulled in part stays for the next attempt. */
const PULLING = '.pulling-';
const PASSING = '.passing-';

export function pullingPath(root: string, model: string): string {
  return join(root, `${PULLING}${model}`);
}

/** For what does not outlive the process: an archive that is being unpacked, a model that is being removed. */
export function passingPath(root: string): string {
  return join(root, `${PASSING}${randomUUID()}`);
}

/** Removes what a process that died had not finished. For the one that holds the directory alone. */
export async function sweepPassing(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(PASSING)))
    await rm(join(root, name), { recursive: true, force: true });
}

/** Bytes left free on the disk: the database lies there too. */
const KEPT_FREE_BYTES = 256 * 1024 ** 2;

/** Errors: `storage_full` when `bytes` more would not fit. */
export async function mustFit(root: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(root);
  if (bavail * bsize < bytes + KEPT_FREE_BYTES) throw new ProblemError('storage_full', { needed: bytes });
}

/** EDQUOT: a quota on the account. EFBIG: a limit on file size. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The error, or `storage_full` in its place. */
export function orFull(error: unknown): unknown {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && FULL.has(code) ? new ProblemError('storage_full', {}, error) : error;
}
