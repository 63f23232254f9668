// A service of OpenAI's shape on this machine: real HTTP, OpenAI's wire format, every byte it was sent, and every fault on demand
// (spec quality §4, "Upstream"). The official client, unmodified, is its judge (openai-client.test.ts).
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  chatAnswer,
  chatChunks,
  embeddings,
  responsesAnswer,
  responsesEvents,
  PLAIN,
  transcription,
  type Asked,
  type Manner,
} from './openai-answers.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Fault =
  /** Nothing is answered for so many milliseconds, then as usual. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Nothing is ever answered. */
  | { readonly kind: 'silent' }
  /** The head is sent, then nothing. */
  | { readonly kind: 'stuck' }
  /** The connection is cut in the middle of the answer. */
  | { readonly kind: 'half' }
  /** The connection is cut before the answer. */
  | { readonly kind: 'hang-up' }
  /** A stream that ends without a finish reason or its last word. */
  | { readonly kind: 'unfinished' }
  /** A stream that ends after its finish reason without its last word. */
  | { readonly kind: 'no-done' }
  /** A stream that reports an error, with the request in it. */
  | { readonly kind: 'error-event' }
  | { readonly kind: 'not-json' }
  | { readonly kind: 'wrong-type' }
  | { readonly kind: 'encoded' }
  | { readonly kind: 'not-http' }
  | { readonly kind: 'long-headers' }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'huge'; readonly bytes: number; readonly declared?: boolean }
  | { readonly kind: 'drips' }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number };

export interface StandIn {
  /** `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** Connections accepted, and answers whose reader went away before their end. */
  readonly seen: { connections: number; left: number; sentBytes: number };
  /** Every answer from now on, until `behave`. */
  fail(fault: Fault): void;
  behave(): void;
  /** How answers are said from now on. */
  speak(manner: Partial<Manner>): void;
  close(): Promise<void>;
}

export interface StandInOptions {
  readonly tls?: SecureContextOptions & { readonly requestCert?: boolean };
  /** Milliseconds between the pieces of a stream. */
  readonly paceMs?: number;
  readonly host?: string;
  /** Bytes are not kept: for load. */
  readonly forget?: boolean;
}

const CHUNK = Buffer.alloc(65_536, 'x');

