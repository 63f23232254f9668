// Language models through the boundary as an application uses them: the official client, unmodified, its base URL changed and no more.
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { administrator, attest, registerServices } from '../boundary.ts';
import { ask, type Answered } from '../client.ts';
import { startServer, type TestServer } from '../server.ts';
import { startOpenAi, type StandIn } from '../vendors/openai.ts';

const messages = [{ role: 'user' as const, content: 'Grüße an Frau Canary-Müller' }];
const tools = [
  { type: 'function' as const, function: { name: 'look_up', parameters: { type: 'object', properties: {} } } },
];

let server: TestServer;
let admin: string;
let first: StandIn;
let second: StandIn;
let slow: StandIn;
let client: OpenAI;

beforeAll(async () => {
  [first, second, slow] = await Promise.all([startOpenAi(), startOpenAi(), startOpenAi({ paceMs: 100 })]);
  server = await startServer();
  admin = await administrator(server);
  await registerServices(server, admin, [
    { id: 'a-model', endpoint: first.url },
    { id: 'b-model', endpoint: second.url },
    { id: 'slow-model', endpoint: slow.url },
    {
      id: 'priced',
      endpoint: second.url,
      members: {
        prices: "[{ from: 2026-01-01, source: test, tokens: { input: '0', cachedInput: '0', output: '10' } }]",
      },
    },
    { id: 'vectors', endpoint: first.url, capability: 'embed' },
  ]);
  await attest(server, admin, ['a-model', 'b-model', 'slow-model', 'priced', 'vectors']);
  client = new OpenAI({
    baseURL: `${server.url}/v1`,
    apiKey: server.credentials.apiKey,
    maxRetries: 0,
    defaultHeaders: { 'Cordon-Purpose': 'ambient-documentation' },
  });
});
afterEach(() => {
  first.behave();
  second.behave();
  first.received.length = 0;
  second.received.length = 0;
});
afterAll(async () => {
  await server.remove();
  await Promise.all([first.close(), second.close(), slow.close()]);
});

const key = (): string => server.credentials.apiKey;
const chat = (body: object, headers: Record<string, string> = {}): Promise<Answered> =>
  ask(server.url, key(), 'POST', '/v1/chat/completions', { body: { model: 'auto', messages, ...body }, headers });

interface RequestRecord {
  readonly intentIndex: number;
  readonly outcome: { readonly status: string; readonly index: number } | null;
}

async function requestOf(id: string | null): Promise<RequestRecord> {
  const answer = await ask(server.url, key(), 'GET', `/api/requests/${String(id)}`);
  return answer.body as unknown as RequestRecord;
}

/** The last byte of a stream is released before its record can be closed. */
async function endOf(id: string | null): Promise<RequestRecord> {
  await expect.poll(async () => (await requestOf(id)).outcome, { timeout: 10_000 }).toBeTruthy();
  return requestOf(id);
}

describe('the official client, unmodified', () => {
  it('asks and gets the service’s own answer, with the account of it in headers', async () => {
    const { data, response } = await client.chat.completions.create({ model: 'auto', messages }).withResponse();
    expect(data.choices[0]?.message.content).toBe('You said: Grüße an Frau Canary-Müller');
    expect(data.usage?.total_tokens).toBe(18);
    const { headers } = response;
    expect(headers.get('cordon-service')).toBe('a-model');
    expect(headers.get('cordon-pattern')).toBe('on-prem');
    expect(headers.get('cordon-review')).toBe('caller');
    const record = await requestOf(headers.get('cordon-request-id'));
    expect(record).toMatchObject({ outcome: { status: 'complete' } });
    expect(String(record.outcome?.index)).toBe(headers.get('cordon-ledger-index'));
    expect(headers.get('x-echo')).toBeNull();
  });

  it('names a service by its id, and gets that one', async () => {
    const { response } = await client.chat.completions.create({ model: 'b-model', messages }).withResponse();
    expect(response.headers.get('cordon-service')).toBe('b-model');
    expect(first.received).toHaveLength(0);
    expect(JSON.parse(second.received[0]?.body.toString() ?? '{}')).toMatchObject({
      model: 'stand-in-1',
      store: false,
    });
  });

  it('streams, and the ledger holds every byte of it', async () => {
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'auto', messages, stream: true })
      .withResponse();
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('You said: Grüße an Frau Canary-Müller');
    const record = await endOf(response.headers.get('cordon-request-id'));
    expect(record).toMatchObject({ outcome: { status: 'complete' } });
  });

  it('calls tools, whole and streamed', async () => {
    const whole = await client.chat.completions.create({ model: 'auto', messages, tools });
    expect(whole.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'look_up' } });
    const streamed = await client.chat.completions.stream({ model: 'auto', messages, tools }).finalMessage();
    expect(streamed.tool_calls?.[0]).toMatchObject({ function: { name: 'look_up' } });
  });

  it('keeps to a JSON Schema', async () => {
    const schema = { type: 'object', properties: { said: { type: 'string' } } };
    const response_format = { type: 'json_schema' as const, json_schema: { name: 's', schema } };
    const answer = await client.chat.completions.parse({ model: 'auto', messages, response_format });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ said: messages[0]?.content });
  });

  it('uses responses, whole and streamed', async () => {
    const whole = await client.responses.create({ model: 'auto', input: 'hello' });
    expect(whole.output_text).toBe('You said: hello');
    const streamed = await client.responses.stream({ model: 'auto', input: 'hello' }).finalResponse();
    expect(streamed.output_text).toBe('You said: hello');
  });

  it('embeds', async () => {
    const { data } = await client.embeddings.create(
      { model: 'auto', input: ['a', 'b'], dimensions: 4 },
      { headers: { 'Cordon-Purpose': 'ehr-copilot', 'Cordon-Person-Token': admin } },
    );
    expect(data.map(({ embedding }) => embedding.length)).toEqual([4, 4]);
  });

  it('aborts a stream: the upstream is closed and the record ends', async () => {
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'slow-model', messages: [{ role: 'user', content: 'word '.repeat(100) }], stream: true })
      .withResponse();
    for await (const _chunk of stream) break;
    stream.controller.abort();
    expect((await endOf(response.headers.get('cordon-request-id'))).outcome?.status).toBe('aborted');
    await expect.poll(() => slow.seen.left).toBeGreaterThan(0);
  });

  it('reads a refusal of ours as its own kind of error, with the code and what would change it', async () => {
    const refused = client.chat.completions.create(
      { model: 'auto', messages },
      { headers: { 'Cordon-Purpose': 'research' } },
    );
    await expect(refused).rejects.toMatchObject({ status: 403, code: 'class_not_allowed' });
    expect(first.received).toHaveLength(0);
  });

  it('reads the service’s own refusal of a request', async () => {
    first.fail({ kind: 'status', status: 400 });
    const refused = client.chat.completions.create({ model: 'a-model', messages });
    await expect(refused).rejects.toMatchObject({ status: 400 });
    first.fail({ kind: 'status', status: 400 });
    const streamed = client.chat.completions.create({ model: 'a-model', messages, stream: true });
    await expect(streamed).rejects.toMatchObject({ status: 400 });
  });

  it('lists what the key may use', async () => {
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(['a-model', 'b-model']));
  });
});

