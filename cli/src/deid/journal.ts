// What was done to a tree of files, so that a run that was cut short goes on where it was: JSON Lines in the output's own directory.
// It holds names of files, sizes and counts, and no text of any.
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Refusal } from '#failure.ts';
import { hasCode } from '#home/files.ts';
import { brief } from '#terminal/printable.ts';

export const JOURNAL = '.cordon-deid.jsonl';
const LOCK = '.cordon-deid.lock';

const Entry = z.object({
  path: z.string(),
  /** `begun` is written before the output appears: what stands there without a `done` is ours all the same. */
  state: z.enum(['begun', 'done', 'refused']),
  bytes: z.number(),
  mtimeMs: z.number(),
  /** What it was made with: mode, keeping, columns, engine. */
  settings: z.string(),
  code: z.string().optional(),
  spans: z.number().optional(),
});
export type JournalEntry = z.infer<typeof Entry>;

export class Journal {
  readonly #directory: string;
  readonly #entries: Map<string, JournalEntry>;
  readonly #file: Awaited<ReturnType<typeof open>>;

  private constructor(directory: string, entries: Map<string, JournalEntry>, file: Awaited<ReturnType<typeof open>>) {
    this.#directory = directory;
    this.#entries = entries;
    this.#file = file;
  }

  /** One run at a time works on a directory. Errors: `file_unreadable`. */
  static async open(directory: string): Promise<Journal> {
    await takeLock(join(directory, LOCK));
    const path = join(directory, JOURNAL);
    const before = await readFile(path, 'utf8').catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return '';
      throw new Refusal('file_unreadable', brief(path));
    });
    const entries = new Map<string, JournalEntry>();
    for (const line of before.split('\n')) {
      const entry = parsed(line);
      if (entry !== null) entries.set(entry.path, entry);
    }
    const file = await open(path, 'a', 0o600);
    // A line that a crash tore must not swallow the next one.
    if (before !== '' && !before.endsWith('\n')) await file.write('\n');
    return new Journal(directory, entries, file);
  }

  of(path: string): JournalEntry | null {
    return this.#entries.get(path) ?? null;
  }

  async note(entry: JournalEntry): Promise<void> {
    this.#entries.set(entry.path, entry);
    await this.#file.write(`${JSON.stringify(entry)}\n`);
  }

  async close(): Promise<void> {
    await this.#file.close();
    await rm(join(this.#directory, LOCK), { force: true });
  }
}

function parsed(line: string): JournalEntry | null {
  try {
    return Entry.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

async function takeLock(path: string): Promise<void> {
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.write(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw new Refusal('file_unreadable', brief(path));
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (isRunning(holder)) throw new Refusal('file_unreadable', `process ${holder} is at work there`);
    await rm(path, { force: true });
  }
  throw new Refusal('file_unreadable', brief(path));
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
