// Offline verification of a bundle: files in, report out. Everything that is checked stands in @cordon/proofs.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Anchor, FormatError, verifyBundle, type VerifyReport } from '@cordon/proofs';
import { Refusal } from '#failure.ts';
import { hasCode, reason } from '#home/files.ts';
import { directoryReader, UnreadableFile } from '#verify/directory.ts';

export interface VerifyWish {
  /** Pinned keys; none: the signer is whoever the bundle says. */
  readonly vkeys: readonly string[];
  /** Checkpoints from elsewhere. */
  readonly anchors: readonly Anchor[];
  /** Warnings fail too. */
  readonly strict: boolean;
}

/** Errors: `file_unreadable` (no directory, no manifest.json), `usage` (a key that is none). What is wrong inside is in the report. */
export async function verifyDirectory(directory: string, wish: VerifyWish): Promise<VerifyReport> {
  const root = resolve(directory);
  await mustHoldBundle(root, directory);
  try {
    return await verifyBundle(directoryReader(root), wish);
  } catch (error) {
    if (error instanceof UnreadableFile) return unreadable(error.path);
    if (error instanceof FormatError && error.reason === 'manifest_missing') {
      throw new Refusal('file_unreadable', `${directory}: no manifest.json`);
    }
    if (error instanceof FormatError) throw new Refusal('usage', `--key: ${error.reason}`);
    if (error instanceof Error && 'code' in error)
      throw new Refusal('file_unreadable', `${directory}: ${reason(error)}`);
    throw error;
  }
}

function unreadable(file: string): VerifyReport {
  const firstBad = { file, offset: null, index: null, reason: 'file_unreadable' };
  const head = { origin: null, treeSize: null, rootHash: null, pinned: false };
  return { result: 'failed', ...head, anchors: [], firstBad, destroyed: [], gaps: [], warnings: [] };
}

async function mustHoldBundle(root: string, named: string): Promise<void> {
  try {
    if (!(await stat(root)).isDirectory()) throw new Refusal('file_unreadable', `${named}: not a directory`);
    await readdir(root);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('file_unreadable', `${named}: ${reason(error)}`);
  }
}

/** A checkpoint file, or all checkpoints below a directory (docs/formats/checkpoint.md, Anchors). Errors: `file_unreadable`. */
export async function readAnchors(path: string): Promise<readonly Anchor[]> {
  try {
    if ((await stat(path)).isFile()) return [{ name: basename(path), bytes: await readFile(path) }];
    const found = await readdir(path, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile() && entry.name.endsWith('.checkpoint'));
    return await Promise.all(
      files.map(async ({ parentPath, name }) => ({ name, bytes: await readFile(join(parentPath, name)) })),
    );
  } catch (error) {
    throw new Refusal('file_unreadable', `${path}: ${reason(error)}`);
  }
}

/** As `readAnchors`; none when nothing is there. */
export async function defaultAnchors(path: string): Promise<readonly Anchor[]> {
  try {
    await stat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw new Refusal('file_unreadable', `${path}: ${reason(error)}`);
  }
  return readAnchors(path);
}
