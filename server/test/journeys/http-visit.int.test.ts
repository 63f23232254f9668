// The main job over real sockets: the official OpenAI client, and a whole visit from encounter to amendment (spec surfaces §2,
// clinical §6). The server is the real one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI, { APIError, APIUserAbortError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPerson, ask, freshCode, signIn, type Answered, type Login } from '../client.ts';
import { createDecoder } from '#clinical/audio/decoder.ts';
import { readClip } from '#clinical/audio/tracks.ts';
import { sql } from '../behind.ts';
import { encode, withoutFfmpeg } from '../sound.ts';
import { DATA, hasSpeechData, startServer, type TestServer } from '../server.ts';

const VISIT = readFileSync(join(import.meta.dirname, '..', '..', '..', 'examples', 'sample-visit', 'visit.wav'));

interface Sentence {
  readonly id: string;
  readonly text: string;
  readonly verdict: string;
  readonly flagged: boolean;
  readonly citations: readonly { readonly start: number; readonly end: number }[];
}

describe.skipIf(!hasSpeechData)('over HTTP', () => {
  let server: TestServer;
  let key: string;
  let doctor: string;
  let login: Login & { readonly id: string };
  let stranger: string;

  const call = (token: string, method: string, path: string, body?: unknown, headers = {}): Promise<Answered> =>
    ask(server.url, token, method, path, { ...(body === undefined ? {} : { body }), headers });
  const made = async (token: string, path: string, body: unknown, headers = {}): Promise<Record<string, unknown>> => {
    const answer = await call(token, 'POST', path, body, headers);
    expect(answer.status, `${path} ${answer.text}`).toBeLessThan(300);
    return answer.body;
  };
  const upload = (encounter: unknown, bytes: Buffer, token = doctor, headers = {}): Promise<Answered> =>
    ask(server.url, token, 'POST', `/api/encounters/${String(encounter)}/recordings`, {
      raw: { bytes, type: 'audio/wav' },
      headers,
    });

  beforeAll(async () => {
    server = await startServer();
    const { adminEmail, adminPassword, adminTotpSecret, apiKey } = server.credentials;
    key = apiKey;
    const admin = await signIn(server.url, { email: adminEmail, password: adminPassword, secret: adminTotpSecret });
    login = await addPerson(server.url, admin, 'doctor@example.test', ['clinician']);
    doctor = await signIn(server.url, login);
    stranger = await signIn(server.url, await addPerson(server.url, admin, 'other@example.test', ['clinician']));
    await hearing(server);
  });
  afterAll(() => server.remove());

  describe('the official openai client, unchanged', () => {
    let client: OpenAI;
    const file = () => toFile(readFileSync(join(DATA, 'audio', 'jfk.wav')), 'jfk.wav');

    beforeAll(() => {
      client = new OpenAI({ apiKey: key, baseURL: `${server.url}/v1`, maxRetries: 0 });
    });

    it('gets every response format', async () => {
      const json = await client.audio.transcriptions.create({ file: await file(), model: 'whisper-1' });
      expect(json.text.toLowerCase()).toContain('your country');
      const text = await client.audio.transcriptions.create({
        file: await file(),
        model: 'auto',
        response_format: 'text',
      });
      expect(text.trim()).toBe(json.text);
      const srt = await client.audio.transcriptions.create({
        file: await file(),
        model: 'auto',
        response_format: 'srt',
      });
      expect(srt).toMatch(/^1\n00:00:\d\d,\d{3} --> 00:00:\d\d,\d{3}\n/);
      const vtt = await client.audio.transcriptions.create({
        file: await file(),
        model: 'auto',
        response_format: 'vtt',
      });
      expect(vtt).toMatch(/^WEBVTT\n\n/);
      const verbose = await client.audio.transcriptions.create({
        file: await file(),
        model: 'auto',
        response_format: 'verbose_json',
        timestamp_granularities: ['word'],
      });
      expect(verbose.duration).toBeCloseTo(11, 0);
      expect(verbose.words?.length).toBeGreaterThan(15);
      expect(verbose.segments).toBeUndefined();
      for (const { start, end } of verbose.words ?? []) expect(end).toBeGreaterThanOrEqual(start);
      // The client's overloads give this form no type of its own.
      const diarized: unknown = await client.audio.transcriptions.create({
        file: await toFile(VISIT, 'visit.wav'),
        model: 'auto',
        response_format: 'diarized_json',
        chunking_strategy: 'auto',
      });
      const { segments, text: all } = diarized as OpenAI.Audio.TranscriptionDiarized;
      expect(new Set(segments.map(({ speaker }) => speaker))).toEqual(new Set(['A', 'B']));
      expect(segments.map((segment) => segment.text).join(' ')).toBe(all);
    });

    it('hears other formats as it hears WAV, also an MP4 whose index comes last, and leaves nothing of one that is cut off', async () => {
      const spoken = async (bytes: Buffer, name: string): Promise<string> =>
        (
          await client.audio.transcriptions.create({ file: await toFile(bytes, name), model: 'auto' })
        ).text.toLowerCase();
      const mp3 = readFileSync(join(DATA, 'audio', 'jfk.mp3'));
      expect(await spoken(mp3, 'jfk.mp3')).toContain('your country');
      if (!withoutFfmpeg('MP4 and encoded formats over HTTP')) {
        const samples = await readClip(createDecoder(), readFileSync(join(DATA, 'audio', 'jfk.wav')));
        for (const [extension, codec] of [
          ['webm', 'libopus'],
          ['m4a', 'aac'],
        ] as const) {
          const bytes = encode(samples, 16_000, extension, '-c:a', codec);
          expect(await spoken(bytes, `visit.${extension}`)).toContain('your country');
        }
      }
      const visit = await made(doctor, '/api/encounters', { patient: 'pt-12', purpose: 'dictation' });
      const cut = await upload(visit['id'], mp3.subarray(0, 1_000));
      expect(cut.status).toBe(422);
      expect(cut.body).toMatchObject({ code: 'audio_unreadable', reason: 'truncated' });
      const broken = Buffer.from(mp3);
      broken.fill(0x55, 20_000, 30_000);
      expect((await upload(visit['id'], broken)).body).toMatchObject({ code: 'audio_unreadable' });
      const left = await call(doctor, 'GET', `/api/encounters/${String(visit['id'])}/recordings`);
      expect(left.body['items']).toEqual([]);
    });

    it('lists the models, and one of them can be asked for by name', async () => {
      const models = await client.models.list();
      const [model] = models.data;
      expect(model?.object).toBe('model');
      const heard = await client.audio.transcriptions.create({ file: await file(), model: model?.id ?? '' });
      expect(heard.text).not.toBe('');
    });

    it('gets typed errors', async () => {
      const wrong = async (from: OpenAI, model: string, bytes: Buffer): Promise<InstanceType<typeof APIError>> => {
        try {
          await from.audio.transcriptions.create({ file: await toFile(bytes, 'a.wav'), model });
        } catch (error) {
          if (error instanceof APIError) return error;
          throw error;
        }
        throw new Error('it was answered');
      };
      const jfk = readFileSync(join(DATA, 'audio', 'jfk.wav'));
      const nobody = new OpenAI({ apiKey: 'cordon_nobody', baseURL: `${server.url}/v1`, maxRetries: 0 });
      expect(await wrong(nobody, 'auto', jfk)).toMatchObject({ status: 401, code: 'unauthenticated' });
      expect(await wrong(client, 'auto', Buffer.from('no audio at all'))).toMatchObject({
        status: 422,
        code: 'audio_unreadable',
      });
      expect(await wrong(client, 'm'.repeat(201), jfk)).toMatchObject({ status: 400, code: 'invalid_request' });
      expect(await wrong(client, 'no-such-service', jfk)).toMatchObject({ status: 403, code: 'service_unknown' });
      const elsewhere = new OpenAI({ apiKey: key, baseURL: `${server.url}/v1/nowhere`, maxRetries: 0 });
      expect(await wrong(elsewhere, 'auto', jfk)).toMatchObject({ status: 404, code: 'not_found' });
    });

    it('may go away in the middle; the server goes on', async () => {
      const gone = new AbortController();
      const asked = client.audio.transcriptions.create(
        { file: await toFile(VISIT, 'visit.wav'), model: 'auto' },
        { signal: gone.signal },
      );
      setTimeout(() => gone.abort(), 150);
      await expect(asked).rejects.toBeInstanceOf(APIUserAbortError);
      expect((await call(key, 'GET', '/readyz')).status).toBe(200);
    });
  });

  it('I9 a repeated request under its key is the first one; another under the same key is refused', async () => {
    const headers = { 'idempotency-key': 'visit-4711' };
    const body = { patient: 'pt-9', purpose: 'dictation' };
    const first = await call(key, 'POST', '/api/encounters', body, headers);
    const second = await call(key, 'POST', '/api/encounters', body, headers);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect([first.headers.get('cordon-replayed'), second.headers.get('cordon-replayed')]).toEqual([null, 'true']);
    const other = await call(key, 'POST', '/api/encounters', { ...body, patient: 'pt-8' }, headers);
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_mismatch']);
    const elses = await call(doctor, 'POST', '/api/encounters', body, headers);
    expect(elses.body['id']).not.toBe(first.body['id']);
    const form = () => {
      const made = new FormData();
      made.set('model', 'auto');
      made.set('file', new Blob([readFileSync(join(DATA, 'audio', 'sb-spk1_snt1.wav'))]), 'a.wav');
      return { raw: { bytes: made }, headers: { 'idempotency-key': 'heard-once' } };
    };
    const path = '/v1/audio/transcriptions';
    const [one, two] = await Promise.all([
      ask(server.url, key, 'POST', path, form()),
      ask(server.url, key, 'POST', path, form()),
    ]);
    expect([one.status, two.status].toSorted((a, b) => a - b)).toEqual([200, 409]);
    const again = await ask(server.url, key, 'POST', path, form());
    expect(again.headers.get('cordon-replayed')).toBe('true');
    expect(again.text).toBe(one.status === 200 ? one.text : two.text);
    expect(again.headers.get('cordon-ledger-index')).toBe(
      (one.status === 200 ? one : two).headers.get('cordon-ledger-index'),
    );
  });

  it(
    'I7 a visit: consent, upload, progress, draft, review, fresh sign-in, signature, FHIR, amendment',
    { timeout: 120_000 },
    async () => {
      const { id: encounter } = await made(doctor, '/api/encounters', {
        patient: 'pt-77',
        purpose: 'ambient-documentation',
      });
      expect((await upload(encounter, VISIT)).body['code']).toBe('consent_missing');
      await made(doctor, `/api/encounters/${String(encounter)}/consents`, { manner: 'verbal', by: 'The patient' });
      const recording = (await upload(encounter, VISIT)).body;
      expect(recording).toMatchObject({ state: 'stored', channels: 2 });

      const events = await follow(server.url, doctor, String(recording['jobId']));
      expect(events.at(-1)).toMatchObject({ state: 'done', progress: 1 });
      const transcript = resultOf(events);
      const heard = await call(doctor, 'GET', `/api/transcripts/${transcript}`);
      expect((heard.body['transcription'] as { words: unknown[] }).words.length).toBeGreaterThan(50);

      // a colleague without a relation finds nothing of it, anywhere
      for (const path of [
        `/api/encounters/${String(encounter)}`,
        `/api/transcripts/${transcript}`,
        `/api/recordings/${String(recording['id'])}/audio`,
      ])
        expect((await call(stranger, 'GET', path)).status, path).toBe(404);

      const draft = await made(doctor, `/api/transcripts/${transcript}/drafts`, { template: 'soap' });
      const sentences = sentencesOf(draft);
      expect(sentences.length).toBeGreaterThan(3);
      for (const { citations } of sentences) expect(citations.length).toBeGreaterThan(0);
      for (const token of [key]) {
        const refused = await call(token, 'POST', `/api/drafts/${String(draft['id'])}/review`);
        expect(refused.body['code']).toBe('person_required');
      }
      const opened = await call(doctor, 'POST', `/api/drafts/${String(draft['id'])}/review`);
      const note = `/api/notes/${String(opened.body['id'])}`;
      const out = [`${note}/text`, `${note}/fhir`, `${note}/fhir?form=document`];
      for (const path of out)
        for (const token of [doctor, key]) expect((await call(token, 'GET', path)).status, path).toBe(409);

      const flagged = sentencesOf(opened.body).filter((one) => one.flagged);
      const actions = [
        ...flagged.map(({ id }) => ({ kind: 'accept', sentence: id, statement: 'heard it myself' })),
        { kind: 'add', section: sectionsOf(opened.body)[0]?.id, text: 'No acute distress.', source: 'accepted-normal' },
      ];
      const stale = String(opened.body['versionSeen']);
      expect((await call(key, 'POST', `${note}/actions`, { actions }, { 'if-match': '"1"' })).body['code']).toBe(
        'person_required',
      );
      const reviewed = await call(
        doctor,
        'POST',
        `${note}/actions`,
        { actions },
        { 'if-match': opened.headers.get('etag') ?? '' },
      );
      expect(reviewed.status, reviewed.text).toBe(200);
      const lost = await call(
        doctor,
        'POST',
        `${note}/actions`,
        { actions },
        { 'if-match': opened.headers.get('etag') ?? '' },
      );
      expect([lost.status, lost.body['code']]).toEqual([412, 'version_mismatch']);

      const attestation = reviewed.body['attestationText'];
      const sign = (versionSeen: unknown, token = doctor) =>
        call(token, 'POST', `${note}/sign`, { versionSeen, attestation });
      expect((await sign(stale)).body['code']).toBe('version_not_seen');
      expect((await sign(reviewed.body['versionSeen'], key)).body['code']).toBe('person_required');
      expect((await sign(reviewed.body['versionSeen'], stranger)).status).toBe(404);
      for (const path of out) expect((await call(doctor, 'GET', path)).status, path).toBe(409);

      await sql(
        server,
        `UPDATE cordon.session SET reauthenticated_at = now() - interval '301 seconds' WHERE person = $1`,
        [login.id],
      );
      const old = await sign(reviewed.body['versionSeen']);
      expect([old.status, old.body['code']]).toEqual([403, 'reauthentication_required']);
      const again = { password: login.password, code: freshCode(login.secret) };
      expect((await call(doctor, 'POST', '/api/session/reauthenticate', again)).status).toBe(200);
      const signed = await sign(reviewed.body['versionSeen']);
      expect(signed.status, signed.text).toBe(200);
      expect(signed.body).toMatchObject({ state: 'signed', signature: { signerId: login.id } });

      const text = await call(doctor, 'GET', `${note}/text`);
      expect(text.text).toContain('No acute distress.');
      for (const form of ['transaction', 'document']) {
        const bundle = await call(doctor, 'GET', `${note}/fhir?form=${form}`);
        expect(bundle.status, bundle.text).toBe(200);
        expect(bundle.body).toMatchObject({ resourceType: 'Bundle', type: form });
      }
      const amendment = await call(doctor, 'POST', `${note}/amend`, { reason: 'dose was left out' });
      expect(amendment.status, amendment.text).toBe(201);
      const second = `/api/notes/${String(amendment.body['id'])}`;
      expect((await call(doctor, 'GET', `${second}/text`)).status).toBe(409);
      const done = await call(doctor, 'POST', `${second}/sign`, {
        versionSeen: amendment.body['versionSeen'],
        attestation,
      });
      expect(done.status, done.text).toBe(200);
      expect((await call(doctor, 'GET', note)).body['state']).toBe('amended');
    },
  );

  it('I7 a demo note is signed and leaves by no route', { timeout: 120_000 }, async () => {
    const { id } = await made(doctor, '/api/encounters', { patient: 'pt-1', purpose: 'dictation', demo: true });
    const bytes = readFileSync(join(DATA, 'audio', 'aws-mta-2.wav'));
    const recording = (await upload(id, bytes)).body;
    const events = await follow(server.url, doctor, String(recording['jobId']));
    const transcript = resultOf(events);
    const draft = await made(doctor, `/api/transcripts/${transcript}/drafts`, { template: 'progress' });
    const opened = (await call(doctor, 'POST', `/api/drafts/${String(draft['id'])}/review`)).body;
    const note = `/api/notes/${String(opened['id'])}`;
    const actions = sentencesOf(opened).map(({ id: sentence }) => ({
      kind: 'accept',
      sentence,
      statement: 'so it was',
    }));
    const reviewed = await call(doctor, 'POST', `${note}/actions`, { actions }, { 'if-match': '"1"' });
    expect(reviewed.status, reviewed.text).toBe(200);
    const { versionSeen, attestationText: attestation } = reviewed.body;
    const signed = await call(doctor, 'POST', `${note}/sign`, { versionSeen, attestation });
    expect(signed.status, signed.text).toBe(200);
    expect(signed.body['demo']).toBe(true);
    for (const path of ['text', 'fhir', 'fhir?form=document'])
      for (const token of [doctor, key]) {
        const answer = await call(token, 'GET', `${note}/${path}`);
        expect([answer.status, answer.body['code']], path).toEqual([409, 'demo_note']);
      }
  });

  it('a withdrawal during an upload wins: nothing is kept, capture stops, what exists is quarantined', async () => {
    const { id } = await made(doctor, '/api/encounters', { patient: 'pt-2', purpose: 'ambient-documentation' });
    const path = `/api/encounters/${String(id)}`;
    await made(doctor, `${path}/consents`, { manner: 'written', by: 'Someone' });
    const earlier = (await upload(id, readFileSync(join(DATA, 'audio', 'sb-spk1_snt1.wav')))).body;
    const half = Promise.withResolvers<void>();
    const whole = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new Uint8Array(VISIT.subarray(0, 100_000)));
        half.resolve();
        await whole.promise;
        controller.enqueue(new Uint8Array(VISIT.subarray(100_000)));
        controller.close();
      },
    });
    const init: RequestInit & { readonly duplex: 'half' } = {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { authorization: `Bearer ${doctor}`, 'content-type': 'audio/wav' },
    };
    const uploading = fetch(`${server.url}${path}/recordings`, init);
    await half.promise;
    await new Promise((go) => setTimeout(go, 300));
    await made(doctor, `${path}/consents/withdraw`, { reason: 'changed my mind' });
    whole.resolve();
    const refused = await uploading;
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, 'consent_withdrawn']);
    expect((await upload(id, VISIT)).body['code']).toBe('consent_withdrawn');
    const left = await call(doctor, 'GET', `${path}/recordings`);
    expect((left.body['items'] as { id: string; state: string }[]).map((one) => [one.id, one.state])).toEqual([
      [earlier['id'], 'quarantined'],
    ]);
    const listened = await call(doctor, 'GET', `/api/recordings/${String(earlier['id'])}/audio`);
    expect(listened.body['code']).toBe('consent_withdrawn');
  });
});

