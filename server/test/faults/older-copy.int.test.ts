// The lawful restore of an older database: found out, lived with by the other tenants, and declared (spec custody §1).
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataDirectory } from '../behind.ts';
import { exportBundle, verifyFiles } from '../bundle.ts';
import { addPerson, ask, join, signIn, type Answered, type Login } from '../client.ts';
import { startServer, type TestServer } from '../server.ts';

type Known = Login & { readonly id: string };

let server: TestServer;
let key: string;
const people = {} as Record<'privacy' | 'security' | 'doctor' | 'colleague', Known>;
const tokens = {} as Record<keyof typeof people | 'admin', string>;

const call = (token: string | null, method: string, path: string, body?: unknown): Promise<Answered> =>
  ask(server.url, token, method, path, body === undefined ? {} : { body });
const codeOf = ({ status, body }: Answered): unknown => [status, body['code']];

async function enter(): Promise<void> {
  for (const name of Object.keys(people) as (keyof typeof people)[])
    tokens[name] = await signIn(server.url, people[name]);
}

beforeAll(async () => {
  server = await startServer();
  const { adminEmail, adminPassword, adminTotpSecret, apiKey } = server.credentials;
  key = apiKey;
  tokens.admin = await signIn(server.url, { email: adminEmail, password: adminPassword, secret: adminTotpSecret });
  const add = (name: string, role: string) => addPerson(server.url, tokens.admin, `${name}@example.test`, [role]);
  people.privacy = await add('privacy', 'privacy_officer');
  people.security = await add('security', 'security_officer');
  people.doctor = await add('doctor', 'clinician');
  people.colleague = await add('colleague', 'clinician');
  await enter();
});
afterAll(() => server.remove());

it(
  'an older copy of the database is restored: read-only, others go on, two people reopen, the gap is declared',
  { timeout: 120_000 },
  async () => {
    const made = await call(tokens.admin, 'POST', '/api/people', {
      name: 'Op',
      email: 'op@example.test',
      roles: ['operator'],
    });
    const operator = await signIn(server.url, await join(server.url, String(made.body['token']), 'op@example.test'));
    const tenant = await call(operator, 'POST', '/api/tenants', {
      name: 'Other',
      administrator: { name: 'Other', email: 'other@example.test' },
    });
    expect(tenant.status, tenant.text).toBe(201);
    const { token } = tenant.body['invitation'] as { token: string };
    const stranger = await join(server.url, token, 'other@example.test');

    server = await server.restart(); // entries of new keys are made at the start
    await sleep(500);
    await server.stop();
    const data = await dataDirectory(server);
    execFileSync('cp', ['-a', data, `${data}.older`]);
    server = await server.restart();
    for (let at = 0; at < 5; at += 1)
      await call(key, 'POST', '/api/encounters', { patient: 'pt-2', purpose: 'dictation' });
    expect((await call('cordon_nobody', 'GET', '/api/session')).status).toBe(401); // the system's ledger grows too
    await call(tokens.security, 'GET', '/api/ledger/checkpoint');
    await sleep(1_500); // anchors are copied behind the checkpoint
    await server.stop();
    execFileSync('sh', ['-c', 'rm -rf "$0" && mv "$0.older" "$0"', data]);
    server = await server.restart();

    const refused = await call(key, 'POST', '/api/encounters', { patient: 'pt-3', purpose: 'dictation' });
    expect(codeOf(refused)).toEqual([503, 'ledger_read_only']);
    const wrong = { email: people.doctor.email, password: 'not this one', code: '000000', transport: 'bearer' };
    expect(codeOf(await call(null, 'POST', '/api/session', wrong))).toEqual([401, 'unauthenticated']);
    const other = await signIn(server.url, stranger);
    const invited = await call(other, 'POST', '/api/people', { name: 'A', email: 'a@other.test', roles: ['leader'] });
    expect(invited.status, `the other tenant goes on: ${invited.text}`).toBe(201);

    await sleep(31_000); // codes of the older copy's last steps are spent
    tokens.security = await signIn(server.url, people.security);
    tokens.privacy = await signIn(server.url, people.privacy);
    expect((await call(tokens.security, 'GET', '/api/session')).status).toBe(200);
    const asked = await call(tokens.security, 'POST', '/api/ledger/reopen', { reason: 'disk was lost' });
    expect(asked.status, asked.text).toBe(202);
    const decide = `/api/approvals/${String(asked.body['id'])}/decide`;
    const own = await call(tokens.security, 'POST', decide, { decision: 'approve' });
    expect(codeOf(own)).toEqual([403, 'second_person_required']);
    expect(codeOf(await call(key, 'POST', '/api/encounters', { patient: 'pt-3' }))).toEqual([503, 'ledger_read_only']);
    const decided = await call(tokens.privacy, 'POST', decide, { decision: 'approve' });
    expect(decided.status, decided.text).toBe(200);
    expect(decided.body['state']).toBe('done');

    const open = await call(key, 'POST', '/api/encounters', { patient: 'pt-4', purpose: 'dictation' });
    expect(open.status, open.text).toBe(201);
    const page = await call(tokens.security, 'GET', '/api/ledger/entries?limit=40');
    const kinds = (page.body['items'] as { kind: string }[]).map(({ kind }) => kind);
    for (const kind of [
      'ledger.reopened',
      'session.opened',
      'approval.requested',
      'approval.decided',
      'encounter.created',
    ])
      expect(kinds, kind).toContain(kind);
    const report = await verifyFiles(server, await exportBundle(server, key, {}));
    expect(report).toMatchObject({ result: 'verified', firstBad: null });
    expect(report.gaps).toHaveLength(1);
  },
);
