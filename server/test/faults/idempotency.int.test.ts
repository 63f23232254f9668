// I9 with kill -9 in the middle: every route that takes an Idempotency-Key is stopped once before its object is made and once
// after, before the outcome is kept; the repetition makes or finds exactly one (docs/decisions/0064).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROUTES, routeRows, takesKey } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { behind, sql } from '../behind.ts';
import { ask, type Answered, type Ask } from '../client.ts';
import { DATA, hasSpeechData, startServer, type TestServer } from '../server.ts';

const AUDIO = join(DATA, 'audio', 'sb-spk1_snt1.wav');

/** What six requests make once each: a transcription makes an encounter, a consent, a recording and a job of its own. */
const ONCE = { encounter: 2, consent: 2, recording: 2, transcription: 2, draft: 1, deid_job: 1 };

interface Case {
  readonly path: () => string;
  readonly ask: () => Ask;
  /** The table in which exactly one row must appear. */
  readonly table: string;
  readonly status: number;
}

describe.skipIf(!hasSpeechData)('I9 a request that was killed is repeated under its key', () => {
  let server: TestServer;
  let key: string;
  const ids = { encounter: '', recording: '', transcript: '' };

  const cases: Record<string, Case> = {
    createEncounter: {
      path: () => '/api/encounters',
      ask: () => ({ body: { patient: 'pt-5', purpose: 'dictation' } }),
      table: 'encounter',
      status: 201,
    },
    recordConsent: {
      path: () => `/api/encounters/${ids.encounter}/consents`,
      ask: () => ({ body: { manner: 'verbal' } }),
      table: 'consent',
      status: 201,
    },
    uploadRecording: {
      path: () => `/api/encounters/${ids.encounter}/recordings?transcribe=false`,
      ask: () => ({ raw: { bytes: readFileSync(AUDIO), type: 'audio/wav' } }),
      table: 'recording',
      status: 201,
    },
    transcribeRecording: {
      path: () => `/api/recordings/${ids.recording}/transcripts`,
      ask: () => ({ body: {} }),
      table: 'transcription',
      status: 202,
    },
    createDraft: {
      path: () => `/api/transcripts/${ids.transcript}/drafts`,
      ask: () => ({ body: { template: 'soap' } }),
      table: 'draft',
      status: 201,
    },
    createDeidJob: {
      path: () => '/api/deid/jobs',
      ask: () => ({
        raw: { bytes: Buffer.from('{"id":"1","text":"Nobody was here."}\n'), type: 'application/x-ndjson' },
      }),
      table: 'deid_job',
      status: 202,
    },
    createTranscription: { path: () => '/v1/audio/transcriptions', ask: form, table: 'transcript', status: 200 },
  };

  beforeAll(async () => {
    server = await startServer();
    key = server.credentials.apiKey;
    const heard = await heardAnswer();
    ids.encounter = heard.headers.get('cordon-encounter') ?? '';
    ids.transcript = heard.headers.get('cordon-transcript') ?? '';
    const recordings = await ask(server.url, key, 'GET', `/api/encounters/${ids.encounter}/recordings`);
    ids.recording = (recordings.body['items'] as { id: string }[])[0]?.id ?? '';
  });
  afterAll(() => server.remove());

  async function heardAnswer(): Promise<Answered> {
    for (;;) {
      const heard = await ask(server.url, key, 'POST', '/v1/audio/transcriptions', form());
      if (heard.status === 200) return heard;
      expect(heard.status, heard.text).toBe(503); // the engine is acquired in the background
      await sleep(200);
    }
  }

  const count = async (table: string): Promise<number> => {
    const [row] = (await sql(server, `SELECT count(*)::int AS n FROM cordon.${table}`)) as { n: number }[];
    return row?.n ?? -1;
  };

  it('has a case for each such route', () => {
    // Calls of models make nothing that a repetition could find: they are never sent twice (models-kill.int.test.ts).
    const rows = routeRows().filter(({ route }) => takesKey(route) && route.body?.kind !== 'passed-json');
    expect(rows.map(({ id }) => id).toSorted()).toEqual(Object.keys(cases).toSorted());
  });

  /** Asks all of them at once while `lock` is held, kills the server when all wait, and asks again on a new one. What was made. */
  const killedUnder = async (lock: string, round: string): Promise<Record<string, number>> => {
    const before = new Map<string, number>();
    for (const { table } of Object.values(cases)) before.set(table, await count(table));
    const holder = await behind(server);
    await holder.query('BEGIN');
    await holder.query(lock);
    const request = (id: string): Promise<Answered> => {
      const { path, ask: what } = mustHave(cases[id]);
      const method = ROUTES[id as keyof typeof ROUTES].method;
      const given = what();
      const headers = { ...given.headers, 'idempotency-key': `${round}-${id}` };
      return ask(server.url, key, method, path(), { ...given, headers });
    };
    const first = Object.keys(cases).map((id) => request(id).catch(() => null));
    await sleep(2_500);
    await server.kill();
    await holder.end().catch(() => undefined);
    expect(await Promise.all(first), 'nobody was answered').toEqual(Object.keys(cases).map(() => null));
    server = await server.restart();
    for (const [id, { status }] of Object.entries(cases)) {
      let answer = await request(id);
      while (answer.status === 503) {
        await sleep(200); // the engine
        answer = await request(id);
      }
      expect(answer.status, `${id} ${answer.text}`).toBe(status);
      expect(answer.headers.get('cordon-replayed'), id).toBe(null);
      const again = await request(id);
      expect([again.status, again.text, again.headers.get('cordon-replayed')], id).toEqual([
        status,
        answer.text,
        'true',
      ]);
    }
    const more: Record<string, number> = {};
    for (const { table } of Object.values(cases)) {
      if (table === 'transcript') continue; // also made by the job of transcribeRecording, at its own pace
      more[table] = (await count(table)) - (before.get(table) ?? 0);
    }
    return more;
  };

  it('before anything was made', { timeout: 120_000 }, async () => {
    const more = await killedUnder(
      'LOCK TABLE cordon.encounter, cordon.consent, cordon.recording, cordon.transcription, cordon.draft, cordon.deid_job IN SHARE ROW EXCLUSIVE MODE',
      'before',
    );
    expect(more).toEqual(ONCE);
  });

  it('after it was made and before the outcome was kept', { timeout: 120_000 }, async () => {
    // Finishing is an UPDATE of the row; beginning is an INSERT, which this trigger lets pass.
    await sql(
      server,
      `CREATE FUNCTION cordon.wait_here() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN IF NEW.state = 'done' THEN PERFORM pg_advisory_xact_lock_shared(4711); END IF; RETURN NEW; END $$`,
    );
    await sql(server, 'GRANT EXECUTE ON FUNCTION cordon.wait_here() TO cordon_app');
    await sql(
      server,
      'CREATE TRIGGER wait_here BEFORE UPDATE ON cordon.idempotency FOR EACH ROW EXECUTE FUNCTION cordon.wait_here()',
    );
    expect(await killedUnder('SELECT pg_advisory_xact_lock(4711)', 'after')).toEqual(ONCE);
  });
});

function mustHave(found: Case | undefined): Case {
  if (found === undefined) throw new Error('no such case');
  return found;
}

function form(): Ask {
  const body = new FormData();
  body.set('model', 'auto');
  body.set('file', new Blob([readFileSync(AUDIO)]), 'a.wav');
  return { raw: { bytes: body } };
}
