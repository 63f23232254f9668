// Calls that leave de-identified, as an application sees them: the official client, unmodified; and as the service sees them: nobody's
// name (spec boundary §4.2–4.4).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { goldLines, readLines, safeHarborTerms } from '#boundary/evidence/evidence.samples.ts';
import { administrator, attest, registerServices } from '../boundary.ts';
import { ask, type Answered } from '../client.ts';
import { agree, registerDeidCloud, trust } from '../deid.ts';
import { startServer, type TestServer } from '../server.ts';
import { createAuthority, type Authority } from '../vendors/certificates.ts';
import { startOpenAi, type StandIn } from '../vendors/openai.ts';

const NAME = 'Marguerite Oyelaran';
const MRN = '48213907';
const SAID = `Patient ${NAME}, MRN ${MRN}, seen on 03/14/2025. Call her at (617) 555-0182.`;
const messages = [
  { role: 'system' as const, content: 'You are a careful assistant of a clinician.' },
  { role: 'user' as const, content: SAID },
];
const IDENTIFIERS = ['Marguerite', 'Oyelaran', MRN, '03/14/2025', '555-0182'];
const TOKEN = /\[[A-Z_]+-\d+·[a-z][2-9]\]/;
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'look_up',
      description: `Looks up a chart. The last one was ${NAME}'s.`,
      parameters: { type: 'object', properties: { of: { type: 'string', description: `Such as ${NAME}` } } },
    },
  },
];

let authority: Authority;
let server: TestServer;
let admin: string;
let first: StandIn;
let second: StandIn;
let slow: StandIn;
let own: StandIn;
let client: OpenAI;

beforeAll(async () => {
  authority = createAuthority();
  const tls = authority.issue('localhost');
  [first, second, slow, own] = await Promise.all([
    startOpenAi({ tls }),
    startOpenAi({ tls }),
    startOpenAi({ tls, paceMs: 40 }),
    startOpenAi(),
  ]);
  server = await startServer();
  trust(server, authority.ca);
  admin = await administrator(server);
  await registerDeidCloud(server, admin, { 'deid-a': first, 'deid-b': second, 'deid-slow': slow, bare: first });
  await registerServices(server, admin, [
    { id: 'own', endpoint: own.url },
    {
      id: 'deid-vectors',
      endpoint: first.url,
      pattern: 'deid-cloud',
      capability: 'embed',
      members: { credential: 'stand-in' },
    },
  ]);
  await agree(server, admin, ['deid-a', 'deid-b', 'deid-slow', 'deid-vectors']);
  await attest(server, admin, ['own']);
  await livePolicy({});
  client = new OpenAI({
    baseURL: `${server.url}/v1`,
    apiKey: server.credentials.apiKey,
    maxRetries: 0,
    defaultHeaders: headers(),
  });
}, 120_000);
afterEach(() => {
  for (const standIn of [first, second, slow, own]) {
    standIn.behave();
    standIn.received.length = 0;
  }
});
afterAll(async () => {
  await server.remove();
  await Promise.all([first, second, slow, own].map((standIn) => standIn.close()));
  authority.close();
});

const headers = (): Record<string, string> => ({
  'Cordon-Purpose': 'structured-extraction',
  'Cordon-Person-Token': admin,
});

/** A policy under which services elsewhere come first and vectors may be made, with other settings. */
async function livePolicy(settings: object): Promise<void> {
  const { version: _, ...live } = (await ask(server.url, admin, 'GET', '/api/policy')).body as {
    version: number;
    settings: object;
    purposes: { purpose: string; capabilities: string[] }[];
  };
  const document = {
    ...live,
    id: 'deid-first',
    settings: { ...live.settings, secondPerson: 'waived', ...settings },
    purposes: live.purposes.map((one) =>
      one.purpose === 'structured-extraction' ? { ...one, capabilities: ['generate', 'embed'] } : one,
    ),
    rules: [{ id: 'deid-first', effect: 'prefer', when: { service: { pattern: ['deid-cloud'] } }, weight: 20 }],
  };
  const recorded = await ask(server.url, admin, 'POST', '/api/policy/versions', { body: document });
  expect(recorded.status, recorded.text).toBe(201);
  const path = `/api/policy/versions/${String(recorded.body['version'])}/activate`;
  const activated = await ask(server.url, admin, 'POST', path, { body: { reason: 'for this test' } });
  expect(activated.status, activated.text).toBe(200);
}