export async function startOpenAi(options: StandInOptions = {}): Promise<StandIn> {
  const received: Received[] = [];
  const seen = { connections: 0, left: 0, sentBytes: 0 };
  const state: { fault: Fault | null; manner: Manner } = { fault: null, manner: PLAIN };
  const sockets = new Set<Socket>();
  const stopping = new AbortController();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    response.on('close', () => {
      if (!response.writableFinished) seen.left += 1;
    });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const got = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      if (options.forget !== true) received.push(got);
      const context = { seen, paceMs: options.paceMs ?? 0, signal: stopping.signal, manner: state.manner };
      answer(got, response, state.fault, context).catch(() => response.destroy());
    });
  };
  const { tls, host = '127.0.0.1' } = options;
  const server: Server =
    tls === undefined ? createServer(handle) : createTlsServer({ ...tls, rejectUnauthorized: true }, handle);
  server.on('connection', (socket: Socket) => {
    seen.connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${tls === undefined ? host : 'localhost'}:${port}/v1`,
    port,
    received,
    seen,
    fail: (fault) => (state.fault = fault),
    behave: () => {
      state.fault = null;
      state.manner = PLAIN;
    },
    speak: (manner) => (state.manner = { ...PLAIN, ...manner }),
    close: async () => {
      stopping.abort();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Context {
  readonly seen: StandIn['seen'];
  readonly paceMs: number;
  readonly signal: AbortSignal;
  readonly manner: Manner;
}

async function answer(got: Received, response: ServerResponse, fault: Fault | null, context: Context): Promise<void> {
  if (fault !== null && (await failed(got, response, fault, context))) return;
  if (got.method === 'GET' && got.path.endsWith('/models')) return json(response, 200, MODELS);
  const route = ROUTES.find(([end]) => (got.path.split('?')[0] ?? '').endsWith(end));
  if (got.method !== 'POST' || route === undefined) return refuse(response, 404, 'unknown_url', got);
  const asked = route[0] === '/audio/transcriptions' ? {} : parse(got.body);
  if (asked === null) return refuse(response, 400, null, got);
  await route[1]({ got, asked, response, fault, context });
}

interface Turn {
  readonly got: Received;
  readonly asked: Asked;
  readonly response: ServerResponse;
  readonly fault: Fault | null;
  readonly context: Context;
}

const ROUTES: readonly (readonly [string, (turn: Turn) => Promise<void>])[] = [
  ['/chat/completions', chat],
  ['/responses', responses],
  ['/embeddings', embed],
  ['/audio/transcriptions', transcribe],
];

async function chat({ got, asked, response, fault, context }: Turn): Promise<void> {
  if (!Array.isArray(asked['messages']) || asked['messages'].length === 0 || typeof asked['model'] !== 'string') {
    return refuse(response, 400, 'missing_required_parameter', got, 'messages');
  }
  if (asked['stream'] !== true) return json(response, 200, chatAnswer(asked, context.manner), fault);
  const events = chatChunks(asked, context.manner).map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
  return stream(response, [...events, 'data: [DONE]\n\n'], fault, context, got);
}

async function responses({ got, asked, response, fault, context }: Turn): Promise<void> {
  if (asked['input'] === undefined || typeof asked['model'] !== 'string') {
    return refuse(response, 400, 'missing_required_parameter', got, 'input');
  }
  if (asked['stream'] !== true) return json(response, 200, responsesAnswer(asked, context.manner), fault);
  const events = responsesEvents(asked, context.manner).map(
    (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  );
  return stream(response, events, fault, context, got);
}

async function embed({ got, asked, response, fault }: Turn): Promise<void> {
  if (asked['input'] === undefined) return refuse(response, 400, 'missing_required_parameter', got, 'input');
  return json(response, 200, embeddings(asked), fault);
}

async function transcribe({ got, response, fault }: Turn): Promise<void> {
  const heard = transcription(got.headers['content-type'] ?? '', got.body);
  if (heard === null) return refuse(response, 400, 'missing_required_parameter', got, 'file');
  if (typeof heard !== 'string') return json(response, 200, heard, fault);
  response.writeHead(200, { 'content-type': 'text/plain' }).end(heard);
}

const MODELS = {
  object: 'list',
  data: [{ id: 'stand-in-1', object: 'model', created: 1_700_000_000, owned_by: 'stand-in' }],
};

/** Headers that a service sends and nobody outside should see are among them. */
const HEADERS = {
  'x-request-id': 'req_standin',
  'openai-processing-ms': '7',
  'openai-organization': 'org-secret',
  'set-cookie': '__cf_bm=tracking; path=/',
  'x-echo': 'Jane Canary',
};

/** As OpenAI says it, with the request repeated in the message: some servers do. */
function refuse(
  response: ServerResponse,
  status: number,
  code: string | null,
  got: Received,
  param?: string,
): Promise<void> {
  const message = `Bad request: ${got.body.toString('utf8').slice(0, 2000)}`;
  const error = { message, type: 'invalid_request_error', param: param ?? null, code };
  return json(response, status, { error });
}

async function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  fault: Fault | null = null,
): Promise<void> {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    ...HEADERS,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  });
  if (fault?.kind === 'half') {
    response.write(body.slice(0, body.length / 2));
    await sleep(20);
    response.destroy();
  } else if (fault?.kind === 'drips') {
    for (const byte of Buffer.from(body)) await written(response, Buffer.of(byte));
    response.end();
  } else response.end(body);
}

async function stream(
  response: ServerResponse,
  events: readonly string[],
  fault: Fault | null,
  { paceMs, signal }: Context,
  got: Received,
): Promise<void> {
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
  const sent = fault?.kind === 'no-done' ? events.slice(0, -1) : events;
  for (const [at, event] of sent.entries()) {
    if (response.destroyed || signal.aborted) return;
    if (at === Math.floor(events.length / 2)) {
      if (fault?.kind === 'half') {
        response.write(event.slice(0, event.length / 2));
        await sleep(20);
        response.destroy();
        return;
      }
      if (fault?.kind === 'unfinished') break;
      if (fault?.kind === 'error-event') {
        response.end(
          `data: ${JSON.stringify({ error: { message: got.body.toString('utf8'), type: 'server_error' } })}\n\n`,
        );
        return;
      }
    }
    if (fault?.kind === 'drips') for (const byte of Buffer.from(event)) await written(response, Buffer.of(byte));
    else await written(response, Buffer.from(event));
    if (paceMs > 0) await sleep(paceMs);
  }
  response.end();
}

type Instead = (got: Received, response: ServerResponse) => void;

/** Faults that are one false answer. */
const INSTEAD: Partial<Record<Fault['kind'], Instead>> = {
  silent: () => undefined,
  'hang-up': (_, response) => response.destroy(),
  stuck: (got, response) => response.writeHead(200, { 'content-type': typeFor(got) }).flushHeaders(),
  'not-json': (got, response) => {
    const text = streams(got) ? 'data: {"usage":{broken\n\ndata: [DONE]\n\n' : '{"choices": [';
    response.writeHead(200, { 'content-type': typeFor(got) }).end(text);
  },
  'wrong-type': (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Jane Canary</html>'),
  encoded: (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('not gzip'),
  'not-http': (_, response) => response.socket?.end('220 mail.example ESMTP Jane Canary\r\n'),
  'long-headers': (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'x-long': 'y'.repeat(100_000) }).end('{}'),
};

/** Faults that take the place of an answer; true: nothing is left to do. */
async function failed(got: Received, response: ServerResponse, fault: Fault, context: Context): Promise<boolean> {
  const instead = INSTEAD[fault.kind];
  if (instead !== undefined) {
    instead(got, response);
    return true;
  }
  if (fault.kind === 'slow') await sleep(fault.ms, undefined, { signal: context.signal });
  if (fault.kind === 'huge') await huge(got, response, fault, context);
  if (fault.kind === 'redirect') response.writeHead(fault.status ?? 307, { location: fault.to }).end();
  if (fault.kind === 'status') {
    const error = { message: got.body.toString('utf8'), type: 'x', code: 'Jane Canary', param: 'messages[0].Jane' };
    response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
    response.end(JSON.stringify({ error }));
  }
  return fault.kind === 'huge' || fault.kind === 'redirect' || fault.kind === 'status';
}

/** A stream of that size in events of 64 KiB, or one JSON text. */
async function huge(
  got: Received,
  response: ServerResponse,
  fault: Fault & { kind: 'huge' },
  { seen }: Context,
): Promise<void> {
  const streamed = streams(got);
  const length = fault.declared === true ? { 'content-length': String(fault.bytes) } : {};
  response.writeHead(200, { 'content-type': streamed ? 'text/event-stream' : 'application/json', ...length });
  const [before, after] = streamed ? ['data: {"choices":[{"index":0,"delta":{"content":"', '"}}]}\n\n'] : ['', ''];
  if (!streamed) await written(response, Buffer.from('{"x":"'));
  for (let sent = 0; sent < fault.bytes && !response.destroyed; sent += CHUNK.length) {
    await written(response, Buffer.concat([Buffer.from(before), CHUNK, Buffer.from(after)]));
    seen.sentBytes += CHUNK.length;
  }
  if (streamed)
    await written(
      response,
      Buffer.from('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'),
    );
  response.end(streamed ? undefined : '"}');
}

function typeFor(got: Received): string {
  return streams(got) ? 'text/event-stream' : 'application/json';
}

function streams({ body }: Received): boolean {
  return parse(body)?.['stream'] === true;
}

function parse(body: Buffer): Asked | null {
  try {
    return JSON.parse(body.toString('utf8')) as Asked;
  } catch {
    return null;
  }
}

function written(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const done = (): void => {
      response.off('close', done);
      resolve();
    };
    response.once('close', done);
    response.write(bytes, done);
  });
}
