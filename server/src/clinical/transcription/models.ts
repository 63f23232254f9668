// Models on disk: listed and verified. Nothing is loaded whose files do not have their recorded digests.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '@cordon/contract';
import { digestOfSet, fileDigest, recordedDigests } from './digests.ts';
import { MAX_MANIFEST_BYTES, parseManifest } from './model-manifest.ts';
import type { ModelManifest } from './model-manifest.ts';
import { casingOf, checkTokens } from './tokens-file.ts';
import type { Casing } from './tokens-file.ts';

export const MANIFEST_FILE = 'model.json';

/** A directory that holds a model, or claims to. */
export interface ModelDirectory {
  /** Absolute. */
  readonly path: string;
  /** Null when model.json is missing or not usable. */
  readonly manifest: ModelManifest | null;
  /** Bytes of the files named in the manifest. */
  readonly bytes: number;
  readonly state: 'unverified' | 'invalid';
}

/** A model whose files all have their recorded digests. Only this can be given to an engine. */
export interface VerifiedModel {
  /** Its directory, absolute. */
  readonly path: string;
  readonly manifest: ModelManifest;
  /** Role → absolute path. */
  readonly paths: Readonly<Record<string, string>>;
  /** The letters its tokens are written in, which hot words have to have too; null for a model without tokens. */
  readonly casing: Casing | null;
  /** SHA-256 over the digests file of the model: names this exact set of files in transcripts and ledger entries. */
  readonly digest: string;
  readonly bytes: number;
}

/** Models in these directories, in their order; within one by name. A directory that is not there has none. */
export async function listModels(directories: readonly string[]): Promise<readonly ModelDirectory[]> {
  const lists = await Promise.all(directories.map(listDirectory));
  return lists.flat();
}

async function listDirectory(root: string): Promise<readonly ModelDirectory[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
  return Promise.all(names.toSorted().map((name) => describe(join(root, name))));
}

async function describe(path: string): Promise<ModelDirectory> {
  try {
    const manifest = await readManifest(path);
    const sizes = await Promise.all(Object.values(manifest.files).map((name) => stat(join(path, name))));
    return { path, manifest, bytes: sizes.reduce((sum, file) => sum + file.size, 0), state: 'unverified' };
  } catch {
    return { path, manifest: null, bytes: 0, state: 'invalid' };
  }
}

/** Errors: `model_invalid` {reason}. */
export async function readManifest(path: string): Promise<ModelManifest> {
  const file = join(path, MANIFEST_FILE);
  const size = await stat(file).then(
    (found) => found.size,
    () => null,
  );
  if (size === null) throw new ProblemError('model_invalid', { reason: 'no_manifest' });
  if (size > MAX_MANIFEST_BYTES) throw new ProblemError('model_invalid', { reason: 'manifest_too_long' });
  return parseManifest(await readFile(file, 'utf8'));
}

/** Reads every file. Errors: `model_invalid` {reason}, `model_unverified` {model, file, reason: 'no_digest' | 'digest' | 'missing'}. */
export async function verifyModel(path: string): Promise<VerifiedModel> {
  const manifest = await readManifest(path);
  const recorded = await recordedDigests(path);
  const paths: Record<string, string> = {};
  const found = new Map<string, string>();
  let bytes = 0;
  for (const [role, name] of Object.entries(manifest.files)) {
    const file = join(path, name);
    const unverified = (reason: string): ProblemError =>
      new ProblemError('model_unverified', { model: manifest.id, file: name, reason });
    const expected = recorded.get(name);
    if (expected === undefined) throw unverified('no_digest');
    const size = await stat(file).then(
      (entry) => entry.size,
      () => null,
    );
    if (size === null) throw unverified('missing');
    const digest = await fileDigest(file);
    if (digest !== expected) throw unverified('digest');
    paths[role] = file;
    found.set(name, digest);
    bytes += size;
  }
  const tokens = paths['tokens'] === undefined ? null : await readFile(paths['tokens'], 'utf8');
  if (tokens !== null) checkTokens(manifest.family, tokens);
  const casing = tokens === null ? null : casingOf(tokens);
  return { path, manifest, paths, casing, digest: digestOfSet(found), bytes };
}
