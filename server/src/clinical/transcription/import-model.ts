// A model that somebody brought: an archive of its directory, unpacked beside the others, checked, recorded and put in place at once.
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ProblemError } from '@cordon/contract';
import { DIGESTS_FILE, fileDigest, formatSums, recordedDigests } from './digests.ts';
import type { CatalogueEntry } from './published-model.ts';
import { mustFit, orFull, passingPath } from './model-disk.ts';
import type { ModelManifest } from './model-manifest.ts';
import { MANIFEST_FILE, readManifest, verifyModel } from './models.ts';
import type { VerifiedModel } from './models.ts';
import { untar } from './untar.ts';
import type { ArchivedFile, ArchiveSink } from './untar.ts';

/** Bytes that an archive may unpack to. The largest published model here has 1.1 GB; an archive of 10 GB of zeros has 10 MB. */
const MAX_UNPACKED_BYTES = 8 * 1024 ** 3;

export interface ImportOptions {
  readonly catalogue: readonly CatalogueEntry[];
  /** Records that the model came; awaited before it is put in place. */
  readonly record: (model: VerifiedModel, pinned: boolean) => Promise<void>;
  /** Bytes; tests lower it. */
  readonly most?: number;
}

export interface Imported {
  readonly model: VerifiedModel;
  /** Whether somebody had said beforehand what the digests are: the catalogue, or a digests file in the archive. */
  readonly pinned: boolean;
}

/**
 * The model appears whole or not at all, and nothing of a refused archive stays. Files that model.json does not name are left out.
 * Errors: `model_invalid` {reason}, `model_unverified` {model, file, reason: 'digest' | 'catalogue'}, `conflict` {model} when it is there
 * already, `storage_full`, what `record` throws.
 */
export async function importModel(
  archive: AsyncIterable<Uint8Array>,
  root: string,
  options: ImportOptions,
): Promise<Imported> {
  const staging = passingPath(root);
  await mkdir(staging, { recursive: true });
  try {
    await untar(within(options.most ?? MAX_UNPACKED_BYTES, unzipped(archive)), new Unpacking(staging, root));
    const unpacked = await modelIn(staging);
    const manifest = await readManifest(unpacked);
    const target = join(root, manifest.id);
    if ((await stat(target).catch(() => null)) !== null) throw new ProblemError('conflict', { model: manifest.id });
    const pinned = await settleDigests(unpacked, manifest, options.catalogue);
    await options.record(await verifyModel(unpacked), pinned);
    await rename(unpacked, target).catch((cause: unknown) => {
      throw new ProblemError('conflict', { model: manifest.id }, cause);
    });
    return { model: await verifyModel(target), pinned };
  } catch (error) {
    throw orFull(error);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Gzip is known by its first bytes (RFC 1952 §2.3.1), whatever the sender calls it. */
async function* unzipped(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = archive[Symbol.asyncIterator]();
  let head = new Uint8Array(0);
  while (head.length < 2) {
    const next = await chunks.next();
    if (next.done === true) throw new ProblemError('model_invalid', { reason: 'archive_cut_off', at: head.length });
    head = Buffer.concat([head, next.value]);
  }
  const whole = prefixed(head, { [Symbol.asyncIterator]: () => chunks });
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* whole;
    return;
  }
  const gunzip = pipeline(whole, createGunzip(), () => undefined);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (cause) {
    const zlib = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_');
    if (!zlib) throw cause;
    throw new ProblemError('model_invalid', { reason: 'archive_gzip' }, cause);
  }
}

async function* prefixed(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}

async function* within(most: number, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.byteLength;
    if (total > most) throw new ProblemError('model_invalid', { reason: 'archive_too_large', most });
    yield chunk;
  }
}

/** Writes what an archive holds below one directory, each name once. */
class Unpacking implements ArchiveSink {
  readonly #staging: string;
  readonly #root: string;
  #file: FileHandle | null = null;

  constructor(staging: string, root: string) {
    this.#staging = staging;
    this.#root = root;
  }

  async begin({ path, bytes }: ArchivedFile): Promise<(chunk: Uint8Array) => Promise<void>> {
    await mustFit(this.#root, bytes);
    const target = join(this.#staging, path);
    await mkdir(join(target, '..'), { recursive: true }).catch(duplicate);
    const file = await open(target, 'wx').catch(duplicate);
    this.#file = file;
    return (chunk) => file.writeFile(chunk);
  }

  async end(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    try {
      await file?.sync();
    } finally {
      await file?.close();
    }
  }
}

/** A name twice, or as file and as directory: which of the two was meant nobody knows. */
function duplicate(error: unknown): never {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EEXIST' || code === 'EISDIR' || code === 'ENOTDIR')
    throw new ProblemError('model_invalid', { reason: 'archive_name_twice' });
  throw error;
}

/** The one directory that holds a model.json: the archive's root or one below it. */
async function modelIn(staging: string): Promise<string> {
  const entries = await readdir(staging, { withFileTypes: true });
  const candidates = [
    staging,
    ...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(staging, name)),
  ];
  const holds = await Promise.all(candidates.map(async (path) => (await readdir(path)).includes(MANIFEST_FILE)));
  const found = candidates.filter((_, index) => holds[index]);
  const [only] = found;
  if (only === undefined) throw new ProblemError('model_invalid', { reason: 'no_manifest' });
  if (found.length > 1) throw new ProblemError('model_invalid', { reason: 'archive_two_models' });
  return only;
}

/** Compares with what was said beforehand, records the digests, drops every other file. True when each had been said. */
async function settleDigests(
  path: string,
  manifest: ModelManifest,
  catalogue: readonly CatalogueEntry[],
): Promise<boolean> {
  const claimed = await recordedDigests(path);
  const published = publishedDigests(manifest, catalogue);
  const digests = new Map<string, string>();
  let pinned = true;
  for (const name of new Set(Object.values(manifest.files))) {
    const digest = await fileDigest(join(path, name)).catch(() => null);
    if (digest === null) throw new ProblemError('model_invalid', { reason: 'file_missing', file: name });
    const differs = (said: string | undefined, reason: string): void => {
      if (said !== undefined && said !== digest)
        throw new ProblemError('model_unverified', { model: manifest.id, file: name, reason });
    };
    differs(claimed.get(name), 'digest');
    differs(published.get(name), 'catalogue');
    pinned &&= claimed.has(name) || published.has(name);
    digests.set(name, digest);
  }
  await keepOnly(path, new Set([MANIFEST_FILE, ...digests.keys()]));
  await writeFile(join(path, DIGESTS_FILE), formatSums(digests));
  return pinned;
}

/** A model under the name of a published one has to be that one. */
function publishedDigests(manifest: ModelManifest, catalogue: readonly CatalogueEntry[]): ReadonlyMap<string, string> {
  const entry = catalogue.find((one) => one.id === manifest.id);
  const pairs = (entry?.files ?? []).flatMap(({ role, sha256 }) => {
    const name = manifest.files[role];
    return name === undefined || sha256 === null ? [] : [[name, sha256] as const];
  });
  return new Map(pairs);
}

async function keepOnly(path: string, names: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(path))
    if (!names.has(name)) await rm(join(path, name), { recursive: true, force: true });
}
