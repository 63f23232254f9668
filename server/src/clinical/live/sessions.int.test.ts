// Live sessions under clients that come all at once, come back elsewhere, send odd things, and consent that ends: two holders on one
// database, as two servers are. The engine stands in: it says a word for every second of sound.
import { nothingElsewhere } from '#test/remote.ts';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localSpeech } from '#boundary/policy/decide.samples.ts';
import { openAudio } from '#clinical/audio/recordings.ts';
import { recordConsent, withdrawConsent } from '#clinical/encounters/consents.ts';
import { createEncounter } from '#clinical/encounters/encounters.ts';
import { ChildLost } from '#clinical/transcription/engines/engine-child.ts';
import type { LiveJob, LiveMessage } from '#clinical/transcription/engines/messages.ts';
import type { LiveHearer } from '#clinical/transcription/speech.ts';
import { NO_WORDS } from '#clinical/vocabulary/tenant-words.ts';
import { newId } from '#kernel/ids.ts';
import { openLocalBlobs } from '#platform/blobs/local-blobs.ts';
import type { Jobs } from '#platform/jobs/jobs.ts';
import { buildHouse, type TestHouse } from '#test/house.ts';
import { createDesk } from './desk.ts';
import type { Numbered } from './events.ts';
import { sessionById } from './live.queries.ts';
import { LiveSession } from './session.ts';
import { LiveSessions, type Attached, type LiveParts } from './sessions.ts';
import { longestBytes, type LiveSetup } from './setup.ts';
import { Story } from './story.ts';

const PCM: LiveSetup = { encoding: 'pcm', sampleRate: 16_000, pause: null };
const SECOND = 32_000;
const VERBAL = { manner: 'verbal', by: null, textVersion: null, obtainedAt: null, jurisdiction: null } as const;
const SCOPE = { capabilities: null, purposes: null, services: null, lowestDataClass: 'phi' } as const;

let house: TestHouse;
let parts: LiveParts;
let loaded = 0;
const holders: LiveSessions[] = [];

beforeAll(async () => {
  house = await buildHouse();
  const { version: _, ...service } = localSpeech();
  await house.registry.ensurePolicy(house.tenant, { type: 'system', id: 'test' });
  await house.registry.ensureInProcess(house.tenant, { type: 'system', id: 'test' }, service);
  const jobs: Jobs = { enqueue: async () => undefined, work: async () => undefined, stop: async () => undefined };
  parts = {
    ...house,
    jobs,
    blobs: await openLocalBlobs({ directory: join(house.directory, 'blobs'), sweep: true }),
    wordsOf: () => Promise.resolve(NO_WORDS),
    inspect: { arriving: () => null, stored: () => Promise.reject(new Error('only WAV here')) },
    remote: nothingElsewhere(),
    recognise: () => Promise.reject(new Error('nobody asks')),
    hearLive: async () => {
      loaded += 1;
      await pause(20);
      return new StandIn();
    },
    onEvent: () => undefined,
  };
});
afterAll(async () => {
  for (const holder of holders) await holder.stop();
  await house.close();
});

const server = (): LiveSessions => {
  const made = new LiveSessions(parts);
  holders.push(made);
  return made;
};

