// Oversight over real sockets: exports that two people agreed on, looks, shares, sessions, proofs (spec custody §3).
import { fromBase64, leafHash, parseVkey, toBase64, verifyCheckpoint, verifyInclusion } from '@cordon/proofs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../behind.ts';
import { exportBundle, verifyFiles, vkeyOf } from '../bundle.ts';
import { addPerson, ask, freshCode, signIn, type Answered, type Login } from '../client.ts';
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

describe('oversight', () => {
  let encounter: string;

  beforeAll(async () => {
    const made = await call(tokens.doctor, 'POST', '/api/encounters', { patient: 'pt-1', purpose: 'dictation' });
    encounter = String(made.body['id']);
  });

  it('an export with facts leaves once, and only as the second person saw it', async () => {
    const path = '/api/ledger/export';
    expect(codeOf(await call(tokens.privacy, 'POST', path, { withFacts: true }))).toEqual([400, 'invalid_request']);
    const asked = await call(tokens.privacy, 'POST', path, { withFacts: true, reason: 'subpoena 17' });
    expect([asked.status, asked.body['state']]).toEqual([202, 'waiting']);
    const approval = String(asked.body['id']);
    const early = await call(tokens.privacy, 'POST', path, { withFacts: true, approval });
    expect(codeOf(early)).toEqual([403, 'second_person_required']);
    const seen = await call(tokens.security, 'GET', `/api/approvals/${approval}`);
    expect(seen.body).toMatchObject({ reason: 'subpoena 17', parameters: { withFacts: true, withContent: false } });
    const decide = `/api/approvals/${approval}/decide`;
    const own = await call(tokens.privacy, 'POST', decide, { decision: 'approve' });
    expect(codeOf(own)).toEqual([403, 'second_person_required']);
    expect((await call(tokens.security, 'POST', decide, { decision: 'approve' })).body['state']).toBe('approved');
    const more = await call(tokens.privacy, 'POST', path, { withFacts: true, withContent: true, approval });
    expect(codeOf(more)).toEqual([403, 'second_person_required']);
    const files = await exportBundle(server, tokens.privacy, { withFacts: true, approval });
    expect([...files.keys()].some((name) => name.startsWith('facts/'))).toBe(true);
    const again = await call(tokens.privacy, 'POST', path, { withFacts: true, approval });
    expect(codeOf(again)).toEqual([403, 'second_person_required']);
    expect(await verifyFiles(server, files)).toMatchObject({ result: 'verified', pinned: true, firstBad: null });
  });

  it('an export of headers verifies, and every entry of it proves itself', async () => {
    const report = await verifyFiles(server, await exportBundle(server, key, {}));
    expect(report).toMatchObject({ result: 'verified', pinned: true, firstBad: null, gaps: [] });
    const keys = [parseVkey(vkeyOf(server))];
    const page = await call(tokens.security, 'GET', '/api/ledger/entries?limit=200&order=oldest');
    const entries = page.body['items'] as { index: number; header: string; kind: string }[];
    expect(entries.length).toBeGreaterThan(10);
    for (const { index, header } of entries.slice(-10)) {
      const { body } = await call(tokens.security, 'GET', `/api/ledger/entries/${index}/proof`);
      const proof = body as { leafHash: string; hashes: string[]; checkpoint: string; treeSize: number };
      const checkpoint = verifyCheckpoint(Buffer.from(proof.checkpoint), keys, { unknown: 'refuse' });
      const leaf = leafHash(Buffer.from(header));
      expect(toBase64(leaf)).toBe(proof.leafHash);
      expect(verifyInclusion(leaf, index, checkpoint.size, proof.hashes.map(fromBase64), checkpoint.root)).toBe(true);
    }
  });

  it('content of an entry is read by the privacy officer alone, freshly signed in, and that is recorded', async () => {
    const page = await call(tokens.privacy, 'GET', '/api/ledger/entries?kind=approval.requested');
    const [entry] = page.body['items'] as { index: number; entryId: string; sealed: string }[];
    expect(entry?.sealed).toBe('present');
    const path = `/api/ledger/entries/${entry?.index}/content`;
    const read = await call(tokens.privacy, 'GET', path);
    expect(Buffer.from(String(read.body['content']), 'base64').toString()).toBe('subpoena 17');
    expect(codeOf(await call(tokens.security, 'GET', path))).toEqual([403, 'not_permitted']);
    const reads = await call(tokens.security, 'GET', '/api/ledger/entries?kind=access.read');
    expect(reads.text).toContain('readLedgerContent');
    expect(reads.text).toContain(String(entry?.entryId));
    await sql(
      server,
      `UPDATE cordon.session SET reauthenticated_at = now() - interval '301 seconds' WHERE person = $1`,
      [people.privacy.id],
    );
    expect(codeOf(await call(tokens.privacy, 'GET', path))).toEqual([403, 'reauthentication_required']);
    tokens.privacy = await signIn(server.url, people.privacy);
  });

  it('a look is opened for a reason, holds, and is reviewed by somebody else; a share needs no look', async () => {
    const path = `/api/encounters/${encounter}`;
    expect((await call(tokens.colleague, 'GET', path)).status).toBe(404);
    const opened = await call(tokens.colleague, 'POST', `${path}/looks`, {
      reasonCode: 'emergency',
      reason: 'collapsed',
    });
    expect(opened.status, opened.text).toBe(201);
    expect((await call(tokens.colleague, 'GET', path)).status).toBe(200);
    const looks = await call(tokens.privacy, 'GET', '/api/looks');
    expect(looks.body['items']).toMatchObject([{ id: opened.body['id'], reason: 'collapsed', verdict: null }]);
    const review = `/api/looks/${String(opened.body['id'])}/review`;
    expect((await call(tokens.privacy, 'POST', review, { verdict: 'justified' })).status).toBe(204);
    expect(codeOf(await call(tokens.privacy, 'POST', review, { verdict: 'unjustified' }))).toEqual([409, 'conflict']);
    expect((await call(tokens.privacy, 'GET', '/api/looks')).body['items']).toEqual([]);
    await sql(server, 'UPDATE cordon.break_glass SET until = now() WHERE id = $1', [opened.body['id']]);
    expect((await call(tokens.colleague, 'GET', path)).status).toBe(404);
    const share = { personId: people.colleague.id, relation: 'reviewer' };
    expect((await call(tokens.colleague, 'POST', `${path}/people`, share)).status).toBe(404);
    expect((await call(tokens.doctor, 'POST', `${path}/people`, share)).status).toBe(204);
    expect((await call(tokens.colleague, 'GET', path)).status).toBe(200);
  });

  it('sessions are listed and ended, credentials changed, people let back in', async () => {
    const own = await call(tokens.colleague, 'GET', '/api/self/sessions');
    const [session] = own.body['items'] as { id: string }[];
    expect(own.body['items']).toMatchObject([{ current: true, personId: people.colleague.id }]);
    const ending = `/api/self/sessions/${session?.id}`;
    expect((await call(tokens.doctor, 'DELETE', ending)).status, 'not one of their own').toBe(404);
    expect((await call(tokens.colleague, 'DELETE', ending)).status).toBe(204);
    expect((await call(tokens.colleague, 'GET', '/api/session')).status).toBe(401);
    const leaver = await addPerson(server.url, tokens.admin, 'leaver@example.test', ['leader']);
    const extra = await signIn(server.url, leaver);
    const all = await call(tokens.security, 'GET', '/api/sessions');
    expect((all.body['items'] as unknown[]).length).toBeGreaterThan(3);

    const reset = await call(extra, 'POST', '/api/self/reset', { what: 'password' });
    expect(reset.status, reset.text).toBe(201);
    const token = String(reset.body['token']);
    const password = 'another long way home';
    expect((await call(null, 'POST', '/api/invitations/accept', { token, password })).status).toBe(200);
    expect((await call(extra, 'GET', '/api/session')).status, 'the old one holds until confirmed').toBe(200);
    const code = freshCode(leaver.secret);
    const confirmed = await call(null, 'POST', '/api/invitations/confirm', { token, code });
    expect(confirmed.status, confirmed.text).toBe(200);
    expect((await call(extra, 'GET', '/api/session')).status).toBe(401);

    const path = `/api/people/${leaver.id}`;
    expect((await call(tokens.admin, 'POST', `${path}/suspend`, {})).status).toBe(200);
    expect((await call(tokens.admin, 'POST', `${path}/reinstate`)).body['state']).toBe('active');
    expect((await call(tokens.admin, 'POST', `${path}/reset`, { what: 'authenticator' })).status).toBe(201);
    expect((await call(tokens.security, 'DELETE', `${path}/sessions`)).body).toEqual({ ended: 0 });
  });
});
