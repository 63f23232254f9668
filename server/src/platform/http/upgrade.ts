// WebSocket handshakes go through the same routes, hooks and refusals as every request: a connection becomes a WebSocket only when a
// handler has said yes, so whoever is refused gets an ordinary HTTP answer (RFC 6455 §4.2.2).
import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { WebSocketServer } from 'ws';
import { WebSocketWire } from './wire.ts';
import type { Wire } from './wire.ts';

/** Bytes of one message: the longest append of the contract and its envelope. */
const MAX_MESSAGE_BYTES = 3_145_728;

/** What OpenAI's clients offer beside the key. The key is never echoed. */
const SUBPROTOCOL = 'realtime';

interface Handshake {
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly response: ServerResponse;
  readonly accept: WebSocketServer;
}

const HANDSHAKE = Symbol('handshake');

type Upgrading = IncomingMessage & { [HANDSHAKE]?: Handshake };

export function takeUpgrades(app: FastifyInstance): void {
  const accept = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
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
    if (raw.headers.upgrade?.toLowerCase() === 'websocket') raw[HANDSHAKE] = { socket, head, response, accept };
    app.routing(raw, response);
  });
  app.addHook('onClose', (_app, done) => {
    for (const client of accept.clients) client.terminate();
    accept.close(() => done());
  });
}

export function canUpgrade(raw: IncomingMessage): boolean {
  return (raw as Upgrading)[HANDSHAKE] !== undefined;
}

/** Completes the handshake of a request for which `canUpgrade` holds. `then` is not called when the client did not mean it. */
export function acceptUpgrade(raw: IncomingMessage, then: (wire: Wire) => void): void {
  const handshake = (raw as Upgrading)[HANDSHAKE];
  if (handshake === undefined) throw new TypeError('not an upgrade');
  const { socket, head, response, accept } = handshake;
  response.detachSocket(socket as Socket);
  accept.handleUpgrade(raw, socket, head, (connection) => then(new WebSocketWire(connection)));
}
