// What went wrong on the way, as the catalogue says it. Nothing of the library's error goes on: it may hold bytes of an answer.
import { isProblem, ProblemError } from '@cordon/contract';

/** How far an exchange had come: what may be repeated depends on it. */
export type Stage = 'before-answer' | 'in-answer';

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  EAI_FAIL: 'name',
  EAI_NODATA: 'name',
  EHOSTUNREACH: 'no_route',
  ENETUNREACH: 'no_route',
  EADDRNOTAVAIL: 'no_route',
  EPERM: 'denied',
  EACCES: 'denied',
};

const TIMES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  ETIMEDOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'first_byte',
  UND_ERR_BODY_TIMEOUT: 'idle',
};

/** Of OpenSSL and of Node's own check of the name. */
const CERTIFICATE =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH|EPROTO)/;

/** The connection ended while bytes were owed. */
const CUT = new Set([
  'UND_ERR_SOCKET',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_ABORTED',
]);

export function problemOf(error: unknown, stage: Stage): ProblemError {
  if (isProblem(error)) return error;
  // The parser's error carries the bytes that it could not read, and not always a code.
  if (error instanceof Error && error.name === 'HTTPParserError') return notHttp();
  const code = codeOf(error);
  if (code === '') return new ProblemError('internal');
  const time = TIMES[code];
  if (time !== undefined) return new ProblemError('upstream_timeout', { reason: time });
  const unreachable = UNREACHABLE[code];
  if (unreachable !== undefined) return new ProblemError('upstream_unavailable', { reason: unreachable });
  if (CERTIFICATE.test(code)) return new ProblemError('upstream_unavailable', { reason: 'certificate' });
  if (CUT.has(code) || code.startsWith('ERR_HTTP2_')) {
    return stage === 'in-answer'
      ? new ProblemError('upstream_invalid', { reason: 'cut' })
      : new ProblemError('upstream_unavailable', { reason: 'closed' });
  }
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return new ProblemError('shutting_down');
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return notHttp();
  return new ProblemError('internal');
}

function notHttp(): ProblemError {
  return new ProblemError('upstream_invalid', { reason: 'not_http' });
}

/** Several addresses that all failed are one error of many; the last says most. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors.at(-1));
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** Why a caller's signal was raised, as a problem: their own, or that they left. */
export function leaving(signal: AbortSignal): ProblemError {
  return isProblem(signal.reason) ? signal.reason : new ProblemError('caller_gone');
}
