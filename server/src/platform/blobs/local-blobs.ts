// Blobs in a local directory: `<directory>/<tenant>/<last two digits>/<object>`. A blob appears under its name whole and durable or not at all.
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, rm, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProblemError } from '@cordon/contract';
import { isUuid } from '#kernel/ids.ts';
import type { BlobStore, BlobWriter } from './blobs.ts';

export interface LocalBlobsOptions {
  /** Created if missing; 0700. */
  readonly directory: string;
  /** Removes what crashed writers left. Only for a process that holds CORDON_HOME: another's unfinished files look the same. */
  readonly sweep: boolean;
}

const UNFINISHED = '.unfinished';
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
const READ_CHUNK_BYTES = 1_048_576; // one sealed chunk (docs/formats/envelope.md) per read
// EFBIG: a quota or limit on file size. EDQUOT: a quota on the account.
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Errors of the store: `storage_full`, `storage_unavailable`, `not_found`, `conflict` (a blob of that name exists). */
export async function openLocalBlobs(options: LocalBlobsOptions): Promise<BlobStore> {
  const unfinished = join(options.directory, UNFINISHED);
  await translated(mkdir(unfinished, { recursive: true, mode: DIRECTORY_MODE }));
  if (options.sweep) await translated(sweep(unfinished));
  const pathOf = (name: string): string => blobPath(options.directory, name);
  return {
    create: (name) => createBlob(unfinished, pathOf(name)),
    read: (name, offset = 0) => readBlob(pathOf(name), offset),
    size: (name) => blobSize(pathOf(name)),
    remove: (name) => removeBlob(pathOf(name)),
  };
}

/** The last digits of a UUIDv7 are random, so they spread; its first are the time. */
function blobPath(directory: string, name: string): string {
  const [tenant = '', object = '', ...rest] = name.split('/');
  if (rest.length > 0 || !isUuid(tenant) || !isUuid(object))
    throw new ProblemError('invalid_request', { field: 'blob' });
  return join(directory, tenant, object.slice(-2), object);
}

async function sweep(unfinished: string): Promise<void> {
  for (const name of await readdir(unfinished)) await rm(join(unfinished, name), { force: true });
}

async function createBlob(unfinished: string, path: string): Promise<BlobWriter> {
  const temporary = join(unfinished, randomBytes(16).toString('hex'));
  const handle = await translated(open(temporary, 'wx', FILE_MODE));
  let state: 'open' | 'broken' | 'over' = 'open';
  let bytes = 0;
  const step = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await translated(work);
    } catch (error) {
      state = 'broken'; // after a failed write or fsync the file's content is unknown: it must never be committed
      throw error;
    }
  };
  const discard = async (): Promise<void> => {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined); // else the next start sweeps it
  };
  return {
    write: async (chunk) => {
      if (state !== 'open') throw new ProblemError('storage_unavailable', { reason: 'writer_closed' });
      await step(writeAll(handle, chunk));
      bytes += chunk.byteLength;
    },
    commit: async () => {
      if (state !== 'open') throw new ProblemError('storage_unavailable', { reason: 'writer_closed' });
      try {
        await step(publish(handle, temporary, path));
      } finally {
        state = 'over';
        await discard();
      }
      return { bytes };
    },
    abort: async () => {
      if (state === 'over') return;
      state = 'over';
      await discard();
    },
  };
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.byteLength) {
    written += (await handle.write(chunk, written, chunk.byteLength - written)).bytesWritten;
  }
}

/** `link` instead of `rename`: it fails when the name exists, so no blob is ever replaced. */
async function publish(handle: FileHandle, temporary: string, path: string): Promise<void> {
  await handle.sync();
  await makeDurableDirectory(dirname(path));
  await link(temporary, path);
  await syncDirectory(dirname(path));
}

async function makeDurableDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* readBlob(path: string, offset: number): AsyncGenerator<Uint8Array> {
  const handle = await translated(open(path, 'r'));
  try {
    for (let position = offset; ;) {
      const { bytesRead, buffer } = await translated(
        handle.read(Buffer.allocUnsafeSlow(READ_CHUNK_BYTES), 0, READ_CHUNK_BYTES, position),
      );
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close().catch(() => undefined);
  }
}

async function blobSize(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw storageProblem(error);
  }
}

async function removeBlob(path: string): Promise<void> {
  try {
    await unlink(path);
    await syncDirectory(dirname(path));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw storageProblem(error);
  }
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw storageProblem(error);
  }
}

function storageProblem(error: unknown): ProblemError {
  const code = codeOf(error);
  if (FULL.has(code)) return new ProblemError('storage_full', { reason: code });
  if (code === 'ENOENT') return new ProblemError('not_found');
  if (code === 'EEXIST') return new ProblemError('conflict');
  return new ProblemError('storage_unavailable', { reason: code });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'none';
}
