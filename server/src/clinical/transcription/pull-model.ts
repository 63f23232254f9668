// Fetching a model of the catalogue: each file resumed where it stopped, checked against the catalogue's digest, the whole put in
// place at once.
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isProblem, ProblemError } from '@cordon/contract';
import { DIGESTS_FILE, fileDigest, formatSums } from './digests.ts';
import { bytesOf, isPinned, manifestOf } from './model-catalogue.ts';
import type { CatalogueEntry, CatalogueFile } from './published-model.ts';
import { mustFit, orFull, passingPath, pullingPath } from './model-disk.ts';
import { MANIFEST_FILE, verifyModel } from './models.ts';
import type { VerifiedModel } from './models.ts';

/** Bytes of an address from `offset` on, or all of them from 0 when the server cannot begin there. Rejects when it cannot be reached in time. */
export type Download = (
  url: string,
  offset: number,
  signal: AbortSignal,
) => Promise<{ readonly offset: number; readonly body: AsyncIterable<Uint8Array> }>;

export interface PullOptions {
  readonly download: Download;
  readonly signal: AbortSignal;
  /** Bytes that are there of all that the catalogue names. */
  readonly onBytes: (bytes: number) => void;
  /** Take files whose digest nobody published. By default no. */
  readonly trustFirstUse?: boolean;
  /** Records that the model came; awaited before it is put in place. */
  readonly record?: (model: VerifiedModel) => Promise<void>;
}

/**
 * A model that is there and whole is left alone. What was fetched stays for the next attempt, whatever goes wrong.
 * Errors: `model_unpinned` {model}, `model_unreachable` {model, file}, `model_unverified` {model, file, reason: 'digest' | 'length'},
 * `storage_full`, what `record` throws.
 */
export async function pullModel(entry: CatalogueEntry, root: string, options: PullOptions): Promise<VerifiedModel> {
  if (!isPinned(entry) && options.trustFirstUse !== true) throw new ProblemError('model_unpinned', { model: entry.id });
  const target = join(root, entry.id);
  const there = await verifyModel(target).catch(() => null);
  if (there !== null) return there;
  const staging = pullingPath(root, entry.id);
  try {
    await mkdir(staging, { recursive: true });
    await mustFit(root, bytesOf(entry) - (await bytesIn(staging, entry)));
    const digests = await pullFiles(entry, staging, options);
    await writeFile(join(staging, MANIFEST_FILE), manifestOf(entry));
    await writeFile(join(staging, DIGESTS_FILE), formatSums(digests));
    await options.record?.(await verifyModel(staging));
    await putInPlace(staging, target, root);
  } catch (error) {
    throw orFull(error);
  }
  return verifyModel(target);
}

async function bytesIn(staging: string, entry: CatalogueEntry): Promise<number> {
  const sizes = await Promise.all(entry.files.map((file) => sizeOf(join(staging, file.name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A model of that name which does not verify makes room for the whole one. */
async function putInPlace(staging: string, target: string, root: string): Promise<void> {
  const aside = passingPath(root);
  await rename(target, aside).catch(() => undefined);
  await rename(staging, target);
  await rm(aside, { recursive: true, force: true });
}

async function pullFiles(
  entry: CatalogueEntry,
  staging: string,
  options: PullOptions,
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  let before = 0;
  for (const file of entry.files) {
    const sofar = before;
    const fetch = {
      model: entry.id,
      file,
      path: join(staging, file.name),
      onBytes: (n: number) => options.onBytes(sofar + n),
    };
    digests.set(file.name, await fetchInto(fetch, options));
    before += file.bytes;
  }
  return digests;
}

interface Fetch {
  readonly model: string;
  readonly file: CatalogueFile;
  readonly path: string;
  readonly onBytes: (bytes: number) => void;
}

/** Fetches what is missing of one file; returns the digest of what is there. Errors: as `pullModel`. */
export async function fetchInto(fetch: Fetch, options: PullOptions): Promise<string> {
  const { model, file, path, onBytes } = fetch;
  // Two halves of a file without a digest could be halves of two versions, and nothing would tell: it is fetched anew.
  const have = file.sha256 === null ? 0 : await sizeOf(path);
  if (have < file.bytes) await fetchRest(fetch, have, options);
  onBytes(file.bytes);
  const digest = await fileDigest(path);
  if (digest === (file.sha256 ?? digest)) return digest;
  // A wrong file is of no use to a later attempt either.
  await rm(path, { force: true });
  throw new ProblemError('model_unverified', { model, file: file.name, reason: 'digest' });
}

async function fetchRest({ model, file, path, onBytes }: Fetch, have: number, options: PullOptions): Promise<void> {
  const unreachable = (cause: unknown): ProblemError =>
    new ProblemError('model_unreachable', { model, file: file.name }, cause);
  const answer = await options.download(file.url, have, options.signal).catch((cause: unknown) => {
    throw unreachable(cause);
  });
  // What has come stays on disk, whatever happens next: written piece by piece, not through a buffer that an error would empty.
  const target = await open(path, answer.offset === have && have > 0 ? 'a' : 'w');
  let bytes = answer.offset;
  try {
    for await (const chunk of answer.body) {
      options.signal.throwIfAborted();
      bytes += chunk.length;
      if (bytes > file.bytes) throw new ProblemError('model_unverified', { model, file: file.name, reason: 'length' });
      await target.writeFile(chunk);
      onBytes(bytes);
    }
    await target.sync();
  } catch (cause) {
    const error = orFull(cause);
    throw isProblem(error) ? error : unreachable(cause);
  } finally {
    await target.close();
    if (bytes > file.bytes) await rm(path, { force: true });
  }
  if (bytes < file.bytes) throw unreachable(new Error('the connection ended early'));
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}
