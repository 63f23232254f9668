// A refusal as it leaves: RFC 9457 problem details for /api, OpenAI's error envelope for /v1, always with our stable code.
import { PROBLEMS, ProblemError } from '@cordon/contract';
import type { ProblemCode } from '@cordon/contract';

export interface ProblemResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

const TYPE_PREFIX = 'urn:cordon:problem:';

/** What a framework or parser threw, as one of ours. What we do not know is `internal` and says nothing of itself. */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return new ProblemError(frameworkCode(error), {}, error);
}

/** `url` decides the envelope; details go in as they are, for ProblemError allows only what is safe to show. */
export function problemResponse(problem: ProblemError, url: string, requestId: string): ProblemResponse {
  const entry = PROBLEMS[problem.code];
  const openai = /^\/v1(\/|\?|$)/.test(url);
  return {
    status: entry.status,
    headers: {
      'content-type': openai ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8',
      ...retryAfter(problem),
      ...(problem.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: openai ? openaiEnvelope(problem, requestId) : problemDetails(problem, requestId),
  };
}

/** RFC 9457 §3.1, with extension members `code`, `remedy`, `requestId` and the problem's own details. */
function problemDetails(problem: ProblemError, requestId: string): Record<string, unknown> {
  const { status, message, remedy } = PROBLEMS[problem.code];
  return {
    ...problem.details,
    type: `${TYPE_PREFIX}${problem.code}`,
    title: message,
    status,
    code: problem.code,
    remedy,
    requestId,
  };
}

/** As the `openai` client reads it: `error.message`, `type`, `param`, `code`; `cordon` holds the rest. */
function openaiEnvelope(problem: ProblemError, requestId: string): Record<string, unknown> {
  const { status, message, remedy } = PROBLEMS[problem.code];
  const field = problem.details['field'];
  return {
    error: {
      message,
      type: openaiType(status),
      param: typeof field === 'string' ? field : null,
      code: problem.code,
      cordon: { remedy, requestId, details: problem.details },
    },
  };
}

function openaiType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

// What a client should wait when the problem names no time of its own: about as long as PostgreSQL takes to come back.
const RETRY_SECONDS = 2;
const RETRY_STATUS = new Set([429, 503]);

function retryAfter(problem: ProblemError): Record<string, string> {
  const seconds = problem.details['retryAfter'];
  if (typeof seconds === 'number') return { 'retry-after': String(Math.ceil(seconds)) };
  return RETRY_STATUS.has(problem.status) ? { 'retry-after': String(RETRY_SECONDS) } : {};
}

const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'invalid_request',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  431: 'headers_too_large',
};

/** Fastify marks its own refusals with FST_… and a status. An unmarked error with a status is somebody's accident: `internal`. */
function frameworkCode(error: unknown): ProblemCode {
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return 'internal';
  if (typeof error.code !== 'string' || !error.code.startsWith('FST_')) return 'internal';
  return (typeof error.statusCode === 'number' ? BY_STATUS[error.statusCode] : undefined) ?? 'internal';
}
