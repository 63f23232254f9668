// A Safe Harbor record over HTTP, by the people who make it: measured by a steward, read by a clinician, stated by the privacy officer. What it
// opens, who may do what, and that nothing of a sample stays.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldLines, readLines, safeHarborTerms } from '#boundary/evidence/evidence.samples.ts';
import { exportBundle, verifyFiles } from '../bundle.ts';
import { addPerson, ask, signIn, type Answered, type Ask } from '../client.ts';
import { registerDeidCloud, trust } from '../deid.ts';
import { startServer, type TestServer } from '../server.ts';
import { createAuthority, type Authority } from '../vendors/certificates.ts';
import { startOpenAi, type StandIn } from '../vendors/openai.ts';

const LINES = 'application/x-ndjson';
let server: TestServer;
let authority: Authority;
let standIn: StandIn;
const sessions: Record<string, string> = {};

beforeAll(async () => {
  authority = createAuthority();
  standIn = await startOpenAi({ tls: authority.issue('localhost') });
  server = await startServer();
  trust(server, authority.ca);
  const { adminEmail, adminPassword, adminTotpSecret } = server.credentials;
  const admin = await signIn(server.url, { email: adminEmail, password: adminPassword, secret: adminTotpSecret });
  sessions['admin'] = admin;
  for (const role of ['privacy_officer', 'data_steward', 'clinician', 'auditor']) {
    const login = await addPerson(server.url, admin, `${role}@example.test`, [role]);
    sessions[role] = await signIn(server.url, login);
  }
  await registerDeidCloud(server, admin, { 'deid-chat': standIn });
}, 120_000);
afterAll(async () => {
  await server.remove();
  await standIn.close();
  authority.close();
});

const as = (who: string, method: string, path: string, what: Ask = {}): Promise<Answered> =>
  ask(server.url, sessions[who] ?? who, method, path, what);
const lines = (bytes: string): Ask => ({ raw: { bytes, type: LINES } });
const codeOf = ({ body }: Answered): unknown => body['code'];
const SAID = 'Summarise: Mr. Henrik Oyelaran, MRN 48213907, called from (617) 555-0182.';
const call = (): Promise<Answered> =>
  ask(server.url, server.credentials.apiKey, 'POST', '/v1/chat/completions', {
    body: { model: 'deid-chat', messages: [{ role: 'user', content: SAID }] },
    headers: { 'Cordon-Purpose': 'structured-extraction', 'Cordon-Person-Token': sessions['admin'] ?? '' },
  });
const refusalOf = ({ body }: Answered): unknown => (body as { error?: { code?: string } }).error?.code;
const explained = async (): Promise<unknown[]> => {
  const body = { purpose: 'structured-extraction', capability: 'generate', modality: 'text', service: 'deid-chat' };
  const answer = await as('admin', 'POST', '/api/policy/explain', { body });
  expect(answer.status, answer.text).toBe(200);
  const { reason } = answer.body as { reason: { because: string; change: string } | null };
  return [answer.body['code'], reason?.because ?? null, reason?.change.includes(' method') ?? null];
};

