// I2, I9 kill -9 in the middle of answers: every byte that a caller got is in the ledger, every call has its outcome, and what was sent
// under a key is never sent again.
import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { administrator, attest, registerServices } from '../boundary.ts';
import { ask } from '../client.ts';
import { agree, registerDeidCloud, trust } from '../deid.ts';
import { startServer, type TestServer } from '../server.ts';
import { createAuthority, type Authority } from '../vendors/certificates.ts';
import { startOpenAi, type StandIn } from '../vendors/openai.ts';

const STREAMS = 12;
const WORDS = 'word '.repeat(400);
/** Of the streams that leave de-identified and come back restored: the last of all. */
const DEIDENTIFIED = 3;
const NAME = 'Marguerite Oyelaran';

let server: TestServer;
let upstream: StandIn;
let silent: StandIn;
let secure: StandIn;
let authority: Authority;
let person: string;

beforeAll(async () => {
  authority = createAuthority();
  [upstream, silent, secure] = await Promise.all([
    startOpenAi({ paceMs: 15 }),
    startOpenAi(),
    startOpenAi({ tls: authority.issue('localhost'), paceMs: 15 }),
  ]);
  secure.speak({ piece: 7 });
  silent.fail({ kind: 'silent' });
  server = await startServer();
  trust(server, authority.ca);
  const admin = await administrator(server);
  person = admin;
  await registerDeidCloud(server, admin, { c: secure });
  await agree(server, admin, ['c']);
  await registerServices(server, admin, [
    { id: 'a', endpoint: upstream.url },
    { id: 'b', endpoint: silent.url },
  ]);
  await attest(server, admin, ['a', 'b']);
});
afterAll(async () => {
  await server.remove();
  await Promise.all([upstream.close(), silent.close(), secure.close()]);
  authority.close();
});

interface Caught {
  id: string;
  bytes: Buffer;
}

/** Takes what comes until the connection ends, however it ends. */
function listenTo(at: number, began: () => void): Promise<Caught> {
  const seesNobody = at >= STREAMS - DEIDENTIFIED;
  const content = seesNobody ? `Patient ${NAME} was seen. `.repeat(400) : WORDS;
  const body = JSON.stringify({ model: seesNobody ? 'c' : 'a', stream: true, messages: [{ role: 'user', content }] });
  const headers = {
    ...(seesNobody ? { 'cordon-purpose': 'structured-extraction', 'cordon-person-token': person } : {}),
    authorization: `Bearer ${server.credentials.apiKey}`,
    'content-type': 'application/json',
    'idempotency-key': `stream-${String(at)}`,
  };
  return new Promise((resolve) => {
    const caught: Caught = { id: '', bytes: Buffer.alloc(0) };
    const asking = request(`${server.url}/v1/chat/completions`, { method: 'POST', headers }, (response) => {
      caught.id = String(response.headers['cordon-request-id']);
      response.on('data', (chunk: Buffer) => {
        caught.bytes = Buffer.concat([caught.bytes, chunk]);
        began();
      });
      response.once('error', () => resolve(caught));
      response.once('close', () => resolve(caught));
    });
    asking.once('error', () => resolve(caught));
    asking.end(body);
  });
}

const waiting = (): Promise<unknown> =>
  ask(server.url, server.credentials.apiKey, 'POST', '/v1/chat/completions', {
    body: { model: 'b', messages: [{ role: 'user', content: 'never answered' }] },
    headers: { 'Idempotency-Key': 'whole-1' },
  }).catch(() => null);

it('streams that were cut by a kill stand in the ledger with every byte that was heard of them', async () => {
  let begun = 0;
  const streams = Array.from({ length: STREAMS }, (_, at) => {
    let counted = false;
    return listenTo(at, () => {
      if (!counted) begun += 1;
      counted = true;
    });
  });
  const whole = waiting();
  await expect.poll(() => begun, { timeout: 20_000 }).toBe(STREAMS);
  await expect.poll(() => silent.received.length, { timeout: 20_000 }).toBe(1);
  await new Promise((wait) => setTimeout(wait, 700));
  await server.kill();
  const caught = await Promise.all(streams);
  await whole;
  const sent = [upstream.received.length, silent.received.length, secure.received.length];
  expect(secure.received.map(({ body }) => body.toString()).join('')).not.toContain('Oyelaran');

  server = await server.restart();
  const admin = await administrator(server);
  for (const [at, { id, bytes }] of caught.entries()) {
    expect(bytes.length).toBeGreaterThan(0);
    if (at >= STREAMS - DEIDENTIFIED) expect(bytes.toString()).toContain('Oyelaran');
    const record = async (): Promise<{ status?: string; index?: number } | null> =>
      (await ask(server.url, server.credentials.apiKey, 'GET', `/api/requests/${id}`)).body['outcome'] as never;
    await expect.poll(async () => (await record())?.status, { timeout: 30_000 }).toBe('interrupted');
    const index = (await record())?.index;
    const content = await ask(server.url, admin, 'GET', `/api/ledger/entries/${String(index)}/content`);
    const held = Buffer.from(String(content.body['content']), 'base64');
    expect(held.subarray(0, bytes.length).equals(bytes), `${String(bytes.length)} bytes were heard`).toBe(true);
  }

  for (const [at] of caught.entries()) {
    const again = await listenTo(at, () => undefined);
    expect(again.bytes.toString()).toContain('outcome_unknown');
  }
  const repeated = await ask(server.url, server.credentials.apiKey, 'POST', '/v1/chat/completions', {
    body: { model: 'b', messages: [{ role: 'user', content: 'never answered' }] },
    headers: { 'Idempotency-Key': 'whole-1' },
  });
  expect([repeated.status, (repeated.body['error'] as { code: string }).code]).toEqual([409, 'outcome_unknown']);
  expect([upstream.received.length, silent.received.length, secure.received.length]).toEqual(sent);
});
