// Handshakes and frames of peers that mean harm, on real sockets; and that both ends of a WebSocket stand in the access log.
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLog } from '#platform/log/log.ts';
import { createHttpServer } from './server.ts';
import { acceptUpgrade, canUpgrade } from './upgrade.ts';
import type { Wire } from './wire.ts';

type Line = Readonly<Record<string, unknown>>;

/** A server with one route for WebSockets; `before` runs when the handler has said yes and nothing is answered yet. */
async function start(before: () => Promise<void> = () => Promise.resolve()) {
  const lines: Line[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as Line);
      done();
    },
  });
  const server = createHttpServer({ log: createLog('info', sink), tls: null, trustedProxies: [], hosts: null });
  const wires: (Wire | null)[] = [];
  const mays: boolean[] = [];
  server.app.get('/talk/:id', async (request, reply) => {
    mays.push(canUpgrade(request.raw));
    if (!canUpgrade(request.raw)) return reply.code(426).send();
    await before();
    void reply.hijack();
    wires.push(acceptUpgrade(request));
    return reply;
  });
  server.app.post('/echo', (request) => ({ got: request.body }));
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.stop(0));
  const { port } = server.app.server.address() as AddressInfo;
  return {
    port,
    lines,
    wires,
    mays,
    stop: () => server.stop(0),
    url: `ws://127.0.0.1:${String(port)}/talk/jane-doe?note=canary`,
  };
}

async function open(url: string): Promise<WebSocket> {
  const peer = new WebSocket(url);
  onTestFinished(() => peer.terminate());
  peer.on('error', () => undefined);
  await once(peer, 'open');
  return peer;
}

/** A connection whose bytes the test writes itself. */
async function raw(port: number, head: readonly string[]): Promise<{ socket: Socket; text: () => string }> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write([...head, '', ''].join('\r\n'));
  return { socket, text: () => text };
}

const HANDSHAKE = [
  'GET /talk/x HTTP/1.1',
  'host: x',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
];

/** One masked frame of a client, mask zero. */
function frame(opcode: number, fin: boolean, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const first = (fin ? 0x80 : 0) | opcode;
  return Buffer.concat([Buffer.from([first, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

test('the beginning and the end of a WebSocket stand in the access log, with the route and without the address', async () => {
  const { url, lines } = await start();
  const peer = await open(url);
  await sleep(50);
  peer.close(4001, 'because');
  await expect.poll(() => lines.length).toBe(2);
  const [begun, ended] = lines;
  expect(begun).toMatchObject({ event: 'http.request', method: 'GET', route: '/talk/:id', status: 101 });
  expect(ended).toMatchObject({ event: 'http.closed', method: 'GET', route: '/talk/:id', closeCode: 4001 });
  expect(ended?.['requestId']).toBe(begun?.['requestId']);
  expect(ended?.['milliseconds']).toBeGreaterThanOrEqual(45);
  expect(JSON.stringify(lines)).not.toMatch(/jane|canary|because/);
});

test('one who left while the handler worked has no wire, and stands in the log all the same', async () => {
  let left: () => void = () => undefined;
  const { port, lines, wires } = await start(() => new Promise((resolve) => (left = () => setTimeout(resolve, 50))));
  const { socket } = await raw(port, HANDSHAKE);
  await sleep(100);
  socket.resetAndDestroy();
  left();
  await expect.poll(() => wires).toEqual([null]);
  expect(lines).toMatchObject([{ event: 'http.closed', closeCode: 1006 }]);
});

test('a handshake that cannot be completed is an ordinary request', async () => {
  const { port, mays, lines } = await start();
  for (const line of ['sec-websocket-key: short', 'sec-websocket-version: 7']) {
    const name = line.split(':', 1)[0] ?? '';
    const { text } = await raw(port, [...HANDSHAKE.filter((one) => !one.startsWith(name)), line]);
    await expect.poll(text).toMatch(/^HTTP\/1\.1 426 /);
  }
  expect(mays).toEqual([false, false]);
  expect(lines).toMatchObject([{ status: 426 }, { status: 426 }]);
});

test('whoever asks for another protocol, or to upgrade a request with a body, gets the answer to that request', async () => {
  const { port } = await start();
  for (const upgrade of ['h2c', 'websocket']) {
    const body = '{"a":1}';
    const head = ['POST /echo HTTP/1.1', 'host: x', 'connection: upgrade', `upgrade: ${upgrade}`];
    const { socket, text } = await raw(port, [
      ...head,
      'content-type: application/json',
      `content-length: ${String(body.length)}`,
    ]);
    socket.write(body);
    await expect.poll(text).toContain('{"got":{"a":1}}');
  }
});

test('a message in thousands of fragments is refused before it has cost anything', async () => {
  const { url, lines } = await start();
  const peer = await open(url);
  for (let sent = 0; sent < 20_000; sent += 1) peer.send('x', { fin: false });
  const [code] = (await once(peer, 'close')) as [number];
  expect(code).toBe(1008);
  await expect.poll(() => lines.at(-1)).toMatchObject({ event: 'http.closed' });
});

test('a flood of pings is ended, and a peer that does not read them is not answered without limit', async () => {
  const { port, lines, wires } = await start();
  const { socket } = await raw(port, HANDSHAKE);
  await expect.poll(() => lines.length).toBe(1);
  socket.pause();
  const pings = Buffer.concat(Array.from({ length: 500 }, () => frame(9, true, Buffer.alloc(120))));
  socket.write(pings);
  await sleep(100);
  expect(lines).toHaveLength(1);
  expect(wires).toHaveLength(1);
  socket.write(pings);
  await expect.poll(() => lines.at(-1)).toMatchObject({ event: 'http.closed', closeCode: 1006 });
});

test('empty messages that nobody takes stop the reading as long ones do, and the server can stop beside them', async () => {
  const { port, lines, wires, stop } = await start();
  const { socket } = await raw(port, HANDSHAKE);
  await expect.poll(() => lines.length).toBe(1);
  socket.write(Buffer.concat(Array.from({ length: 2_000_000 }, () => frame(1, true))));
  await sleep(1_000);
  expect(socket.writableLength, 'the rest waits at the sender').toBeGreaterThan(1_000_000);
  let taken = 0;
  for await (const message of wires[0]?.messages() ?? []) {
    expect(message).toBe('');
    taken += 1;
    if (taken === 10_000) break;
  }
  expect(taken, 'and comes when there is room').toBe(10_000);
  const began = performance.now();
  await stop();
  expect(performance.now() - began).toBeLessThan(3_000);
}, 20_000);
