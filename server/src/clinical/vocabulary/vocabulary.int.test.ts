// A tenant's vocabulary in a real database: versions, walls, what the ledger says of it, and what a transcription makes of it.
import { newId, newTenantId } from '#kernel/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, addPerson, join, signIn } from '#test/client.ts';
import { buildHouse, type TestHouse } from '#test/house.ts';
import { hasSpeechData, startServer, type TestServer } from '#test/server.ts';
import { createTenantWords, NO_WORDS } from './tenant-words.ts';
import type { Term } from './terms.ts';
import { changeVocabulary, readVocabulary } from './vocabulary.ts';

const ACTOR = { type: 'person', id: newId() } as const;
const EPOGEN: Term = { term: 'Epogen', kind: 'drug' };
const CANARY: Term = { term: 'Doctor Canary', kind: 'person' };
const HEARD = {
  text: 'Epigen.',
  spokenText: 'epigen',
  words: [{ text: 'Epigen.', spoken: 'epigen', start: 0, end: 0.5, confidence: 0.4, channel: 0 }],
  segments: [{ id: '0-0', start: 0, end: 0.5, channel: 0, text: 'Epigen.', spokenText: 'epigen' }],
  engine: 'test 1',
  model: 'test',
  duration: 1,
  realTimeFactor: 0,
};

describe('the list of a tenant', () => {
  let house: TestHouse;
  beforeAll(async () => {
    house = await buildHouse();
  });
  afterAll(() => house.close());
  const change = (onVersion: number, edit: Parameters<typeof changeVocabulary>[4]) =>
    changeVocabulary(house, house.tenant, ACTOR, onVersion, edit);

  test('keeps every version; only who saw the newest changes it; the same change twice is one', async () => {
    expect(await readVocabulary(house, house.tenant)).toEqual({ version: 0, createdAt: null, terms: [] });
    expect(await change(0, { change: 'cleared' })).toMatchObject({ version: 0 });
    expect(await change(0, { change: 'replaced', terms: [EPOGEN] })).toMatchObject({ version: 1 });
    expect(await change(0, { change: 'replaced', terms: [EPOGEN] })).toMatchObject({ version: 1 });
    expect(await change(1, { change: 'added', terms: [EPOGEN, CANARY] })).toMatchObject({ version: 2 });
    await expect(change(1, { change: 'cleared' })).rejects.toThrow(
      expect.objectContaining({ code: 'version_mismatch' }) as Error,
    );
    const rivals = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) =>
        change(2, { change: 'added', terms: [{ term: `Rival${String(index)}`, kind: 'other' }] }),
      ),
    );
    expect(rivals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await change(3, { change: 'cleared' })).terms).toEqual([]);
    expect((await readVocabulary(house, house.tenant, 2)).terms).toEqual([EPOGEN, CANARY]);
    await expect(readVocabulary(house, house.tenant, 9)).rejects.toThrow(
      expect.objectContaining({ code: 'not_found' }) as Error,
    );
  });

  test('is spoken of in the ledger without a word of it, and stands sealed', async () => {
    const headers = (await house.headers()).filter((header) => header['kind'] === 'vocabulary.changed');
    expect(headers.map((header) => header['detail'])).toEqual([
      { change: 'replaced', terms: 1, version: 1 },
      { change: 'added', terms: 2, version: 2 },
      { change: 'added', terms: 3, version: 3 },
      { change: 'cleared', terms: 0, version: 4 },
    ]);
    expect(JSON.stringify(headers)).not.toContain('Canary');
    const rows = await house.database.admin<{ row: string }>(
      'SELECT v::text AS row FROM cordon.vocabulary_version v',
      [],
    );
    expect(rows).toHaveLength(4);
    for (const { row } of rows) expect(Buffer.from(row).includes('Canary')).toBe(false);
  });

  test('refuses more terms than a vocabulary has', async () => {
    const terms = Array.from({ length: 50_001 }, (_, index): Term => ({ term: `t${String(index)}`, kind: 'other' }));
    await expect(change(4, { change: 'replaced', terms })).rejects.toThrow(
      expect.objectContaining({ code: 'payload_too_large' }) as Error,
    );
  });

  test('is another tenant’s in nothing', async () => {
    const stranger = newTenantId();
    await change(4, { change: 'replaced', terms: [EPOGEN] });
    expect(await readVocabulary(house, stranger)).toMatchObject({ version: 0, terms: [] });
    await expect(readVocabulary(house, stranger, 5)).rejects.toThrow(
      expect.objectContaining({ code: 'not_found' }) as Error,
    );
    expect(await createTenantWords(house)(stranger)).toBe(NO_WORDS);
    expect(await NO_WORDS.suggest(HEARD)).toBe(HEARD);
  });

  test('stands beside a transcript as candidates with its version, newest first used, and changes no word', async () => {
    const wordsOf = createTenantWords(house);
    const { candidates, vocabularyVersion, ...rest } = await (await wordsOf(house.tenant)).suggest(HEARD);
    expect(rest).toEqual(HEARD);
    expect(vocabularyVersion).toBe(5);
    expect(candidates).toMatchObject([{ segment: '0-0', first: 0, last: 0, heard: 'epigen', term: 'Epogen' }]);
    await change(5, { change: 'replaced', terms: [CANARY] });
    expect(await (await wordsOf(house.tenant)).suggest(HEARD)).toMatchObject({ vocabularyVersion: 6, candidates: [] });
  });
});

