// I6 and the permissions table: every route × role × tenant, over real sockets, from the one route table.
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import {
  KEY_PERMISSIONS,
  PERMISSIONS,
  ROLES,
  routeRows,
  type Permission,
  type Role,
  type Route,
} from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expertTerms } from '#boundary/evidence/evidence.samples.ts';
import { agreementTerms, claimTerms, serviceTerms } from '#boundary/registry/registry.samples.ts';
import { addPerson, ask, join, signIn, type Answered, type Ask } from '../client.ts';
import { DATA, hasSpeechData, startServer, type TestServer } from '../server.ts';

const SOME_ID = '01900000-0000-7000-8000-000000000000';
const ROWS = routeRows().filter(({ route }) => route.audience !== 'public');

let server: TestServer;
let admin: string;
const byRole = new Map<Role, string>();

beforeAll(async () => {
  server = await startServer();
  const { adminEmail, adminPassword, adminTotpSecret } = server.credentials;
  admin = await signIn(server.url, { email: adminEmail, password: adminPassword, secret: adminTotpSecret });
  for (const role of ROLES) {
    const login = await addPerson(server.url, admin, `${role}@example.test`, [role]);
    byRole.set(role, await signIn(server.url, login));
  }
}, 120_000);
afterAll(() => server.remove());

/** A request that passes the door and then finds nothing, or is malformed: the door is what is tested. */
function dummy(route: Route): { readonly path: string; readonly ask: Ask } {
  const path = route.path
    .replace('{index}', '999999999')
    .replace('{level}', '0')
    .replace('{path+}', '000')
    .replace('{id}', SOME_ID);
  if (route.body?.kind === 'json' || route.body?.kind === 'passed-json') return { path, ask: { body: {} } };
  if (route.body?.kind === 'stream') return { path, ask: { raw: { bytes: 'x', type: 'audio/wav' } } };
  if (route.body?.kind === 'multipart') return { path, ask: { raw: { bytes: new FormData() } } };
  return { path, ask: {} };
}

const send = (route: Route, token: string | null): Promise<Answered> => {
  const { path, ask: what } = dummy(route);
  return ask(server.url, token, route.method, path, what);
};
const codeOf = (answer: Answered): string =>
  String(answer.body['code'] ?? (answer.body['error'] as { code?: string } | undefined)?.code ?? '');

describe('the permissions table holds at the door', () => {
  it.each(ROWS.map(({ id, route }) => [id, route] as const))('%s: nobody without a credential', async (_id, route) => {
    const answer = await send(route, null);
    expect([answer.status, codeOf(answer)]).toEqual([401, 'unauthenticated']);
    const wrong = await send(route, `cordon_${'A'.repeat(43)}`);
    expect([wrong.status, codeOf(wrong)]).toEqual([401, 'unauthenticated']);
  });

  it.each(ROLES)(
    '%s may exactly what the table says',
    async (role) => {
      for (const { id, route } of ROWS) {
        if (id === 'signOut' || id === 'reauthenticate') continue; // would end or lock this very session
        const answer = await send(route, byRole.get(role) ?? '');
        const allowed = route.permission === null || PERMISSIONS[route.permission].roles.some((one) => one === role);
        const refused = route.audience === 'api-key' || codeOf(answer) === 'not_permitted';
        expect(!refused, `${role} on ${id}: ${answer.status} ${codeOf(answer)}`).toBe(
          allowed && route.audience !== 'api-key',
        );
        expect(answer.status, `${role} on ${id}`).toBeLessThan(500);
      }
    },
    120_000,
  );

  it('an API key may exactly what it was given, and never what only people may', async () => {
    const given: Permission[] = ['encounter.read', 'service.read'];
    const made = await ask(server.url, admin, 'POST', '/api/api-keys', {
      body: { name: 'narrow', permissions: given },
    });
    expect(made.status, made.text).toBe(201);
    const key = String(made.body['secret']);
    for (const { id, route } of ROWS) {
      const answer = await send(route, key);
      const code = codeOf(answer);
      if (route.audience === 'person') expect(code, id).toBe('person_required');
      else if (route.permission !== null && !given.includes(route.permission)) expect(code, id).toBe('not_permitted');
      else expect(['person_required', 'not_permitted', 'unauthenticated'], id).not.toContain(code);
    }
  });

  it('I7 no key can be given a permission that people alone hold, signing first of all', async () => {
    const forPeople = (Object.keys(PERMISSIONS) as Permission[]).filter((name) => !KEY_PERMISSIONS.includes(name));
    expect(forPeople).toContain('note.sign');
    for (const permission of forPeople) {
      const made = await ask(server.url, admin, 'POST', '/api/api-keys', {
        body: { name: 'greedy', permissions: [permission] },
      });
      expect(made.status, permission).toBe(400);
    }
  });

  it('a revoked key and a signed-out session are unknown from the next request on', async () => {
    const made = await ask(server.url, admin, 'POST', '/api/api-keys', {
      body: { name: 'short', permissions: ['service.read'] },
    });
    const { id } = made.body['key'] as { id: string };
    const key = String(made.body['secret']);
    expect((await ask(server.url, key, 'GET', '/api/services')).status).toBe(200);
    expect((await ask(server.url, admin, 'DELETE', `/api/api-keys/${id}`)).status).toBe(200);
    expect((await ask(server.url, key, 'GET', '/api/services')).status).toBe(401);
    const login = await addPerson(server.url, admin, 'leaver@example.test', ['leader']);
    const session = await signIn(server.url, login);
    expect((await ask(server.url, session, 'GET', '/api/session')).status).toBe(200);
    expect((await ask(server.url, session, 'DELETE', '/api/session')).status).toBe(204);
    expect((await ask(server.url, session, 'GET', '/api/session')).status).toBe(401);
  });
});

