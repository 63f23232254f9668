// Live transcription over real sockets: real server, real model, real recordings.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import OpenAI, { toFile } from 'openai';
import { sql } from '../behind.ts';
import { ask, join as answerInvitation, signIn } from '../client.ts';
import { clip, completedOf, connect, PCM_16K, Refused, toldOf, type Event, type Live } from '../live.ts';
import { DATA, hasSpeechData, startServer, type TestServer } from '../server.ts';

describe.skipIf(!hasSpeechData)('live transcription', () => {
  let server: TestServer;
  let key: string;
  beforeAll(async () => {
    server = await startServer();
    key = server.credentials.apiKey;
    await hearing(server);
  });
  afterAll(() => server.remove());

  it('tells words while they are spoken, never takes one back, and leaves recording and transcript', async () => {
    const live = await connect(server.url, key, { headers: { 'cordon-patient': 'pt-live-1' } });
    await live.next('session.created');
    live.send(PCM_16K);
    await live.next('session.updated');
    const sound = clip('jfk.wav');
    await live.speak(sound, { speed: 1 });
    live.send({ type: 'cordon.session.finish' });
    const finished = await live.next('cordon.session.finished');
    expect((await live.closed).code).toBe(1000);
    const first = live.events.find(({ type }) => type === 'conversation.item.input_audio_transcription.delta');
    expect(first?.['audio_end_ms']).toBeLessThanOrEqual(1_500);
    expect(toldOf(live.events)).toEqual(completedOf(live.events));
    expect([...completedOf(live.events).values()].join(' ')).toContain('ask what you can do for your country');
    const transcript = await ask(server.url, key, 'GET', `/api/transcripts/${String(finished['transcript'])}`);
    expect(transcript.status, transcript.text).toBe(200);
    const recording = await ask(server.url, key, 'GET', `/api/recordings/${String(finished['recording'])}`);
    expect(recording.body).toMatchObject({ duration: sound.length / 32_000, sampleRate: 16_000, channels: 1 });
  });

  /** A session that takes 16 kHz, and acknowledges. */
  const open = async (query: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Live> => {
    const live = await connect(server.url, key, { query: { acknowledge: 'true', ...query }, headers });
    await live.next('session.created');
    if (query['session'] === undefined) {
      live.send(PCM_16K);
      await live.next('session.updated');
    }
    return live;
  };
  const created = (live: Live) =>
    live.events.find(({ type }) => type === 'session.created')?.['session'] as
      | { readonly id: string; readonly cordon: { readonly received: number } }
      | undefined;
  const idOf = (live: Live): string => created(live)?.id ?? '';
  const numbered = (events: readonly Event[]): Event[] => events.filter(({ event_id }) => /_\d+_\d$/.test(event_id));
  const durable = async (live: Live, bytes: number): Promise<void> => {
    while (!live.events.some((event) => event.type === 'cordon.audio.received' && Number(event['bytes']) >= bytes))
      await pause(20);
  };
  const receivedBy = (live: Live): number => created(live)?.cordon.received ?? -1;
  const last = (events: readonly Event[]): string => numbered(events).at(-1)?.event_id ?? '';

  it('loses and doubles nothing when the connection is cut again and again', async () => {
    const sound = clip('aws-mta-1.wav').subarray(0, 20 * 32_000);
    const whole = await open();
    await whole.speak(sound);
    whole.send({ type: 'cordon.session.finish' });
    await whole.next('cordon.session.finished');

    const first = await open();
    const id = idOf(first);
    const seen: Event[] = [];
    let live = first;
    let at = 0;
    for (let cut = 0; cut < 20; cut += 1) {
      await live.speak(sound.subarray(at, at + 32_000), { offset: at });
      // What was sent last may be lost with the connection: it is sent again from where the server stands.
      await pause(cut * 5);
      live.socket.terminate();
      await live.closed;
      seen.push(...numbered(live.events));
      const after = last(seen);
      live = await open({ session: id, ...(after === '' ? {} : { after }) });
      at = receivedBy(live);
    }
    await live.speak(sound.subarray(at), { offset: at });
    live.send({ type: 'cordon.session.finish' });
    await live.next('cordon.session.finished');
    seen.push(...numbered(live.events));
    expect(new Set(seen.map(({ event_id }) => event_id)).size).toBe(seen.length);
    expect(toldOf(seen)).toEqual(completedOf(seen));
    expect([...completedOf(seen).values()]).toEqual([...completedOf(whole.events).values()]);
  });

  it('goes on in a new process after kill -9 of the server, with what was acknowledged', async () => {
    const sound = clip('aws-mta-2.wav').subarray(0, 12 * 32_000);
    const own = await startServer();
    const secret = own.credentials.apiKey;
    let again: TestServer | null = null;
    try {
      await hearing(own);
      const live = await connect(own.url, secret, { query: { acknowledge: 'true' } });
      live.send(PCM_16K);
      await live.next('session.updated');
      await live.speak(sound.subarray(0, 7 * 32_000), { speed: 4, offset: 0 });
      await durable(live, 6 * 32_000);
      const acknowledged = Math.max(...live.events.map((event) => Number(event['bytes'] ?? 0)));
      await own.kill();
      await live.closed;
      again = await startServer({ home: own.home });
      await hearing(again);
      const id = idOf(live);
      const seen = numbered(live.events);
      const back = await connect(again.url, secret, { query: { session: id, after: last(seen) } });
      await back.next('session.created');
      const at = receivedBy(back);
      expect(at).toBeGreaterThanOrEqual(acknowledged);
      await back.speak(sound.subarray(at), { offset: at });
      back.send({ type: 'cordon.session.finish' });
      const finished = await back.next('cordon.session.finished');
      seen.push(...numbered(back.events));
      expect(new Set(seen.map(({ event_id }) => event_id)).size).toBe(seen.length);
      expect(toldOf(seen)).toEqual(completedOf(seen));
      expect([...completedOf(seen).values()].join(' ')).toContain('78-year-old');
      const recording = await ask(again.url, secret, 'GET', `/api/recordings/${String(finished['recording'])}`);
      expect(recording.body).toMatchObject({ duration: sound.length / 32_000 });
    } finally {
      await (again ?? own).remove();
    }
  }, 120_000);

  it('tells clients to come back when it stops, and makes a recording of a session to which nobody came back', async () => {
    const sound = clip('jfk.wav');
    const own = await startServer();
    const secret = own.credentials.apiKey;
    let again: TestServer | null = null;
    try {
      await hearing(own);
      const live = await connect(own.url, secret, { query: { acknowledge: 'true' } });
      live.send(PCM_16K);
      await live.next('session.updated');
      await live.speak(sound);
      await live.next('conversation.item.input_audio_transcription.delta');
      const stopped = own.stop();
      expect(await live.closed).toEqual({ code: 1012, reason: 'shutting_down' });
      expect(await stopped).toBe(0);
      again = await startServer({ home: own.home });
      const [outcome] = await outcomes(again);
      expect(outcome).toMatchObject({ detail: { status: 'aborted', code: 'shutting_down' } });
      await sql(again, "UPDATE cordon.live_session SET seen_at = now() - interval '11 minutes'");
      again = await again.restart();
      const { encounter } = (created(live) as unknown as { cordon: { encounter: string } }).cordon;
      const list = async () =>
        (await ask(again?.url ?? '', secret, 'GET', `/api/encounters/${encounter}/transcripts`)).body['items'];
      while (((await list()) as unknown[]).length === 0) await pause(200);
      const recordings = await ask(again.url, secret, 'GET', `/api/encounters/${encounter}/recordings`);
      expect(recordings.body['items']).toMatchObject([{ duration: 11, state: 'stored' }]);
      expect(await sql(again, 'SELECT ordinal FROM cordon.live_sound')).toEqual([]);
      const late = connect(again.url, secret, { query: { session: idOf(live) } });
      await (
        await late
      ).closed;
    } finally {
      await (again ?? own).remove();
    }
  }, 120_000);

  it('replaces a child that is killed while somebody speaks', async () => {
    const sound = clip('aws-mta-1.wav').subarray(0, 16 * 32_000);
    const whole = await open();
    await whole.speak(sound);
    whole.send({ type: 'cordon.session.finish' });
    await whole.next('cordon.session.finished');
    const live = await open();
    await live.speak(sound.subarray(0, 8 * 32_000));
    await live.next('conversation.item.input_audio_transcription.delta', 3);
    expect(killLiveChildren(server)).toBeGreaterThan(0);
    await live.speak(sound.subarray(8 * 32_000));
    live.send({ type: 'cordon.session.finish' });
    await live.next('cordon.session.finished');
    expect(toldOf(live.events)).toEqual(completedOf(live.events));
    expect([...completedOf(live.events).values()]).toEqual([...completedOf(whole.events).values()]);
  });

  it('ends turns when the client says so, where it detects them itself', async () => {
    const live = await connect(server.url, key);
    const input = { format: { type: 'audio/pcm', rate: 16_000 }, turn_detection: null };
    live.send({ type: 'session.update', session: { type: 'transcription', audio: { input } } });
    await live.next('session.updated');
    const sound = clip('jfk.wav');
    await live.speak(sound.subarray(0, 4 * 32_000));
    live.send({ type: 'input_audio_buffer.commit' });
    const done = await live.next('conversation.item.input_audio_transcription.completed');
    expect(String(done['transcript'])).toContain('so my fellow');
    live.send({ type: 'input_audio_buffer.commit' });
    expect((await live.next('error'))['error']).toMatchObject({ code: 'input_audio_buffer_commit_empty' });
    await live.speak(sound.subarray(4 * 32_000, 7 * 32_000));
    live.send({ type: 'input_audio_buffer.clear' });
    await live.next('input_audio_buffer.cleared');
    expect(live.events.some(({ type }) => type.startsWith('input_audio_buffer.speech_'))).toBe(false);
    live.send({ type: 'cordon.session.finish' });
    await live.next('cordon.session.finished');
    expect(completedOf(live.events).size).toBe(1);
  });

  it('hears telephone sound', async () => {
    const live = await connect(server.url, key);
    live.send({ type: 'transcription_session.update', session: { input_audio_format: 'g711_ulaw' } });
    await live.next('transcription_session.updated');
    const pcm = clip('jfk.wav');
    const coded = Buffer.alloc(pcm.length / 4);
    for (let at = 0; at < coded.length; at += 1)
      coded[at] = mulaw((pcm.readInt16LE(at * 4) + pcm.readInt16LE(at * 4 + 2)) / 2);
    live.send({ type: 'input_audio_buffer.append', audio: coded.toString('base64') });
    live.send({ type: 'cordon.session.finish' });
    const finished = await live.next('cordon.session.finished');
    expect([...completedOf(live.events).values()].join(' ').toLowerCase()).toContain('country can do for you');
    const recording = await ask(server.url, key, 'GET', `/api/recordings/${String(finished['recording'])}`);
    expect(recording.body).toMatchObject({ duration: 11, sampleRate: 8_000 });
  });

  it('lets no sound in without consent, and stops when consent is withdrawn', async () => {
    const made = await ask(server.url, key, 'POST', '/api/encounters', {
      body: { patient: 'pt-live-2', purpose: 'ambient-documentation' },
    });
    expect(made.status, made.text).toBe(201);
    const encounter = String(made.body['id']);
    const narrow = await ask(server.url, key, 'POST', `/api/encounters/${encounter}/consents`, {
      body: { manner: 'verbal' },
    });
    expect(narrow.status, narrow.text).toBe(201);
    const live = await open({}, { 'cordon-encounter': encounter });
    const sound = clip('aws-mta-1.wav');
    await live.speak(sound.subarray(0, 5 * 32_000));
    await live.next('conversation.item.input_audio_transcription.delta');
    const withdrawn = await ask(server.url, key, 'POST', `/api/encounters/${encounter}/consents/withdraw`, {
      body: {},
    });
    expect(withdrawn.status, withdrawn.text).toBeLessThan(300);
    const told = live.events.length;
    await live.speak(sound.subarray(5 * 32_000, 8 * 32_000), { speed: 4 });
    expect(await live.closed).toEqual({ code: 1008, reason: 'consent_withdrawn' });
    expect(live.events.slice(told).filter(({ type }) => type.includes('transcription'))).toEqual([]);
    await expect(open({ session: idOf(live) })).rejects.toMatchObject({ status: 403, code: 'consent_withdrawn' });
  });

  it('tells a recording while it is recognised: the official client, unchanged', async () => {
    const client = new OpenAI({ apiKey: key, baseURL: `${server.url}/v1`, maxRetries: 0 });
    const bytes = readFileSync(join(DATA, 'audio', 'aws-mta-1.wav'));
    const asked = async () => ({ file: await toFile(bytes, 'a.wav'), model: 'whisper-1' });
    const whole = await client.audio.transcriptions.create(await asked());
    const stream = await client.audio.transcriptions.create({ ...(await asked()), stream: true });
    const deltas: string[] = [];
    let done: { readonly text: string; readonly usage?: unknown } | null = null;
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') deltas.push(event.delta);
      if (event.type === 'transcript.text.done') done = event;
    }
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join('')).toBe(whole.text);
    expect(done).toMatchObject({ text: whole.text, usage: { type: 'duration' } });
    const refused = client.audio.transcriptions.create({
      file: await toFile(Buffer.from('none'), 'a.wav'),
      model: 'auto',
      stream: true,
    });
    await expect(refused).rejects.toMatchObject({ status: 422, code: 'audio_unreadable' });
    const unknown = client.audio.transcriptions.create({ ...(await asked()), model: 'no-such', stream: true });
    await expect(unknown).rejects.toMatchObject({ status: 403, code: 'service_unknown' });
  }, 180_000); // three recognitions of two minutes, which give way to whatever else the machine does

  it('leaves one intent and one outcome with a stream for each session', async () => {
    const before = await outcomes(server);
    const live = await open();
    await live.speak(clip('jfk.wav'));
    live.send({ type: 'cordon.session.finish' });
    await live.next('cordon.session.finished');
    const after = (await outcomes(server)).slice(before.length);
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ detail: { status: 'complete', code: 'ok', audioMs: 11_000 } });
    expect((after[0] as { stream: { frames: number } }).stream.frames).toBeGreaterThan(5);
  });

  it('does not let one who reads nothing hold anything up, and loses nothing of theirs', async () => {
    const slow = await open();
    slow.socket.pause();
    const sound = clip('aws-mta-2.wav').subarray(0, 10 * 32_000);
    await slow.speak(sound);
    slow.send({ type: 'cordon.session.finish' });
    const quick = await open();
    await quick.speak(sound);
    quick.send({ type: 'cordon.session.finish' });
    await quick.next('cordon.session.finished');
    slow.socket.resume();
    await slow.next('cordon.session.finished');
    expect([...completedOf(slow.events).values()]).toEqual([...completedOf(quick.events).values()]);
  });

  it('knows sessions of the same credential only, and refuses before it upgrades', async () => {
    const live = await open();
    const other = await ask(server.url, key, 'GET', '/v1/realtime?intent=transcription');
    expect([other.status, (other.body['error'] as { code: string }).code]).toEqual([426, 'upgrade_required']);
    const unknown = '01900000-0000-7000-8000-000000000000';
    await expect(connect(server.url, null)).rejects.toMatchObject({ status: 401 });
    const { adminEmail, adminPassword, adminTotpSecret } = server.credentials;
    const admin = await signIn(server.url, { email: adminEmail, password: adminPassword, secret: adminTotpSecret });
    const colleague = await ask(server.url, admin, 'POST', '/api/api-keys', {
      body: { name: 'other', permissions: ['transcription.create'] },
    });
    const theirs = { query: { session: idOf(live) } };
    await expect(connect(server.url, String(colleague.body['secret']), theirs)).rejects.toMatchObject({
      status: 404,
      code: 'not_found',
    });
    const stranger = await strangersKey(server, admin);
    await expect(connect(server.url, stranger, theirs)).rejects.toMatchObject({ status: 404, code: 'not_found' });
    const reader = await ask(server.url, admin, 'POST', '/api/api-keys', {
      body: { name: 'reader', permissions: ['encounter.read'] },
    });
    await expect(connect(server.url, String(reader.body['secret']))).rejects.toMatchObject({
      status: 403,
      code: 'not_permitted',
    });
    await expect(open({ session: unknown })).rejects.toMatchObject({ status: 404, code: 'not_found' });
    await expect(connect(server.url, key, { headers: { origin: 'https://evil.example' } })).rejects.toBeInstanceOf(
      Refused,
    );
    await expect(connect(server.url, key, { query: { intent: 'conversation' } })).rejects.toMatchObject({
      status: 400,
    });
    const byProtocol = await connect(server.url, null, { protocols: ['realtime', `openai-insecure-api-key.${key}`] });
    expect(byProtocol.socket.protocol).toBe('realtime');
    await byProtocol.close();
    await live.close();
    await expect(live.closed).resolves.toMatchObject({ code: 1000 });
  });

  it('keeps a session on mistakes, tells a gap, counts bytes once', async () => {
    const live = await open();
    live.send({ type: 'nonsense' });
    expect((await live.next('error'))['error']).toMatchObject({ code: 'invalid_request' });
    live.socket.send('{');
    expect((await live.next('error', 2))['error']).toMatchObject({ code: 'invalid_request' });
    const sound = clip('jfk.wav');
    const send = (from: number, to: number): void =>
      live.send({
        type: 'input_audio_buffer.append',
        event_id: 'mine',
        offset: from,
        audio: sound.subarray(from, to).toString('base64'),
      });
    send(0, 64_000);
    send(32_000, 96_000);
    send(128_000, 160_000);
    expect((await live.next('error', 3))['error']).toMatchObject({
      code: 'audio_gap',
      received: 96_000,
      event_id: 'mine',
    });
    send(0, sound.length);
    live.send({ type: 'cordon.session.finish' });
    const finished = await live.next('cordon.session.finished');
    const recording = await ask(server.url, key, 'GET', `/api/recordings/${String(finished['recording'])}`);
    expect(recording.body).toMatchObject({ duration: 11 });
    const replay = await connect(server.url, key, { query: { session: idOf(live) } });
    await replay.next('cordon.session.finished');
    expect(numbered(replay.events)).toEqual(numbered(live.events));
  });
});

