// WS /v1/realtime?intent=transcription: live transcription in the event shapes that OpenAI's clients speak (docs/formats/live.md).
// A connection is only a way to a session: it may break and another take its place.
import {
  isProblem,
  parseOrRefuse,
  ProblemError,
  RealtimeClientEvent,
  type ProblemCode,
  type RealtimeQuery,
} from '@cordon/contract';
import { countCall, type Meter } from '#boundary/limits/meter.ts';
import type { Exchange, Handlers, Reserved } from '#api/routing/handler.ts';
import type { PatientGuard } from '#api/manage/guard.ts';
import type { Attached, LiveSessions } from '#clinical/live/sessions.ts';
import type { TranscriptionParts } from '#clinical/transcription/transcriptions.ts';
import type { Principal } from '#custody/access/principal.ts';
import { newId } from '#kernel/ids.ts';
import { parseJson } from '#kernel/json.ts';
import { WireClosed, type Wire } from '#platform/http/wire.ts';
import {
  emptyCommit,
  errorEvent,
  oldSessionShape,
  placeOf,
  sessionShape,
  setupAsked,
  toWire,
  type Shown,
} from './realtime-events.ts';
import { admitVisit, wishOf, type VisitContext } from './visit.ts';

export interface RealtimeRouteParts extends TranscriptionParts {
  readonly live: LiveSessions;
  /** Throws `engine_not_ready` or `engine_missing` while there is no engine. */
  readonly mustHear: () => void;
  readonly meter: Meter;
  /** What is nobody's doing; for the log. */
  readonly onFault: (error: unknown) => void;
}

/** Close codes (RFC 6455 §7.4) where 1008, a refusal, is not what it was. */
const CLOSE_CODES: Partial<Record<ProblemCode, number>> = {
  shutting_down: 1012,
  live_reader_slow: 1013,
  storage_unavailable: 1013,
  ledger_unavailable: 1013,
  engine_failed: 1011,
  internal: 1011,
};

export function realtimeHandlers(parts: RealtimeRouteParts, guard: PatientGuard): Pick<Handlers, 'openRealtime'> {
  return {
    async openRealtime({ query, headers }, { principal, exchange, reserved }) {
      if (!exchange.canUpgrade) throw new ProblemError('upgrade_required');
      parts.mustHear();
      await countCall(parts.meter, principal);
      const context = { ...query, ...headers };
      const attached = await sit(parts, guard, principal, { query, context, exchange, reserved });
      const talk = new Talk(parts, attached, query, exchange.requestId);
      return { talk: (wire) => talk.over(wire), missed: attached.leave };
    },
  };
}

interface Asking {
  readonly query: RealtimeQuery;
  readonly context: VisitContext;
  readonly exchange: Exchange;
  readonly reserved: Reserved;
}

async function sit(
  parts: RealtimeRouteParts,
  guard: PatientGuard,
  principal: Principal,
  { query, context, exchange, reserved }: Asking,
): Promise<Attached> {
  const { tenant, actor } = principal;
  if (query.session !== undefined) return parts.live.resume(tenant, actor, query.session);
  const encounter = await admitVisit(parts, guard, principal, context, reserved);
  const wish = wishOf(principal, encounter, context, query.model ?? 'auto', exchange.requestId);
  return parts.live.open(tenant, { encounter: encounter.id, wish, actor });
}

class Talk {
  readonly #parts: RealtimeRouteParts;
  readonly #attached: Attached;
  readonly #query: RealtimeQuery;
  readonly #request: string;
  readonly #over = new AbortController();
  /** Bytes that the client is being told of as durable; null while nothing is told. */
  #durable: number | null = null;

  constructor(parts: RealtimeRouteParts, attached: Attached, query: RealtimeQuery, request: string) {
    this.#parts = parts;
    this.#attached = attached;
    this.#query = query;
    this.#request = request;
  }

  /** Never rejects. A client that closes with 1000 is done; any other end may be followed by a return. */
  async over(wire: Wire): Promise<void> {
    const { session, superseded, leave } = this.#attached;
    void wire.closed.then(() => this.#over.abort());
    superseded.addEventListener('abort', () => this.#over.abort(new ProblemError('live_session_taken')), {
      once: true,
    });
    const telling = this.#tell(wire);
    await this.#listen(wire);
    const code = await wire.closed;
    await telling;
    if (code === 1000 && !superseded.aborted) await session.finish();
    leave();
  }

