// Bad input and leaks over real sockets (I4, spec quality §4): whatever is sent, a typed error or the right answer comes back,
// nothing is left behind, the server lives; and what was said and typed stands nowhere in clear.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProblemCode } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childrenOf, dataDirectory, sql } from '../behind.ts';
import { addPerson, ask, signIn, type Answered } from '../client.ts';
import { DATA, hasSpeechData, startServer, type TestServer } from '../server.ts';
import { encode, FFMPEG, flacBomb, voices } from '../sound.ts';

const RATE = 16_000;

/** A WAV header (RIFF, PCM or IEEE float) that announces what it is told to. */
function wav(options: { channels?: number; rate?: number; seconds?: number; float?: boolean; fill?: number }): Buffer {
  const { channels = 1, rate = RATE, seconds = 1, float = false, fill = 0 } = options;
  const width = float ? 4 : 2;
  const bytes = Math.round(rate * seconds) * channels * width;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(float ? 3 : 1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * channels * width, 28);
  header.writeUInt16LE(channels * width, 32);
  header.writeUInt16LE(width * 8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  const data = Buffer.alloc(bytes);
  if (float) for (let at = 0; at < bytes; at += 4) data.writeFloatLE(fill, at);
  return Buffer.concat([header, data]);
}

let server: TestServer;
let key: string;
let encounter: string;

const codeOf = ({ body }: Answered): string =>
  String(body['code'] ?? (body['error'] as { code?: string } | undefined)?.code ?? '');
const call = (method: string, path: string, body?: unknown, headers = {}): Promise<Answered> =>
  ask(server.url, key, method, path, { ...(body === undefined ? {} : { body }), headers });
const upload = (bytes: Buffer, type = 'audio/wav'): Promise<Answered> =>
  ask(server.url, key, 'POST', `/api/encounters/${encounter}/recordings?transcribe=false`, { raw: { bytes, type } });
const left = async (): Promise<unknown> => {
  const [rows] = await sql(server, 'SELECT count(*)::int AS n FROM cordon.recording');
  const blobs = await readdir(join(server.home, 'blobs'), { recursive: true, withFileTypes: true });
  return { rows, blobs: blobs.filter((one) => one.isFile()).length };
};

beforeAll(async () => {
  server = await startServer();
  key = server.credentials.apiKey;
  const made = await call('POST', '/api/encounters', { patient: 'pt-1', purpose: 'dictation' });
  encounter = String(made.body['id']);
});
afterAll(() => server.remove());

describe('bad audio is refused by name and leaves nothing', () => {
  const sound = wav({ seconds: 1 });
  const cases: [string, Buffer, readonly string[]][] = [
    ['no bytes', Buffer.alloc(0), ['audio_unreadable']],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), ['audio_unreadable', 'decoder_missing']],
    ['an MP3', Buffer.concat([Buffer.from('ID3\u0004'), Buffer.alloc(2000, 7)]), ['audio_unreadable']],
    ['a header without data', sound.subarray(0, 44), ['audio_unreadable', 'audio_unusable']],
    ['half a header', sound.subarray(0, 20), ['audio_unreadable']],
    ['cut off', sound.subarray(0, 5_001), ['audio_unreadable', 'audio_unusable']],
    ['0.1 s', wav({ seconds: 0.1 }), ['audio_unusable']],
    ['12 channels', wav({ channels: 12 }), ['audio_unusable']],
    ['384 kHz', wav({ rate: 384_000, seconds: 0.5 }), ['audio_unusable', 'audio_unreadable']],
    ['thirty bytes for two megabytes of samples, again and again', flacBomb(400, 8, 0), ['audio_unusable']],
    ['NaN samples', wav({ float: true, fill: Number.NaN }), ['audio_unusable', 'audio_unreadable']],
    ['infinite samples', wav({ float: true, fill: Number.POSITIVE_INFINITY }), ['audio_unusable', 'audio_unreadable']],
  ];

  it.each(cases)('%s', { timeout: 180_000 }, async (_name, bytes, codes) => {
    const before = await left();
    const answer = await upload(bytes);
    expect(answer.status, answer.text).toBe(422);
    expect(codes).toContain(codeOf(answer));
    expect(await left()).toEqual(before);
  });

  it.skipIf(FFMPEG === null)('a WAV of compressed samples is heard where ffmpeg is', async () => {
    const answer = await upload(encode(voices(1, RATE, 1), RATE, 'wav', '-c:a', 'adpcm_ms'));
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({ sampleRate: RATE, channels: 1 });
  });

  it('192 kHz is heard, as any rate a recorder writes', async () => {
    const answer = await upload(wav({ rate: 192_000, seconds: 0.5 }));
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({ sampleRate: 192_000, duration: 0.5 });
  });

  it('an upload that breaks off leaves nothing; a slow one is taken', async () => {
    const before = await left();
    const { port, hostname } = new URL(server.url);
    const request = `POST /api/encounters/${encounter}/recordings?transcribe=false HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${key}\r\ncontent-type: audio/wav\r\ncontent-length: ${sound.length}\r\n\r\n`;
    for (const cut of [0, 30, 20_000]) {
      const socket = connect(Number(port), hostname);
      socket.write(request);
      socket.write(sound.subarray(0, cut));
      await sleep(250);
      socket.destroy();
    }
    const reset = connect(Number(port), hostname);
    reset.write(request);
    reset.write(sound.subarray(0, 9_000));
    await sleep(250);
    reset.resetAndDestroy();
    await expect.poll(left, { timeout: 5_000 }).toEqual(before);

    const slow = new ReadableStream<Uint8Array>({
      async start(controller) {
        for (let at = 0; at < sound.length; at += 4_000) {
          controller.enqueue(new Uint8Array(sound.subarray(at, at + 4_000)));
          await sleep(60);
        }
        controller.close();
      },
    });
    const init: RequestInit & { readonly duplex: 'half' } = {
      method: 'POST',
      body: slow,
      duplex: 'half',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'audio/wav' },
    };
    const taken = await fetch(`${server.url}/api/encounters/${encounter}/recordings?transcribe=false`, init);
    expect(taken.status).toBe(201);
  });

  it('a form that is wrong leaves no recording', async () => {
    const state = await ask(server.url, null, 'GET', '/readyz');
    if ((state.body['speech'] as { state: string }).state !== 'ready') return;
    const before = await left();
    const forms: [string, (form: FormData) => void][] = [
      ['unknown format', (form) => form.set('response_format', 'docx')],
      ['unknown field', (form) => form.set('patient_name', 'Ann')],
      ['two files', (form) => form.append('file', new Blob([new Uint8Array(sound)]), 'b.wav')],
      ['no model', (form) => form.delete('model')],
    ];
    for (const [name, spoil] of forms) {
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(sound)]), 'a.wav');
      form.set('model', 'auto');
      spoil(form);
      const answer = await ask(server.url, key, 'POST', '/v1/audio/transcriptions', { raw: { bytes: form } });
      expect([answer.status, codeOf(answer)], name).toEqual([400, 'invalid_request']);
    }
    expect(await left()).toEqual(before);
  });
});

