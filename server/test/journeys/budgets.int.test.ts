// Budgets, remote sound and the record of a call over real HTTP: a server without any speech engine of its own, services as stand-ins.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { administrator, attest, registerServices } from '../boundary.ts';
import { ask, type Answered } from '../client.ts';
import { startServer, type TestServer } from '../server.ts';
import { startOpenAi, type StandIn } from '../vendors/openai.ts';
import { wav } from '../vendors/spoken.ts';

/** A dollar for a million tokens, in or out: a token is 1,000 nano-dollars. A dollar for a minute of sound. */
const TOKENS = "[{ from: 2026-01-01, source: test, tokens: { input: '1', cachedInput: '1', output: '1' } }]";
const SOUND = "[{ from: 2026-01-01, source: test, audio: { minute: '1', incrementSeconds: 1, minimumSeconds: 0 } }]";

let server: TestServer;
let admin: string;
let house: StandIn;
let other: StandIn;

beforeAll(async () => {
  [house, other] = await Promise.all([startOpenAi(), startOpenAi()]);
  // No recogniser: neither its models nor, on the path, its program.
  server = await startServer({ env: { CORDON_MODELS: '/nonexistent', CORDON_SPEECH_MODEL: 'none' } });
  admin = await administrator(server);
  const hears = { capability: 'transcribe', modality: 'audio' };
  await registerServices(server, admin, [
    { id: 'words', endpoint: house.url, members: { prices: TOKENS } },
    { id: 'words-too', endpoint: other.url, members: { prices: TOKENS } },
    { id: 'sound', endpoint: house.url, members: { ...hears, prices: SOUND } },
    { id: 'unpriced-sound', endpoint: house.url, members: hears },
  ]);
  await attest(server, admin, ['words', 'words-too', 'sound', 'unpriced-sound']);
});
beforeEach(() => {
  house.behave();
  house.received.length = 0;
  other.received.length = 0;
});
afterAll(async () => {
  await server.remove();
  await Promise.all([house.close(), other.close()]);
});

const manage = (method: string, path: string, body?: object): Promise<Answered> =>
  ask(server.url, admin, method, path, body === undefined ? {} : { body });

async function keyWith(budget: object): Promise<{ readonly id: string; readonly secret: string }> {
  const permissions = ['generation.create', 'transcription.create', 'request.read', 'tenant.read'];
  const made = await manage('POST', '/api/api-keys', {
    name: 'limited',
    permissions,
    scopes: { consentMode: 'caller-attests', budget },
  });
  expect(made.status, made.text).toBe(201);
  return { id: (made.body['key'] as { id: string }).id, secret: String(made.body['secret']) };
}

const codeOf = ({ body }: Answered): unknown => (body['error'] as { code?: string } | undefined)?.code;

const chat = (secret: string, body: object = {}): Promise<Answered> =>
  ask(server.url, secret, 'POST', '/v1/chat/completions', {
    body: { model: 'words', messages: [{ role: 'user', content: 'hello' }], max_tokens: 100, ...body },
    headers: { 'Cordon-Purpose': 'ambient-documentation' },
  });

function hear(
  secret: string,
  seconds: number,
  model = 'sound',
  headers: Record<string, string> = {},
): Promise<Answered> {
  const form = new FormData();
  form.append('model', model);
  form.append('file', new Blob([new Uint8Array(wav(seconds, 1))], { type: 'audio/wav' }), 'visit.wav');
  return ask(server.url, secret, 'POST', '/v1/audio/transcriptions', { raw: { bytes: form }, headers });
}