describe('I3 fallback stays within what policy allowed', () => {
  it.each([
    { kind: 'hang-up' },
    { kind: 'half' },
    { kind: 'not-json' },
    { kind: 'wrong-type' },
    { kind: 'not-http' },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
    { kind: 'status', status: 401 },
    { kind: 'redirect', to: 'http://127.0.0.1:1/elsewhere' },
  ] as const)('the first choice fails ($kind $status): the next that was allowed takes over', async (fault) => {
    first.fail(fault);
    const answer = await chat({});
    expect(answer.status, answer.text).toBe(200);
    expect(second.received.length).toBeGreaterThan(0);
    const entry = await ask(
      server.url,
      key(),
      'GET',
      `/api/ledger/entries/${String(answer.headers.get('cordon-ledger-index'))}`,
    );
    const { detail } = JSON.parse(String(entry.body['header'])) as { detail: Record<string, unknown> };
    expect(detail).toMatchObject({ service: 'b-model', status: 'complete' });
    expect((detail['attempts'] as { service: string }[]).map(({ service }) => service)).toEqual(
      expect.arrayContaining(['a-model', 'b-model']),
    );
  });

  it('with one service named, no other takes over', async () => {
    first.fail({ kind: 'hang-up' });
    const answer = await chat({ model: 'a-model' });
    expect(answer.status).toBe(502);
    expect(second.received).toHaveLength(0);
  });
});

describe('I9 a call under an Idempotency-Key', () => {
  it('is sent once; repeated, its answer comes from the ledger', async () => {
    const headers = { 'Idempotency-Key': 'chat-1' };
    const once = await chat({}, headers);
    const again = await chat({}, headers);
    expect(again.text).toBe(once.text);
    expect(again.headers.get('cordon-replayed')).toBe('true');
    expect(first.received.length + second.received.length).toBe(1);
    expect((await chat({ temperature: 1 }, headers)).status).toBe(422);
  });

  it('a stream too', async () => {
    const headers = { 'Idempotency-Key': 'chat-2' };
    const once = await chat({ stream: true }, headers);
    const again = await chat({ stream: true }, headers);
    expect(once.text).toContain('data: [DONE]');
    expect(again.text).toBe(once.text);
    expect(first.received.length + second.received.length).toBe(1);
  });
});

describe('what a key may use', () => {
  /** A key of the administrator's with limits of its own. */
  const limited = async (budget: object): Promise<string> => {
    const scopes = { capabilities: ['generate'], consentMode: 'caller-attests', budget };
    const body = { name: 'limited', permissions: ['generation.create'], scopes };
    const made = await ask(server.url, admin, 'POST', '/api/api-keys', { body });
    expect(made.status, made.text).toBe(201);
    return String(made.body['secret']);
  };
  const asked = (token: string, body: object = {}): Promise<Answered> =>
    ask(server.url, token, 'POST', '/v1/chat/completions', {
      body: { model: 'priced', messages, max_tokens: 1000, ...body },
      headers: { 'Cordon-Purpose': 'ambient-documentation' },
    });

  it('calls a minute: so many and no more, and when to come again', async () => {
    const token = await limited({ callsPerMinute: 3, centsPerMonth: null });
    const answers = await Promise.all(Array.from({ length: 6 }, () => asked(token, { model: 'b-model' })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(refused).toHaveLength(3);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it('money: what a call can cost at most is set aside, what it cost is spent, and nothing is sent beyond', async () => {
    // A thousand tokens out at 10 dollars a million are a cent; the answer takes seven.
    const token = await limited({ callsPerMinute: null, centsPerMonth: 2 });
    const first = await asked(token);
    expect(first.status, first.text).toBe(200);
    expect(first.headers.get('cordon-cost')).toBe('0.000070000 USD');
    const sent = second.received.length;
    const dear = await asked(token, { max_tokens: 2_000 });
    expect([dear.status, (dear.body['error'] as { code: string }).code]).toEqual([429, 'budget_exhausted']);
    const endless = await asked(token, { max_tokens: null });
    expect((endless.body['error'] as { code: string }).code).toBe('budget_exhausted');
    expect(second.received).toHaveLength(sent);
    expect((await asked(token)).status).toBe(200);
  });
});