/** The transcript that a job's last event names. */
function resultOf(events: readonly Record<string, unknown>[]): string {
  const result = events.at(-1)?.['result'] as { readonly id: string } | null | undefined;
  return result?.id ?? '';
}

const sectionsOf = (document: Record<string, unknown>) =>
  document['sections'] as readonly { readonly id: string; readonly sentences: readonly Sentence[] }[];
const sentencesOf = (document: Record<string, unknown>): Sentence[] =>
  sectionsOf(document).flatMap(({ sentences }) => [...sentences]);

/** The engine is acquired in the background; `ready` does not wait for it. */
async function hearing(server: TestServer): Promise<void> {
  for (let tries = 0; tries < 150; tries += 1) {
    const { body } = await ask(server.url, null, 'GET', '/readyz');
    if ((body['speech'] as { state?: string } | undefined)?.state === 'ready') return;
    await new Promise((go) => setTimeout(go, 200));
  }
  throw new Error('no engine');
}

/** The events of a job's stream, parsed, until it ends. */
async function follow(url: string, token: string, job: string): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${url}/api/jobs/${job}/events`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const text = await response.text();
  return [...text.matchAll(/^event: job\ndata: (.+)$/gm)].map(
    ([, data = '']) => JSON.parse(data) as Record<string, unknown>,
  );
}
