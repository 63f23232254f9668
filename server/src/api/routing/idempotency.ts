// Idempotency-Key (spec boundary §5, I9; docs/decisions/0064): a request that is repeated under its key is the first one again.
// The row reserves the id of what the request makes. A repetition after a crash runs the handler with the same id, and
// what the first attempt made is found by it instead of being made twice.
import { timingSafeEqual } from 'node:crypto';
import { isProblem, ProblemError, type RouteId } from '@cordon/contract';
import type { Principal } from '#custody/access/principal.ts';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Binding, Keys, Sealer } from '#custody/keys/sealer.ts';
import type { Ledger } from '#custody/ledger/ledger.ts';
import type { Clock } from '#kernel/clock.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import type { Phi } from '#kernel/phi.ts';
import type { Store } from '#platform/store/store.ts';
import type { Answer, Reserved } from './handler.ts';
import {
  deleteExpired,
  finishKeyed,
  forgetKeyed,
  holdKeyed,
  insertKeyed,
  lockKeyed,
  type FinishedRow,
} from './idempotency.queries.ts';

/** Milliseconds that a key is remembered: a day of retries, as the spec says. */
const KEEP_MS = 24 * 3_600_000;

/** Milliseconds that a process is believed to work on a request without saying so, and between two signs of life. */
const LEASE_MS = 30_000;
const BEAT_MS = 10_000;

export interface IdempotencyParts {
  readonly store: Store;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** What a ledger entry holds. */
  readonly content: (tenant: TenantId, entryId: string) => Promise<Phi<Uint8Array> | null>;
  /** No other process serves this database: what another began has no one left to end it. */
  readonly sole: boolean;
}

export interface KeyedRequest {
  readonly principal: Principal;
  readonly route: RouteId;
  /** As the caller gave it. */
  readonly key: string;
  /** What was asked, in a form that is the same for the same request. */
  readonly asked: unknown;
}

export type Work = (reserved: Reserved) => Promise<Answer<unknown>>;

export interface Idempotency {
  /**
   * Does the work once for its key. Errors: `idempotency_mismatch`, `idempotency_in_progress`, what the work throws. After a refusal
   * (4xx) the key is free again, for nothing was done; after a fault (5xx) a repetition goes on where it stopped.
   */
  once(request: KeyedRequest, work: Work): Promise<Answer<unknown>>;
}

interface Desk extends IdempotencyParts {
  readonly owner: string;
  /** Ids of requests that this process works on now. */
  readonly underWay: Set<string>;
}

type Claim = { readonly replay: FinishedRow } | { readonly reserved: Reserved };

/** An answer as it is kept, when it is whole. */
interface Kept {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly contentType?: string;
  /** Of a stream, in order, to its end. */
  readonly events?: readonly unknown[];
  /** The ledger entry that has it. */
  readonly recorded?: string;
}

export function createIdempotency(parts: IdempotencyParts): Idempotency {
  const desk: Desk = { ...parts, owner: newId(), underWay: new Set() };
  return { once: (request, work) => once(desk, request, work) };
}

async function once(desk: Desk, request: KeyedRequest, work: Work): Promise<Answer<unknown>> {
  const { tenant } = request.principal;
  const sealer = await desk.keys.forTenant(tenant);
  const claim = await claimKey(desk, sealer, request);
  if ('replay' in claim) return replay(desk, sealer, request, claim.replay);
  const held = hold(desk, tenant, claim.reserved.id);
  let streams = false;
  try {
    const answer = await work(claim.reserved);
    if ('events' in answer) {
      streams = true;
      return { ...answer, events: keptWhileSent(held, answer, (kept) => held.finish(sealer, kept)) };
    }
    if ('stream' in answer && answer.recorded !== undefined) {
      streams = true;
      void keptWhenRecorded(held, answer.recorded, { ...keepHead(answer), contentType: answer.contentType }, sealer);
      return answer;
    }
    await held.finish(sealer, keep(answer));
    return answer;
  } catch (error) {
    await held.failed(error);
    throw error;
  } finally {
    if (!streams) held.leave();
  }
}

/** A request that this process works on. */
interface Held {
  finish(sealer: Sealer, kept: Kept): Promise<void>;
  /** After a refusal the key is free. */
  failed(error: unknown): Promise<void>;
  leave(): void;
}

function hold(desk: Desk, tenant: TenantId, id: string): Held {
  const beat = setInterval(() => void keepLease(desk, tenant, id), BEAT_MS).unref();
  return {
    finish: async (sealer, kept) => {
      const sealed = sealJson(sealer, outcomeBinding(tenant, id), 'call', kept);
      await desk.store.asTenant(tenant, (tx) => finishKeyed(tx, id, desk.owner, sealed));
    },
    failed: async (error) => {
      if (isProblem(error) && error.status < 500)
        await desk.store.asTenant(tenant, (tx) => forgetKeyed(tx, id, desk.owner));
    },
    leave: () => {
      clearInterval(beat);
      desk.underWay.delete(id);
    },
  };
}

/**
 * The events as they go, kept when the last one has gone. Whoever leaves before leaves the request as a crash does: a repetition finds what
 * was made and is told it from its beginning.
 */
