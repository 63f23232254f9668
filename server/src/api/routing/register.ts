// Every row of the route table becomes a route of the server: admit → parse → handle → record the access → answer.
import { MAX_MODEL_BYTES, parseOrRefuse, ProblemError, routeRows, type Route, type RouteId } from '@cordon/contract';
import type { Stream } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '#custody/access/principal.ts';
import { newId } from '#kernel/ids.ts';
import { parseJson } from '#kernel/json.ts';
import { canUpgrade } from '#platform/http/upgrade.ts';
import { admit, type AdmissionParts } from './admit.ts';
import type { Answer, Exchange, HandledRoute, Handler, Handlers } from './handler.ts';
import type { Idempotency, Work } from './idempotency.ts';
import { fitting, letGo, send } from './reply.ts';

/** From the request's credential to who is asking; null when there is none. Errors: `unauthenticated` for one that does not hold. */
export type Authenticate = (request: FastifyRequest) => Promise<Principal | null>;

export interface RoutingParts extends AdmissionParts {
  readonly authenticate: Authenticate;
  readonly handlers: Handlers;
  readonly idempotency: Idempotency;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

/** Milliseconds that the rest of a refused upload is taken: enough for a caller to notice the answer. */
const DISCARD_MS = 5_000;

export function registerRoutes(server: FastifyInstance, parts: RoutingParts): void {
  takeRawBodies(server);
  const add = (scope: FastifyInstance, { id, route }: ReturnType<typeof routeRows>[number]): void => {
    if (id === 'health') return;
    scope.route({
      method: route.method,
      url: fastifyPath(route.path),
      handler: (request, reply) => serve(parts, id, route, request, reply),
    });
  };
  for (const row of routeRows()) if (row.route.body?.kind !== 'passed-json') add(server, row);
  // In a scope of its own: only there JSON arrives as bytes.
  void server.register((scope, _options, done) => {
    takeBytesOfJson(scope);
    for (const row of routeRows()) if (row.route.body?.kind === 'passed-json') add(scope, row);
    done();
  });
}

async function serve(
  parts: RoutingParts,
  id: HandledRoute,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    return await answerTo(parts, id, route, request, reply);
  } catch (error) {
    if (!request.raw.complete) discardRest(request);
    throw error;
  }
}

/**
 * What is still arriving after a refusal is read and dropped for a while: a connection closed with unread bytes is reset, and the
 * caller would lose the answer with it.
 */
function discardRest({ raw }: FastifyRequest): void {
  const cut = setTimeout(() => raw.destroy(), DISCARD_MS).unref();
  raw.once('close', () => clearTimeout(cut));
  raw.resume();
}

async function answerTo(
  parts: RoutingParts,
  id: HandledRoute,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const principal = await parts.authenticate(request);
  await admit(parts, route, principal);
  const input = parseInput(route, request);
  // The table pairs each handler with its own row (Handlers); the loop over rows loses that pairing.
  const handler = parts.handlers[id] as unknown as Handler<Route>;
  // `admit` lets null pass on public routes only, and their handlers take it.
  const context = { principal: principal as Principal, exchange: exchangeOf(parts, request, reply) };
  const work: Work = (reserved) => handler(input, { ...context, reserved });
  const key = principal === null ? null : keyOf(input);
  const answer = await (principal === null || key === null
    ? work({ id: newId(), resumed: false })
    : parts.idempotency.once({ principal, route: id, key, asked: askedBy(route, request, input) }, work));
  try {
    const promised = fitting(route, answer);
    if (principal !== null) await recordAccess(parts, id, route, principal, answer);
    return send(promised, answer, reply);
  } catch (error) {
    await letGo(answer);
    throw error;
  }
}

function parseInput(route: Route, request: FastifyRequest): Parameters<Handler<Route>>[0] {
  return {
    params: route.params && parseOrRefuse(route.params, pathParams(request), 'params'),
    query: route.query && parseOrRefuse(route.query, request.query, 'query'),
    headers: route.headers && parseOrRefuse(route.headers, request.headers, 'headers'),
    body: parseBody(route, request),
  } as Parameters<Handler<Route>>[0];
}

function keyOf({ headers }: Parameters<Handler<Route>>[0]): string | null {
  const key: unknown = headers === undefined ? undefined : Reflect.get(headers, 'idempotency-key');
  return typeof key === 'string' ? key : null;
}

/**
 * What makes two requests the same: address, context headers, and the parsed body. Of a streamed body its type and announced
 * length, not its bytes: a repetition is answered before it has to be sent again (docs/decisions/0064).
 */
