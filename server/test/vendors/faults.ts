// Upstreams in trouble (spec quality §4): each fault bends an answer that was right.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly Uint8Array[];
}

const FAULTS = [
  'slow',
  'stuck-before-headers',
  'stuck-after-headers',
  'half',
  'wrong-json',
  'wrong-type',
  'status-400',
  'status-401',
  'status-429',
  'status-500',
  'status-503',
  'huge',
  'drip',
  'redirect',
  'reset',
] as const;

export type Fault = (typeof FAULTS)[number];

/** Which fault is on. */
export class FaultScript {
  current: Fault | null = null;

  set(fault: Fault | null): void {
    this.current = fault;
  }
}

/** Milliseconds that a slow upstream takes to begin. */
const SLOW_MS = 300;
const HUGE_BYTES = 100 * 1024 * 1024;
const FILLER = Buffer.alloc(64 * 1024, 'x');

export async function play(fault: Fault | null, reply: Reply, response: ServerResponse): Promise<void> {
  switch (fault) {
    case null:
      return whole(reply, response);
    case 'slow':
      await sleep(SLOW_MS);
      return whole(reply, response);
    case 'stuck-before-headers':
      return;
    case 'stuck-after-headers':
      head(reply, response);
      return;
    case 'half':
      return half(reply, response);
    case 'wrong-json':
      return whole({ ...reply, chunks: [Buffer.from('{"wrong": [1, 2')] }, response);
    case 'wrong-type':
      return whole({ status: 200, headers: { 'content-type': 'text/html' }, chunks: [PAGE] }, response);
    case 'status-400':
    case 'status-401':
    case 'status-429':
    case 'status-500':
    case 'status-503':
      return storm(Number(fault.slice(-3)), response);
    case 'huge':
      return huge(reply, response);
    case 'drip':
      return drip(reply, response);
    case 'redirect':
      return whole({ status: 307, headers: { location: 'http://127.0.0.1:9/elsewhere' }, chunks: [] }, response);
    case 'reset':
      response.socket?.resetAndDestroy();
  }
}

const PAGE = Buffer.from('<!doctype html><title>Proxy</title><p>Sign in first.');

/** Vendors quote what they were sent; so does this. */
function storm(status: number, response: ServerResponse): void {
  const quoted = { error: { message: 'CANARY-ECHO of your prompt', type: 'overloaded_error' }, message: 'CANARY-ECHO' };
  whole(
    { status, headers: { 'content-type': 'application/json', 'retry-after': '7' }, chunks: [encode(quoted)] },
    response,
  );
}

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function head(reply: Reply, response: ServerResponse): void {
  response.writeHead(reply.status, reply.headers);
  response.flushHeaders();
}

function whole(reply: Reply, response: ServerResponse): void {
  head(reply, response);
  for (const chunk of reply.chunks) response.write(chunk);
  response.end();
}

async function half(reply: Reply, response: ServerResponse): Promise<void> {
  head(reply, response);
  const all = Buffer.concat(reply.chunks);
  await new Promise((resolve) => response.write(all.subarray(0, all.length >> 1), resolve));
  await sleep(20);
  response.socket?.destroy();
}

/** As much of the answer as there is, then filler without an end of line or frame. */
async function huge(reply: Reply, response: ServerResponse): Promise<void> {
  head(reply, response);
  for (let sent = 0; sent < HUGE_BYTES && !response.destroyed; sent += FILLER.length) {
    if (!response.write(FILLER)) await Promise.race([drained(response), sleep(1000)]);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('drain', () => resolve()));
}

async function drip(reply: Reply, response: ServerResponse): Promise<void> {
  head(reply, response);
  response.socket?.setNoDelay(true);
  for (const byte of Buffer.concat(reply.chunks)) {
    await new Promise((resolve) => response.write(Uint8Array.of(byte), resolve));
  }
  response.end();
}
