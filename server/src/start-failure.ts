// Why a process could not start, told once on standard error: the catalogue's sentence, its remedy, the details as JSON.
// Shared by main.ts and worker.ts; the command reads these lines back (cli: connection/child.ts).
import { isProblem, PROBLEMS, ProblemError } from '@cordon/contract';

/** Writes why and ends the process with the catalogue's exit code. */
export function failStart(error: unknown): never {
  const problem = problemOfStart(error);
  const { message, remedy, exit } = PROBLEMS[problem?.code ?? 'internal'];
  const told = problem === null ? stackOf(error) : JSON.stringify(problem.details);
  process.stderr.write(`cordon: ${message}\n${remedy}\n${told}\n`);
  process.exit(exit);
}

/** What the system refused at a start concerns the operator's own paths and address, so these are named. Null: a fault of ours. */
export function problemOfStart(error: unknown): ProblemError | null {
  if (isProblem(error)) return error;
  if (!(error instanceof Error)) return null;
  const { code, syscall, path, port } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (code === undefined) return null;
  if (syscall === 'listen')
    return new ProblemError('address_unavailable', { reason: code, ...(port !== undefined && { port }) });
  return path === undefined ? null : new ProblemError('path_unusable', { reason: code, path });
}

/** Nothing of a patient has come in yet when a process starts. */
function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.name) : typeof error;
}
