// The command under the pinned runtime: parses, runs, and ends with the documented exit code.
import { CommanderError } from 'commander';
import { readEnvironment } from '#env.ts';
import { failureOf, Interrupted, tell } from '#failure.ts';
import { buildProgram } from '#program.ts';
import { openTerminal, type Terminal } from '#terminal/terminal.ts';

const STOPPING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const terminal = openTerminal(wantsJson(args));
  const env = readEnvironment();
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => controller.abort(new Interrupted(signal));
  for (const signal of STOPPING) process.on(signal, stop);
  try {
    await buildProgram({ env, terminal, signal: controller.signal }).parseAsync([...args], { from: 'user' });
  } catch (error) {
    conclude(controller.signal.aborted ? controller.signal.reason : error, terminal, env.debug);
  } finally {
    for (const signal of STOPPING) process.removeListener(signal, stop);
  }
}

function conclude(error: unknown, terminal: Terminal, debug: boolean): void {
  if (error instanceof Interrupted) {
    endBySignal(error.signal);
    return;
  }
  if (error instanceof CommanderError && error.exitCode === 0) return; // help or version was asked for and shown
  const failure = failureOf(error);
  if (debug && failure.code === 'internal')
    terminal.remark(error instanceof Error ? (error.stack ?? error.name) : typeof error);
  tell(failure, terminal);
  process.exitCode = failure.exit;
}

/** Ends as the signal would have, so that a calling shell knows; the work in hand was given up in order first. */
function endBySignal(signal: NodeJS.Signals): void {
  process.exitCode = 130;
  for (const each of STOPPING) process.removeAllListeners(each);
  process.kill(process.pid, signal);
}

/** Known before parsing, because a failure to parse is told in JSON too. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}
