// How a problem travels: RFC 9457 under /api, OpenAI's envelope under /v1, one line of JSON from the CLI. Same code in all.
import { z } from 'zod';
import type { OpenAIError } from './openai.ts';
import { PROBLEMS } from './problems.ts';
import type { ProblemCode, ProblemDetails, ProblemError } from './problems.ts';

export const ProblemDocument = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    remedy: z.string(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 with a stable `code`; further members are counts, codes and ids.' });

export type ProblemDocument = ProblemDetails & {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly remedy: string;
  readonly requestId: string;
};

/** RFC 9457 document; details never shadow the standard members. */
export function problemDocument(error: ProblemError, requestId: string): ProblemDocument {
  const { status, message, remedy } = PROBLEMS[error.code];
  return {
    ...error.details,
    type: `/docs#problem-${error.code}`,
    title: message,
    status,
    code: error.code,
    remedy,
    requestId,
  };
}

/** OpenAI's envelope. `param` is the field at fault where one is known. */
export function openaiError(error: ProblemError, requestId: string): z.infer<typeof OpenAIError> {
  const { status, message, remedy } = PROBLEMS[error.code];
  const field = error.details['field'];
  return {
    error: {
      message,
      type: openaiType(status),
      param: typeof field === 'string' ? field : null,
      code: error.code,
      remedy,
      requestId,
    },
  };
}

/** The `type` words of OpenAI's errors, by status. */
function openaiType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}
