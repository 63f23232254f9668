// A bundle on disk: written whole or not at all.
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refusal } from '#failure.ts';
import { hasCode, reason } from '#home/files.ts';
import { TarError, type TarSink, untar } from '#ledger/untar.ts';

/** Unpacks into `directory`, which must be new or empty. Gives the number of files. Errors: `file_unreadable`, `server_unreachable`. */
export async function writeBundle(stream: AsyncIterable<Uint8Array>, directory: string): Promise<number> {
  const draft = `${directory}.partial-${process.pid}`;
  try {
    await mkdir(dirname(draft), { recursive: true });
    await mkdir(draft, { mode: 0o700 });
    const files = await untar(stream, sinkInto(draft));
    await rename(draft, directory); // over an empty directory too (rename(2))
    return files;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (error instanceof TarError) throw new Refusal('server_unreachable', `the export broke: ${error.message}`);
    if (error instanceof Error && 'code' in error)
      throw new Refusal('file_unreadable', `${directory}: ${reason(error)}`);
    throw error;
  }
}

/** Looked at before anything is asked of the server. Errors: `file_unreadable`. */
export async function mustBeNew(directory: string): Promise<void> {
  try {
    if ((await readdir(directory)).length > 0)
      throw new Refusal('file_unreadable', `${directory}: exists and is not empty`);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error instanceof Refusal ? error : new Refusal('file_unreadable', `${directory}: ${reason(error)}`);
  }
}

function sinkInto(directory: string): TarSink {
  let file: FileHandle | null = null;
  return {
    begin: async ({ path }) => {
      await mkdir(dirname(join(directory, path)), { recursive: true, mode: 0o700 });
      file = await open(join(directory, path), 'wx', 0o600);
    },
    write: async (chunk) => {
      await file?.writeFile(chunk);
    },
    end: async () => {
      await file?.close();
      file = null;
    },
  };
}
