// Nothing that was asked, answered or heard stands anywhere in clear (spec quality §4, "Leaks"): calls of every kind with words that occur
// nowhere else, then every column of every table, every line of the log, every public answer, and every file, in every spelling.
import { spawnSync } from 'node:child_process';
import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { behind, dataDirectory } from '../behind.ts';
import { administrator, attest, registerServices } from '../boundary.ts';
import { ask, type Answered } from '../client.ts';
import { startServer, type TestServer } from '../server.ts';
import { startOpenAi, type StandIn } from '../vendors/openai.ts';
import { wav } from '../vendors/spoken.ts';

const KINDS = [
  'whole',
  'streamed',
  'refused',
  'misformed',
  'failed',
  'cancelled',
  'embedded',
  'heard',
  'repeated',
] as const;
type Kind = (typeof KINDS)[number];
/** What the caller says in a call of the kind; the stand-in's answer repeats it. */
const canary = (kind: Kind): string => `Kanarienvogel-${kind}-Zq7Xw`;
const VISIT = 'visit-Zq7Xw-4711';
const PATIENT = 'patient-Zq7Xw-4712';

let server: TestServer;
let admin: string;
let quick: StandIn;
let slow: StandIn;
let broken: StandIn;
const answers: Partial<Record<Kind, Answered>> = {};

beforeAll(async () => {
  [quick, slow, broken] = await Promise.all([startOpenAi(), startOpenAi({ paceMs: 50 }), startOpenAi()]);
  server = await startServer({
    env: { CORDON_LOG_LEVEL: 'debug', CORDON_MODELS: '/nonexistent', CORDON_SPEECH_MODEL: 'none' },
  });
  admin = await administrator(server);
  await registerServices(server, admin, [
    { id: 'quick', endpoint: quick.url, members: { features: '[metadata]' } },
    { id: 'slow', endpoint: slow.url },
    { id: 'broken', endpoint: broken.url, members: { features: '[metadata]' } },
    {
      id: 'elsewhere',
      endpoint: quick.url,
      members: { regions: '{ inference: eu, storage: us, support: us, logs: us }' },
    },
    { id: 'vectors', endpoint: quick.url, capability: 'embed' },
    { id: 'ears', endpoint: quick.url, members: { capability: 'transcribe', modality: 'audio' } },
  ]);
  await attest(server, admin, ['quick', 'slow', 'broken', 'vectors', 'ears']);
  for (const kind of KINDS) answers[kind] = await call(kind);
});
afterAll(async () => {
  await server.remove();
  await Promise.all([quick, slow, broken].map((each) => each.close()));
});

const CONTEXT = { 'Cordon-Purpose': 'ambient-documentation', 'Cordon-Patient': PATIENT, 'Cordon-Encounter': VISIT };

function chat(kind: Kind, body: object, headers: Record<string, string> = {}): Promise<Answered> {
  const messages = [{ role: 'user', content: canary(kind) }];
  const init = { body: { model: 'quick', messages, user: canary(kind), ...body }, headers: { ...CONTEXT, ...headers } };
  return ask(server.url, server.credentials.apiKey, 'POST', '/v1/chat/completions', init);
}

async function call(kind: Kind): Promise<Answered> {
  switch (kind) {
    case 'whole':
      return chat(kind, {});
    case 'streamed':
      return chat(kind, { stream: true });
    case 'refused':
      return chat(kind, { model: 'elsewhere' });
    case 'misformed':
      return chat(kind, { messages: [], [canary(kind)]: { stream: canary(kind) } });
    case 'failed':
      broken.fail({ kind: 'not-json' });
      return chat(kind, { model: 'broken' });
    case 'cancelled':
      return cancelled(kind);
    case 'embedded':
      return ask(server.url, server.credentials.apiKey, 'POST', '/v1/embeddings', {
        body: { model: 'vectors', input: canary(kind) },
        headers: { ...CONTEXT, 'Cordon-Purpose': 'ehr-copilot', 'Cordon-Person-Token': admin },
      });
    case 'heard':
      return heard(kind);
    case 'repeated':
      await chat(kind, {}, { 'Idempotency-Key': 'leak-1' });
      return chat(kind, {}, { 'Idempotency-Key': 'leak-1' });
  }
}