function keptWhileSent(
  held: Held,
  { status, headers, events }: Extract<Answer<unknown>, { events: unknown }>,
  finish: (kept: Kept) => Promise<void>,
): AsyncIterable<unknown> {
  const source = events[Symbol.asyncIterator]();
  const sent: unknown[] = [];
  const iterator: AsyncIterator<unknown> = {
    next: async () => {
      try {
        const next = await source.next();
        if (next.done !== true) sent.push(next.value);
        else {
          await finish({ status: status ?? null, headers: { ...headers }, events: sent });
          held.leave();
        }
        return next;
      } catch (error) {
        held.leave();
        await held.failed(error);
        throw error;
      }
    },
    return: async () => {
      held.leave();
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** The ledger has the answer: here stands only where. */
async function keptWhenRecorded(held: Held, recorded: Promise<string>, head: Kept, sealer: Sealer): Promise<void> {
  try {
    await held.finish(sealer, { ...head, recorded: await recorded });
  } catch (error) {
    await held.failed(error).catch(() => undefined); // a repetition looks into the ledger
  } finally {
    held.leave();
  }
}

async function claimKey(desk: Desk, sealer: Sealer, request: KeyedRequest): Promise<Claim> {
  const { principal, route, key, asked } = request;
  const digest = sealer.lookup('idempotency key', JSON.stringify([principal.actor, route, key]));
  const fingerprint = sealer.lookup('idempotency request', JSON.stringify(asked));
  const { owner } = desk;
  const now = desk.clock.now();
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  const expiresAt = new Date(now.getTime() + KEEP_MS);
  const id = newId();
  desk.underWay.add(id); // before the row can be seen: a repetition in this process must find it under way
  try {
    const claim = await desk.store.asTenant(principal.tenant, async (tx): Promise<Claim> => {
      await deleteExpired(tx, now);
      if (await insertKeyed(tx, { id, digest, fingerprint, owner, leaseUntil, expiresAt }))
        return { reserved: { id, resumed: false } };
      const row = await lockKeyed(tx, digest);
      if (row === null) throw new ProblemError('idempotency_in_progress'); // it was refused meanwhile, so the key is free
      if (!timingSafeEqual(row.fingerprint, fingerprint)) throw new ProblemError('idempotency_mismatch');
      if (row.state === 'done') return { replay: row };
      if (isUnderWay(desk, row, now)) throw new ProblemError('idempotency_in_progress');
      desk.underWay.add(row.id);
      await holdKeyed(tx, row.id, owner, leaseUntil);
      return { reserved: { id: row.id, resumed: true } };
    });
    if (!('reserved' in claim) || claim.reserved.id !== id) desk.underWay.delete(id);
    return claim;
  } catch (error) {
    desk.underWay.delete(id);
    throw error;
  }
}

function isUnderWay(desk: Desk, row: FinishedRow, now: Date): boolean {
  if (row.owner === desk.owner) return desk.underWay.has(row.id);
  return !desk.sole && row.lease_until > now;
}

/** A lost beat is made good by the next; without any the request is free for others after the lease. */
async function keepLease(desk: Desk, tenant: TenantId, id: string): Promise<void> {
  const leaseUntil = new Date(desk.clock.now().getTime() + LEASE_MS);
  await desk.store.asTenant(tenant, (tx) => holdKeyed(tx, id, desk.owner, leaseUntil)).catch(() => undefined);
}

/** The same bytes leave once more, to the same credential: that is recorded like any other reading. */
async function replay(
  desk: Desk,
  sealer: Sealer,
  { principal, route }: KeyedRequest,
  row: FinishedRow,
): Promise<Answer<unknown>> {
  const { tenant, actor } = principal;
  const kept = await openJson<Kept>(sealer, outcomeBinding(tenant, row.id), row);
  await desk.ledger.append({ tenant, actor, kind: 'access.read', detail: { what: route, replayed: true } });
  const head = {
    ...(kept.status === null ? {} : { status: kept.status }),
    headers: { ...kept.headers, 'cordon-replayed': 'true' },
  };
  if (kept.recorded !== undefined) return { ...head, ...(await recordedAnswer(desk, tenant, kept.recorded, kept)) };
  if (kept.events !== undefined) return { ...head, events: again(kept.events) };
  if (kept.text === undefined) return { ...head, json: kept.json };
  return { ...head, text: kept.text, contentType: kept.contentType ?? 'text/plain; charset=utf-8' };
}

async function recordedAnswer(desk: Desk, tenant: TenantId, entry: string, { contentType }: Kept) {
  const content = await desk.content(tenant, entry);
  if (content === null) throw new ProblemError('outcome_unknown');
  return { bytes: content.reveal(), contentType: contentType ?? 'application/json', recorded: entry };
}

async function* again(events: readonly unknown[]): AsyncGenerator<unknown, void, void> {
  yield* events;
}

function keep(answer: Answer<unknown>): Kept {
  const head = keepHead(answer);
  if ('bytes' in answer) return { ...head, contentType: answer.contentType, recorded: answer.recorded };
  if ('json' in answer) return { ...head, json: answer.json };
  if ('text' in answer) return { ...head, text: answer.text, contentType: answer.contentType };
  throw new ProblemError('internal', { reason: 'answer_not_kept' });
}

function keepHead(answer: Answer<unknown>): Kept {
  return { status: answer.status ?? null, headers: { ...answer.headers } };
}

function outcomeBinding(tenant: TenantId, id: string): Binding {
  return { tenant, kind: 'call', id: `idempotency.${id}`, version: 1 };
}
