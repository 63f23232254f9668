// How a run ends when it does not end well: one code of the catalogue, one exit code, one line for programs.
import { isProblem, type ProblemCode, PROBLEMS, ProblemError } from '@cordon/contract';
import { CordonError } from '@cordon/sdk';
import { CommanderError } from 'commander';
import { brief, printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly requestId: string | null;
  /** 1 a check said no, 2 usage or bad input, 3 refused by policy or consent, 4 not permitted, 5 unavailable, 6 internal. */
  readonly exit: number;
  /** Lines for a person that say which option, file or field was meant. */
  readonly particulars: readonly string[];
}

/** A refusal made here, with lines for a person that may quote what they typed. */
export class Refusal extends ProblemError {
  readonly particulars: readonly string[];

  constructor(code: ProblemCode, ...particulars: string[]) {
    super(code);
    this.name = 'Refusal';
    this.particulars = particulars;
  }
}

/** The run was stopped by a signal; there is nothing to say. */
export class Interrupted extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super('interrupted');
    this.name = 'Interrupted';
    this.signal = signal;
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof CordonError) return toldByServer(error);
  if (error instanceof Refusal) return catalogued(error.code, error.particulars);
  if (isProblem(error)) return catalogued(error.code, detailLines(error.details));
  if (error instanceof CommanderError) return catalogued('usage', [commanderWords(error)]);
  return catalogued('internal', []);
}

/** The catalogue's row for `code` as a failure. */
function catalogued(code: ProblemCode, particulars: readonly string[]): Failure {
  const { message, remedy, exit } = PROBLEMS[code];
  return { code, message, remedy, requestId: null, exit, particulars };
}

function toldByServer({ code, message, remedy, requestId, status, details }: CordonError): Failure {
  return { code, message, remedy, requestId, exit: exitOf(code, status), particulars: detailLines(details) };
}

/** A newer server may name a code that this command does not know; its status then says of which kind it is. */
function exitOf(code: string, status: number): number {
  if (Object.hasOwn(PROBLEMS, code)) return PROBLEMS[code as ProblemCode].exit;
  if (status === 401) return 4;
  if (status === 403) return 3;
  if (status < 500) return 2;
  return status === 500 ? 6 : 5;
}

/** Details of a problem (field, reason, offset…) as lines. */
export function detailLines(details: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(details).map(
    ([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`,
  );
}

function commanderWords(error: CommanderError): string {
  return error.code === 'commander.help' ? 'a subcommand is needed' : error.message.replace(/^error: /, '');
}

/** Tells on standard error what went wrong; its last line is the JSON form when the run speaks JSON. */
export function tell(failure: Failure, terminal: Terminal): void {
  const { code, message, remedy, requestId, particulars } = failure;
  if (terminal.json) {
    for (const line of particulars) terminal.remark(brief(line, MAX_PARTICULAR));
    terminal.remark(JSON.stringify({ code, message, remedy, requestId }));
    return;
  }
  const name = requestId === null ? code : `${code}, request ${requestId}`;
  terminal.remark(`cordon: ${printable(message)} (${printable(name)})`);
  for (const line of particulars) terminal.remark(`  ${brief(line, MAX_PARTICULAR)}`);
  terminal.remark(`  ${printable(remedy)}`);
}

const MAX_PARTICULAR = 400; // a 10,000-character argument is not said back whole
