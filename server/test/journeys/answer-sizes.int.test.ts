// Answers of a hundred megabytes and of single bytes, end to end over real sockets: refused or passed on whole, recorded as they went,
// with bounded memory, and with the next call as good as ever (spec quality §4, "Upstream").
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { residentBytes } from '../behind.ts';
import { administrator, attest, registerServices } from '../boundary.ts';
import { ask, type Answered } from '../client.ts';
import { startServer, type TestServer } from '../server.ts';
import { startOpenAi, type StandIn } from '../vendors/openai.ts';

const MIB = 1024 * 1024;
const HUNDRED_MB = 100 * MIB;
/** What one such answer may take beside what the server has anyway: an answer that is held is held as text, parsed and as bytes. */
const MOST_MORE = 320 * MIB;
/** What lies in sockets and streams on the way to a caller who reads nothing. */
const MOST_ON_THE_WAY = 32 * MIB;
/** For so long nothing moves once every buffer is full. */
const QUIET_MS = 500;
const MESSAGES = [{ role: 'user', content: 'Grüße 🩺' }];

let server: TestServer;
let upstream: StandIn;

beforeAll(async () => {
  upstream = await startOpenAi();
  server = await startServer();
  const admin = await administrator(server);
  await registerServices(server, admin, [{ id: 'a', endpoint: upstream.url }]);
  await attest(server, admin, ['a']);
});
afterEach(() => upstream.behave());
afterAll(async () => {
  await server.remove();
  await upstream.close();
});

const bodyOf = (stream: boolean): string => JSON.stringify({ model: 'a', stream, messages: MESSAGES });
const headersOf = (body: string): Record<string, string> => ({
  authorization: `Bearer ${server.credentials.apiKey}`,
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(body)),
});
const chat = (): Promise<Answered> =>
  ask(server.url, server.credentials.apiKey, 'POST', '/v1/chat/completions', {
    raw: { bytes: bodyOf(false), type: 'application/json' },
  });

interface RequestRecord {
  readonly outcome: { readonly status: string; readonly index: number } | null;
}

async function recordOf(id: unknown): Promise<NonNullable<RequestRecord['outcome']>> {
  const read = async (): Promise<RequestRecord> =>
    (await ask(server.url, server.credentials.apiKey, 'GET', `/api/requests/${String(id)}`))
      .body as unknown as RequestRecord;
  await expect.poll(async () => (await read()).outcome, { timeout: 10_000 }).toBeTruthy();
  const { outcome } = await read();
  if (outcome === null) throw new Error('no outcome');
  return outcome;
}

/** A streamed answer, its head read. */
function stream(): Promise<IncomingMessage> {
  const body = bodyOf(true);
  return new Promise((resolve, reject) => {
    const asking = request(`${server.url}/v1/chat/completions`, { method: 'POST', headers: headersOf(body) }, resolve);
    asking.once('error', reject);
    asking.end(body);
  });
}

/** Resident bytes of the server while `work` is done, at most, beyond those before. */
async function growthDuring<T>(work: () => Promise<T>): Promise<{ readonly more: number; readonly result: T }> {
  const pid = server.process.pid ?? 0;
  const before = residentBytes(pid);
  let most = before;
  const look = setInterval(() => (most = Math.max(most, residentBytes(pid))), 20);
  try {
    const result = await work();
    return { more: most - before, result };
  } finally {
    clearInterval(look);
  }
}

describe('a hundred megabytes', () => {
  it.each([true, false])('in one piece are refused and closed, announced: %s', async (declared) => {
    upstream.fail({ kind: 'huge', bytes: HUNDRED_MB, declared });
    const { more, result } = await growthDuring(chat);
    expect(result.status, result.text).toBe(502);
    expect(result.text).toContain('upstream_invalid');
    expect(more).toBeLessThan(MOST_MORE);
    upstream.behave();
    expect((await chat()).status).toBe(200);
  });

  it('in a stream end where the record would end, and every byte that went on is in it', async () => {
    upstream.fail({ kind: 'huge', bytes: HUNDRED_MB });
    const read = async (): Promise<{ readonly id: unknown; readonly bytes: Buffer }> => {
      const answer = await stream();
      expect(answer.statusCode).toBe(200);
      const pieces: Buffer[] = [];
      for await (const piece of answer) pieces.push(piece as Buffer);
      return { id: answer.headers['cordon-request-id'], bytes: Buffer.concat(pieces) };
    };
    const { more, result } = await growthDuring(read);
    const last = result.bytes.lastIndexOf('data: ');
    expect(result.bytes.toString('utf8', last)).toContain('upstream_invalid');
    expect(last).toBeGreaterThan(40 * MIB);
    expect(more).toBeLessThan(MOST_MORE);
    const { status, index } = await recordOf(result.id);
    expect(status).toBe('failed');
    const outcome = await headerAt(index);
    expect(outcome.detail.code).toBe('upstream_invalid');
    expect(outcome.stream?.bytes).toBeGreaterThanOrEqual(last);
    upstream.behave();
    expect((await chat()).status).toBe(200);
  });

  it('that the caller does not read are not fetched', async () => {
    upstream.seen.sentBytes = 0;
    upstream.fail({ kind: 'huge', bytes: HUNDRED_MB });
    const answer = await stream();
    let sent = -1;
    while (sent !== upstream.seen.sentBytes) {
      sent = upstream.seen.sentBytes;
      await sleep(QUIET_MS);
    }
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(MOST_ON_THE_WAY);
    answer.destroy();
    expect(await recordOf(answer.headers['cordon-request-id'])).toMatchObject({ status: 'aborted' });
  });
});

interface OutcomeHeader {
  readonly detail: { readonly code: string };
  readonly stream?: { readonly bytes: number };
}

async function headerAt(index: number): Promise<OutcomeHeader> {
  const { body } = await ask(server.url, server.credentials.apiKey, 'GET', `/api/ledger/entries/${String(index)}`);
  return JSON.parse(String(body['header'])) as OutcomeHeader;
}

describe('single bytes', () => {
  it('of an answer are the same answer', async () => {
    const whole = await chat();
    upstream.fail({ kind: 'drips' });
    const dripped = await chat();
    expect(dripped.status).toBe(200);
    expect(dripped.text).toBe(whole.text);
  });

  it('of a stream are the same stream', async () => {
    const all = async (): Promise<string> => {
      const pieces: Buffer[] = [];
      for await (const piece of await stream()) pieces.push(piece as Buffer);
      return Buffer.concat(pieces).toString('utf8');
    };
    const whole = await all();
    upstream.fail({ kind: 'drips' });
    expect(await all()).toBe(whole);
    expect(whole).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('of a request are the same request', async () => {
    const expected = await chat();
    const body = bodyOf(false);
    const { hostname, port } = new URL(server.url);
    const head = Object.entries({ host: `${hostname}:${port}`, ...headersOf(body), connection: 'close' });
    const bytes = Buffer.from(
      `POST /v1/chat/completions HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
    );
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    for (const byte of bytes) await new Promise((written) => socket.write(Buffer.of(byte), written));
    const pieces: Buffer[] = [];
    for await (const piece of socket) pieces.push(piece as Buffer);
    const answer = Buffer.concat(pieces).toString('utf8');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe(expected.text);
  });
});