const chat = (body: object, more: Record<string, string> = {}): Promise<Answered> =>
  ask(server.url, server.credentials.apiKey, 'POST', '/v1/chat/completions', {
    body: { model: 'deid-a', messages, ...body },
    headers: { ...headers(), ...more },
  });

const left = (standIn: StandIn): string => standIn.received.map(({ body }) => body.toString('utf8')).join('\n');

function expectNobody(text: string): void {
  for (const identifier of IDENTIFIERS) expect(text).not.toContain(identifier);
}

async function outcomeOf(answer: Answered): Promise<Record<string, unknown>> {
  const path = `/api/requests/${String(answer.headers.get('cordon-request-id'))}`;
  const record = async (): Promise<Record<string, unknown> | null> =>
    (await ask(server.url, server.credentials.apiKey, 'GET', path)).body['outcome'] as Record<string, unknown> | null;
  await expect.poll(record, { timeout: 10_000 }).toBeTruthy();
  const index = String((await record())?.['index']);
  const entry = await ask(server.url, admin, 'GET', `/api/ledger/entries/${index}`);
  return (JSON.parse(String(entry.body['header'])) as { detail: Record<string, unknown> }).detail;
}

async function contentOf(index: string | null): Promise<string> {
  const content = await ask(server.url, admin, 'GET', `/api/ledger/entries/${String(index)}/content`);
  expect(content.status, content.text).toBe(200);
  return Buffer.from(String(content.body['content']), 'base64').toString('utf8');
}

