// Policy over HTTP: recorded by one, activated by two, explained, tried on the past; walls between tenants.
import { PolicyDocument, ROLES } from '@cordon/contract';
import { replayPolicy, simulatePolicy } from '@cordon/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPerson, ask, join, signIn, type Answered } from '../client.ts';
import { startServer, type TestServer } from '../server.ts';

let server: TestServer;
let admin: string;
let second: string;
let live: PolicyDocument;

const get = (path: string, token = admin): Promise<Answered> => ask(server.url, token, 'GET', path);
const post = (path: string, body: unknown, token = admin): Promise<Answered> =>
  ask(server.url, token, 'POST', path, { body });

beforeAll(async () => {
  server = await startServer();
  const { adminEmail, adminPassword, adminTotpSecret } = server.credentials;
  admin = await signIn(server.url, { email: adminEmail, password: adminPassword, secret: adminTotpSecret });
  const { version: _, ...document } = (await get('/api/policy')).body;
  live = PolicyDocument.parse(document);
}, 120_000);
afterAll(() => server.remove());

describe('policy', () => {
  it('a document that does not hold is refused by its path, and no value comes back', async () => {
    const rule = { id: 'x', effect: 'refuse', when: { class: { below: 'phi' } } };
    const refused = await post('/api/policy/versions', { ...live, rules: [rule] });
    expect([refused.status, refused.body['field']]).toEqual([400, 'body.rules.0.when.class']);
    const circle = [...live.zones, { zone: 'zz', within: 'zz', regions: [] }];
    expect((await post('/api/policy/versions', { ...live, zones: circle })).status).toBe(400);
    const allow = await post('/api/policy/versions', { ...live, rules: [{ id: 'JaneCanary', effect: 'allow' }] });
    expect([allow.status, allow.text.includes('Canary')]).toEqual([400, false]);
    const deep = `[{"id":"x","effect":"refuse","when":${'{"not":'.repeat(20_000)}{}${'}'.repeat(20_000)}}]`;
    const nested = JSON.stringify({ ...live, rules: 'HERE' }).replace('"HERE"', deep);
    const asked = await ask(server.url, admin, 'POST', '/api/policy/versions', {
      raw: { bytes: nested, type: 'application/json' },
    });
    expect(asked.status).toBe(400);
  });

  it('alone on an embedded installation the second person is waived by the document, and recorded', async () => {
    const settings = { ...live.settings, secondPerson: 'waived' as const };
    const recorded = await post('/api/policy/versions', { ...live, id: 'alone', settings });
    expect(recorded.status, recorded.text).toBe(201);
    expect((await get('/api/policy')).body['id']).toBe('starter');
    const activated = await post(`/api/policy/versions/${String(recorded.body['version'])}/activate`, {
      reason: 'alone here',
    });
    expect([activated.status, (await get('/api/policy')).body['id']]).toEqual([200, 'alone']);
    const entries = await get('/api/ledger/entries?kind=policy.activated&limit=1');
    const [entry] = entries.body['items'] as { header: string }[];
    expect(JSON.parse(entry?.header ?? '{}')).toMatchObject({ detail: { secondPerson: 'waived' } });
  });

  it('with somebody else there, it takes two', async () => {
    const login = await addPerson(server.url, admin, 'officer@example.test', ['privacy_officer']);
    second = await signIn(server.url, login);
    const rules = [{ id: 'none', effect: 'refuse', when: { purpose: ['revenue-cycle'] }, because: 'house rule 1' }];
    const settings = { ...live.settings, secondPerson: 'waived' };
    const recorded = await post('/api/policy/versions', { ...live, id: 'two', settings, rules });
    const version = Number(recorded.body['version']);
    const asked = await post(`/api/policy/versions/${version}/activate`, { reason: 'agreed' });
    expect([asked.status, asked.body['state']]).toEqual([202, 'waiting']);
    const decide = `/api/approvals/${String(asked.body['id'])}/decide`;
    expect((await post(decide, { decision: 'approve' })).body['code']).toBe('second_person_required');
    const seen = await get(`/api/approvals/${String(asked.body['id'])}`, second);
    expect(seen.body['parameters']).toEqual({ policy: 'two', policyVersion: version });
    expect((await post(decide, { decision: 'approve' }, second)).body['state']).toBe('done');
    expect((await get('/api/policy')).body).toMatchObject({ id: 'two', version });
    const diff = await get(`/api/policy/diff?from=${version - 1}&to=${version}`);
    expect(diff.body['changes']).toContainEqual(expect.objectContaining({ path: 'rules.none', change: 'added' }));
    const versions = await get('/api/policy/versions?limit=1');
    expect(versions.body).toMatchObject({ items: [{ version, state: 'live' }], next: String(version) });
  });

  it('explains with the rule’s own words, under the live version and another', async () => {
    const wish = { purpose: 'revenue-cycle', capability: 'generate', modality: 'text' };
    const now = await post('/api/policy/explain', wish);
    expect(now.body).toMatchObject({ outcome: 'refuse', policy: { id: 'two' } });
    const before = await post('/api/policy/explain', { ...wish, policyVersion: 2 });
    expect(before.body).toMatchObject({ outcome: 'refuse', policy: { id: 'starter', version: 2 } });
    expect((await post('/api/policy/explain', { ...wish, policyVersion: 999 })).status).toBe(404);
  });

  it('simulates and replays as a stream, and leaves an entry that somebody looked', async () => {
    const client = { url: server.url, credential: server.credentials.apiKey };
    const states: string[] = [];
    for await (const event of simulatePolicy(client, { policy: live })) states.push(event.state);
    expect(states.at(-1)).toBe('done');
    for await (const event of replayPolicy(client, {}))
      if (event.state === 'done') expect(event).toMatchObject({ different: 0, unreadable: 0 });
    const reads = await get('/api/ledger/entries?kind=access.read&limit=10');
    expect(reads.text).toContain('simulatePolicy');
    expect(reads.text).toContain('replayPolicy');
  });

  it('a version in the shadow is chosen and let go', async () => {
    const chosen = await ask(server.url, admin, 'PUT', '/api/policy/shadow', { body: { version: 2 } });
    expect(chosen.status, chosen.text).toBe(200);
    expect((await get('/api/policy/shadow')).body).toEqual({ version: 2, differences: [] });
    await ask(server.url, admin, 'PUT', '/api/policy/shadow', { body: { version: null } });
    expect((await get('/api/policy/shadow')).body['version']).toBeNull();
    expect((await ask(server.url, admin, 'PUT', '/api/policy/shadow', { body: { version: 77 } })).status).toBe(404);
  });

  it('I6 another tenant has its own versions, live policy, shadow and past', async () => {
    const made = await post('/api/tenants', { name: 'Other', administrator: { name: 'O', email: 'o@example.test' } });
    const { token } = made.body['invitation'] as { token: string };
    const owner = await signIn(server.url, await join(server.url, token, 'o@example.test'));
    const all = await signIn(server.url, await addPerson(server.url, owner, 'all@other.test', [...ROLES]));
    expect((await get('/api/policy', all)).body).toMatchObject({ id: 'starter', version: 2 });
    expect(((await get('/api/policy/versions', all)).body['items'] as unknown[]).length).toBe(1);
    const foreign = await get('/api/policy/versions/3', all);
    const nobodys = await get('/api/policy/versions/999', all);
    expect([foreign.status, foreign.body['code']]).toEqual([nobodys.status, nobodys.body['code']]);
    expect((await post('/api/policy/versions/3/activate', { reason: 'x' }, all)).status).toBe(404);
  });
});
