// The live sessions that this process holds: opened under the consent gate, taken up again by id, ended when nobody comes back, and those
// that another process left behind turned into recordings.
import { ProblemError } from '@cordon/contract';
import { passGate } from '#clinical/encounters/consents.ts';
import { readEncounter } from '#clinical/encounters/encounters.ts';
import type { HearLive } from '#clinical/transcription/speech.ts';
import type { TranscriptionWish } from '#clinical/transcription/transcriptions.queries.ts';
import type { TranscriptionParts } from '#clinical/transcription/transcriptions.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import { createDesk, isLost, type Desk } from './desk.ts';
import { readEvents } from './events.ts';
import { keepAbandoned } from './finish.ts';
import {
  abandonedSessions,
  deleteOldEvents,
  insertSession,
  lastEventNumber,
  lastSoundOrdinal,
  sessionById,
  takeUp,
  type LiveSessionRow,
} from './live.queries.ts';
import { LiveSession } from './session.ts';
import { DEFAULT_SETUP, LONGEST_MS } from './setup.ts';
import { Story } from './story.ts';
import { deleteWithdrawn } from './withdrawn.ts';

/** Minutes that a session waits for its client to come back: a phone that changes networks, a browser that is restarted. */
const RESUMABLE_MS = 10 * 60_000;

/** Milliseconds without sound after which a session ends although its client is there: a forgotten microphone. */
const SILENT_MS = 15 * 60_000;

/** Sessions of one credential at once: a practice behind one key. */
const PER_ACTOR = 16;

const RETRY_AFTER_SECONDS = 30;

export interface LiveParts extends TranscriptionParts {
  readonly hearLive: HearLive;
  /** Codes only; for the log. */
  readonly onEvent: (event: 'live.child_lost' | 'live.keep_failed', code: string) => void;
}

export interface LiveWish {
  readonly encounter: string;
  readonly wish: TranscriptionWish;
  readonly actor: ActorRef;
}

interface Seat {
  readonly session: LiveSession;
  readonly tenant: TenantId;
  readonly openedAt: number;
  attached: AbortController | null;
  /** When its client was last there, and when sound last came; monotonic milliseconds. */
  seenAt: number;
  soundAt: number;
  received: number;
}

/** A client at a session. `left`: the client is gone; the session waits for it. */
export interface Attached {
  readonly session: LiveSession;
  /** Aborted when another connection took the session. */
  readonly superseded: AbortSignal;
  readonly leave: () => void;
}

