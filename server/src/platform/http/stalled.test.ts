// Callers that announce a body and do not send it: on a real socket, with short limits.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#platform/log/log.ts';
import { createHttpServer } from './server.ts';
import type { HttpServer } from './server.ts';

const LIMITS = { stallMs: 300, wholeMs: 900, drainMs: 300 };
/** A cut comes at most so much later than its limit, on a machine that has other things to do. */
const PATIENCE_MS = 4_000;

let server: HttpServer;
let port: number;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  server = createHttpServer({
    log: createLog('silent'),
    tls: null,
    trustedProxies: [],
    hosts: ['localhost'],
    bodies: LIMITS,
  });
  server.app.post('/api/echo', (request) => ({ got: request.body }));
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = server.app.server.address() as AddressInfo);
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server.stop(0);
});

function begin(type: string): { readonly socket: Socket; readonly said: () => string; readonly cut: Promise<boolean> } {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
  socket.write(`POST /api/echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: 1000\r\n\r\n{`);
  // A cut may come as a reset; `once` would fail with it.
  const closed = new Promise<boolean>((resolve) => socket.on('close', () => resolve(true)));
  return { socket, said: () => said, cut: Promise.race([closed, sleep(PATIENCE_MS, false)]) };
}

/** A byte ten times a second until the socket is gone. */
async function trickle(socket: Socket): Promise<void> {
  while (!socket.destroyed) {
    socket.write(' ');
    await sleep(100);
  }
}

test('a body of which nothing more comes is cut', async () => {
  expect(await begin('application/json').cut).toBe(true);
});

test('a byte now and then does not hold a body that is read whole', async () => {
  const { socket, cut } = begin('application/json');
  void trickle(socket);
  expect(await cut).toBe(true);
});

test('nor does it hold a connection whose request was answered', async () => {
  const { socket, cut, said } = begin('application/x-nothing');
  void trickle(socket);
  expect(await cut).toBe(true);
  expect(said()).toMatch(/^HTTP\/1.1 415 /);
});

test('a body that comes slowly but comes is taken', async () => {
  const { socket, said } = begin('application/json');
  for (let part = 0; part < 4; part += 1) {
    await sleep(LIMITS.stallMs / 3);
    socket.write(' '.repeat(200));
  }
  socket.write(`${' '.repeat(198)}}`);
  await once(socket, 'data');
  expect(said()).toMatch(/^HTTP\/1.1 200 /);
});