/** One turn from the first sample to a commit, a clear or the end; `w1 w2 …` while it goes on. */
class StandIn implements LiveHearer {
  readonly engine = 'stand-in 1';
  readonly model = 'stand-in';
  readonly modelDigest = '0'.repeat(64);
  readonly accuracy = 'standard';
  readonly #gone = new AbortController();
  readonly #messages: LiveMessage[] = [];
  #changed = Promise.withResolvers<void>();
  #at = 0;
  #began = 0;
  #told = '';
  #open = false;

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  begin({ from, startAt, told }: LiveJob): Promise<void> {
    [this.#at, this.#began, this.#told] = [from, startAt, told];
    return Promise.resolve();
  }

  async audio(bytes: Uint8Array): Promise<void> {
    this.#at += bytes.length / 2;
    if (this.#at <= this.#began) return;
    if (!this.#open) this.#say({ type: 'began', start: this.#began, position: Math.floor(this.#at) });
    this.#open = true;
    const text = this.#text();
    if (text.length > this.#told.length) {
      this.#say({ type: 'text', delta: text.slice(this.#told.length), position: Math.floor(this.#at) });
      this.#told = text;
    }
    await Promise.resolve();
  }

  tell(what: 'commit' | 'clear' | 'end'): Promise<void> {
    const at = Math.floor(this.#at);
    const empty = !this.#open;
    if (this.#open && what !== 'clear')
      this.#say({ type: 'ended', delta: '', words: this.#words(), end: at, resumeAt: at, position: at });
    if (what === 'end') this.#say({ type: 'heardAll', samples: at });
    else this.#say({ type: 'obeyed', what, empty, resumeAt: at });
    [this.#open, this.#told, this.#began] = [false, '', at];
    return Promise.resolve();
  }

  async *heard(): AsyncGenerator<LiveMessage, void, void> {
    for (;;) {
      const next = this.#messages.shift();
      if (next === undefined) {
        if (this.#gone.signal.aborted) throw new ChildLost({ how: 'stopped' });
        await this.#changed.promise;
        continue;
      }
      yield next;
      if (next.type === 'heardAll') return;
    }
  }

  release(): void {
    this.#gone.abort();
    this.#changed.resolve();
  }

  #say(message: LiveMessage): void {
    this.#messages.push(message);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  #text(): string {
    return this.#words()
      .map(({ spoken }) => `${spoken} `)
      .join('');
  }

  #words() {
    const seconds = Math.floor((this.#at - this.#began) / 16_000);
    return Array.from({ length: seconds }, (_, index) => {
      const start = this.#began / 16_000 + index;
      return { spoken: `w${String(index + 1)}`, start, end: start + 0.5, confidence: 0.9 };
    });
  }
}

async function visit(): Promise<string> {
  const identity = { patient: 'pt-1', reference: null, startedAt: null, endedAt: null };
  const about = { id: newId(), purpose: 'ambient-documentation', demo: false, clinician: null, identity };
  const actor = { type: 'person', id: newId() } as const;
  const { id } = await createEncounter(parts, house.tenant, actor, about);
  await recordConsent(parts, house.tenant, actor, id, VERBAL);
  return id;
}

const wishFor = (encounter: string, actor: { type: 'key'; id: string }) => ({
  encounter,
  actor,
  wish: {
    service: null,
    purpose: 'ambient-documentation',
    scope: SCOPE,
    onBehalfOf: null,
    residency: null,
    tags: [],
    request: null,
  },
});

const caller = () => ({ type: 'key', id: newId() }) as const;

async function opened(at: LiveSessions, actor = caller(), encounter?: string): Promise<Attached> {
  const attached = await at.open(house.tenant, wishFor(encounter ?? (await visit()), actor));
  await attached.session.setUp(PCM);
  return attached;
}

const noise = (bytes: number): Buffer => Buffer.from(Uint8Array.from({ length: bytes }, (_, at) => (at * 7) % 251));

async function told(session: LiveSession): Promise<Numbered[]> {
  const all: Numbered[] = [];
  for await (const some of session.follow(0, new AbortController().signal)) all.push(...some);
  return all;
}

const row = async (id: string) => {
  const found = await house.store.asTenant(house.tenant, (tx) => sessionById(tx, id));
  if (found === null) throw new Error('no row');
  return found;
};

/** The sound of the recording that a session became, without its header. */
async function soundOf(recording: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await openAudio(parts, house.tenant, recording)).audio) chunks.push(chunk);
  return Buffer.concat(chunks).subarray(44);
}

const count = async (table: string, session: string): Promise<number> =>
  (
    await house.database.admin<{ n: number }>(`SELECT count(*)::int AS n FROM cordon.${table} WHERE session = $1`, [
      session,
    ])
  )[0]?.n ?? -1;

describe('live sessions', { timeout: 60_000 }, () => {
  it('gives a credential its sixteen, also when it asks for forty at once, and others theirs', async () => {
    const at = server();
    const actor = caller();
    const encounter = await visit();
    const asked = await Promise.allSettled(
      Array.from({ length: 40 }, () => at.open(house.tenant, wishFor(encounter, actor))),
    );
    const got = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(got).toHaveLength(16);
    for (const one of asked) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'rate_limited' });
    const other = await opened(at);
    await Promise.all([...got, other].map(({ session }) => session.finish()));
    const freed = await at.open(house.tenant, wishFor(encounter, actor));
    await freed.session.finish();
  });

  it('is taken up once by many who come back at the same time, and the last of them has it', async () => {
    const first = server();
    const actor = caller();
    const { session } = await opened(first, actor);
    const sound = noise(5 * SECOND);
    await session.append(sound.subarray(0, 3 * SECOND), 0);
    await first.stop();
    const second = server();
    const before = loaded;
    const all = await Promise.all(Array.from({ length: 30 }, () => second.resume(house.tenant, actor, session.id)));
    expect(loaded - before, 'engines').toBe(1);
    expect((await row(session.id)).epoch).toBe(2);
    expect(all.filter(({ superseded }) => !superseded.aborted)).toHaveLength(1);
    const mine = all.find(({ superseded }) => !superseded.aborted);
    expect(mine?.session.received).toBe(3 * SECOND);
    await mine?.session.append(sound.subarray(2 * SECOND), 2 * SECOND);
    await mine?.session.finish();
    const { recording } = await row(session.id);
    expect((await soundOf(recording)).equals(sound)).toBe(true);
  });

  it('goes from server to server and back while both run: nothing lost, nothing twice, one holder', async () => {
    const [a, b] = [server(), server()];
    const actor = caller();
    const sound = noise(9 * SECOND);
    const onA = await opened(a, actor);
    const { id } = onA.session;
    const seenOnA = told(onA.session).catch((error: unknown) => error);
    await onA.session.append(sound.subarray(0, 3 * SECOND), 0);
    onA.leave();
    const onB = await b.resume(house.tenant, actor, id);
    const at = onB.session.received;
    await onB.session.append(sound.subarray(at, 6 * SECOND), at);
    // The client comes back to A, which still believes that it has the session.
    const again = await a.resume(house.tenant, actor, id);
    expect(await seenOnA).toMatchObject({ code: 'live_session_taken' });
    expect(again.session).not.toBe(onA.session);
    expect((await row(id)).epoch).toBe(3);
    const from = again.session.received;
    expect(from).toBeLessThanOrEqual(6 * SECOND);
    await again.session.append(sound.subarray(from), from);
    const [events] = await Promise.all([told(again.session), again.session.finish()]);
    expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + 1));
    const text = events.map(({ event }) => (event.type === 'said' ? event.delta : '')).join('');
    expect(text.trim().split(' ')).toEqual(Array.from({ length: 9 }, (_, index) => `w${String(index + 1)}`));
    expect((await soundOf((await row(id)).recording)).equals(sound)).toBe(true);
    await b.upkeep();
    expect(onB.session.hasFailed, 'who lost it notices by itself').toBe(true);
  });

  it('keeps every byte of thirty thousand appends of one byte, among as many of none, and of halves of samples', async () => {
    const { session } = await opened(server());
    const sound = noise(30_001);
    const began = performance.now();
    for (let sent = 0; sent < sound.length; sent += 1) {
      await session.append(new Uint8Array(0), null);
      await session.append(sound.subarray(sent, sent + 1), sent);
    }
    expect(performance.now() - began).toBeLessThan(20_000);
    await session.finish();
    expect((await soundOf((await row(session.id)).recording)).subarray(0, sound.length).equals(sound)).toBe(true);
  });

  it('commits and clears what there is, and nothing where there is nothing', async () => {
    const { session } = await opened(server());
    expect(await session.command('clear')).toBe(false);
    expect(await session.command('commit')).toBe(false);
    await session.append(noise(SECOND / 20), null);
    expect(await session.command('commit'), 'a twentieth of a second').toBe(false);
    await session.append(noise(SECOND), null);
    expect(await session.command('commit')).toBe(true);
    for (let flood = 0; flood < 1_000; flood += 1) expect(await session.command('commit')).toBe(false);
    await session.append(noise(2), null);
    expect(await session.command('clear')).toBe(true);
    const [events] = await Promise.all([told(session), session.finish()]);
    expect(events.length).toBeLessThan(12);
  });

  it('takes eight hours of sound and no more, however fast they come', async () => {
    for (const setup of [
      PCM,
      { ...PCM, sampleRate: 24_000 },
      { ...PCM, encoding: 'mulaw', sampleRate: 8_000 },
    ] as const)
      expect(longestBytes(setup)).toBeLessThan(2 ** 31);
    const { session } = await opened(server());
    const desk = await createDesk(parts, house.tenant, session.id, 1);
    const sound = { bytes: longestBytes(PCM) - 10, ordinal: 1 };
    const nearly = { row: await row(session.id), sound, story: new Story(), last: 0, patient: '' };
    const full = new LiveSession(
      desk,
      { hearLive: () => Promise.reject(new Error('no')), onLost: () => undefined },
      nearly,
    );
    await expect(full.append(noise(11), null)).rejects.toMatchObject({ code: 'live_session_over' });
    expect(full.isOver).toBe(true);
    await full.run();
    await session.finish();
  });

  it('deletes what came of a withdrawn session after a week, once, and says so', async () => {
    const [a, b] = [server(), server()];
    const actor = caller();
    const encounter = await visit();
    const { session } = await opened(a, actor, encounter);
    await session.append(noise(4 * SECOND), null);
    await expect.poll(() => count('live_event', session.id)).toBeGreaterThan(1);
    await expect.poll(() => session.durable).toBe(4 * SECOND);
    await withdrawConsent(parts, house.tenant, actor, encounter, null);
    await a.upkeep();
    expect(session.hasFailed).toBe(true);
    await a.sweep(house.tenant);
    expect(await count('live_sound', session.id), 'a week has not passed').toBeGreaterThan(0);
    await house.database.admin(
      "UPDATE cordon.consent SET withdrawn_at = withdrawn_at - interval '8 days' WHERE encounter = $1",
      [encounter],
    );
    await Promise.all([a.sweep(house.tenant), b.sweep(house.tenant)]);
    expect([await count('live_sound', session.id), await count('live_event', session.id)]).toEqual([0, 0]);
    expect((await row(session.id)).state).toBe('deleted');
    const said = async () =>
      (await house.headers()).filter(
        ({ detail }) => (detail as { change?: string }).change === 'withdrawn-sound-deleted',
      );
    await expect.poll(said).toHaveLength(1);
    expect((await said())[0]).toMatchObject({ kind: 'encounter.changed', detail: { encounter, bytes: 4 * SECOND } });
    await expect(b.resume(house.tenant, actor, session.id)).rejects.toMatchObject({ code: 'consent_withdrawn' });
    await a.sweep(house.tenant);
    expect(await said()).toHaveLength(1);
  });
});