describe('a call that leaves de-identified', () => {
  it('the service sees tokens, the caller sees what it said, the record holds both and what turns one into the other', async () => {
    const answer = await chat({});
    expect(answer.status, answer.text).toBe(200);
    expect(first.received).toHaveLength(1);
    expectNobody(left(first));
    expect(left(first)).toMatch(TOKEN);
    const [choice] = answer.body['choices'] as { message: { content: string } }[];
    expect(choice?.message.content).toBe(`You said: ${SAID}`);
    expect(answer.headers.get('cordon-pattern')).toBe('deid-cloud');
    expect(answer.headers.get('cordon-obligations')).toContain('deidentify');
    expect(answer.headers.get('cordon-deidentified')).toMatch(/^spans=\d+, restored=\d+, bent=0, unknown=0$/);
    const { deid } = (await outcomeOf(answer)) as { deid: Record<string, number> };
    expect(deid).toMatchObject({ bent: 0, unknown: 0 });
    expect(deid['restored']).toBeGreaterThanOrEqual(4);
    const sealed = await contentOf(answer.headers.get('cordon-intent-index'));
    const end = sealed.indexOf('\n');
    const line = JSON.parse(sealed.slice(0, end)) as {
      left: { mode: string; map: { entries: { token: string; value: string }[] }; from: number };
    };
    const both = Buffer.from(sealed.slice(end + 1));
    expect((JSON.parse(both.toString('utf8', 0, line.left.from)) as { messages: unknown }).messages).toEqual(messages);
    const wasLeft = both.toString('utf8', line.left.from);
    expectNobody(wasLeft);
    const sent = JSON.parse(left(first)) as { messages: unknown };
    expect(sent.messages).toEqual((JSON.parse(wasLeft) as { messages: unknown }).messages);
    expect(line.left.map.entries.map(({ value }) => value).join('|')).toContain('Oyelaran');
  });

  it('streams: whole tokens whatever pieces they come in, the first words at once, every byte in the ledger', async () => {
    for (const piece of [1, 3, null]) {
      slow.speak({ piece: piece === 1 ? null : piece });
      first.speak({ piece });
      const { data: stream, response } = await client.chat.completions
        .create({ model: 'deid-a', messages, stream: true })
        .withResponse();
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      expect(text).toBe(`You said: ${SAID}`);
      expect(response.headers.get('cordon-deidentified')).toMatch(/^spans=\d+$/);
    }
    expectNobody(left(first));
    const begun = performance.now();
    const times: number[] = [];
    const stream = await client.chat.completions.create({ model: 'deid-slow', messages, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) times.push(performance.now() - begun);
    expect(times[0]).toBeLessThan((times.at(-1) ?? 0) / 2);
    const answer = await chat({ stream: true });
    const { deid } = (await outcomeOf(answer)) as { deid: Record<string, number> };
    expect(deid['restored']).toBeGreaterThanOrEqual(4);
    expect(await contentOf(String(await outcomeIndex(answer)))).toBe(answer.text);
  });

  it('tools: names stay, everything said is de-identified, arguments come back restored and are JSON, whole and streamed', async () => {
    const quoted = [{ role: 'user' as const, content: `${SAID}\nShe said "no".` }];
    const whole = await client.chat.completions.create({ model: 'deid-a', messages: quoted, tools });
    const [call] = whole.choices[0]?.message.tool_calls ?? [];
    expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual({ of: quoted[0]?.content });
    const streamed = await client.chat.completions.stream({ model: 'deid-a', messages: quoted, tools }).finalMessage();
    const [again] = streamed.tool_calls ?? [];
    expect(again?.type === 'function' && JSON.parse(again.function.arguments)).toEqual({ of: quoted[0]?.content });
    expectNobody(left(first));
    expect(left(first)).toContain('look_up');
  });

  it('an earlier call of a tool and what it gave back are content too', async () => {
    const history = [
      ...messages,
      {
        role: 'assistant' as const,
        content: null,
        tool_calls: [
          {
            id: `call_${MRN}`,
            type: 'function' as const,
            function: { name: 'look_up', arguments: JSON.stringify({ patientName: NAME, mrn: Number(MRN) }) },
          },
        ],
      },
      {
        role: 'tool' as const,
        tool_call_id: `call_${MRN}`,
        content: JSON.stringify({ name: NAME, note: 'Seen\nMs. Oyelaran was well.' }),
      },
    ];
    const answer = await client.chat.completions.create({ model: 'deid-a', messages: history, tools });
    expectNobody(left(first));
    expect(answer.choices[0]?.message.content).toContain(NAME);
    const sent = JSON.parse(left(first)) as { messages: { tool_calls?: { id: string }[]; tool_call_id?: string }[] };
    expect(sent.messages[2]?.tool_calls?.[0]?.id).toBe(sent.messages[3]?.tool_call_id);
  });

  it('keeps to a JSON Schema: what is put back into JSON is written as JSON', async () => {
    const schema = { type: 'object', properties: { said: { type: 'string', enum: [NAME, 'nobody'] } } };
    const response_format = { type: 'json_schema' as const, json_schema: { name: 's', schema } };
    const said = [{ role: 'user' as const, content: `${SAID} "Oyelaran"` }];
    const answer = await client.chat.completions.parse({ model: 'deid-a', messages: said, response_format });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ said: said[0]?.content });
    expectNobody(left(first));
  });

  it('uses responses, whole and streamed', async () => {
    const whole = await client.responses.create({ model: 'deid-a', instructions: `About ${NAME}.`, input: SAID });
    expect(whole.output_text).toBe(`You said: ${SAID}`);
    first.speak({ piece: 2 });
    const numbers: number[] = [];
    const stream = client.responses.stream({ model: 'deid-a', input: SAID });
    for await (const event of stream) numbers.push(event.sequence_number);
    expect((await stream.finalResponse()).output_text).toBe(`You said: ${SAID}`);
    expect(numbers).toEqual(numbers.map((_, at) => at));
    expectNobody(left(first));
  });

  it('vectors are of the text without anybody in it', async () => {
    const { data } = await client.embeddings.create({
      model: 'deid-vectors',
      input: [SAID, 'no fever'],
      dimensions: 4,
    });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([4, 4]);
    expectNobody(left(first));
    expect(left(first)).toContain('[NAME]');
  });

  it('what the model bent stays as the model wrote it, and is counted', async () => {
    first.speak({ say: (said) => said.replace(/(\[NAME-1·)[a-z][2-9]\]/, '$1zz]') });
    const answer = await chat({});
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('[NAME-1·zz]');
    expect(answer.headers.get('cordon-deidentified')).toMatch(/(?:bent|unknown)=1/);
  });

  it('a repetition gets the restored answer from the record, and nothing is sent again', async () => {
    const once = await chat({}, { 'Idempotency-Key': 'deid-1' });
    const again = await chat({}, { 'Idempotency-Key': 'deid-1' });
    expect([again.text, again.headers.get('cordon-replayed')]).toEqual([once.text, 'true']);
    expect(first.received).toHaveLength(1);
  });

  it('a failing service is followed by the next that sees nobody', async () => {
    first.fail({ kind: 'status', status: 503 });
    const answer = await chat({ model: 'stand-in-1' });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text).toContain(NAME);
    expectNobody(left(first) + left(second));
    expect(second.received).toHaveLength(1);
    expect(own.received).toHaveLength(0);
  });

  it('a large prompt is worked on beside the others', async () => {
    const large = [{ role: 'user' as const, content: `${SAID}\n${'The patient feels well. '.repeat(8_000)}` }];
    const asked = client.chat.completions.create({ model: 'deid-a', messages: large });
    let others = 0;
    const until = asked.then(() => true);
    for (let done = false; !done;) {
      await ask(server.url, null, 'GET', '/api/health');
      others += 1;
      done = await Promise.race([until, new Promise<false>((wait) => setTimeout(wait, 5, false))]);
    }
    expect((await asked).choices[0]?.message.content).toContain(NAME);
    expectNobody(left(first));
    expect(others).toBeGreaterThan(3);
  });

  it('I4 nothing of whom it was about stands in clear in the database', () => {
    const files = readdirSync(join(server.home, 'postgres'), { recursive: true, withFileTypes: true });
    const held = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    expect(held.length).toBeGreaterThan(100);
    for (const file of held) {
      const bytes = readFileSync(file);
      for (const identifier of ['Marguerite', 'Oyelaran']) expect(bytes.includes(identifier), file).toBe(false);
    }
  });
});

