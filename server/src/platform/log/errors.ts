// An error as the log may have it: what it is and where it came from. A message is left out, because anybody's message may quote a value.
import { ProblemError } from '@cordon/contract';

export interface LoggedError {
  readonly name: string;
  /** Problem code, SQLSTATE or errno. */
  readonly code?: string;
  /** Frames only: function, file, line. */
  readonly stack: readonly string[];
  readonly cause?: LoggedError;
}

const MAX_CAUSES = 4; // deeper chains repeat themselves
const MAX_FRAMES = 20;
const CODE = /^[A-Za-z0-9_.]{1,64}$/;
const NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/;
// Only what V8 writes: `at name (file:line:column)`. Its path is ours or a dependency's.
const FRAME = /^\s+at (?:async )?(?:[\w.<>$#[\] ]+ )?\(?(?:(?:file|node):|\/)[^\s()]+:\d+:\d+\)?$/;

export function describeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { name: 'NotAnError', stack: [] };
  const code = codeOf(error);
  return {
    name: NAME.test(error.name) ? error.name : 'Error',
    ...(code === null ? {} : { code }),
    stack: framesOf(error),
    ...(error.cause === undefined || depth >= MAX_CAUSES ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

function codeOf(error: Error): string | null {
  const code: unknown = error instanceof ProblemError ? error.code : propertyOf(error, 'code');
  const sqlState = propertyOf(error, 'sqlState');
  const found = typeof sqlState === 'string' ? sqlState : code;
  return typeof found === 'string' && CODE.test(found) ? found : null;
}

function propertyOf(error: Error, name: string): unknown {
  return name in error ? Reflect.get(error, name) : undefined;
}

/** The message stands at the beginning of `stack` and may itself look like frames: it is cut off by its length first. */
function framesOf(error: Error): readonly string[] {
  const stack = error.stack ?? '';
  const at = error.message === '' ? 0 : stack.indexOf(error.message);
  if (at < 0) return []; // the message was changed after the stack was taken: what is message and what frame cannot be told
  return stack
    .slice(at + error.message.length)
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim());
}
