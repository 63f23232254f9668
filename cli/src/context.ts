// What every command is handed: the environment as read, the terminal, and the signal that ends the run early.
import type { Environment } from '#env.ts';
import type { Terminal } from '#terminal/terminal.ts';

export interface Context {
  readonly env: Environment;
  readonly terminal: Terminal;
  /** Aborts when the run is interrupted; its reason is an `Interrupted`. */
  readonly signal: AbortSignal;
}