describe('under a method record in force', () => {
  it('what leaves is no PHI: the row that no agreement names is opened, until the record ends', async () => {
    const post = (path: string, what: Parameters<typeof ask>[4]): Promise<Answered> =>
      ask(server.url, admin, 'POST', path, what);
    const sample = (bytes: string) => ({ raw: { bytes, type: 'application/x-ndjson' } });
    const terms = safeHarborTerms({ services: ['bare'] });
    const begun = await post('/api/deid/methods', { body: { terms } });
    expect(begun.status, begun.text).toBe(201);
    const path = `/api/deid/methods/${String(begun.body['id'])}`;
    for (const [what, sent] of [
      ['measurement', sample(goldLines(40))],
      ['review', sample(readLines(30))],
      ['statement', { body: { statement: 'safe-harbor@1' }, headers: { 'if-match': '"3"' } }],
    ] as const) {
      const answer = await post(`${path}/${what}`, sent);
      expect(answer.status, answer.text).toBe(200);
    }
    const answer = await chat({ model: 'bare' });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text).toContain(NAME);
    expectNobody(left(first));
    const index = String(answer.headers.get('cordon-intent-index'));
    const entry = await ask(server.url, admin, 'GET', `/api/ledger/entries/${index}`);
    const { detail } = JSON.parse(String(entry.body['header'])) as { detail: { routes: { basis: object }[] } };
    expect(detail.routes[0]?.basis).toMatchObject({ type: 'method' });
    expect((await post(`${path}/revoke`, { body: { reason: 'leak' } })).status).toBe(200);
    expect((await chat({ model: 'bare' })).status).toBe(403);
  });
});

