// The log of a process: JSON Lines on standard error.
import { createLog, type Log, type LogLevel } from './log.ts';
import { linesTo } from './lines.ts';

/** Lines that wait when the process ends are written then; a kill loses those of one turn of the event loop. */
export function standardErrorLog(level: LogLevel): Log {
  const lines = linesTo((text) => void process.stderr.write(text));
  process.once('exit', () => lines.flush());
  return createLog(level, lines);
}
