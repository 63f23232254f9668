// Fetching a model of the catalogue: each file resumed where it stopped, checked against the catalogue's digest, the whole put in
// place at once.
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '@cordon/contract';
import { DIGESTS_FILE, fileDigest, formatSums } from './digests.ts';
import type { CatalogueEntry, CatalogueFile } from './model-catalogue.ts';
import { MANIFEST_FILE, verifyModel } from './models.ts';
import type { VerifiedModel } from './models.ts';

/** Bytes of an address from `offset` on, or null when the server sends all of it from the start. Rejects when it cannot be reached in time. */
export type Download = (
  url: string,
  offset: number,
  signal: AbortSignal,
) => Promise<{ readonly offset: number; readonly body: AsyncIterable<Uint8Array> }>;

/** Errors: `model_unreachable` {model, file}, `model_unverified` {model, file}; `storage_full` and the like from the file system. */
export async function pullModel(
  entry: CatalogueEntry,
  root: string,
  download: Download,
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<VerifiedModel> {
  const staging = join(root, `.pulling-${entry.id}`);
  await mkdir(staging, { recursive: true });
  const total = entry.files.reduce((sum, file) => sum + file.bytes, 0);
  let before = 0;
  for (const file of entry.files) {
    const report = (bytes: number): void => progress(Math.min(1, (before + bytes) / total));
    await pullFile(entry.id, file, staging, download, signal, report);
    before += file.bytes;
  }
  await writeFile(join(staging, MANIFEST_FILE), manifestOf(entry));
  await writeFile(
    join(staging, DIGESTS_FILE),
    formatSums(new Map(entry.files.map((file) => [file.name, file.sha256]))),
  );
  await verifyModel(staging);
  const target = join(root, entry.id);
  await rm(target, { recursive: true, force: true });
  await rename(staging, target);
  return verifyModel(target);
}

/** What is there already stays: a download that was cut off goes on at its last byte. */
async function pullFile(
  model: string,
  file: CatalogueFile,
  staging: string,
  download: Download,
  signal: AbortSignal,
  report: (bytes: number) => void,
): Promise<void> {
  const path = join(staging, file.name);
  const have = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (have < file.bytes) await fetchRest(model, file, path, have, download, signal, report);
  report(file.bytes);
  if ((await fileDigest(path)) === file.sha256) return;
  // A wrong file is of no use to a later attempt either.
  await rm(path, { force: true });
  throw new ProblemError('model_unverified', { model, file: file.name, reason: 'digest' });
}

async function fetchRest(
  model: string,
  file: CatalogueFile,
  path: string,
  have: number,
  download: Download,
  signal: AbortSignal,
  report: (bytes: number) => void,
): Promise<void> {
  const answer = await download(file.url, have, signal).catch((cause: unknown) => {
    throw new ProblemError('model_unreachable', { model, file: file.name }, cause);
  });
  // What has come stays on disk, whatever happens next: written piece by piece, not through a buffer that an error would empty.
  const target = await open(path, answer.offset === have && have > 0 ? 'a' : 'w');
  try {
    for await (const chunk of limited(answer.body, answer.offset, file.bytes, report)) {
      signal.throwIfAborted();
      await target.write(chunk);
    }
  } catch (cause) {
    throw new ProblemError('model_unreachable', { model, file: file.name }, cause);
  } finally {
    await target.close();
  }
}

/** Never more than the catalogue says there is. */
async function* limited(
  body: AsyncIterable<Uint8Array>,
  offset: number,
  total: number,
  report: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = offset;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > total) throw new RangeError('longer than the catalogue says');
    report(bytes);
    yield chunk;
  }
}

function manifestOf(entry: CatalogueEntry): string {
  const { id, family, languages, licence } = entry;
  const files = Object.fromEntries(entry.files.map((file) => [file.role, file.name]));
  return `${JSON.stringify({ id, family, languages, sampleRateHz: 16_000, files, licence }, null, 2)}\n`;
}
