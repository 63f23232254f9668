// Files that a person names on the command line: looked at before any work begins, refused with a typed problem.
import { constants } from 'node:fs';
import { access, lstat, readFile, stat, writeFile } from 'node:fs/promises';
import { Refusal } from '#failure.ts';
import { brief } from '#terminal/printable.ts';

/** True when `error` is a system error with one of `codes` (errno(3) names). */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

/** The size in bytes of a regular file that can be read. Errors: `file_unreadable` for anything else. */
export async function readableFile(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Refusal('file_unreadable', `${brief(path)}: not a regular file`);
    await access(path, constants.R_OK);
    return found.size;
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('file_unreadable', `${brief(path)}: ${reason(error)}`);
  }
}

/** Keys and their sealed copies are a few KiB; what is longer is something else. */
const MAX_SMALL_BYTES = 256 * 1024;

/** Errors: `file_unreadable`. */
export async function readSmallFile(path: string): Promise<Buffer> {
  if ((await readableFile(path)) > MAX_SMALL_BYTES) throw new Refusal('file_unreadable', `${brief(path)}: too long`);
  return readFile(path);
}

/** Looked at before work begins whose result would have no place. Errors: `file_unreadable`. */
export async function mustNotExist(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw new Refusal('file_unreadable', `${brief(path)}: ${reason(error)}`);
  });
  if (found !== null) throw new Refusal('file_unreadable', `${brief(path)}: exists already`);
}

/** What leaves may be PHI: readable by its owner alone, and never over something that is there. Errors: `file_unreadable`. */
export async function writePrivately(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new Refusal('file_unreadable', `${brief(path)}: ${reason(error)}`);
  }
}

/** errno in words; never a system message, which may differ by machine. */
export function reason(error: unknown): string {
  if (hasCode(error, 'ENOENT')) return 'no such file';
  if (hasCode(error, 'EACCES', 'EPERM')) return 'permission denied';
  if (hasCode(error, 'ENAMETOOLONG')) return 'the name is too long';
  if (hasCode(error, 'ENOTDIR')) return 'part of the path is not a directory';
  if (hasCode(error, 'ELOOP')) return 'symbolic links go in a circle';
  if (hasCode(error, 'EISDIR')) return 'is a directory';
  if (hasCode(error, 'EEXIST', 'ENOTEMPTY')) return 'exists already';
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) return 'no space left';
  return 'cannot be used';
}
