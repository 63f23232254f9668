// Which credential a request carries: a bearer token, or the session's cookie for requests of our own pages.
import { ProblemError } from '@cordon/contract';
import type { FastifyRequest } from 'fastify';
import type { Authenticator } from '#custody/access/authenticate.ts';
import { canUpgrade } from '#platform/http/upgrade.ts';
import { tokenInCookies } from './cookie.ts';
import type { Authenticate } from './register.ts';

/** Methods that change nothing may be sent from anywhere: their answers are not readable across origins. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Errors: `unauthenticated` for a credential that does not hold, `not_permitted` for a cookie sent by another site's page. */
export function authenticateWith(authenticator: Authenticator, secure: boolean): Authenticate {
  return async (request) => {
    const sender = { userAgent: request.headers['user-agent'] ?? null, address: request.ip };
    // A WebSocket is opened across origins without asking, so a page of another origin is refused whatever it brings (no CORS).
    if (canUpgrade(request.raw) && isCrossSite(request)) throw new ProblemError('not_permitted');
    const bearer = bearerToken(request.headers.authorization) ?? tokenInProtocols(request);
    if (bearer !== null) return authenticator.authenticate(bearer, sender);
    const cookie = tokenInCookies(request.headers.cookie, secure);
    if (cookie === null) return null;
    if (!SAFE_METHODS.has(request.method) && isCrossSite(request)) throw new ProblemError('not_permitted');
    return authenticator.authenticate(cookie, sender);
  };
}

/** A scheme other than bearer is a credential too, and none that holds. */
function bearerToken(header: string | undefined): string | null {
  if (header === undefined) return null;
  return /^bearer +(\S{1,512})$/i.exec(header)?.[1] ?? 'malformed';
}

/** Browsers can set no header on a WebSocket; OpenAI's own client puts the key among the subprotocols, so it is taken there. */
function tokenInProtocols({ headers, raw }: FastifyRequest): string | null {
  const offered = headers['sec-websocket-protocol'];
  if (offered === undefined || !canUpgrade(raw)) return null;
  return /(?:^|,)\s*openai-insecure-api-key\.([^\s,]{1,512})\s*(?:,|$)/.exec(offered)?.[1] ?? null;
}

/** Beside SameSite=Strict: Fetch Metadata where the browser sends it, else the Origin header. */
function isCrossSite(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (typeof site === 'string') return site !== 'same-origin' && site !== 'none';
  const { origin } = request.headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== request.headers.host;
}