function askedBy(route: Route, request: FastifyRequest, { body }: Parameters<Handler<Route>>[0]): unknown {
  const context = Object.entries(request.headers).filter(([name]) => name.startsWith('cordon-'));
  const [type = ''] = contentType(request).toLowerCase().split(';');
  const length = route.body?.kind === 'stream' ? (request.headers['content-length'] ?? null) : null;
  return [
    request.method,
    request.url,
    context.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    type.trim(),
    length,
    body ?? null,
  ];
}

function parseBody(route: Route, request: FastifyRequest): unknown {
  switch (route.body?.kind) {
    case 'json':
      return parseOrRefuse(route.body.schema, request.body, 'body');
    case 'passed-json': {
      const bytes = request.body as Uint8Array | undefined;
      if (bytes === undefined) throw new ProblemError('unsupported_media_type');
      return { bytes, parsed: parseOrRefuse(route.body.schema, jsonOf(bytes), 'body') };
    }
    case 'multipart':
      if (!contentType(request).toLowerCase().startsWith('multipart/form-data'))
        throw new ProblemError('unsupported_media_type');
      return undefined;
    case 'stream': {
      const [type = ''] = contentType(request).toLowerCase().split(';');
      if (!route.body.contentTypes.includes(type.trim())) throw new ProblemError('unsupported_media_type');
      return undefined;
    }
    case undefined:
      return undefined;
  }
}

/** Reading the log or a record is itself recorded (spec custody §3), and before anything of it leaves (I2). */
async function recordAccess(
  parts: RoutingParts,
  id: RouteId,
  route: Route,
  principal: Principal,
  answer: Answer<unknown>,
): Promise<void> {
  if (!('kind' in route.ledger) || route.ledger.kind !== 'access.read') return;
  const { tenant, actor } = principal;
  await parts.ledger.append({
    tenant,
    actor,
    kind: 'access.read',
    detail: { what: id },
    ...(answer.objects === undefined ? {} : { objects: answer.objects }),
  });
}

/** Signals are made when a handler asks for them: most never do, and they cost more than the rest. */
function exchangeOf({ stopping }: RoutingParts, request: FastifyRequest, reply: FastifyReply): Exchange {
  return {
    requestId: request.id,
    get signal() {
      return whenGone(request.raw, stopping, () => request.raw.destroyed && !request.raw.complete);
    },
    get unwanted() {
      return whenGone(reply.raw, stopping, () => !reply.raw.writableFinished);
    },
    contentType: contentType(request),
    remoteAddress: request.ip,
    userAgent: request.headers['user-agent'] ?? null,
    // Leaving the loop early must not destroy the request: the refusal would be lost with its connection.
    canUpgrade: canUpgrade(request.raw),
    body: { [Symbol.asyncIterator]: () => request.raw.iterator({ destroyOnReturn: false }) },
  };
}

function whenGone(stream: Stream, stopping: AbortSignal, early: () => boolean): AbortSignal {
  const gone = new AbortController();
  const stop = (): void => gone.abort();
  if (stopping.aborted) stop();
  stopping.addEventListener('abort', stop, { once: true });
  stream.once('close', () => {
    stopping.removeEventListener('abort', stop);
    if (early()) stop();
  });
  return gone.signal;
}

function contentType(request: FastifyRequest): string {
  return request.headers['content-type'] ?? '';
}

/** JSON is parsed by Fastify under its body limit; every other body stays a stream that the handler reads. */
function takeRawBodies(server: FastifyInstance): void {
  server.addContentTypeParser('*', (_request, _payload, done) => {
    done(null, undefined);
  });
}

/** Read once, here: what leaves is the same bytes (docs/formats/adapters.md). */
function takeBytesOfJson(scope: FastifyInstance): void {
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_MODEL_BYTES },
    (_request, body, done) => done(null, body),
  );
}

/** Errors: `invalid_request` for what is no JSON, or names a prototype. */
function jsonOf(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (text.includes('"__proto__"')) throw new ProblemError('invalid_request', { field: 'body', rule: 'prototype' });
  try {
    return parseJson(text);
  } catch {
    throw new ProblemError('invalid_request', { field: 'body', rule: 'json' });
  }
}

/** `/api/tile/{level}/{path+}` → `/api/tile/:level/*`. */
function fastifyPath(path: string): string {
  return path.replaceAll(/\{([a-z]+)\+\}/gi, '*').replaceAll(/\{([a-z]+)\}/gi, ':$1');
}

function pathParams(request: FastifyRequest): Record<string, unknown> {
  const { '*': rest, ...named } = request.params as Record<string, unknown>;
  return rest === undefined ? named : { ...named, path: rest };
}
