// A refusal of the server as an error with a type: the same `code` in both envelopes that a problem travels in.
import type { ProblemCode } from '@cordon/contract';

/** Codes of the catalogue; a newer server may know more. */
export type CordonCode = ProblemCode | (string & {});

export interface CordonProblem {
  readonly code: CordonCode;
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Names the request in the server's log; null when no server answered. */
  readonly requestId: string | null;
  readonly status: number;
  /** Seconds, from Retry-After. */
  readonly retryAfter: number | null;
  /** Counts, codes and field names; never content. */
  readonly details: Readonly<Record<string, unknown>>;
}

export class CordonError extends Error implements CordonProblem {
  readonly code: CordonCode;
  readonly remedy: string;
  readonly requestId: string | null;
  readonly status: number;
  readonly retryAfter: number | null;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(problem: CordonProblem, options?: ErrorOptions) {
    super(problem.message, options);
    this.name = 'CordonError';
    this.code = problem.code;
    this.remedy = problem.remedy;
    this.requestId = problem.requestId;
    this.status = problem.status;
    this.retryAfter = problem.retryAfter;
    this.details = problem.details;
  }
}

/** What a call of the typed client resolves to. */
export interface ClientReply<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The document of a good answer. Errors: `CordonError` with the server's code, or `server_unreachable`. */
export async function answerOf<T>(call: Promise<ClientReply<T>>): Promise<NonNullable<T>> {
  const reply = await call.catch((error: unknown) => {
    throw unreachable(error);
  });
  if (reply.data === undefined || reply.data === null) throw problemOf(reply.response, reply.error);
  return reply.data;
}

/** No answer came: a refused connection, a name that does not resolve, a broken one. An abort stays an abort. */
export function unreachable(cause: unknown): unknown {
  if (cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError')) return cause;
  const problem = {
    code: 'server_unreachable',
    message: 'The server does not answer.',
    remedy: 'Check the address and that the server runs.',
    requestId: null,
    status: 503,
    retryAfter: null,
    details: {},
  } as const;
  return new CordonError(problem, { cause });
}

/** RFC 9457 under /api, OpenAI's envelope under /v1; anything else came from something in between. */
export function problemOf(response: Response, body: unknown): CordonError {
  const told = envelope(body);
  const { code, title, message, remedy, requestId, type: _type, status: _status, param, ...details } = told;
  return new CordonError({
    code: text(code) ?? (response.status >= 500 ? 'internal' : 'invalid_request'),
    message: text(title) ?? text(message) ?? `The server answered with HTTP status ${response.status}.`,
    remedy: text(remedy) ?? 'Check what stands between this program and the server.',
    requestId: text(requestId) ?? response.headers.get('cordon-request-id'),
    status: response.status,
    retryAfter: secondsOf(response.headers.get('retry-after')),
    details: typeof param === 'string' ? { ...details, field: param } : details,
  });
}

function envelope(body: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(body)) return {};
  return isRecord(body['error']) ? body['error'] : body;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function secondsOf(header: string | null): number | null {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : null;
}
