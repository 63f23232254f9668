// What a live session tells, in order and numbered: durable before it is told, so that whoever was cut off can ask for what it missed.
import type { ProblemError } from '@cordon/contract';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Binding, Sealed } from '#custody/keys/sealer.ts';
import type { SpokenWord } from '#clinical/transcription/engines/messages.ts';
import type { Desk } from './desk.ts';
import { eventsAfter, insertEvents } from './live.queries.ts';

/** `item`: number of the turn, from 1. Times are milliseconds from the start of the session. Text is PHI. */
export type LiveEvent =
  | { readonly type: 'speech-began'; readonly item: number; readonly ms: number }
  /** To be appended to the item's text. `heardMs`: the sound that had come when this was decided. */
  | { readonly type: 'said'; readonly item: number; readonly delta: string; readonly heardMs: number }
  | { readonly type: 'speech-ended'; readonly item: number; readonly ms: number }
  /** `text`: all that was said of the item. `words` and `resumeAt` (samples) are for taking the session up. */
  | {
      readonly type: 'turn-ended';
      readonly item: number;
      readonly text: string;
      readonly seconds: number;
      readonly words: readonly SpokenWord[];
      readonly resumeAt: number;
    }
  /** The client cleared what was not committed. `item`: the turn that thereby came to nothing, or null. */
  | { readonly type: 'cleared'; readonly item: number | null; readonly resumeAt: number }
  /** The client committed where nobody had spoken. */
  | { readonly type: 'commit-empty'; readonly resumeAt: number }
  | {
      readonly type: 'finished';
      readonly encounter: string;
      readonly recording: string | null;
      readonly transcript: string | null;
    };

export interface Numbered {
  /** From 1. */
  readonly number: number;
  readonly event: LiveEvent;
}

/** Events kept in memory for those who are connected; whoever is further behind reads them from the store. */
const RECENT = 256;

/** Events read from the store at once. */
const PAGE = 100;

export class EventLog {
  readonly #desk: Desk;
  #recent: Numbered[] = [];
  #last: number;
  #told: number;
  #more = Promise.withResolvers<void>();
  #over: { readonly error: ProblemError | null } | null = null;

  /** `last`: number of the last event that is stored. */
  constructor(desk: Desk, last: number) {
    this.#desk = desk;
    this.#last = last;
    this.#told = last;
  }

  /** Number of the last event that was told. */
  get told(): number {
    return this.#told;
  }

  /** Gives the next numbers. */
  number(events: readonly LiveEvent[]): readonly Numbered[] {
    return events.map((event) => ({ number: ++this.#last, event }));
  }

  /** Durable when it resolves. Errors: those of `mustHold`. */
  async store(events: readonly Numbered[]): Promise<void> {
    const { parts, tenant, held } = this.#desk;
    const rows = events.map((one) => ({ ordinal: one.number, sealed: sealEvent(this.#desk, one) }));
    await this.#desk.mustHold(await parts.store.asTenant(tenant, (tx) => insertEvents(tx, held, rows)));
  }

  /** They are durable: those who follow may have them. */
  publish(events: readonly Numbered[]): void {
    this.#recent = [...this.#recent, ...events].slice(-RECENT);
    this.#told = events.at(-1)?.number ?? this.#told;
    this.#wake();
  }

  /** Nothing more will come. Those who follow get what they miss, then the error, if any. */
  close(error: ProblemError | null): void {
    this.#over ??= { error };
    this.#wake();
  }

  /** Events after that number, as they come. The next are looked for when the last were taken: a slow reader costs nothing. */
  async *follow(after: number, signal: AbortSignal): AsyncGenerator<readonly Numbered[], void, void> {
    let at = after;
    while (!signal.aborted) {
      const more = this.#more.promise;
      const over = this.#over;
      const next = await this.#after(at);
      if (next.length > 0) {
        at = next.at(-1)?.number ?? at;
        yield next;
      } else if (over === null) {
        await either(more, signal);
      } else {
        if (over.error !== null) throw over.error;
        return;
      }
    }
  }

  async #after(after: number): Promise<readonly Numbered[]> {
    if (after >= this.#told) return [];
    const [first] = this.#recent;
    if (first !== undefined && first.number <= after + 1) return this.#recent.filter(({ number }) => number > after);
    const stored = await readEvents(this.#desk, after);
    return stored.filter(({ number }) => number <= this.#told);
  }

  #wake(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers<void>();
  }
}

/** A page of stored events. */
export async function readEvents(desk: Omit<Desk, 'held' | 'mustHold'>, after: number): Promise<readonly Numbered[]> {
  const { parts, tenant, sealer, session } = desk;
  const rows = await parts.store.asTenant(tenant, (tx) => eventsAfter(tx, session, after, PAGE));
  return Promise.all(
    rows.map(async (row) => ({
      number: row.ordinal,
      event: await openJson<LiveEvent>(sealer, eventBinding(desk, row.ordinal), row),
    })),
  );
}

export function sealEvent(desk: Pick<Desk, 'tenant' | 'sealer' | 'session'>, { number, event }: Numbered): Sealed {
  return sealJson(desk.sealer, eventBinding(desk, number), 'clinical', event);
}

function eventBinding({ tenant, session }: Pick<Desk, 'tenant' | 'session'>, number: number): Binding {
  return { tenant, kind: 'transcript', id: session, version: number };
}

/** Resolves with the promise or when the signal is aborted. Leaves no listener: somebody who follows waits here for every word. */
async function either(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const leave = (): void => resolve();
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  await Promise.race([promise, aborted]);
  signal.removeEventListener('abort', leave);
}