describe.skipIf(!hasSpeechData)('I6 another tenant', () => {
  const ids: Record<string, string> = {};
  let stranger: string;
  let colleague: { readonly id: string; readonly session: string };

  beforeAll(async () => {
    const { url, credentials } = server;
    const audio = new Blob([readFileSync(joinPath(DATA, 'audio', 'aws-mta-2.wav'))]);
    const form = new FormData();
    form.set('model', 'auto');
    form.set('file', audio, 'visit.wav');
    const heard = await ask(url, credentials.apiKey, 'POST', '/v1/audio/transcriptions', {
      raw: { bytes: form },
      headers: { 'cordon-patient': 'pt-1' },
    });
    expect(heard.status, heard.text).toBe(200);
    ids['encounters'] = heard.headers.get('cordon-encounter') ?? '';
    ids['transcripts'] = heard.headers.get('cordon-transcript') ?? '';
    const recordings = await ask(url, credentials.apiKey, 'GET', `/api/encounters/${ids['encounters']}/recordings`);
    const [recording] = recordings.body['items'] as { id: string; jobId: string }[];
    ids['recordings'] = recording?.id ?? '';
    ids['jobs'] = recording?.jobId ?? '';
    const drafted = await ask(url, credentials.apiKey, 'POST', `/api/transcripts/${ids['transcripts']}/drafts`, {
      body: { template: 'soap' },
    });
    ids['drafts'] = String(drafted.body['id']);
    const opened = await ask(url, admin, 'POST', `/api/drafts/${ids['drafts']}/review`);
    expect(opened.status, opened.text).toBe(200);
    ids['notes'] = String(opened.body['id']);
    const people = await ask(url, admin, 'GET', '/api/people');
    ids['people'] = (people.body['items'] as { id: string }[])[1]?.id ?? '';
    const keys = await ask(url, admin, 'GET', '/api/api-keys');
    ids['api-keys'] = (keys.body['items'] as { id: string }[])[0]?.id ?? '';
    const asked = await ask(url, admin, 'POST', '/api/keys/rotate', { body: { level: 'tenant', reason: 'yearly' } });
    ids['approvals'] = String(asked.body['id']);
    const login = await addPerson(url, admin, 'colleague@example.test', ['clinician']);
    colleague = { id: login.id, session: await signIn(url, login) };
    const look = { reasonCode: 'emergency', reason: 'on call' };
    const looked = await ask(url, colleague.session, 'POST', `/api/encounters/${ids['encounters']}/looks`, {
      body: look,
    });
    expect(looked.status, looked.text).toBe(201);
    ids['looks'] = String(looked.body['id']);
    const sessions = await ask(url, colleague.session, 'GET', '/api/self/sessions');
    ids['self'] = (sessions.body['items'] as { id: string }[])[0]?.id ?? '';
    const calls = await ask(url, admin, 'GET', '/api/ledger/entries?kind=call.intent');
    ids['requests'] = (calls.body['items'] as { entryId: string }[])[0]?.entryId ?? '';

    const texts = { bytes: '{"id":1,"text":"x"}', type: 'application/x-ndjson' };
    const job = await ask(url, credentials.apiKey, 'POST', '/api/deid/jobs', { raw: texts });
    expect(job.status, job.text).toBe(202);
    ids['deid/jobs'] = String(job.body['id']);

    ids['services'] = '01900000-0000-7000-8000-0000000000aa';
    const registered = await ask(url, admin, 'POST', '/api/services', { body: serviceTerms({ id: ids['services'] }) });
    expect(registered.status, registered.text).toBe(201);
    const agreed = await ask(url, admin, 'POST', '/api/agreements', { body: agreementTerms() });
    expect(agreed.status, agreed.text).toBe(201);
    ids['agreements'] = String(agreed.body['id']);
    const document = { bytes: '%PDF-1.7 the contract', type: 'application/pdf' };
    const attached = await ask(url, admin, 'POST', `/api/agreements/${ids['agreements']}/document`, { raw: document });
    expect(attached.status, attached.text).toBe(201);
    const claimed = await ask(url, admin, 'POST', '/api/claims', { body: claimTerms() });
    expect(claimed.status, claimed.text).toBe(201);
    ids['claims'] = String(claimed.body['id']);
    const begun = await ask(url, admin, 'POST', '/api/deid/methods', { body: { terms: expertTerms() } });
    expect(begun.status, begun.text).toBe(201);
    ids['deid'] = String(begun.body['id']);
    const determined = await ask(url, admin, 'POST', `/api/deid/methods/${ids['deid']}/document`, { raw: document });
    expect(determined.status, determined.text).toBe(201);

    const made = await ask(url, admin, 'POST', '/api/tenants', {
      body: { name: 'Other', administrator: { name: 'Other', email: 'other@example.test' } },
    });
    expect(made.status, made.text).toBe(201);
    const { token } = made.body['invitation'] as { token: string };
    const otherAdmin = await signIn(url, await join(url, token, 'other@example.test'));
    stranger = await signIn(url, await addPerson(url, otherAdmin, 'all@other.test', [...ROLES]));
  }, 60_000);

  const withId = ROWS.filter(({ route }) => route.path.includes('{id}'));

  it.each(withId.map(({ id, route }) => [id, route] as const))(
    '%s answers a foreign id exactly as a nonexistent one',
    async (_id, route) => {
      const isJob = route.path.startsWith('/api/deid/jobs/');
      const kind = isJob ? 'deid/jobs' : (route.path.split('/')[2] ?? '');
      const foreign = ids[kind] ?? '';
      expect(foreign, `no object of kind ${kind} was made`).toMatch(/^[0-9a-f-]{36}$/);
      const query = _id === 'measureMethodRisk' ? '?quasi=age' : '';
      const request = (id: string): Promise<Answered> =>
        ask(server.url, stranger, route.method, `${route.path.replace('{id}', id)}${query}`, {
          ...(route.body?.kind === 'json' ? { body: VALID_BODIES[_id] ?? {} } : {}),
          ...(route.body?.kind === 'stream'
            ? {
                raw: {
                  bytes: readFileSync(joinPath(DATA, 'audio', 'jfk.wav')),
                  type: route.body.contentTypes[0] ?? '',
                },
              }
            : {}),
          headers: { 'if-match': '"1"' },
        });
      const [one, other] = [await request(foreign), await request(SOME_ID)];
      expect(shape(one)).toEqual(shape(other));
      expect(one.status).toBe(404);
    },
  );

  it('I6 whoever looks for an hour cannot make themselves at home, nor let a friend in', async () => {
    const path = `/api/encounters/${ids['encounters']}`;
    expect((await ask(server.url, colleague.session, 'GET', path)).status).toBe(200);
    const share = await ask(server.url, colleague.session, 'POST', `${path}/people`, {
      body: { personId: colleague.id, relation: 'reviewer' },
    });
    expect([share.status, codeOf(share)]).toEqual([404, 'not_found']);
    const list = await ask(server.url, colleague.session, 'GET', '/api/encounters');
    expect(list.body['items']).toEqual([]);
  });

  it('I6 has no hand on what all tenants share: no copy of the root, no rotation of it, no model, no further tenant', async () => {
    const reason = 'mine now';
    const recipients = ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'];
    const administrator = { name: 'Third', email: 'third@example.test' };
    for (const [path, body] of [
      ['/api/keys/escrow', { recipients }],
      ['/api/keys/escrow/try', { sealed: 'YWdl', identity: 'AGE-SECRET-KEY-1' }],
      ['/api/keys/rotate', { level: 'root', reason }],
      ['/api/keys/rotate', { level: 'signing', reason }],
      ['/api/models/pull', { id: 'silero-vad' }],
      ['/api/models/verify', { id: 'silero-vad' }],
      ['/api/models/remove', { id: 'silero-vad' }],
      ['/api/tenants', { name: 'Third', administrator }],
    ] as const) {
      const answer = await ask(server.url, stranger, 'POST', path, { body });
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 403, 'not_permitted']);
    }
    const archive = { bytes: Buffer.alloc(1024), type: 'application/x-tar' };
    for (const [method, path, what] of [
      ['POST', '/api/models/import', { raw: archive }],
      ['GET', '/api/models/pull?id=silero-vad', {}],
    ] as const) {
      const answer = await ask(server.url, stranger, method, path, what);
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 403, 'not_permitted']);
    }
    const own = await ask(server.url, stranger, 'POST', '/api/keys/rotate', { body: { level: 'tenant', reason } });
    expect(own.status, own.text).toBeLessThan(300);
  });

  it('I9 two people at once: one review of a draft, one correction of a version, and never a fault', async () => {
    const { url, credentials } = server;
    const drafted = await ask(url, credentials.apiKey, 'POST', `/api/transcripts/${ids['transcripts']}/drafts`, {
      body: { template: 'progress' },
    });
    const path = `/api/drafts/${String(drafted.body['id'])}/review`;
    const opened = await Promise.all(Array.from({ length: 6 }, () => ask(url, admin, 'POST', path)));
    expect(opened.map(({ status }) => status)).toEqual(opened.map(() => 200));
    expect(new Set(opened.map(({ body }) => body['id'])).size).toBe(1);
    const corrected = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        ask(url, admin, 'POST', `/api/transcripts/${ids['transcripts']}/corrections`, {
          body: { words: [{ first: 0, last: 0, text: `word${n}` }] },
          headers: { 'if-match': '"1"' },
        }),
      ),
    );
    const statuses = corrected.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses.slice(0, 1)).toEqual([201]);
    expect(statuses.slice(1)).toEqual([412, 412, 412, 412, 412]);
  });

  it('sees nothing of the other in any list, and has a ledger of its own', async () => {
    for (const path of [
      '/api/encounters',
      '/api/notes',
      '/api/people',
      '/api/api-keys',
      '/api/approvals',
      '/api/services',
      '/api/agreements',
      '/api/claims',
      '/api/registry/services',
      '/api/registry/agreements',
      '/api/registry/warnings',
      '/api/deid/methods',
      '/api/ledger/entries?limit=200',
    ]) {
      const answer = await ask(server.url, stranger, 'GET', path);
      expect(answer.status, path).toBe(200);
      for (const id of Object.values(ids)) expect(answer.text.includes(id), path).toBe(false);
    }
    const checkpoint = await ask(server.url, stranger, 'GET', '/api/ledger/checkpoint');
    const own = await ask(server.url, admin, 'GET', '/api/ledger/checkpoint');
    expect(checkpoint.text.split('\n')[0]).not.toBe(own.text.split('\n')[0]);
  });
});