async function outcomeIndex(answer: Answered): Promise<unknown> {
  const path = `/api/requests/${String(answer.headers.get('cordon-request-id'))}`;
  const { outcome } = (await ask(server.url, server.credentials.apiKey, 'GET', path)).body as {
    outcome: { index: number };
  };
  return outcome.index;
}

interface Refused {
  readonly code: string;
  readonly field?: string;
  readonly model?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const REFUSED: readonly Refused[] = [
  // Without a method in force what leaves is minimised PHI, and needs an agreement (spec boundary §2).
  { code: 'service_not_covered', model: 'bare' },
  { code: 'purpose_not_allowed', headers: { 'Cordon-Purpose': 'ambient-documentation' } },
  { code: 'field_not_covered', field: 'brand_new_field', body: { brand_new_field: 1 } },
  { code: 'field_not_covered', field: 'logprobs', body: { logprobs: true } },
  {
    code: 'field_not_covered',
    field: 'messages.name',
    body: { messages: [{ ...messages[1], name: 'Marguerite_Oyelaran' }] },
  },
  {
    code: 'field_not_covered',
    field: 'tools.function.parameters.properties.*',
    body: {
      tools: [
        {
          type: 'function',
          function: { name: 'f', parameters: { type: 'object', properties: { 'Dr. Marguerite Oyelaran': {} } } },
        },
      ],
    },
  },
  { code: 'feature_not_covered', body: { metadata: { who: NAME } } },
  {
    code: 'feature_not_covered',
    body: {
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }],
    },
  },
  { code: 'feature_not_covered', body: { tools: [{ type: 'web_search' }] } },
  // The patient's own reference in the name of a tool: the engine reads names of tools, the second look reads them for what is known.
  {
    code: 'deid_uncertain',
    headers: { 'Cordon-Patient': 'kappa-7731-x' },
    body: { tools: [{ type: 'function', function: { name: 'open_kappa_7731_x', parameters: {} } }] },
  },
];

describe('what cannot be de-identified does not leave', () => {
  it.each(REFUSED)('$code $field $model', async ({ code, field, model = 'deid-a', body = {}, headers: more = {} }) => {
    const { connections } = first.seen;
    for (const stream of [false, true]) {
      const answer = await chat({ model, stream, ...body }, more);
      const { error } = answer.body as { error: { code: string; param: string | null; remedy: string } };
      expect(error.code, answer.text).toBe(code);
      if (field !== undefined) expect(answer.text).toContain(field);
      expectNobody(answer.text);
    }
    expect(first.received).toHaveLength(0);
    expect(first.seen.connections).toBe(connections);
  });

  it('where policy says so it goes, as it is, to the way that may see it', async () => {
    const { body = {}, headers: more = {} } =
      REFUSED.find(({ headers: some }) => some?.['Cordon-Patient'] !== undefined) ?? {};
    await livePolicy({ deidUncertain: 'raise' });
    const answer = await chat({ model: 'stand-in-1', tool_choice: 'none', ...body }, more);
    expect(answer.status, answer.text).toBe(200);
    expect([answer.headers.get('cordon-service'), answer.headers.get('cordon-pattern')]).toEqual(['own', 'on-prem']);
    expect(answer.headers.get('cordon-obligations')).not.toContain('deidentify');
    expect(left(own)).toContain(NAME);
    expect(first.received).toHaveLength(0);
    expect(await outcomeOf(answer)).toMatchObject({ service: 'own', deid: { raised: true } });
    const certain = await chat({ model: 'stand-in-1' });
    expect(certain.headers.get('cordon-pattern')).toBe('deid-cloud');
    const nowhere = await chat({ ...body }, more);
    expect((nowhere.body as { error: { code: string } }).error.code).toBe('deid_uncertain');
  });
});
