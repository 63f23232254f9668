// What every stand-in for a vendor shares: a real server on this machine that keeps what it was sent, byte for byte, and answers as
// the vendor does, or as an upstream in trouble does (`faults.ts`).
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Fault, FaultScript, play, type Reply } from './faults.ts';

/** A request as it arrived. */
export interface Seen {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface StandIn {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** The last request's body as JSON. */
  readonly last: () => Record<string, unknown>;
  /** Answers from now on go wrong like this; null: no more. */
  fail(fault: Fault | null): void;
  /** Connections on which an answer was cut off by the other side. */
  readonly hungUp: () => number;
  close(): Promise<void>;
}

export type Answer = (seen: Seen) => Reply | Promise<Reply>;

/** `spared`: requests that no fault touches. */
export async function standIn(answer: Answer, spared: (seen: Seen) => boolean = () => false): Promise<StandIn> {
  const seen: Seen[] = [];
  const script = new FaultScript();
  let hungUp = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on('close', () => {
      if (!response.writableFinished && script.current === null) hungUp += 1;
    });
    const asked = await receive(request);
    seen.push(asked);
    await play(spared(asked) ? null : script.current, await answer(asked), response);
  };
  const { port, close } = await listenBoth((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    last: () => JSON.parse(seen.at(-1)?.body.toString() ?? '{}') as Record<string, unknown>,
    fail: (fault) => script.set(fault),
    hungUp: () => hungUp,
    close,
  };
}

async function receive(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const host = request.headers[':authority'] ?? request.headers.host ?? '';
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: { ...(request.headers as Record<string, string>), host: String(host) },
    body: Buffer.concat(chunks),
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** HTTP/1.1 and HTTP/2 without TLS on one port: clients that know that the server speaks HTTP/2 begin with its preface. */
async function listenBoth(handle: Handler): Promise<{ port: number; close: () => Promise<void> }> {
  const http1 = createHttp1(handle);
  const http2 = createHttp2((request, response) => handle(request as never, response as never));
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return;
      socket.unshift(first);
      (first.subarray(0, 3).toString() === 'PRI' ? http2 : http1).emit('connection', socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: portOf(server), close };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    chunks: [Buffer.from(JSON.stringify(value))],
  };
}