async function outcomes(server: TestServer): Promise<unknown[]> {
  const rows = await sql(
    server,
    "SELECT convert_from(header, 'UTF8') AS header FROM cordon.ledger_entry ORDER BY index",
  );
  return (rows as { header: string }[])
    .map(({ header }) => JSON.parse(header) as { kind: string })
    .filter(({ kind }) => kind === 'call.outcome');
}

/** A key of another tenant that may do the same. */
async function strangersKey(server: TestServer, admin: string): Promise<string> {
  const made = await ask(server.url, admin, 'POST', '/api/tenants', {
    body: { name: 'Other', administrator: { name: 'Other', email: 'other@example.test' } },
  });
  const { token } = made.body['invitation'] as { token: string };
  const session = await signIn(server.url, await answerInvitation(server.url, token, 'other@example.test'));
  const key = await ask(server.url, session, 'POST', '/api/api-keys', {
    body: { name: 'x', permissions: ['transcription.create'] },
  });
  return String(key.body['secret']);
}

async function hearing(server: TestServer): Promise<void> {
  // The server answers before its engine is ready.
  while (!(await ask(server.url, null, 'GET', '/readyz')).text.includes('"state":"ready"')) await pause(100);
}

/** Kills those at work and those that wait; returns how many. */
function killLiveChildren(server: TestServer): number {
  const lines = execFileSync('ps', ['-eo', 'pid,ppid,args']).toString().split('\n');
  const pids = lines
    .filter(
      (line) =>
        line.includes('live.child.ts') && isBelow(Number(line.trim().split(/\s+/)[1]), server.process.pid ?? -1),
    )
    .map((line) => Number(line.trim().split(/\s+/)[0]));
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  return pids.length;
}

function isBelow(pid: number, ancestor: number): boolean {
  for (
    let at = pid;
    at > 1;
    at = Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${at}/status`, 'latin1'))?.[1] ?? 0)
  ) {
    if (at === ancestor) return true;
  }
  return false;
}

/** ITU-T G.711 µ-law. */
function mulaw(sample: number): number {
  const value = Math.min(32_635, Math.abs(Math.round(sample))) + 0x84;
  const exponent = Math.floor(Math.log2(value)) - 7;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | ((value >> (exponent + 3)) & 0x0f)) & 0xff;
}
