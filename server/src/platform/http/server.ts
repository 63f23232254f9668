// The HTTP server before it has routes: limits, request ids, security headers, problems, the access log, shutting down.
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { ProblemError } from '@cordon/contract';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '#kernel/ids.ts';
import type { Log } from '#platform/log/log.ts';
import { createMethodTable } from './methods.ts';
import type { MethodTable } from './methods.ts';
import { asProblem, problemResponse } from './problems.ts';
import { securityHeaders } from './security.ts';
import { BODY_LIMITS, watchBodies } from './stalled.ts';
import type { BodyLimits } from './stalled.ts';
import { asksForWebSocket, takeUpgrades } from './upgrade.ts';

export interface HttpServerOptions {
  readonly log: Log;
  /** PEM files; null: plain HTTP, which the configuration allows on loopback or behind a declared proxy only. */
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | null;
  /** Addresses or CIDRs whose X-Forwarded-* is believed; empty: nobody's. */
  readonly trustedProxies: readonly string[];
  /**
   * Host names that requests may name; null: any (a proxy in front has checked). On loopback this stops a web page from reaching
   * the server under a name of its own that resolves to 127.0.0.1 (DNS rebinding).
   */
  readonly hosts: readonly string[] | null;
  /** How long a body may take to come; `BODY_LIMITS` when left out. */
  readonly bodies?: BodyLimits;
}

export interface HttpServer {
  readonly app: FastifyInstance;
  /** Refuses new requests (`shutting_down`), waits for those under way, then closes. Beyond `graceMs` it cuts them off. */
  stop(graceMs: number): Promise<void>;
}

const JSON_BODY_BYTES = 1_048_576; // a whole edited note fits ten times over; recordings stream past this limit
const URL_CHARS = 4_096;
const PARAM_CHARS = 512; // ids are 36; tile paths a little more
// Header bytes: Node's own default, said here because it is a limit of ours. The time-out is against slow-header attacks.
const CONNECTION_LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 20_000,
  shouldUpgradeCallback: asksForWebSocket,
};
const KEEP_ALIVE_MS = 65_000; // longer than common proxies keep theirs, so that they close first
const SHUTDOWN_RETRY_SECONDS = 5;

/** `GET /healthz` is there: 200 while the process serves. Everything else is added to `app` by others before it listens. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const app = fastify({
    ...(options.tls === null
      ? { http: CONNECTION_LIMITS }
      : { https: { ...CONNECTION_LIMITS, ...tlsOptions(options.tls) } }),
    logger: false,
    genReqId: () => newId(),
    requestIdHeader: false, // a caller's id could carry anything into the log
    bodyLimit: JSON_BODY_BYTES,
    routerOptions: { maxParamLength: PARAM_CHARS },
    requestTimeout: 0, // a long upload is one request; stalled.ts cuts those that stand still
    keepAliveTimeout: KEEP_ALIVE_MS,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    return503OnClosing: false, // answered below in our form
    forceCloseConnections: 'idle',
    exposeHeadRoutes: true,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => void answer(options.log, error, request, reply),
  });
  watchBodies(app, options.bodies ?? BODY_LIMITS);
  takeUpgrades(app, options.log);
  const state = { stopping: false };
  const methods = createMethodTable();
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) methods.add(method, route.url);
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ ...securityHeaders(request.protocol === 'https'), 'cordon-request-id': request.id });
    done(refusal(request, state.stopping, options.hosts) ?? undefined);
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (state.stopping) reply.header('connection', 'close'); // else a kept connection would hold the shutdown
    done(null, payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    logRequest(options.log, request, reply);
    done();
  });
  app.setErrorHandler((error, request, reply) => answer(options.log, error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    answer(options.log, unknownAddress(methods, request, reply), request, reply),
  );
  app.get('/healthz', () => ({ status: 'ok' }));
  return { app, stop: (graceMs) => stop(app, state, graceMs) };
}

function tlsOptions(tls: { readonly certificateFile: string; readonly keyFile: string }): {
  cert: Buffer;
  key: Buffer;
  minVersion: 'TLSv1.2';
  honorCipherOrder: boolean;
} {
  return {
    cert: readFileSync(tls.certificateFile),
    key: readFileSync(tls.keyFile),
    minVersion: 'TLSv1.2', // NIST SP 800-52r2 §3.1: 1.2 with 1.3 preferred
    honorCipherOrder: true,
  };
}

/** What is refused before anything of the request is looked at. */
function refusal(request: FastifyRequest, stopping: boolean, hosts: readonly string[] | null): ProblemError | null {
  if (stopping) return new ProblemError('shutting_down', { retryAfter: SHUTDOWN_RETRY_SECONDS });
  if (request.url.length > URL_CHARS) return new ProblemError('uri_too_long');
  if (hosts !== null && !hosts.includes(request.hostname)) return new ProblemError('misdirected_request');
  return null;
}

function unknownAddress(methods: MethodTable, request: FastifyRequest, reply: FastifyReply): ProblemError {
  const allowed = methods.allowed(request.url.split('?', 1)[0] ?? '');
  if (allowed.length === 0) return new ProblemError('not_found');
  reply.header('allow', allowed.join(', '));
  return new ProblemError('method_not_allowed', { allowed });
}

function answer(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = asProblem(error);
  if (problem.status >= 500) {
    log.error('http.failed', { requestId: request.id, code: problem.code, ...routeOf(request) }, error);
  }
  const { status, headers, body } = problemResponse(problem, request.url, request.id);
  return reply.code(status).headers(headers).send(body);
}

/** The route's pattern; an address itself may hold what must not be logged. */
function logRequest(log: Log, request: FastifyRequest, reply: FastifyReply): void {
  log.info('http.request', {
    requestId: request.id,
    method: request.method,
    ...routeOf(request),
    status: reply.statusCode,
    milliseconds: Math.round(reply.elapsedTime * 10) / 10,
  });
}

function routeOf(request: FastifyRequest): { route?: string } {
  return request.routeOptions.url === undefined ? {} : { route: request.routeOptions.url };
}

/** Bytes that are no HTTP, headers beyond the limit or too slow: there is no request yet, so the answer is written by hand. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const code = clientErrorCode(error.code);
  const { status, body } = problemResponse(new ProblemError(code), '/', newId());
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n` +
      `content-type: application/problem+json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\n` +
      `connection: close\r\n\r\n${text}`,
  );
}

function clientErrorCode(code: string | undefined): 'headers_too_large' | 'request_timeout' | 'invalid_request' {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'invalid_request';
}

async function stop(app: FastifyInstance, state: { stopping: boolean }, graceMs: number): Promise<void> {
  state.stopping = true;
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}