describe('tricks in every field', () => {
  const tricks = [
    `'; DROP TABLE cordon.encounter; --`,
    '../../../../etc/passwd',
    '..%2f..%2fetc%2fpasswd',
    '\u0000',
    '%00',
    '${7*7}{{7*7}}',
    '\uD800',
    '{"$ne":null}',
    '__proto__',
    'x'.repeat(10_000),
  ];

  it('are values or typed refusals, never a fault', async () => {
    for (const trick of tricks) {
      const coded = encodeURIComponent(trick.toWellFormed());
      const asked: Promise<Answered>[] = [
        call('POST', '/api/encounters', { patient: trick, purpose: 'dictation' }),
        call('POST', '/api/encounters', { patient: 'pt-1', reference: trick, purpose: trick }),
        call('POST', `/api/encounters/${encounter}/consents`, { manner: 'verbal', by: trick, textVersion: trick }),
        call('GET', `/api/encounters/${coded}`),
        call('GET', `/api/encounters?cursor=${coded}&limit=${coded}`),
        call('GET', `/api/ledger/entries?kind=${coded}&actor=${coded}&from=${coded}`),
        call('GET', `/api/ledger/tile/${coded}/${coded}`),
        call('POST', '/api/ledger/export', { from: trick, approval: trick, reason: trick }),
        call('POST', `/api/recordings/${coded}/transcripts`, { model: trick }),
        ask(server.url, null, 'POST', '/api/session', { body: { email: trick, password: trick, code: trick } }),
        ask(server.url, null, 'POST', '/api/invitations/accept', { body: { token: trick, password: trick } }),
      ];
      if (/^[\x20-\x7e]+$/.test(trick))
        for (const name of ['cordon-encounter', 'cordon-patient', 'cordon-purpose', 'cordon-tags', 'idempotency-key'])
          asked.push(call('POST', '/api/encounters', { patient: 'pt-1', purpose: 'dictation' }, { [name]: trick }));
      for (const answer of await Promise.all(asked)) {
        expect(answer.status, answer.text).toBeLessThan(500);
        if (answer.status >= 400) expect(isProblemCode(codeOf(answer)), answer.text).toBe(true);
        if (answer.status >= 400) expect(answer.text).not.toContain('DROP TABLE');
      }
    }
    expect((await call('GET', `/api/encounters/${encounter}`)).status).toBe(200);
  });

  it('names of files may be anything: they are not looked at', async () => {
    for (const name of ['a'.repeat(10_000), '../../../tmp/x.wav', `"; rm -rf /; ".wav`, '\u202Egpj.wav']) {
      const form = new FormData();
      form.set('model', 'auto');
      form.set('file', new Blob([new Uint8Array(wav({ seconds: 0.1 }))]), name);
      const answer = await ask(server.url, key, 'POST', '/v1/audio/transcriptions', { raw: { bytes: form } });
      expect(isProblemCode(codeOf(answer)), answer.text).toBe(true);
      expect(answer.status === 422 || answer.status === 400 || answer.status === 503, answer.text).toBe(true);
    }
  });
});

