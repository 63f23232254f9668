// Back-pressure both ways on real sockets: who does not read is told apart, what is not taken is not read.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { WebSocketWire, WireClosed } from './wire.ts';

async function pair(limits?: {
  unreadBytes: number;
  slowMs: number;
}): Promise<{ wire: WebSocketWire; peer: WebSocket }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const peer = new WebSocket(`ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  await once(peer, 'open');
  const [socket] = await accepted;
  onTestFinished(() => {
    peer.terminate();
    server.close();
  });
  return { wire: new WebSocketWire(socket, limits), peer };
}

test('a peer that reads nothing is given up in time, and not more waits for it than the limit and a message', async () => {
  const { wire, peer } = await pair({ unreadBytes: 65_536, slowMs: 300 });
  peer.pause();
  const text = 'x'.repeat(65_536);
  const flood = async (): Promise<never> => {
    for (;;) await wire.send(text);
  };
  await expect(flood()).rejects.toMatchObject({ code: 'live_reader_slow' });
});

test('a peer that reads slowly gets everything', async () => {
  const { wire, peer } = await pair({ unreadBytes: 65_536, slowMs: 5_000 });
  let got = 0;
  peer.on('message', () => (got += 1));
  peer.pause();
  setTimeout(() => peer.resume(), 200);
  for (let sent = 0; sent < 200; sent += 1) await wire.send('x'.repeat(65_536));
  await expect.poll(() => got, { timeout: 5_000 }).toBe(200);
});

test('what is not taken is not read: a peer that floods is held by its own socket', async () => {
  const { wire, peer } = await pair();
  const piece = 'x'.repeat(262_144);
  for (let sent = 0; sent < 400; sent += 1) peer.send(piece);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(peer.bufferedAmount).toBeGreaterThan(50 * piece.length);
  let taken = 0;
  for await (const message of wire.messages()) {
    expect(message.length).toBe(piece.length);
    taken += 1;
    if (taken === 400) break;
  }
});

test('after the end, sending says so and messages end', async () => {
  const { wire, peer } = await pair();
  peer.send('last');
  peer.close(1000);
  const messages: string[] = [];
  for await (const message of wire.messages()) messages.push(message);
  expect(messages).toEqual(['last']);
  expect(await wire.closed).toBe(1000);
  await expect(wire.send('too late')).rejects.toBeInstanceOf(WireClosed);
});