/** Whoever asked leaves after the first piece. */
async function cancelled(kind: Kind): Promise<Answered> {
  const leave = new AbortController();
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.credentials.apiKey}`, 'content-type': 'application/json', ...CONTEXT },
    body: JSON.stringify({ model: 'slow', stream: true, messages: [{ role: 'user', content: canary(kind) }] }),
    signal: leave.signal,
  });
  await response.body?.getReader().read();
  leave.abort();
  return { status: response.status, headers: response.headers, body: {}, text: '' };
}

function heard(kind: Kind): Promise<Answered> {
  const form = new FormData();
  form.append('model', 'ears');
  form.append('prompt', canary(kind));
  form.append('file', new Blob([new Uint8Array(wav(2, 1))], { type: 'audio/wav' }), `${canary(kind)}.wav`);
  const headers = { ...CONTEXT, 'Cordon-Encounter': `${VISIT}-heard` };
  return ask(server.url, server.credentials.apiKey, 'POST', '/v1/audio/transcriptions', {
    raw: { bytes: form },
    headers,
  });
}

/** Characters of a spelling that chance does not make. */
const SHORTEST = 10;

/** What must be nowhere: words as they are, in JSON's escapes, hexadecimal, and base64 at each of its three alignments. */
function spellings(): readonly string[] {
  // The stand-in's recogniser says how many bytes it heard: words that no other text has.
  const words = [...KINDS.map(canary), 'Kanarienvogel', 'Zq7Xw', PATIENT, VISIT, String(answers.heard?.body['text'])];
  const all = words.flatMap((word) => [
    word,
    Buffer.from(word).toString('hex'),
    ...[0, 1, 2].map((shift) => {
      const text = Buffer.from(`${'x'.repeat(shift)}${word}`).toString('base64');
      return text.slice(shift === 0 ? 0 : 4, -4).replace(/=+$/, '');
    }),
  ]);
  return all.filter((word) => word.length >= SHORTEST || words.includes(word));
}

const found = (text: string): readonly string[] => spellings().filter((word) => text.includes(word));

describe('calls of every kind', () => {
  it('the search has eyes', () => {
    const said = Buffer.from(`"${canary('whole')}"`);
    for (const text of [
      said.toString(),
      said.toString('hex'),
      said.toString('base64'),
      said.subarray(1).toString('base64'),
    ])
      expect(found(text)).not.toEqual([]);
  });

  it('went as they were to go', () => {
    const statuses = Object.fromEntries(KINDS.map((kind) => [kind, answers[kind]?.status]));
    const done = { whole: 200, streamed: 200, cancelled: 200, embedded: 200, heard: 200, repeated: 200 };
    expect(statuses).toEqual({ ...done, refused: 403, misformed: 400, failed: 502 });
    expect(answers.whole?.text).toContain(canary('whole'));
    expect(answers.repeated?.headers.get('cordon-replayed')).toBe('true');
    expect(quick.received.map(({ body }) => body.toString()).join()).toContain(canary('streamed'));
  });

  it('what is refused or fails repeats nothing of what was sent', () => {
    for (const kind of ['refused', 'misformed', 'failed'] as const)
      expect(found(answers[kind]?.text ?? '')).toEqual([]);
  });

  it('no column of any table holds a word of them', async () => {
    const client = await behind(server);
    try {
      const { rows: tables } = await client.query<{ name: string }>(
        `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
      );
      let read = 0;
      for (const { name } of tables) {
        // Text of a row: bytea comes as hexadecimal, JSON and arrays as they are.
        const { rows } = await client.query<{ row: string; bytes: string }>(`SELECT t::text AS row FROM ${name} t`);
        const text = rows.map(({ row }) => row).join('\n');
        // Bytes that hold text are read as text as well.
        const decoded = [...text.matchAll(/\\+x([0-9a-f]{8,})/g)].map(([, hex]) =>
          Buffer.from(hex ?? '', 'hex').toString('latin1'),
        );
        expect([name, found(text), found(decoded.join('\n'))]).toEqual([name, [], []]);
        read += rows.length;
      }
      expect(tables.length).toBeGreaterThan(40);
      expect(read).toBeGreaterThan(100);
    } finally {
      await client.end();
    }
  });

  it('no line of the log, and nothing that is public', async () => {
    const start = await ask(server.url, null, 'GET', '/');
    expect([start.status, start.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(start.text).toContain('href="/docs"');
    expect(server.output().length).toBeGreaterThan(500);
    expect(found(server.output())).toEqual([]);
    for (const path of [
      '/',
      '/readyz',
      '/healthz',
      '/metrics',
      '/openapi.json',
      '/v1/models',
      '/api/requests/' + String(answers.whole?.headers.get('cordon-request-id')),
    ])
      expect(found((await ask(server.url, server.credentials.apiKey, 'GET', path)).text)).toEqual([]);
    for (const kind of KINDS) expect(found(JSON.stringify([...(answers[kind]?.headers ?? [])]))).toEqual([]);
  });

  it('no entry of the ledger, without its content', async () => {
    const entries = await ask(server.url, admin, 'GET', '/api/ledger/entries?limit=100');
    expect(entries.status).toBe(200);
    expect(found(entries.text)).toEqual([]);
  });

  it('no file of the installation, its database and its temporary places', async () => {
    const data = await dataDirectory(server);
    expect(await server.stop()).toBe(0);
    const parent = dirname(realpathSync(server.home));
    const places = [...readdirSync(parent).map((name) => join(parent, name)), data];
    const hits = spawnSync('grep', ['-rlaF', '-f', '-', ...places], {
      input: spellings().join('\n'),
      encoding: 'utf8',
    });
    expect([hits.status, hits.stdout, hits.stderr]).toEqual([1, '', '']);
  });
});
