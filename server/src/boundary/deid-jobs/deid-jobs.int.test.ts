// Jobs over many texts on a real database: sealed, done once whoever does them, resumed, gone in time. And over HTTP on a real server
// that is killed in the middle.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDeidPool, type DeidPool } from '#boundary/deidentify/pool.ts';
import { newId } from '#kernel/ids.ts';
import { startJobs, type JobInHand, type Jobs } from '#platform/jobs/jobs.ts';
import { ask, type Answered } from '#test/client.ts';
import { buildHouse, type TestHouse } from '#test/house.ts';
import { startServer, type TestServer } from '#test/server.ts';
import { listDeidJobs, openDeidResult, readDeidJob, runDeidJob, discardDeidJob, sweepDeidJobs } from './deid-jobs.ts';
import { DEID_QUEUE, receiveDeidJob, type DeidJobParts } from './receive.ts';

const ACTOR = { type: 'key', id: newId() } as const;
const SETTINGS = { mode: 'redact', keeping: {} } as const;

async function* pieces(text: string, size = 1_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const line = (id: number, text = `Seen by Dr. Amara Okafor${' '.repeat(1_000)}`): string =>
  `${JSON.stringify({ id, text })}\n`;
/** Three parts and a bit. */
const MANY = Array.from({ length: 800 }, (_, id) => line(id)).join('');

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('on a database', () => {
  let house: TestHouse;
  let jobs: Jobs;
  let parts: DeidJobParts;
  let pool: DeidPool;
  beforeAll(async () => {
    house = await buildHouse();
    const { target, installationSecret } = house.database;
    const queue = { name: DEID_QUEUE, retries: 2, retryDelaySeconds: 0, expireSeconds: 60, concurrency: 1 };
    const onEvent = (): void => undefined;
    jobs = await startJobs({ target, installationSecret, queues: [queue], soleWorker: true, onEvent });
    parts = { ...house, jobs };
    pool = createDeidPool();
  });
  afterAll(async () => {
    await pool.stop();
    await jobs.stop();
    await house.close();
  });

  const receive = async (body: string, id = newId()): Promise<string> => {
    await receiveDeidJob(parts, house.tenant, ACTOR, { id, settings: SETTINGS, body: pieces(body) });
    return id;
  };
  const inHand = (id: string, signal = new AbortController().signal): JobInHand => ({
    id,
    payload: { tenant: house.tenant, job: id },
    attempt: 1,
    signal,
  });
  const read = (id: string) => readDeidJob(parts, house.tenant, ACTOR, id);
  const result = async (id: string) => textOf(await openDeidResult(parts, house.tenant, ACTOR, id));
  const stored = async (): Promise<string> => {
    const rows = await house.database.admin<{ row: Buffer }>('SELECT ciphertext AS row FROM cordon.deid_part', []);
    return rows.map(({ row }) => row.toString('latin1')).join();
  };

  test('a line for each line, in order; bad ones say so; input and result stand sealed; the ledger has figures alone', async () => {
    const id = await receive(`${line(1)}\n  \n{"id":"b"}\nnot json\n${line(4, 'Nothing here.')}`.trimEnd());
    expect(await read(id)).toMatchObject({ state: 'queued', lines: 4 });
    expect(await stored()).not.toContain('Okafor');
    await runDeidJob(parts, pool, inHand(id));
    expect(await read(id)).toMatchObject({ state: 'done', lines_done: 4, lines_refused: 2, replaced: 1 });
    const lines = (await result(id)).trimEnd().split('\n');
    expect(lines.map((each) => JSON.parse(each) as unknown)).toMatchObject([
      { id: 1, spans: [{ start: 12, end: 24, type: 'NAME', replacement: '[NAME]' }] },
      { id: 'b', error: { code: 'invalid_request' } },
      { id: null, error: { code: 'invalid_request' } },
      { id: 4, spans: [], text: 'Nothing here.' },
    ]);
    expect(await stored()).not.toMatch(/Okafor|\[NAME\]/u);
    const entries = (await house.headers()).filter(({ kind }) => /^(?:deid|text)\./u.test(String(kind)));
    expect(entries.map(({ detail }) => detail)).toEqual([
      { job: id, texts: 4 },
      { characters: 1_037, job: id, mode: 'redact', replaced: 1, texts: 4 },
    ]);
  });

  test('what a worker finished stays; the next goes on; two at once do each part once', async () => {
    const id = await receive(MANY);
    const stopped = new AbortController();
    let calls = 0;
    const counting: DeidPool = {
      ...pool,
      deidentify: (task, signal) => {
        calls += 1;
        if (calls === 400) stopped.abort();
        return pool.deidentify(task, signal);
      },
    };
    await expect(runDeidJob(parts, counting, inHand(id, stopped.signal))).rejects.toThrow();
    const half = await read(id);
    expect(half.state).toBe('running');
    expect(half.lines_done).toBeGreaterThan(0);
    expect(half.lines_done).toBeLessThan(800);
    const done = half.lines_done;
    calls = -1_000_000;
    await Promise.all([runDeidJob(parts, counting, inHand(id)), runDeidJob(parts, pool, inHand(id))]);
    expect(calls + 1_000_000).toBeLessThanOrEqual(800 - done);
    expect(await read(id)).toMatchObject({ state: 'done', lines_done: 800, lines_refused: 0, replaced: 800 });
    const ids = (await result(id))
      .trimEnd()
      .split('\n')
      .map((each) => (JSON.parse(each) as { id: number }).id);
    expect(ids).toEqual(Array.from({ length: 800 }, (_, index) => index));
    const kinds = (await house.headers()).filter(({ kind, objects }) =>
      JSON.stringify([kind, objects]).includes(`text.deidentified",[{"id":"${id}`),
    );
    expect(kinds).toHaveLength(1);
    await runDeidJob(parts, pool, inHand(id));
    expect((await read(id)).replaced).toBe(800);
  });

  test('a broken upload leaves no job; it is received anew under its id; one without lines is none', async () => {
    const id = newId();
    const breaking = (async function* body(): AsyncGenerator<Uint8Array> {
      yield* pieces(MANY);
      throw new Error('gone');
    })();
    const upload = { id, settings: SETTINGS };
    await expect(receiveDeidJob(parts, house.tenant, ACTOR, { ...upload, body: breaking })).rejects.toThrow('gone');
    await expect(read(id)).rejects.toMatchObject({ code: 'not_found' });
    await receiveDeidJob(parts, house.tenant, ACTOR, { ...upload, body: pieces(line(7)) });
    await receiveDeidJob(parts, house.tenant, ACTOR, { ...upload, body: pieces(line(8)) });
    await runDeidJob(parts, pool, inHand(id));
    expect(JSON.parse(await result(id))).toMatchObject({ id: 7 });
    await expect(receive('\n \n')).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(receive(`{"id":1,"text":"${'x'.repeat(2_100_000)}"}`)).rejects.toMatchObject({
      code: 'payload_too_large',
    });
  });

  test('nobody else knows of it; discarded and expired it is gone with its texts', async () => {
    const [one, two] = [await receive(line(1)), await receive(line(2))];
    const other = { type: 'key', id: newId() } as const;
    await expect(readDeidJob(parts, house.tenant, other, one)).rejects.toMatchObject({ code: 'not_found' });
    expect(await listDeidJobs(parts, house.tenant, other, null, 10)).toEqual([]);
    await expect(openDeidResult(parts, house.tenant, ACTOR, one)).rejects.toMatchObject({ code: 'conflict' });
    await discardDeidJob(parts, house.tenant, ACTOR, one);
    await expect(read(one)).rejects.toMatchObject({ code: 'not_found' });
    const later = { ...parts, clock: { ...house.clock, now: () => new Date(Date.now() + 4 * 24 * 3_600_000) } };
    await expect(readDeidJob(later, house.tenant, ACTOR, two)).rejects.toMatchObject({ code: 'not_found' });
    expect(await sweepDeidJobs(later, house.tenant)).toBeGreaterThan(0);
    expect(await stored()).toBe('');
    const discarded = (await house.headers()).filter(({ kind }) => kind === 'deid.discarded');
    expect(discarded.map(({ detail }) => (detail as { reason: string }).reason)).toEqual(
      expect.arrayContaining(['asked', 'expired']),
    );
    await runDeidJob(parts, pool, inHand(two));
  });
});

describe('over HTTP', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  }, 120_000);
  afterAll(() => server.remove());
  const call = (method: string, path: string, what = {}): Promise<Answered> =>
    ask(server.url, server.credentials.apiKey, method, path, what);
  const raw = (bytes: string) => ({ raw: { bytes, type: 'application/x-ndjson' } });

  test('texts at once: spans with offsets and reasons, one value one token in all of them, recorded without a word', async () => {
    const texts = ['🙂 Seen by Dr. Amara Okafor.', 'Dr. Amara Okafor, room qx71z9.'];
    const known = [{ type: 'OTHER_ID', value: 'qx71z9' }];
    const answer = await call('POST', '/api/deid', { body: { texts, known } });
    expect(answer.status, answer.text).toBe(200);
    const made = answer.body['texts'] as { text: string; spans: { start: number; end: number; reason: string }[] }[];
    expect(made.map(({ spans }, at) => spans.map(({ start, end }) => texts[at]?.slice(start, end)))).toEqual([
      ['Amara Okafor'],
      ['Amara Okafor', 'qx71z9'],
    ]);
    const [token] = /\[NAME-1·\w\d\]/u.exec(made[0]?.text ?? '') ?? [];
    expect(made[1]?.text).toContain(token);
    expect(made[1]?.spans[1]?.reason).toBe(
      'Read as another identifying number or code: an identifier that the caller named.',
    );
    const one = await call('POST', '/api/deid', {
      body: { text: 'In 1931 she, aged 62, …', mode: 'redact', keeping: { agesUnder90: false } },
    });
    expect(one.body['texts']).toMatchObject([
      { spans: expect.arrayContaining([expect.objectContaining({ type: 'AGE' })]) },
    ]);
    expect(server.output()).not.toMatch(/Okafor|qx71z9/u);
  });

  test.each([
    [{}],
    [{ text: 'a', texts: ['b'] }],
    [{ texts: [] }],
    [{ text: 'a', mode: 'guess' }],
    [{ text: 'a', known: [{ type: 'NONSENSE', value: 'b' }] }],
  ])('%j is refused', async (body) => {
    expect((await call('POST', '/api/deid', { body })).status).toBe(400);
  });

  test('a job outlives a killed server: every line once, in order', async () => {
    const body = Array.from({ length: 3_000 }, (_, id) => line(id)).join('');
    const made = await call('POST', '/api/deid/jobs?mode=redact', raw(body));
    expect(made.status, made.text).toBe(202);
    const id = String(made.body['id']);
    expect(made.headers.get('location')).toBe(`/api/deid/jobs/${id}`);
    await expect
      .poll(async () => (await call('GET', `/api/deid/jobs/${id}`)).body['linesDone'], {
        timeout: 30_000,
        interval: 20,
      })
      .toBeGreaterThan(0);
    await server.kill();
    server = await startServer({ home: server.home });
    await expect
      .poll(async () => (await call('GET', `/api/deid/jobs/${id}`)).body['state'], { timeout: 50_000, interval: 200 })
      .toBe('done');
    expect((await call('GET', `/api/deid/jobs/${id}`)).body).toMatchObject({
      lines: 3_000,
      linesDone: 3_000,
      replaced: 3_000,
    });
    const events = await call('GET', `/api/deid/jobs/${id}/events`);
    expect(events.text).toContain('"state":"done"');
    const fetched = await fetch(`${server.url}/api/deid/jobs/${id}/result`, {
      headers: { authorization: `Bearer ${server.credentials.apiKey}` },
    });
    const ids = (await fetched.text())
      .trimEnd()
      .split('\n')
      .map((each) => (JSON.parse(each) as { id: number }).id);
    expect(ids).toEqual(Array.from({ length: 3_000 }, (_, index) => index));
    expect((await call('GET', '/api/deid/jobs')).body['items']).toMatchObject([{ id, state: 'done' }]);
    expect((await call('DELETE', `/api/deid/jobs/${id}`)).status).toBe(204);
    expect((await call('GET', `/api/deid/jobs/${id}`)).status).toBe(404);
  }, 120_000);
});