describe.skipIf(!hasSpeechData)('over HTTP', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  }, 120_000);
  afterAll(() => server.remove());
  const call = (method: string, path: string, what: Parameters<typeof ask>[4] = {}) =>
    ask(server.url, server.credentials.apiKey, method, path, what);
  const upload = (bytes: string | Buffer, query = '', version = '"0"') =>
    call('POST', `/api/vocabulary/import${query}`, {
      raw: { bytes, type: 'text/csv' },
      headers: { 'if-match': version },
    });

  test('is read, imported, replaced and cleared by version', async () => {
    const empty = await call('GET', '/api/vocabulary');
    expect([empty.status, empty.headers.get('etag'), empty.body]).toEqual([
      200,
      '"0"',
      { version: 0, createdAt: null, terms: [] },
    ]);
    expect((await call('PUT', '/api/vocabulary', { body: { terms: [] } })).body['code']).toBe('invalid_request');
    const bad = await upload('term,kind\nEpogen,drug\n,drug\nJane Canary,patient\n');
    expect([bad.status, bad.body['code'], bad.body['lines']]).toEqual([
      422,
      'vocabulary_invalid',
      ['3 term', '4 kind'],
    ]);
    expect(bad.text).not.toContain('Canary');
    expect((await call('GET', '/api/vocabulary')).body['version']).toBe(0);
    const made = await upload('term,kind,spoken\nEpogen,drug,\nHbA1c,other,h b a one c\n');
    expect([made.status, made.headers.get('etag'), made.body['terms']]).toEqual([200, '"1"', 2]);
    expect((await upload('term\nLasix\n')).status).toBe(412);
    const rrf = '1|ENG||||||1|1|1||RXNORM|BN|1|Lasix||N|4096|\n2|FRE||||||1|1|1||RXNORM|BN|1|Lasilix||N|4096|\n';
    const added = await upload(rrf, '?format=rxnorm', '"1"');
    expect([added.status, added.body]).toEqual([200, expect.objectContaining({ version: 2, terms: 3, skipped: 1 })]);
    const put = await call('PUT', '/api/vocabulary', {
      body: { terms: [{ term: 'Epogen', kind: 'drug', weight: 1.5 }] },
      headers: { 'if-match': '"2"' },
    });
    expect([put.status, put.body['version'], put.body['terms']]).toEqual([200, 3, 1]);
    const cleared = await call('DELETE', '/api/vocabulary', { headers: { 'if-match': '"3"' } });
    expect([cleared.status, cleared.body['version'], cleared.body['terms']]).toEqual([200, 4, 0]);
    const old = await call('GET', '/api/vocabulary?version=1');
    expect((old.body['terms'] as Term[]).map(({ term }) => term)).toEqual(['Epogen', 'HbA1c']);
  });

  test('I6 another tenant sees its own', async () => {
    const { adminEmail, adminPassword, adminTotpSecret } = server.credentials;
    const admin = await signIn(server.url, { email: adminEmail, password: adminPassword, secret: adminTotpSecret });
    const administrator = { name: 'Other', email: 'other@example.test' };
    const made = await ask(server.url, admin, 'POST', '/api/tenants', { body: { name: 'Other', administrator } });
    const { token } = made.body['invitation'] as { token: string };
    const otherAdmin = await signIn(server.url, await join(server.url, token, 'other@example.test'));
    const clinician = await signIn(server.url, await addPerson(server.url, otherAdmin, 'c@other.test', ['clinician']));
    const seen = await ask(server.url, clinician, 'GET', '/api/vocabulary');
    expect([seen.status, seen.body['version']]).toEqual([200, 0]);
    expect((await ask(server.url, clinician, 'GET', '/api/vocabulary?version=1')).status).toBe(404);
  });
});
