// A bundle as a directory on disk. What is there is what is listed: hidden files, links and odd names are found too.
import { opendir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { BundleReader } from '@cordon/proofs';

/** Reader over `root`. A link or anything else that is no plain file is listed with length −1, which no manifest states. */
export function directoryReader(root: string): BundleReader {
  return {
    list: () => filesBelow(root),
    read: async (path) => {
      try {
        return await readFile(join(root, ...path.split('/')));
      } catch {
        throw new UnreadableFile(path);
      }
    },
  };
}

/** A file of the bundle that is there and cannot be read: a fault of the bundle, not of the question. */
export class UnreadableFile extends Error {
  readonly path: string;

  constructor(path: string) {
    super('unreadable');
    this.name = 'UnreadableFile';
    this.path = path;
  }
}

async function* filesBelow(root: string): AsyncGenerator<{ readonly path: string; readonly bytes: number }> {
  const directory = await opendir(root, { recursive: true });
  for await (const entry of directory) {
    if (entry.isDirectory()) continue;
    const absolute = join(entry.parentPath, entry.name);
    const path = absolute
      .slice(root.length)
      .split(sep)
      .filter((segment) => segment !== '')
      .join('/');
    yield { path, bytes: entry.isFile() ? (await stat(absolute)).size : -1 };
  }
}
