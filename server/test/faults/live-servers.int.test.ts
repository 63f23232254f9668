// Two server processes on one database: a live session goes from one to the other, and one is killed while the other takes over.
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHome } from '#platform/home/home.ts';
import { databaseUrl } from '#platform/store/connection.ts';
import { startEmbeddedPostgres } from '#platform/store/embedded/embedded.ts';
import { ask } from '../client.ts';
import { clip, completedOf, connect, PCM_16K, toldOf, type Event, type Live } from '../live.ts';
import { hasSpeechData, startServer, type TestServer } from '../server.ts';

describe.skipIf(!hasSpeechData)('a live session between two servers', { timeout: 180_000 }, () => {
  let parent = '';
  let stopDatabase: () => Promise<void> = () => Promise.resolve();
  let a: TestServer;
  let b: TestServer;
  let start: (home: string) => Promise<TestServer>;
  let key = '';

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'cordon-two-'));
    await chmod(parent, 0o711); // the database's account passes through
    const held = await openHome(join(parent, 'database'));
    const secret = randomBytes(32);
    const database = await startEmbeddedPostgres({
      home: held.path,
      installationSecret: secret,
      onEvent: () => undefined,
    });
    stopDatabase = () => database.stop();
    const env = { DATABASE_URL: databaseUrl(database.admin) };
    // Each has a home of its own; keys, recordings and anchors are the installation's.
    const first = join(parent, 'a');
    start = async (home) => {
      if (home !== first) {
        await mkdir(home, { mode: 0o711 });
        await cp(join(first, 'credentials.json'), join(home, 'credentials.json'));
        await symlink(join(first, 'blobs'), join(home, 'blobs'));
      }
      const shared = { CORDON_KEYS: `${first}-keys`, CORDON_ANCHORS: `${first}-anchors` };
      const server = await startServer({ home, env: { ...env, ...shared } });
      while (!(await ask(server.url, null, 'GET', '/readyz')).text.includes('"state":"ready"')) await pause(100);
      return server;
    };
    a = await start(first);
    b = await start(join(parent, 'b'));
    key = a.credentials.apiKey;
  }, 180_000);
  afterAll(async () => {
    await Promise.all([a.stop(), b.stop()]);
    await stopDatabase();
    await rm(parent, { recursive: true, force: true });
  }, 60_000);

  const numbered = (events: readonly Event[]): Event[] => events.filter(({ event_id }) => /_\d+_\d$/.test(event_id));
  const sessionOf = (live: Live) =>
    live.events.find(({ type }) => type === 'session.created')?.['session'] as {
      id: string;
      cordon: { received: number };
    };

  async function begin(at: TestServer): Promise<Live> {
    const live = await connect(at.url, key, { query: { acknowledge: 'true' } });
    await live.next('session.created');
    live.send(PCM_16K);
    await live.next('session.updated');
    return live;
  }

  async function back(at: TestServer, id: string, seen: readonly Event[]): Promise<Live> {
    const after = numbered(seen).at(-1)?.event_id;
    const live = await connect(at.url, key, { query: { session: id, ...(after === undefined ? {} : { after }) } });
    await live.next('session.created');
    return live;
  }

  /** The whole sound on one server, for comparison. */
  async function undisturbed(sound: Buffer): Promise<string[]> {
    const live = await begin(b);
    await live.speak(sound);
    live.send({ type: 'cordon.session.finish' });
    await live.next('cordon.session.finished');
    return [...completedOf(live.events).values()];
  }

  async function finish(live: Live, sound: Buffer, seen: Event[], id: string): Promise<void> {
    const from = sessionOf(live).cordon.received;
    await live.speak(sound.subarray(from), { offset: from });
    live.send({ type: 'cordon.session.finish' });
    const finished = await live.next('cordon.session.finished');
    seen.push(...numbered(live.events));
    expect(new Set(seen.map(({ event_id }) => event_id)).size, `each event of ${id} once`).toBe(seen.length);
    expect(toldOf(seen)).toEqual(completedOf(seen));
    expect([...completedOf(seen).values()]).toEqual(await undisturbed(sound));
    const recording = await ask(b.url, key, 'GET', `/api/recordings/${String(finished['recording'])}`);
    expect(recording.body).toMatchObject({ duration: sound.length / 32_000 });
  }

  it('goes to the other and back without a word lost or doubled; the one that lost it says so', async () => {
    const sound = clip('aws-mta-2.wav').subarray(0, 12 * 32_000);
    const onA = await begin(a);
    const { id } = sessionOf(onA);
    await onA.speak(sound.subarray(0, 5 * 32_000), { offset: 0 });
    await onA.next('conversation.item.input_audio_transcription.delta', 2);
    const seen = numbered(onA.events);
    const onB = await back(b, id, seen);
    // Whoever still holds on to A is told at the next thing that A wants to store.
    const left = sessionOf(onB).cordon.received;
    await onA.speak(sound.subarray(5 * 32_000, 7 * 32_000), { offset: 5 * 32_000 });
    expect(await onA.closed).toEqual({ code: 1008, reason: 'live_session_taken' });
    await onB.speak(sound.subarray(left, 9 * 32_000), { offset: left });
    await onB.next('conversation.item.input_audio_transcription.delta');
    onB.socket.terminate();
    await onB.closed;
    seen.push(...numbered(onB.events));
    await finish(await back(a, id, seen), sound, seen, id);
  });

  it('is taken over while the server that holds it is killed', async () => {
    const sound = clip('aws-mta-1.wav').subarray(0, 12 * 32_000);
    const onA = await begin(a);
    const { id } = sessionOf(onA);
    await onA.speak(sound.subarray(0, 6 * 32_000), { offset: 0 });
    await onA.next('cordon.audio.received');
    const killed = a.kill();
    const seen: Event[] = [];
    const taking = back(b, id, numbered(onA.events));
    await killed;
    await onA.closed;
    const onB = await taking;
    const acknowledged = Math.max(...onA.events.map((event) => Number(event['bytes'] ?? 0)));
    expect(sessionOf(onB).cordon.received, 'what was acknowledged').toBeGreaterThanOrEqual(acknowledged);
    const known = new Set(numbered(onB.events).map(({ event_id }) => event_id));
    seen.push(...numbered(onA.events).filter(({ event_id }) => !known.has(event_id)));
    await finish(onB, sound, seen, id);
  });
});
