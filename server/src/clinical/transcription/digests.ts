// Digests of model files: recorded when a model came, compared before it is loaded. The form is that of sha256sum(1).
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Name of the file that records digests, in the model's directory or one above it. */
export const DIGESTS_FILE = 'SHA256SUMS';

const LINE = /^([0-9a-f]{64}) [ *](.+)$/;

/** Recorded digests by file name, from the model's own directory or else from the one above it (names there begin with the directory's). */
export async function recordedDigests(directory: string): Promise<ReadonlyMap<string, string>> {
  const own = await readSums(join(directory, DIGESTS_FILE));
  if (own !== null) return own;
  const shared = (await readSums(join(dirname(directory), DIGESTS_FILE))) ?? new Map<string, string>();
  const prefix = `${basename(directory)}/`;
  const inside = [...shared].filter(([name]) => name.startsWith(prefix));
  return new Map(inside.map(([name, digest]) => [name.slice(prefix.length), digest]));
}

/** Lower-case hexadecimal SHA-256 of a file, read in a stream. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

/** One digest that names a whole set of files: SHA-256 of its digests file, hex. */
export function digestOfSet(digests: ReadonlyMap<string, string>): string {
  return createHash('sha256').update(formatSums(digests)).digest('hex');
}

/** The text of a digests file for these names, sorted. */
export function formatSums(digests: ReadonlyMap<string, string>): string {
  const names = [...digests.keys()].toSorted();
  return names.map((name) => `${digests.get(name) ?? ''}  ${name}\n`).join('');
}

async function readSums(path: string): Promise<Map<string, string> | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const sums = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) sums.set(match[2].replace(/^\.\//, ''), match[1]);
  }
  return sums;
}