describe('a method record over HTTP', () => {
  let path: string;

  it('begins as the privacy officer’s draft; nobody else begins one, no key at all', async () => {
    expect(await explained()).toEqual([
      'agreement_missing',
      '45 CFR 164.514(b): no method record names the service',
      true,
    ]);
    expect([refusalOf(await call()), standIn.received.length]).toEqual(['agreement_missing', 0]);
    const body = { terms: safeHarborTerms() };
    for (const who of ['data_steward', 'clinician', 'auditor'])
      expect(codeOf(await as(who, 'POST', '/api/deid/methods', { body })), who).toBe('not_permitted');
    const byKey = await ask(server.url, server.credentials.apiKey, 'POST', '/api/deid/methods', { body });
    expect(codeOf(byKey)).toBe('person_required');
    const begun = await as('privacy_officer', 'POST', '/api/deid/methods', { body });
    expect([begun.status, begun.headers.get('etag'), begun.body['state']]).toEqual([201, '"1"', 'draft']);
    path = `/api/deid/methods/${String(begun.body['id'])}`;
    const typed = { terms: { ...safeHarborTerms({ name: 'typed' }), measurement: { recall: 1 } } };
    expect((await as('privacy_officer', 'POST', '/api/deid/methods', { body: typed })).status).toBe(400);
  });

  it('is furnished by those whose work it is, and a broken sample says its line and nothing of it', async () => {
    expect(codeOf(await as('clinician', 'POST', `${path}/measurement`, lines(goldLines(40))))).toBe('not_permitted');
    const broken = `${goldLines(2)}\n{"text":"Jane Canary","spans":[{"start":9,"end":99,"type":"NAME"}]}`;
    const refused = await as('data_steward', 'POST', `${path}/measurement`, lines(broken));
    expect([refused.status, codeOf(refused), refused.body['line']]).toEqual([422, 'sample_unusable', 3]);
    expect(refused.text).not.toContain('Canary');
    const measured = await as('data_steward', 'POST', `${path}/measurement`, lines(goldLines(40)));
    expect([measured.status, measured.headers.get('etag')]).toEqual([200, '"2"']);
    expect(measured.body['measurement']).toMatchObject({ recall: { found: 120, of: 120 } });
    expect(codeOf(await as('auditor', 'POST', `${path}/review`, lines(readLines(30))))).toBe('not_permitted');
    const reviewed = await as('clinician', 'POST', `${path}/review`, lines(readLines(30)));
    expect(reviewed.body).toMatchObject({ missing: ['statement'], review: { texts: 30, left: 1, covered: 1 } });
  });

  it('is stated once, of two who state at the same moment, and opens the service from then on', async () => {
    const body = { statement: 'safe-harbor@1' };
    const headers = { 'if-match': '"3"' };
    expect(codeOf(await as('data_steward', 'POST', `${path}/statement`, { body, headers }))).toBe('not_permitted');
    expect(codeOf(await as('privacy_officer', 'POST', `${path}/statement`, { body }))).toBe('invalid_request');
    const both = await Promise.all(
      ['privacy_officer', 'admin'].map((who) => as(who, 'POST', `${path}/statement`, { body, headers })),
    );
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(await explained()).toEqual(['allowed', null, null]);
    const answer = await call();
    expect(answer.status, answer.text).toBe(200);
    expect(answer.headers.get('cordon-pattern')).toBe('deid-cloud');
    const left = standIn.received.map(({ body: sent }) => sent.toString('utf8')).join('\n');
    expect(left).toContain('Summarise');
    expect(left).not.toMatch(/Henrik|Oyelaran|48213907|555-0182/);
    const [intent] = (await as('admin', 'GET', '/api/ledger/entries?kind=call.intent&limit=1')).body['items'] as {
      header: string;
    }[];
    const { detail } = JSON.parse(intent?.header ?? '{}') as { detail: { routes: unknown[] } };
    const basis = { type: 'method', id: path.slice('/api/deid/methods/'.length), version: 4 };
    expect(detail.routes).toEqual([{ service: 'deid-chat', pattern: 'deid-cloud', basis }]);
  });

  it('is read by an auditor: as data, and as a document without a word of the sample', async () => {
    const json = await as('auditor', 'GET', `${path}/report`);
    expect(json.body).toMatchObject({ law: '45 CFR 164.514(b)(2)', standing: 'In force.' });
    const markdown = await as('auditor', 'GET', `${path}/report?format=markdown`);
    expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(markdown.text).toMatch(/^# De-identification by Safe Harbor: notes-2026\n/);
    expect(json.text + markdown.text).not.toMatch(/Zyxquist|415-555/);
  });

  it('ends at once when it is revoked', async () => {
    const body = { reason: 'leak' };
    expect(codeOf(await as('data_steward', 'POST', `${path}/revoke`, { body }))).toBe('not_permitted');
    expect((await as('privacy_officer', 'POST', `${path}/revoke`, { body })).body['state']).toBe('revoked');
    expect(await explained()).toEqual([
      'agreement_missing',
      '45 CFR 164.514(b): the method record was revoked or ended',
      true,
    ]);
    expect([refusalOf(await call()), standIn.received.length]).toEqual(['agreement_missing', 1]);
    const kinds = (await as('admin', 'GET', '/api/ledger/entries?limit=200')).body['items'] as { kind: string }[];
    const steps = kinds.map(({ kind }) => kind).filter((kind) => kind.startsWith('method.'));
    const report = await verifyFiles(server, await exportBundle(server, sessions['auditor'] ?? '', {}));
    expect([report.result, report.firstBad]).toEqual(['verified', null]);
    expect(steps.toSorted()).toEqual(['method.ended', ...Array(3).fill('method.prepared'), 'method.recorded']);
  });
});

describe('risk over HTTP', () => {
  const csv = `age,zip,"the note"\n${Array.from({ length: 40 }, (_, at) => `${30 + at},941${10 + (at % 5)},"a, b"`).join('\n')}`;
  const data = { raw: { bytes: csv, type: 'text/csv' } };

  it('is measured and nothing is kept', async () => {
    const asked = '/api/deid/risk?quasi=age:age,zip:zip&fraction=0.1&target=0.2&suppression=0.1';
    const report = await as('data_steward', 'POST', asked, data);
    expect(report.status, report.text).toBe(200);
    expect(report.body).toMatchObject({ records: 40, k: 1, unique: { share: 1 }, prosecutor: { max: 1 } });
    expect(report.body['suggestion']).toMatchObject({ best: true, found: { suppressed: expect.any(Number) } });
  });

  it.each([
    ['quasi=age,zipp', csv, 'column_missing', 1],
    ['quasi=age:size', csv, 'options_unusable', 0],
    ['quasi=age', 'age,b\n1\n', 'record_uneven', 2],
    ['quasi=age', 'age\n', 'no_records', 0],
    ['quasi=age&format=jsonl', '{"age":{"Jane":"Canary"}}', 'record_unreadable', 1],
  ])('%s of %j is refused: %s', async (query, bytes, reason, line) => {
    const answer = await as('data_steward', 'POST', `/api/deid/risk?${query}`, { raw: { bytes, type: 'text/csv' } });
    expect([answer.status, codeOf(answer)]).toEqual([422, 'dataset_unusable']);
    expect(answer.body).toMatchObject({ reason, line });
    expect(answer.text).not.toContain('Canary');
  });

  it('is for those who answer for data, and for keys that were given it', async () => {
    expect(codeOf(await as('clinician', 'POST', '/api/deid/risk?quasi=age', data))).toBe('not_permitted');
    const body = { name: 'pipeline', permissions: ['risk.measure'] };
    const made = await as('admin', 'POST', '/api/api-keys', { body });
    const key = String(made.body['secret']);
    expect((await ask(server.url, key, 'POST', '/api/deid/risk?quasi=age', data)).status).toBe(200);
    expect(codeOf(await ask(server.url, key, 'GET', '/api/deid/methods'))).toBe('not_permitted');
  });
});
