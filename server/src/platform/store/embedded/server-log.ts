// What PostgreSQL says of itself, in a file beside the data: start, recovery, crash, disk. Statements and their errors are not
// among it (postmaster.ts), and the program's own log holds no sentences, so this is where an operator reads on.
import { appendFileSync, renameSync, statSync } from 'node:fs';

const MAX_BYTES = 1_048_576; // months of ordinary running; then one older file is kept
const MAX_LINE = 1_000;

/** Returns what to call for each line. A file that cannot be written is no reason to stop: the line is dropped. */
export function createServerLog(path: string): (line: string) => void {
  return (line) => {
    try {
      if (sizeOf(path) > MAX_BYTES) renameSync(path, `${path}.1`);
      appendFileSync(path, `${new Date().toISOString()} ${line.slice(0, MAX_LINE)}\n`, { mode: 0o600 });
    } catch {
      // a full disk is reported where something is refused for it
    }
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** `LOG`, `WARNING`, `FATAL`, `PANIC`: what may go into the program's log; null for the rest of a message. */
export function severityOf(line: string): string | null {
  return /^(LOG|WARNING|FATAL|PANIC): /.exec(line)?.[1] ?? null;
}
