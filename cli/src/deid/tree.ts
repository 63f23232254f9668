// `cordon deid run PATH --out DIRECTORY`: a tree of files into a tree of the same form, file by file, each whole or not at all.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, mkdir, opendir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { ENGINE_VERSION } from '@cordon/deid';
import { Refusal } from '#failure.ts';
import { hasCode, reason } from '#home/files.ts';
import { brief } from '#terminal/printable.ts';
import { formOf, replaceDocument, type TreeSettings } from './documents.ts';
import { Journal, type JournalEntry } from './journal.ts';

/** Files whose output is being written; a run that was killed leaves at most one, which the next run replaces. */
const PARTIAL = '.cordon-partial';

export interface TreeOutcome {
  readonly done: number;
  /** Made by an earlier run from the same bytes with the same settings. */
  readonly unchanged: number;
  readonly refused: readonly { readonly path: string; readonly code: string }[];
  /** Neither text, lines nor tables, or no regular files: not read, and not in the output. */
  readonly skipped: readonly string[];
  readonly spans: number;
  /** Files whose own names hold what identifies somebody; names are kept. */
  readonly namesFound: number;
}

export interface TreeProgress {
  readonly signal: AbortSignal;
  readonly onFile: (files: number, of: number) => void;
}

interface Found {
  /** Of the root, with `/`. */
  readonly path: string;
  readonly absolute: string;
}

/** Errors: `file_unreadable`, `output_unsafe`. Whatever is wrong with a single file is in the outcome. */
export async function runTree(
  input: string,
  out: string,
  settings: TreeSettings,
  { signal, onFile }: TreeProgress,
): Promise<TreeOutcome> {
  const { root, files, skipped, single } = await found(input);
  await safeOutput(root, out, single);
  const journal = await Journal.open(out);
  const outcome = { done: 0, unchanged: 0, refused: [] as { path: string; code: string }[], spans: 0 };
  const digest = settingsDigest(settings);
  try {
    for (const [index, file] of files.entries()) {
      signal.throwIfAborted();
      onFile(index, files.length);
      const entry = await one(file, out, journal, settings, digest);
      if (entry === 'unchanged') outcome.unchanged += 1;
      else if (entry.state === 'done') outcome.done += 1;
      else outcome.refused.push({ path: file.path, code: entry.code ?? 'internal' });
      outcome.spans += entry === 'unchanged' ? 0 : (entry.spans ?? 0);
    }
  } finally {
    await journal.close();
  }
  const namesFound = files.filter(({ path }) => namesSomebody(path, settings)).length;
  return { ...outcome, skipped, namesFound };
}

async function one(
  { path, absolute }: Found,
  out: string,
  journal: Journal,
  settings: TreeSettings,
  digest: string,
): Promise<JournalEntry | 'unchanged'> {
  const target = join(out, path);
  const form = formOf(path);
  const { size: bytes, mtimeMs } = await stat(absolute).catch(() => ({ size: 0, mtimeMs: 0 }));
  const base = { path, bytes, mtimeMs, settings: digest };
  const before = journal.of(path);
  const exists = await isThere(target);
  const same = before?.bytes === bytes && before.mtimeMs === mtimeMs && before.settings === digest;
  if (exists && same && before.state === 'done') return 'unchanged';
  if (exists && !isOurs(before)) return noted(journal, { ...base, state: 'refused', code: 'output_unsafe' });
  if (form === null) return noted(journal, { ...base, state: 'refused', code: 'unsupported_media_type' });
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const partial = `${target}${PARTIAL}`;
  const replaced = await replaceDocument(absolute, partial, form, settings);
  if ('code' in replaced && replaced.code !== 'lines_refused') {
    await rm(partial, { force: true });
    await rm(target, { force: true }); // of an earlier version: what cannot be read any more must not look done
    return noted(journal, { ...base, state: 'refused', code: replaced.code });
  }
  await journal.note({ ...base, state: 'begun' });
  await rename(partial, target);
  return noted(
    journal,
    'code' in replaced
      ? { ...base, state: 'refused', code: replaced.code }
      : { ...base, state: 'done', spans: replaced.spans },
  );
}

/** What stands in the output was put there by a run of this, not by somebody else. */
function isOurs(entry: JournalEntry | null): boolean {
  return entry !== null && (entry.state !== 'refused' || entry.code === 'lines_refused');
}

async function noted(journal: Journal, entry: JournalEntry): Promise<JournalEntry> {
  await journal.note(entry);
  return entry;
}

/** In the order of their paths. Links are not followed: they may lead anywhere, also in circles. */
async function found(input: string): Promise<{
  readonly root: string;
  readonly files: readonly Found[];
  readonly skipped: readonly string[];
  /** Null where a directory was named. */
  readonly single: string | null;
}> {
  const given = await realpath(input).catch((error: unknown) => {
    throw new Refusal('file_unreadable', `${brief(input)}: ${reason(error)}`);
  });
  const kind = await stat(given);
  if (kind.isFile()) {
    await access(given, constants.R_OK).catch((error: unknown) => {
      throw new Refusal('file_unreadable', `${brief(input)}: ${reason(error)}`);
    });
    if (formOf(given) === null)
      throw new Refusal('file_unreadable', `${brief(input)}: neither text, lines nor a table`);
    const files = [{ path: basename(given), absolute: given }];
    return { root: dirname(given), files, skipped: [], single: given };
  }
  if (!kind.isDirectory()) throw new Refusal('file_unreadable', `${brief(input)}: neither a file nor a directory`);
  const files: Found[] = [];
  const skipped: string[] = [];
  await walk(given, given, files, skipped);
  return { root: given, files, skipped: skipped.toSorted(), single: null };
}

async function walk(root: string, directory: string, files: Found[], skipped: string[]): Promise<void> {
  const entries = [];
  try {
    for await (const entry of await opendir(directory)) entries.push(entry);
  } catch {
    skipped.push(`${pathIn(root, directory)}/`);
    return;
  }
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const absolute = join(directory, entry.name);
    if (entry.isDirectory()) await walk(root, absolute, files, skipped);
    else if (entry.isFile() && formOf(entry.name) !== null) files.push({ path: pathIn(root, absolute), absolute });
    else skipped.push(pathIn(root, absolute));
  }
}

function pathIn(root: string, absolute: string): string {
  return relative(root, absolute).split(sep).join('/');
}

/** Neither the input, nor in it, nor around it. Errors: `output_unsafe`, `file_unreadable`. */
async function safeOutput(root: string, out: string, single: string | null): Promise<void> {
  try {
    await mkdir(out, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Refusal('file_unreadable', `${brief(out)}: ${reason(error)}`);
  }
  const real = await realpath(out);
  const meets = single === null ? isWithin(real, root) || isWithin(root, real) : real === root;
  if (meets) throw new Refusal('output_unsafe');
}

function isWithin(inner: string, outer: string): boolean {
  const path = relative(outer, inner);
  return path === '' || !(path === '..' || path.startsWith(`..${sep}`));
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw new Refusal('file_unreadable', `${brief(path)}: ${reason(error)}`);
  }
}

/** Of the settings alone: a list of known identifiers is told by its file's size and time, never by what it holds. */
function settingsDigest({ mode, options, columns, knownFile }: TreeSettings): string {
  const said = { engine: ENGINE_VERSION, mode, keeping: options.keeping, columns, knownFile };
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

function namesSomebody(path: string, { engine, options, known }: TreeSettings): boolean {
  const words = path.replace(/[_\-./]+/gu, ' ');
  return engine.detect(words, { ...options, known }).length > 0;
}
