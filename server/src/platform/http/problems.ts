// A refusal as it leaves: RFC 9457 problem details for /api, OpenAI's error envelope for /v1, always with our stable code.
import { openaiError, problemDocument, PROBLEMS, ProblemError } from '@cordon/contract';
import type { ProblemCode } from '@cordon/contract';

export interface ProblemResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

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
    // Under an Idempotency-Key the doubt is an answer that will not change (spec boundary §5); elsewhere a repetition clears it.
    status: problem.details['settled'] === true ? 409 : entry.status,
    headers: {
      'content-type': openai ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8',
      ...retryAfter(problem),
      ...(problem.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: openai ? openaiError(problem, requestId) : problemDocument(problem, requestId),
  };
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
