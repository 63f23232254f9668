// What a service of OpenAI's shape answers when it refuses a request: which of it is the caller's affair, and how it is told without
// a word that the service may have copied from the request.
import { ProblemError } from '@cordon/contract';
import type { Inbound, ModelAnswer } from '#boundary/egress/adapter.ts';
import { releasedHeaders } from '#boundary/egress/headers.ts';
import { MAX_REFUSAL_BYTES } from '#boundary/egress/limits.ts';
import { readUpTo } from '#boundary/egress/whole.ts';

/** The request itself is at fault; everything else from 400 on is between Cordon and the service. */
const OF_THE_REQUEST = new Set([400, 413, 415, 422]);

/** Too many, overloaded, too early, timed out at their side: another moment or another service may do. */
const PASSING = new Set([408, 409, 425, 429]);

/** `type`, `code` and `param` of OpenAI's errors are words of its programs; only what can be nothing else goes on. */
const CODES = new Set([
  'context_length_exceeded',
  'content_filter',
  'content_policy_violation',
  'invalid_function_parameters',
  'invalid_image',
  'invalid_image_format',
  'invalid_json_schema',
  'invalid_type',
  'invalid_value',
  'integer_above_max_value',
  'integer_below_min_value',
  'decimal_above_max_value',
  'decimal_below_min_value',
  'array_above_max_length',
  'array_below_min_length',
  'string_above_max_length',
  'missing_required_parameter',
  'rate_limit_exceeded',
  'unknown_parameter',
  'unsupported_parameter',
  'unsupported_value',
]);
const TYPES = new Set(['invalid_request_error', 'BadRequestError', 'tokens', 'image_generation_user_error']);
const PARAM =
  /^(?:messages|input|tools|tool_choice|response_format|model|max_tokens|max_completion_tokens|max_output_tokens|temperature|top_p|n|stop|seed|stream|stream_options|reasoning|reasoning_effort|logprobs|top_logprobs|logit_bias|presence_penalty|frequency_penalty|parallel_tool_calls|dimensions|encoding_format|text)\b/;

/** `statusOf` an answer that is not 2xx. Errors: `upstream_unavailable` {reason: status, status, retryAfterMs?}, `upstream_refused` {status}. */
export async function refusedAnswer(inbound: Inbound): Promise<ModelAnswer> {
  const { status, headers } = inbound;
  if (!OF_THE_REQUEST.has(status)) throw await problemOfStatus(inbound);
  const said = errorIn(await readUpTo(inbound, MAX_REFUSAL_BYTES));
  const error = {
    message: 'The service refused the request.',
    type: known(TYPES, said['type']) ?? 'invalid_request_error',
    param: PARAM.exec(String(said['param']))?.[0] ?? null,
    code: known(CODES, said['code']),
  };
  return { kind: 'refused', status, bytes: Buffer.from(JSON.stringify({ error })), headers: releasedHeaders(headers) };
}

/** The problem that a status stands for; what the answer says is read and dropped, so that the connection can serve again. */
export async function problemOfStatus(inbound: Inbound): Promise<ProblemError> {
  const { status, headers } = inbound;
  await readUpTo(inbound, MAX_REFUSAL_BYTES).catch(() => undefined);
  if (status < 500 && !PASSING.has(status)) return new ProblemError('upstream_refused', { status });
  const wait = retryAfterMs(headers);
  return new ProblemError('upstream_unavailable', {
    reason: 'status',
    status,
    ...(wait === null ? {} : { retryAfterMs: wait }),
  });
}

/** `Retry-After` in seconds (RFC 9110 §10.2.3) or OpenAI's `retry-after-ms`. Dates are not honoured: clocks differ. */
function retryAfterMs(headers: Inbound['headers']): number | null {
  const exact = Number(headers['retry-after-ms'] ?? Number.NaN);
  const wait = Number.isFinite(exact) ? exact : Number(headers['retry-after'] ?? Number.NaN) * 1000;
  return Number.isFinite(wait) && wait >= 0 ? Math.ceil(wait) : null;
}

function errorIn(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const said = (JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown> | null)?.['error'];
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function known(words: ReadonlySet<string>, word: unknown): string | null {
  return typeof word === 'string' && words.has(word) ? word : null;
}