export class LiveSessions {
  readonly #parts: LiveParts;
  readonly #seats = new Map<string, Seat>();
  /** Credentials whose sessions are being opened or taken up: one for each that is not yet in its seat. */
  readonly #coming: string[] = [];
  /** Sessions that are being taken up: whoever else wants one waits for it. */
  readonly #takingUp = new Map<string, Promise<unknown>>();
  #stopped = false;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** Errors: `not_found`, `consent_missing`, `consent_withdrawn`, `rate_limited`; the decision's refusal; those of `HearLive`. */
  async open(tenant: TenantId, { encounter, wish, actor }: LiveWish): Promise<Attached> {
    const arrive = this.#arrive(tenant, actor.id);
    try {
      const { clock } = this.#parts;
      const id = newId();
      const desk = await createDesk(this.#parts, tenant, id, 1);
      const recording = newId();
      await recorded(this.#parts, tenant, async (tx, record) => {
        await passGate(this.#parts, { tx, record, sealer: desk.sealer, tenant, actor }, encounter);
        const row = { id, encounter, recording, setup: DEFAULT_SETUP, requested: wish, actor, at: clock.now() };
        await insertSession(tx, row);
      });
      const row = await this.#row(tenant, id);
      return await this.#begin(desk, row, { bytes: 0, ordinal: 0 }, arrive);
    } finally {
      arrive();
    }
  }

  /**
   * The same credential's session, held here or left behind by another process or an earlier life of this one. A session that ended is given
   * to be read. Errors: `not_found`; `consent_withdrawn`; those of `open`.
   */
  async resume(tenant: TenantId, actor: ActorRef, id: string): Promise<Attached> {
    // Each of many who come at once would raise the epoch and load an engine, to be thrown out by the next.
    while (this.#takingUp.has(id)) await this.#takingUp.get(id);
    const resumed = this.#resume(tenant, actor, id);
    this.#takingUp.set(
      id,
      resumed.catch(() => undefined),
    );
    try {
      return await resumed;
    } finally {
      this.#takingUp.delete(id);
    }
  }

  async #resume(tenant: TenantId, actor: ActorRef, id: string): Promise<Attached> {
    const seat = this.#seats.get(id);
    if (seat !== undefined) {
      if (seat.tenant !== tenant || seat.session.actorId !== actor.id) throw new ProblemError('not_found');
      const { session } = seat;
      if (!session.hasFailed && (session.isOver || (await session.note()))) return this.#attach(seat);
      await session.run(); // when another process took it up meanwhile, what this one knows of it is old
    }
    const found = await this.#row(tenant, id);
    if (found.actor_id !== actor.id) throw new ProblemError('not_found');
    if (found.state === 'quarantined' || found.state === 'deleted') throw new ProblemError('consent_withdrawn');
    if (found.state === 'closed') return this.#readEnded(tenant, found);
    const arrive = this.#arrive(tenant, actor.id);
    try {
      const row = await this.#parts.store.asTenant(tenant, (tx) => takeUp(tx, id, this.#parts.clock.now()));
      if (row === null) throw new ProblemError('conflict');
      const desk = await createDesk(this.#parts, tenant, id, row.epoch);
      const ordinal = await this.#parts.store.asTenant(tenant, (tx) => lastSoundOrdinal(tx, id));
      return await this.#begin(desk, row, { bytes: row.bytes, ordinal }, arrive);
    } finally {
      arrive();
    }
  }

  /** Ends what nobody wants any more, says that the rest is held. Called now and then. */
  async upkeep(): Promise<void> {
    const now = this.#parts.clock.monotonicMs();
    for (const seat of this.#seats.values()) {
      if (seat.session.received !== seat.received) seat.soundAt = now;
      seat.received = seat.session.received;
      if (seat.attached !== null) seat.seenAt = now;
      const gone = now - seat.seenAt > RESUMABLE_MS;
      if (gone || now - seat.soundAt > SILENT_MS || now - seat.openedAt > LONGEST_MS) void seat.session.finish();
      else await seat.session.note();
    }
  }

  /**
   * Sessions that no process holds any more, and to which nobody came back, become recordings; what was withdrawn is deleted in time.
   * Returns how many became recordings.
   */
  async sweep(tenant: TenantId): Promise<number> {
    const { store, clock } = this.#parts;
    const now = clock.now().getTime();
    const rows = await store.asTenant(tenant, (tx) => abandonedSessions(tx, new Date(now - RESUMABLE_MS)));
    const left = rows.filter(({ id }) => !this.#seats.has(id));
    for (const row of left) {
      await keepAbandoned(this.#parts, tenant, row).catch((error: unknown) => {
        if (!isLost(error)) this.#parts.onEvent('live.keep_failed', row.id);
      });
    }
    await store.asTenant(tenant, (tx) => deleteOldEvents(tx, new Date(now - RESUMABLE_MS)));
    await deleteWithdrawn(this.#parts, tenant);
    return left.length;
  }

  /** What came is durable, clients are told to come back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#seats.values()].map(({ session }) => session.suspend()));
  }

  /** `seated` is called when the session counts by itself. */
  async #begin(
    desk: Desk,
    row: LiveSessionRow,
    sound: { bytes: number; ordinal: number },
    seated: () => void,
  ): Promise<Attached> {
    if (this.#stopped) throw new ProblemError('shutting_down');
    const { story, last } = await recall(desk);
    const patient = await this.#patientOf(desk, row.encounter);
    const parts = {
      hearLive: this.#parts.hearLive,
      onLost: (error: { readonly ended: { readonly how: string } }) =>
        this.#parts.onEvent('live.child_lost', error.ended.how),
    };
    const session = new LiveSession(desk, parts, { row, sound, story, last, patient });
    const now = this.#parts.clock.monotonicMs();
    const seat: Seat = {
      session,
      tenant: desk.tenant,
      openedAt: now,
      attached: null,
      seenAt: now,
      soundAt: now,
      received: sound.bytes,
    };
    this.#seats.set(row.id, seat);
    seated();
    void session.run().finally(() => {
      if (this.#seats.get(row.id) === seat) this.#seats.delete(row.id);
    });
    await session.ready();
    return this.#attach(seat);
  }

  /** One client at a time: the newest. */
  #attach(seat: Seat): Attached {
    seat.attached?.abort();
    const mine = new AbortController();
    seat.attached = mine;
    seat.seenAt = this.#parts.clock.monotonicMs();
    const leave = (): void => {
      if (seat.attached !== mine) return;
      seat.attached = null;
      seat.seenAt = this.#parts.clock.monotonicMs();
    };
    return { session: seat.session, superseded: mine.signal, leave };
  }

  /** For a client that missed the end. */
  async #readEnded(tenant: TenantId, row: LiveSessionRow): Promise<Attached> {
    const desk = await createDesk(this.#parts, tenant, row.id, row.epoch);
    const last = await this.#parts.store.asTenant(tenant, (tx) => lastEventNumber(tx, row.id));
    if (last === 0) throw new ProblemError('live_session_over');
    const story = new Story();
    const session = LiveSession.ended(desk, { row, sound: { bytes: row.bytes, ordinal: 0 }, story, last, patient: '' });
    return { session, superseded: new AbortController().signal, leave: () => undefined };
  }

  async #row(tenant: TenantId, id: string): Promise<LiveSessionRow> {
    const row = await this.#parts.store.asTenant(tenant, (tx) => sessionById(tx, id));
    if (row === null) throw new ProblemError('not_found');
    return row;
  }

  async #patientOf({ tenant, sealer }: Desk, encounter: string): Promise<string> {
    const { identity } = await readEncounter(this.#parts, tenant, encounter);
    return Buffer.from(sealer.lookup('patient', identity.reveal().patient)).toString('hex');
  }

  /** Counts a session of that credential until the returned function is called. Errors: `rate_limited`. */
  #arrive(tenant: TenantId, actor: string): () => void {
    const who = `${tenant} ${actor}`;
    const held = [...this.#seats.values()].filter((seat) => `${seat.tenant} ${seat.session.actorId}` === who);
    const coming = this.#coming.filter((one) => one === who);
    if (held.length + coming.length >= PER_ACTOR)
      throw new ProblemError('rate_limited', { retryAfter: RETRY_AFTER_SECONDS });
    this.#coming.push(who);
    let arrived = false;
    return () => {
      if (!arrived) this.#coming.splice(this.#coming.indexOf(who), 1);
      arrived = true;
    };
  }
}

async function recall(desk: Desk): Promise<{ readonly story: Story; readonly last: number }> {
  const story = new Story();
  let last = 0;
  for (;;) {
    const page = await readEvents(desk, last);
    if (page.length === 0) return { story, last };
    for (const one of page) story.recall(one);
    last = page.at(-1)?.number ?? last;
  }
}
