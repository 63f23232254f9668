// The log. What may be written is fixed by type: a code that the program knows, and fields that are ids, numbers and codes.
// There is no way to log a sentence, a body, a header or a value, so nothing has to be redacted afterwards (45 CFR 164.312(c), I4).
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { describeError } from './errors.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Every field that a log line may have. A new one is a change here, seen in review. Strings are ids, codes and names of ours. */
export interface LogFields {
  readonly requestId?: string;
  readonly tenant?: string;
  readonly object?: string;
  readonly job?: string;
  readonly queue?: string;
  readonly entry?: string;
  readonly actor?: string;
  readonly method?: string;
  /** The pattern of the route, never the address. */
  readonly route?: string;
  readonly status?: number;
  /** Of a WebSocket (RFC 6455 §7.4). */
  readonly closeCode?: number;
  readonly code?: string;
  readonly reason?: string;
  readonly sqlState?: string;
  readonly signal?: string | null;
  readonly exitCode?: number | null;
  readonly pid?: number;
  readonly attempt?: number;
  readonly count?: number;
  readonly bytes?: number;
  readonly index?: number;
  readonly size?: number;
  readonly milliseconds?: number;
  readonly engine?: string;
  readonly model?: string;
  readonly version?: string;
  readonly port?: number;
}

export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields, error?: unknown): void;
  error(event: string, fields?: LogFields, error?: unknown): void;
  /** The same log with fields on every line. */
  with(fields: LogFields): Log;
}

type Line = Record<string, unknown>;
type Write = (level: Exclude<LogLevel, 'silent'>, line: Line, event: string) => void;

const EVENT = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/;
// Ids, codes, route patterns, model names. No space, so no sentence; the length rules out encoded content.
const TOKEN = /^[A-Za-z0-9_.:/{}*+-]{1,160}$/;
const WITHHELD = '[withheld]';

/** JSON Lines on `destination` (standard output by default). `event` is a dotted code: `http.request`. */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' };
  const target: Logger = destination === undefined ? pino(options) : pino(options, destination);
  return wrap((at, line, event) => target[at](line, event), {});
}

function wrap(write: Write, bound: Line): Log {
  const at =
    (level: Exclude<LogLevel, 'silent'>) =>
    (event: string, fields: LogFields = {}, error?: unknown): void => {
      const line = { ...bound, ...clean(fields), ...(error === undefined ? {} : { error: describeError(error) }) };
      write(level, line, EVENT.test(event) ? event : WITHHELD);
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => wrap(write, { ...bound, ...clean(fields) }),
  };
}

/** The type says what may come; this holds when a cast or a library said otherwise. */
function clean(fields: LogFields): Line {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]: [string, unknown]) => [name, cleanValue(value)]),
  );
}

function cleanValue(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'string' && TOKEN.test(value) ? value : WITHHELD;
}
