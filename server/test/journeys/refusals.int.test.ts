// I1 every refusal of the boundary through the real HTTP surface, and the service's own log says that not one byte arrived
// (spec boundary §3.5).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { administrator, attest, registerServices } from '../boundary.ts';
import { ask } from '../client.ts';
import { startServer, type TestServer } from '../server.ts';
import { startOpenAi, type StandIn } from '../vendors/openai.ts';

let server: TestServer;
let upstream: StandIn;

/** Rows by what is wrong with them; every one points at the same listening service. */
const ROWS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fine: {},
  bare: {},
  expired: {},
  gaps: {},
  'not-named': {},
  elsewhere: { regions: '{ inference: eu-west-1, storage: us, support: us, logs: us }' },
  trains: { trainsOnContent: 'opt-out' },
  keeps: { retentionDays: '30' },
  unsaid: { retentionDays: 'unknown' },
  shared: { isolation: 'shared' },
  outside: { pattern: 'baa-cloud', endpoint: 'https://127.0.0.1:9/v1' },
  public: { dataClasses: '[public]' },
};

interface Refused {
  readonly code: string;
  readonly model: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const MESSAGES = [{ role: 'user', content: 'Canary Refusal' }];
const HOSTED = { tools: [{ type: 'web_search' }] };

const CASES: readonly Refused[] = [
  { code: 'service_unknown', model: 'nobody' },
  { code: 'service_not_covered', model: 'not-named' },
  { code: 'agreement_expired', model: 'expired' },
  { code: 'clause_missing', model: 'gaps' },
  { code: 'service_not_covered', model: 'elsewhere' },
  { code: 'region_not_allowed', model: 'elsewhere', headers: { 'Cordon-Residency': 'us' } },
  { code: 'training_risk', model: 'trains' },
  { code: 'retention_too_long', model: 'keeps' },
  { code: 'retention_too_long', model: 'unsaid' },
  { code: 'pattern_invariant_failed', model: 'shared' },
  { code: 'agreement_missing', model: 'outside' },
  { code: 'class_not_allowed', model: 'public' },
  { code: 'class_not_allowed', model: 'fine', headers: { 'Cordon-Purpose': 'research' } },
  { code: 'purpose_not_allowed', model: 'fine', headers: { 'Cordon-Purpose': 'no-such-purpose' } },
  { code: 'feature_not_covered', model: 'fine', body: HOSTED },
  { code: 'feature_not_covered', model: 'fine', body: { metadata: { who: 'x' } } },
  {
    code: 'feature_not_covered',
    model: 'fine',
    body: {
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a.example/x.png' } }] }],
    },
  },
  {
    code: 'field_not_covered',
    model: 'fine',
    body: { brand_new_field: 1 },
    headers: { 'Cordon-Purpose': 'revenue-cycle' },
  },
  { code: 'phi_in_header', model: 'fine', headers: { 'Cordon-Patient': '123-45-6789' } },
  { code: 'phi_in_header', model: 'fine', headers: { 'Cordon-Patient': 'Jane Canary' } },
  { code: 'review_required', model: 'fine', headers: { 'Cordon-Purpose': 'patient-chat' } },
  { code: 'obligation_unmet', model: 'fine', headers: { 'Cordon-Purpose': 'decision-support' } },
];

beforeAll(async () => {
  upstream = await startOpenAi();
  server = await startServer();
  const admin = await administrator(server);
  const { url: endpoint } = upstream;
  await registerServices(
    server,
    admin,
    Object.entries(ROWS).map(([id, members]) => ({ id, endpoint, members })),
  );
  const named = Object.keys(ROWS).filter((id) => !['bare', 'expired', 'gaps', 'not-named', 'outside'].includes(id));
  await attest(server, admin, named);
  const began = '2020-01-01T00:00:00Z';
  await attest(server, admin, ['expired'], { name: 'old', effective: began, expires: '2021-01-01T00:00:00Z' });
  await attest(server, admin, ['gaps'], { name: 'gaps', clauses: '{ H-01: { status: present } }' });
});
afterAll(async () => {
  await server.remove();
  await upstream.close();
});

it.each(CASES)('$code: $model $headers $body', async ({ code, model, body = {}, headers = {} }) => {
  upstream.received.length = 0;
  const connections = upstream.seen.connections;
  for (const stream of [false, true]) {
    const person = code === 'field_not_covered' ? { 'Cordon-Person-Token': await administrator(server) } : {};
    const answer = await ask(server.url, server.credentials.apiKey, 'POST', '/v1/chat/completions', {
      body: { model, messages: MESSAGES, stream, ...body },
      headers: { ...headers, ...person },
    });
    const { error } = answer.body as { error: { code: string; message: string; remedy: string } };
    expect(error.code, answer.text).toBe(code);
    expect(answer.text).not.toContain('Canary');
    expect(error.remedy.length).toBeGreaterThan(10);
  }
  expect(upstream.received).toHaveLength(0);
  expect(upstream.seen.connections).toBe(connections);
});

it('what is fine goes through', async () => {
  const answer = await ask(server.url, server.credentials.apiKey, 'POST', '/v1/chat/completions', {
    body: { model: 'fine', messages: MESSAGES },
  });
  expect(answer.status, answer.text).toBe(200);
  expect(upstream.received).toHaveLength(1);
});