describe('what is sent to services elsewhere is paid from budgets', () => {
  it('sound: heard without an engine here, by its minutes, and no further than the money goes', async () => {
    // Three seconds are five cents.
    const { id, secret } = await keyWith({ centsPerMonth: 12 });
    const heard = await hear(secret, 3);
    expect(heard.status, heard.text).toBe(200);
    expect(heard.headers.get('cordon-service')).toBe('sound');
    expect((await hear(secret, 3)).status).toBe(200);
    const sent = house.received.length;
    const refused = await hear(secret, 3);
    expect([refused.status, codeOf(refused)]).toEqual([429, 'budget_exhausted']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(house.received).toHaveLength(sent);
    const state = await manage('GET', `/api/api-keys/${id}/budget`);
    expect(state.body).toMatchObject({ limits: { centsPerMonth: 12 }, used: { dollarsThisMonth: '0.10' } });
  });

  it('sound of which nobody knows the price is not sent under a budget, and is without one', async () => {
    const { secret } = await keyWith({ centsPerMonth: 1_000 });
    expect(codeOf(await hear(secret, 3, 'unpriced-sound'))).toBe('budget_exhausted');
    expect(house.received).toHaveLength(0);
    const free = await keyWith({});
    expect((await hear(free.secret, 3, 'unpriced-sound')).status).toBe(200);
  });

  it('where policy sends no recording elsewhere, the missing engine is said before the upload', async () => {
    const { secret } = await keyWith({});
    const nobody = await hear(secret, 3, 'sound', { 'Cordon-Residency': 'eu' });
    expect(nobody.status).toBe(503);
    expect(String(codeOf(nobody))).toMatch(/^engine_/);
  });

  it('tokens: what they can be at most is set aside, what they were is spent', async () => {
    const { id, secret } = await keyWith({ tokensPerMonth: 300 });
    expect((await chat(secret)).status).toBe(200);
    const used = await manage('GET', `/api/api-keys/${id}/budget`);
    expect(used.body).toMatchObject({ used: { tokensThisMonth: 18 } });
    expect(codeOf(await chat(secret, { max_tokens: 300 }))).toBe('budget_exhausted');
    expect(codeOf(await chat(secret, { max_tokens: null }))).toBe('budget_exhausted');
    expect((await chat(secret)).status).toBe(200);
    expect(house.received).toHaveLength(2);
  });

  it('of the whole tenant: set by an administrator, for every key and person, and lifted again', async () => {
    const { secret } = await keyWith({});
    const set = await manage('PUT', '/api/budget', { tokensPerMonth: 200 });
    expect(set.body).toMatchObject({ limits: { tokensPerMonth: 200, concurrent: null }, used: { tokensThisMonth: 0 } });
    expect((await chat(secret, { max_tokens: 90 })).status).toBe(200);
    const refused = await chat(secret, { max_tokens: 150 });
    expect([refused.status, codeOf(refused)]).toEqual([429, 'budget_exhausted']);
    expect(refused.text).not.toContain('hello');
    const seen = await ask(server.url, secret, 'GET', '/api/budget');
    expect(seen.body).toMatchObject({ used: { tokensThisMonth: 18 } });
    expect((await ask(server.url, secret, 'PUT', '/api/budget', { body: {} })).status).toBe(403);
    expect((await manage('PUT', '/api/budget', {})).status).toBe(200);
    expect((await chat(secret, { max_tokens: 150 })).status).toBe(200);
  });

  it('a key’s limits are changed while it lives', async () => {
    const { id, secret } = await keyWith({});
    expect((await chat(secret)).status).toBe(200);
    await manage('PUT', `/api/api-keys/${id}/budget`, { callsPerMinute: 1, concurrent: 4 });
    const answers = await Promise.all([chat(secret), chat(secret), chat(secret)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2);
    expect((await manage('PUT', '/api/api-keys/0198f000-0000-7000-8000-000000000000/budget', {})).status).toBe(404);
  });
});

describe('what became of a call', () => {
  const recordOf = async (answer: Answered): Promise<Record<string, unknown>> => {
    const id = String(answer.headers.get('cordon-request-id'));
    return (await ask(server.url, server.credentials.apiKey, 'GET', `/api/requests/${id}`)).body;
  };

  it('says decision, use, cost and times', async () => {
    const answer = await chat(server.credentials.apiKey);
    const record = await recordOf(answer);
    expect(record).toMatchObject({
      decision: 'allowed',
      service: 'words',
      capability: 'generate',
      routes: [{ service: 'words', pattern: 'on-prem' }],
      outcome: {
        status: 'complete',
        code: 'ok',
        service: 'words',
        attempts: [{ service: 'words', code: 'ok' }],
        usage: { inputTokens: 11, outputTokens: 7, audioMs: null },
        cost: '0.000018',
        stream: null,
      },
    });
    expect(record['obligations']).toEqual(String(answer.headers.get('cordon-obligations')).split(','));
    expect(String(record['policy'])).toMatch(/@\d+$/);
  });

  it('names every attempt, of a fallback too', async () => {
    house.fail({ kind: 'status', status: 500 });
    const answer = await chat(server.credentials.apiKey, { model: 'auto' });
    expect(answer.status, answer.text).toBe(200);
    const { outcome } = (await recordOf(answer)) as { outcome: { attempts: { service: string; code: string }[] } };
    expect(outcome).toMatchObject({ service: 'words-too', code: 'ok' });
    expect(outcome.attempts[0]).toMatchObject({ service: 'words', code: 'upstream_unavailable' });
    expect(outcome.attempts.at(-1)).toMatchObject({ service: 'words-too', code: 'ok' });
  });

  it('of sound', async () => {
    const record = await recordOf(await hear(server.credentials.apiKey, 6));
    expect(record).toMatchObject({
      capability: 'transcribe',
      outcome: { service: 'sound', usage: { audioMs: 6_000 }, cost: expect.stringMatching(/^0\.\d+$/) as string },
    });
  });

  it('of a stream, and of a refusal', async () => {
    const answer = await chat(server.credentials.apiKey, { stream: true });
    // The last byte is released before its record can be closed.
    await expect.poll(async () => (await recordOf(answer))['outcome'], { timeout: 10_000 }).toBeTruthy();
    const streamed = await recordOf(answer);
    expect((streamed['outcome'] as { stream: { frames: number } }).stream.frames).toBeGreaterThan(0);
    house.fail({ kind: 'status', status: 400 });
    expect(await recordOf(await chat(server.credentials.apiKey))).toMatchObject({
      outcome: { status: 'complete', code: 'upstream_refused', httpStatus: 400, cost: null },
    });
  });
});
