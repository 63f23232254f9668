// `stream=true` over real sockets: what the whole answer has, the stream has too.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '#clinical/audio/wav-writer.ts';
import { behind, sql } from '../behind.ts';
import { ask, signIn } from '../client.ts';
import { clip } from '../live.ts';
import { DATA, hasSpeechData, startServer, type TestServer } from '../server.ts';

interface Streamed {
  readonly status: number;
  readonly headers: Headers;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly text: string;
}

describe.skipIf(!hasSpeechData)('a recording that is told while it is recognised', { timeout: 120_000 }, () => {
  let server: TestServer;
  let key: string;
  beforeAll(async () => {
    server = await startServer();
    key = server.credentials.apiKey;
    while (!(await ask(server.url, null, 'GET', '/readyz')).text.includes('"state":"ready"')) await pause(100);
  });
  afterAll(() => server.remove());

  const form = (bytes: Buffer, fields: Readonly<Record<string, string>>): FormData => {
    const made = new FormData();
    made.append('model', 'auto');
    for (const [name, value] of Object.entries(fields)) made.append(name, value);
    made.append('file', new Blob([Uint8Array.from(bytes)]), 'a.wav');
    return made;
  };

  const post = (bytes: Buffer, fields: Record<string, string>, headers: Record<string, string>, signal?: AbortSignal) =>
    fetch(`${server.url}/v1/audio/transcriptions`, {
      method: 'POST',
      body: form(bytes, fields),
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(signal === undefined ? {} : { signal }),
    });

  const stream = async (bytes: Buffer, headers: Record<string, string> = {}): Promise<Streamed> => {
    const response = await post(bytes, { stream: 'true' }, headers);
    const text = await response.text();
    const lines = text.split('\n\n').filter((line) => line.startsWith('data: {'));
    const events = lines.map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);
    return { status: response.status, headers: response.headers, events, text };
  };

  const whole = async (bytes: Buffer, headers: Record<string, string> = {}) => {
    const response = await post(bytes, {}, headers);
    return { headers: response.headers, text: ((await response.json()) as { text: string }).text };
  };

  const deltasOf = ({ events }: Streamed): string[] =>
    events.filter(({ type }) => type === 'transcript.text.delta').map(({ delta }) => String(delta));
  const doneOf = ({ events }: Streamed) => events.find(({ type }) => type === 'transcript.text.done') ?? {};
  const count = async (table: string): Promise<number> =>
    ((await sql(server, `SELECT count(*)::int AS n FROM cordon.${table}`)) as { n: number }[])[0]?.n ?? -1;

  /** Samples of a clip, and as much silence. */
  const channels = (name: string, seconds: number) => {
    const pcm = clip(name).subarray(0, seconds * 32_000);
    const said = Float32Array.from({ length: pcm.length / 2 }, (_, at) => pcm.readInt16LE(at * 2) / 32_768);
    return { said, silent: new Float32Array(said.length) };
  };
  const wav = (samples: readonly Float32Array[]): Buffer =>
    Buffer.from(writeWav(samples, { encoding: 'pcm', bytes: 2, sampleRate: 16_000 }));

  it('has the headers of the call, and at its end what they cannot say', async () => {
    const bytes = readFileSync(join(DATA, 'audio', 'jfk.wav'));
    const told = await stream(bytes);
    const { headers } = await whole(bytes);
    for (const name of ['cordon-decision', 'cordon-service', 'cordon-pattern', 'cordon-obligations', 'cordon-review'])
      expect(told.headers.get(name), name).toBe(headers.get(name));
    expect(Number(told.headers.get('cordon-intent-index'))).toBeGreaterThan(0);
    const { transcript, accuracy, ledgerIndex } = doneOf(told)['cordon'] as Record<string, unknown>;
    expect(accuracy).toBe(headers.get('cordon-accuracy'));
    expect(Number(ledgerIndex)).toBeGreaterThan(Number(told.headers.get('cordon-intent-index')));
    const kept = await ask(server.url, key, 'GET', `/api/transcripts/${String(transcript)}`);
    expect(kept.status, kept.text).toBe(200);
  });

  it('does not let who speaks wait for channels that are silent, or copies', async () => {
    const { said, silent } = channels('aws-mta-1.wav', 60);
    for (const samples of [
      [said, silent],
      [said, said],
    ]) {
      const told = await stream(wav(samples));
      const deltas = deltasOf(told);
      expect(deltas.length, 'what is settled does not wait for the end').toBeGreaterThan(1);
      expect(deltas.join('')).toBe(doneOf(told)['text']);
    }
  });

  it('is written as the whole is: by the vocabulary, and as a dictation where it is one', async () => {
    const { adminEmail, adminPassword, adminTotpSecret } = server.credentials;
    const admin = await signIn(server.url, { email: adminEmail, password: adminPassword, secret: adminTotpSecret });
    const terms = [
      { term: 'Fellow Americans', kind: 'other' },
      { term: 'Can Do', kind: 'other' },
    ];
    const put = await ask(server.url, admin, 'PUT', '/api/vocabulary', {
      body: { terms },
      headers: { 'if-match': '"0"' },
    });
    expect(put.status, put.text).toBeLessThan(300);
    const bytes = readFileSync(join(DATA, 'audio', 'jfk.wav'));
    for (const purpose of ['ambient-documentation', 'dictation']) {
      const told = await stream(bytes, { 'cordon-purpose': purpose });
      expect(deltasOf(told).join('')).toBe(doneOf(told)['text']);
      expect(doneOf(told)['text']).toContain('Can Do');
      expect((await whole(bytes, { 'cordon-purpose': purpose })).text).toBe(doneOf(told)['text']);
    }
    const [begun] = (await sql(
      server,
      'SELECT begun FROM cordon.transcription WHERE begun IS NOT NULL ORDER BY created_at DESC LIMIT 1',
    )) as { begun: Record<string, unknown> }[];
    expect(begun?.begun).toMatchObject({ vocabulary: 1, dictation: true });
  });

  it('is told again under its key, event by event, and made once', async () => {
    const bytes = readFileSync(join(DATA, 'audio', 'jfk.wav'));
    const before = await count('recording');
    const headers = { 'idempotency-key': 'stream-1', 'cordon-patient': 'pt-9' };
    const first = await stream(bytes, headers);
    expect(first.status, first.text).toBe(200);
    const again = await stream(bytes, headers);
    expect(again.headers.get('cordon-replayed')).toBe('true');
    expect(again.headers.get('content-type')).toContain('text/event-stream');
    expect(again.events).toEqual(first.events);
    expect(again.text).toBe(first.text);
    for (const name of ['cordon-encounter', 'cordon-decision', 'cordon-intent-index'])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(await count('recording')).toBe(before + 1);
    const other = await stream(bytes, { ...headers, 'cordon-patient': 'pt-10' });
    expect(other.status).toBe(422);
    expect(other.text).toContain('idempotency_mismatch');
  });

  it('is one request while it is under way, and one whose caller left is told from its beginning to who repeats it', async () => {
    const bytes = wav([channels('aws-mta-1.wav', 30).said]);
    const before = await count('recording');
    const headers = { 'idempotency-key': 'stream-2' };
    const holder = await behind(server);
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE cordon.transcript IN ACCESS EXCLUSIVE MODE'); // nothing is done before this lets go
    const leaving = new AbortController();
    const left = post(bytes, { stream: 'true' }, headers, leaving.signal).then(
      (response) => response.text().catch(() => ''),
      () => '',
    );
    while ((await count('recording')) === before) await pause(20);
    const meanwhile = await stream(bytes, headers);
    expect(meanwhile.status).toBe(409);
    expect(meanwhile.text).toContain('idempotency_in_progress');
    leaving.abort();
    await left;
    await holder.query('COMMIT');
    await holder.end();
    let again = await stream(bytes, headers);
    while (again.status === 409) {
      await pause(50);
      again = await stream(bytes, headers);
    }
    expect(again.status, again.text).toBe(200);
    expect(again.headers.get('cordon-replayed')).toBeNull();
    expect(deltasOf(again).join('')).toBe(doneOf(again)['text']);
    expect(await count('recording')).toBe(before + 1);
    expect((await whole(bytes)).text).toBe(doneOf(again)['text']);
  });

  it('refuses a form that it cannot answer, and frees the key', async () => {
    const headers = { 'idempotency-key': 'stream-3' };
    const bytes = readFileSync(join(DATA, 'audio', 'jfk.wav'));
    const refused = await post(bytes, { stream: 'true', response_format: 'srt' }, headers);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('invalid_request')]);
    const broken = await stream(Buffer.from('none'), headers);
    expect([broken.status, broken.text]).toEqual([422, expect.stringContaining('audio_unreadable')]);
    expect((await stream(bytes, headers)).status).toBe(200);
  });
});