  async #tell(wire: Wire): Promise<void> {
    try {
      const { session } = this.#attached;
      if (this.#query.acknowledge === 'true' || this.#query.session !== undefined)
        session.onDurable((bytes) => void this.#acknowledge(wire, bytes));
      await this.#send(wire, { type: 'session.created', session: this.#session() });
      await this.#tellEvents(wire);
      wire.close(1000, 'finished');
    } catch (error) {
      await this.#leaveWith(wire, error);
    }
  }

  async #tellEvents(wire: Wire): Promise<void> {
    const { session } = this.#attached;
    const { after } = this.#query;
    const place = after === undefined ? { number: 0, part: 9 } : placeOf(session.id, after);
    if (place === null || place.number > session.told)
      throw new ProblemError('invalid_request', { field: 'query.after' });
    const half = place.number - (after === undefined ? 0 : 1); // the last event may have been cut off between its parts
    for await (const events of session.follow(Math.max(0, half), this.#over.signal)) {
      for (const one of events) {
        const parts = toWire(this.#shown(), one);
        const missed = one.number === place.number ? parts.slice(place.part + 1) : parts;
        for (const part of missed) await wire.send(JSON.stringify(part));
      }
    }
    if (this.#over.signal.reason instanceof ProblemError) throw this.#over.signal.reason;
  }

  async #listen(wire: Wire): Promise<void> {
    for await (const text of wire.messages()) {
      let asked: RealtimeClientEvent | null = null;
      try {
        this.#attached.superseded.throwIfAborted();
        asked = parseOrRefuse(RealtimeClientEvent, jsonOf(text), 'body');
        await this.#obey(wire, asked);
      } catch (error) {
        if (error instanceof WireClosed || this.#attached.superseded.aborted) return;
        await this.#complain(wire, error, asked?.event_id ?? null);
      }
    }
  }

  async #obey(wire: Wire, asked: RealtimeClientEvent): Promise<void> {
    const { session } = this.#attached;
    switch (asked.type) {
      case 'input_audio_buffer.append':
        return session.append(Buffer.from(asked.audio, 'base64'), asked.offset ?? null);
      case 'input_audio_buffer.commit':
        if (await session.command('commit')) return undefined;
        return this.#send(wire, emptyCommit(asked.event_id ?? null));
      case 'input_audio_buffer.clear':
        if (await session.command('clear')) return undefined;
        return this.#send(wire, { type: 'input_audio_buffer.cleared' });
      case 'cordon.session.finish':
        void session.finish();
        return undefined;
      case 'session.update':
        await this.#setUp(asked);
        return this.#send(wire, { type: 'session.updated', session: this.#session() });
      case 'transcription_session.update':
        await this.#setUp(asked);
        return this.#send(wire, { type: 'transcription_session.updated', session: oldSessionShape(this.#shown()) });
    }
  }

  async #setUp(asked: Extract<RealtimeClientEvent, { session: unknown }>): Promise<void> {
    const { session } = this.#attached;
    const setup = setupAsked(session.setup, asked);
    if (JSON.stringify(setup) !== JSON.stringify(session.setup)) await session.setUp(setup);
  }

  /** A mistake in one message does not end the session. */
  async #complain(wire: Wire, error: unknown, clientEvent: string | null): Promise<void> {
    const problem = this.#asProblem(error);
    await wire.send(JSON.stringify(errorEvent(problem, this.#request, clientEvent, newId()))).catch(() => undefined);
  }

  async #leaveWith(wire: Wire, error: unknown): Promise<void> {
    if (error instanceof WireClosed) return;
    const problem = this.#asProblem(error);
    if (problem.code !== 'live_reader_slow') await this.#complain(wire, problem, null);
    wire.close(CLOSE_CODES[problem.code] ?? 1008, problem.code);
  }

  #asProblem(error: unknown): ProblemError {
    if (isProblem(error)) return error;
    this.#parts.onFault(error);
    return new ProblemError('internal', {}, error);
  }

  /** One at a time, and the latest: what a client that does not read would be told does not pile up. */
  async #acknowledge(wire: Wire, bytes: number): Promise<void> {
    const busy = this.#durable !== null;
    this.#durable = bytes;
    if (busy) return;
    try {
      for (let told = -1; told !== this.#durable && !this.#over.signal.aborted;) {
        told = this.#durable;
        await this.#send(wire, { type: 'cordon.audio.received', bytes: told });
      }
    } catch (error) {
      await this.#leaveWith(wire, error);
    } finally {
      this.#durable = null;
    }
  }

  #send(wire: Wire, event: { readonly type: string } & { readonly [member: string]: unknown }): Promise<void> {
    return wire.send(JSON.stringify({ event_id: `event_${newId()}`, ...event }));
  }

  #session(): object {
    const { session } = this.#attached;
    const { encounter, received, durable } = session;
    return sessionShape(this.#shown(), { encounter, received, durable });
  }

  #shown(): Shown {
    const { session } = this.#attached;
    return { session: session.id, setup: session.setup, model: this.#query.model ?? 'auto' };
  }
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new ProblemError('invalid_request', { field: 'body', rule: 'json' });
  }
}