describe('I4 canaries', () => {
  // Letters and digits in turn: neither a name nor a number, which references must not look like.
  const nonce = [...randomBytes(6)].map((byte, at) => (at % 2 === 0 ? 'bcdfghjk'[byte % 8] : byte % 10)).join('');
  const word = (of: string): string => `zq${of}canary${nonce}`;
  const canaries = {
    patient: word('patient'),
    reference: word('reference'),
    giver: word('giver'),
    text: word('text'),
    reason: word('reason'),
    file: word('file'),
    statement: word('statement'),
    sentence: word('sentence'),
    header: word('header'),
    idempotency: word('idempotency'),
    // Cordon-On-Behalf-Of is not among them: it names who acts, and stands in entry headers by design (docs/formats/entry.md §1).
  };

  it(
    'stand nowhere in clear; a crash of server or recogniser leaves no core and no report',
    { timeout: 120_000 },
    async () => {
      const { adminEmail, adminPassword, adminTotpSecret } = server.credentials;
      const admin = await signIn(server.url, { email: adminEmail, password: adminPassword, secret: adminTotpSecret });
      const doctor = await signIn(server.url, await addPerson(server.url, admin, 'doc@example.test', ['clinician']));
      const answers: Answered[] = [];
      const as = async (token: string, path: string, body: unknown, headers = {}): Promise<Answered> => {
        const answer = await ask(server.url, token, 'POST', path, { body, headers });
        if (answer.status >= 400) answers.push(answer);
        return answer;
      };
      const made = await as(
        doctor,
        '/api/encounters',
        {
          patient: canaries.patient,
          reference: canaries.reference,
          purpose: 'ambient-documentation',
        },
        { 'idempotency-key': canaries.idempotency },
      );
      expect(made.status, made.text).toBe(201);
      const path = `/api/encounters/${String(made.body['id'])}`;
      const consent = { manner: 'verbal', by: canaries.giver, textVersion: canaries.text };
      expect((await as(doctor, `${path}/consents`, consent)).status).toBe(201);
      await as(doctor, '/api/encounters', { patient: canaries.patient, purpose: canaries.reason });
      await as(doctor, '/api/encounters', { patient: canaries.patient, purpose: 'dictation', [canaries.reason]: 1 });
      const secrets = Object.values(canaries);
      if (hasSpeechData) {
        await hearing();
        secrets.push(...(await visitWith(doctor, path, as)));
        const [child] = childrenOf(server.process.pid ?? 0, 'recogniser');
        if (child !== undefined) process.kill(child, 'SIGSEGV');
      }
      await as(doctor, `${path}/consents/withdraw`, { reason: canaries.reason });
      await call('GET', '/api/encounters', undefined, { 'cordon-patient': `${canaries.header} Smith` });
      await sleep(1_000);
      server.process.kill('SIGSEGV');
      await new Promise((gone) => server.process.once('exit', gone));
      await sleep(2_500); // PostgreSQL notices and stops, its files are as they stay

      for (const { text } of answers) for (const secret of secrets) expect(text, 'an error body').not.toContain(secret);
      for (const secret of secrets) expect(server.output().toLowerCase()).not.toContain(secret.toLowerCase());
      const places = [server.home, `${server.home}-keys`, `${server.home}-anchors`, await dataDirectory(server)];
      for (const place of places) expect(await findInFiles(place, secrets), place).toEqual([]);
      const traces = await readdir(tmpdir());
      expect(traces.filter((name) => /^(core|report\.|Heap)/.test(name))).toEqual([]);
      const everything = await readdir(server.home, { recursive: true });
      expect(everything.filter((name) => /(^|\/)(core(\.\d+)?|report\..*\.json|.*\.heapsnapshot)$/.test(name))).toEqual(
        [],
      );
      server = await server.restart();
      expect((await call('GET', `/api/encounters/${encounter}`)).status).toBe(200);
    },
  );

  /** A visit up to the signature; returns what was said in it and a sentence as typed. */
  async function visitWith(
    doctor: string,
    path: string,
    as: (token: string, path: string, body: unknown, headers?: object) => Promise<Answered>,
  ): Promise<string[]> {
    const form = new FormData();
    form.set('model', 'auto');
    form.set('prompt', canaries.statement);
    form.set('file', new Blob([readFileSync(join(DATA, 'audio', 'aws-mta-2.wav'))]), `${canaries.file}.wav`);
    const heard = await ask(server.url, doctor, 'POST', '/v1/audio/transcriptions', {
      raw: { bytes: form },
      headers: { 'cordon-encounter': path.split('/').at(-1) ?? '' },
    });
    expect(heard.status, heard.text).toBe(200);
    const transcript = heard.headers.get('cordon-transcript') ?? '';
    const draft = await as(doctor, `/api/transcripts/${transcript}/drafts`, { template: 'soap' });
    const opened = await as(doctor, `/api/drafts/${String(draft.body['id'])}/review`, undefined);
    const note = `/api/notes/${String(opened.body['id'])}`;
    const sections = opened.body['sections'] as { id: string; sentences: { id: string }[] }[];
    const sentences = sections.flatMap((one) => one.sentences);
    const actions = [
      ...sentences.map(({ id: sentence }) => ({ kind: 'accept', sentence, statement: canaries.statement })),
      { kind: 'add', section: sections[0]?.id, text: `Also ${canaries.sentence}.` },
    ];
    const reviewed = await as(doctor, `${note}/actions`, { actions }, { 'if-match': '"1"' });
    expect(reviewed.status, reviewed.text).toBe(200);
    await as(doctor, `${note}/actions`, { actions }, { 'if-match': '"1"' });
    const { versionSeen, attestationText: attestation } = reviewed.body;
    await as(doctor, `${note}/sign`, { versionSeen, attestation: canaries.reason });
    expect((await as(doctor, `${note}/sign`, { versionSeen, attestation })).status).toBe(200);
    await as(doctor, `${note}/amend`, { reason: canaries.reason });
    const { text } = heard.body as { text: string };
    return [text.slice(0, 40), text.slice(60, 90)];
  }
});

async function hearing(): Promise<void> {
  await expect
    .poll(async () => (await ask(server.url, null, 'GET', '/readyz')).text, { timeout: 30_000 })
    .toContain('"state":"ready"');
}

/** Files below `root` that hold one of the words in UTF-8, UTF-16 or hex; upper and lower case are one. */
async function findInFiles(root: string, words: readonly string[]): Promise<string[]> {
  const needles = words.flatMap((word) => [word, Buffer.from(word).toString('hex')]).map((one) => one.toLowerCase());
  const wide = words.map((word) => Buffer.from(word, 'utf16le'));
  const found: string[] = [];
  for (const one of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(one.parentPath, one.name);
    if (!(await lstat(path)).isFile()) continue;
    const file = await open(path);
    const bytes = await file.readFile();
    await file.close();
    const text = bytes.toString('latin1').toLowerCase();
    for (const needle of needles) if (text.includes(needle)) found.push(`${path} ${needle}`);
    if (wide.some((needle) => bytes.includes(needle))) found.push(path);
  }
  return found;
}
