// WebSocket handshakes go through the same routes, hooks and refusals as every request: a connection becomes a WebSocket only when a
// handler has said yes, so whoever is refused gets an ordinary HTTP answer (RFC 6455 §4.2.2).
import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { WebSocketServer } from 'ws';
import type { Log } from '#platform/log/log.ts';
import { WebSocketWire } from './wire.ts';
import type { Wire } from './wire.ts';

/** Bytes of one message: the longest append of the contract and its envelope. */
const MAX_MESSAGE_BYTES = 3_145_728;

/** Frames of one message, and pieces of a frame as they came from the socket: each costs some hundred bytes beside what it holds. */
const MAX_FRAGMENTS = 1_024;
const MAX_CHUNKS = 16_384;

/** What OpenAI's clients offer beside the key. The key is never echoed. */
const SUBPROTOCOL = 'realtime';

/** Milliseconds that peers get to answer our close when the server stops; most were told before. */
const PARTING_MS = 1_000;

/** RFC 6455 §4.1: sixteen bytes in base64. */
const CLIENT_KEY = /^[+/0-9A-Za-z]{22}==$/;

interface Handshake {
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly response: ServerResponse;
  readonly accept: WebSocketServer;
  readonly log: Log;
  readonly since: number;
}

const HANDSHAKE = Symbol('handshake');

type Upgrading = IncomingMessage & { [HANDSHAKE]?: Handshake };

/** For `http.createServer`: everything else that asks to be upgraded (`h2c`, say) is an ordinary request, whose body is read. */
export function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

export function takeUpgrades(app: FastifyInstance, log: Log): void {
  const accept = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_CHUNKS,
    autoPong: false, // wire.ts answers those who read what is answered
    // Compressed speech beside secrets invites CRIME-like attacks, and base64 of sound hardly shrinks.
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  app.server.on('upgrade', (raw: Upgrading, socket: Duplex, head: Buffer) => {
    const response = new ServerResponse(raw);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.once('finish', () => socket.end());
    socket.once('error', () => socket.destroy());
    // A handshake that could not be completed makes no session.
    if (isWhole(raw)) raw[HANDSHAKE] = { socket, head, response, accept, log, since: performance.now() };
    app.routing(raw, response);
  });
  // Before the server waits for its connections: it counts these too, and would wait for ever.
  app.addHook('preClose', (done) => {
    for (const client of accept.clients) client.close(1012, 'shutting_down');
    const cut = setTimeout(() => accept.clients.forEach((client) => client.terminate()), PARTING_MS);
    accept.close(() => {
      clearTimeout(cut);
      done();
    });
  });
}

export function canUpgrade(raw: IncomingMessage): boolean {
  return (raw as Upgrading)[HANDSHAKE] !== undefined;
}

/**
 * Completes the handshake of a request for which `canUpgrade` holds. Whoever left meanwhile has no wire: null. Both ends of the
 * connection go to the access log, which hears of no response here.
 */
export function acceptUpgrade(request: FastifyRequest): Wire | null {
  const handshake = (request.raw as Upgrading)[HANDSHAKE];
  if (handshake === undefined) throw new TypeError('not an upgrade');
  const { socket, head, response, accept, log, since } = handshake;
  const { id: requestId, method } = request;
  const { url: route = '' } = request.routeOptions;
  response.detachSocket(socket as Socket);
  let wire: Wire | null = null;
  accept.handleUpgrade(request.raw, socket, head, (connection) => (wire = new WebSocketWire(connection)));
  const closed = (closeCode: number): void =>
    log.info('http.closed', { requestId, method, route, closeCode, milliseconds: elapsed(since) });
  if (wire === null) closed(NEVER_OPENED);
  else {
    log.info('http.request', { requestId, method, route, status: 101, milliseconds: elapsed(since) });
    void (wire as Wire).closed.then(closed);
  }
  return wire;
}

/** RFC 6455 §7.1.5: a connection that ended without a word. */
const NEVER_OPENED = 1006;

function isWhole({ headers }: IncomingMessage): boolean {
  return CLIENT_KEY.test(headers['sec-websocket-key'] ?? '') && headers['sec-websocket-version'] === '13';
}

function elapsed(since: number): number {
  return Math.round((performance.now() - since) * 10) / 10;
}