/** Bodies that pass parsing, so that the answer is about the id. */
const VALID_BODIES: Record<string, unknown> = {
  recordConsent: { manner: 'verbal' },
  withdrawConsent: {},
  transcribeRecording: {},
  correctTranscript: { words: [{ first: 0, last: 0, text: 'x' }] },
  createDraft: { template: 'soap' },
  reviewNote: { actions: [{ kind: 'accept', sentence: 's1' }] },
  signNote: { versionSeen: 'x', attestation: 'x' },
  amendNote: { reason: 'x' },
  rejectNote: { reason: 'x' },
  replaceService: serviceTerms(),
  replaceAgreement: agreementTerms(),
  terminateAgreement: { reason: 'other' },
  replaceClaim: claimTerms(),
  stateMethod: { statement: 'safe-harbor@1' },
  revokeMethod: { reason: 'other' },
  setRoles: { roles: ['leader'] },
  suspendPerson: {},
  decideApproval: { decision: 'approve' },
  resetCredential: { what: 'password' },
  shareEncounter: { personId: SOME_ID, relation: 'reviewer' },
  openLook: { reasonCode: 'emergency', reason: 'x' },
  reviewLook: { verdict: 'justified' },
};

/** Everything that a caller could compare but the request id and the time. */
function shape(answer: Answered): unknown {
  const headers = [...answer.headers].filter(([name]) => !['cordon-request-id', 'date'].includes(name));
  return { status: answer.status, headers, body: { ...answer.body, requestId: null } };
}
