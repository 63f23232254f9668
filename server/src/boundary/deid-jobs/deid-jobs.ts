// De-identification of many texts as work that outlives a request. Delivery is at least once: a part is done once, whoever does it, and
// a restart goes on with the first that is not.
import { isProblem, ProblemError, PROBLEMS } from '@cordon/contract';
import type { DeidPool } from '#boundary/deidentify/pool.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { JobInHand } from '#platform/jobs/jobs.ts';
import { answerPart } from './answers.ts';
import {
  beginWork,
  deidJobById,
  deidJobsOf,
  deleteJob,
  failJob,
  finishJob,
  finishPart,
  nextWaiting,
  overdueJobs,
  partAfter,
  type DeidJobRow,
  type DeidPartRow,
} from './deid-jobs.queries.ts';
import { inputBinding, KEPT_MS, resultBinding, type DeidJobParts } from './receive.ts';

/** Milliseconds between looks of a follower. */
const FOLLOW_EVERY_MS = 400;

/** Milliseconds without a part after which an upload has broken off: no client pauses for an hour. */
const BROKEN_OFF_MS = 3_600_000;

/** Jobs that one sweep takes, so that it never holds a table for long. */
const SWEPT_AT_ONCE = 200;

const SYSTEM = { type: 'system', id: 'deid' } as const;

/** An own job that was received. Errors: `not_found`, for another's too. */
export async function readDeidJob(
  parts: DeidJobParts,
  tenant: TenantId,
  actor: ActorRef,
  id: string,
): Promise<DeidJobRow> {
  const row = await parts.store.asTenant(tenant, (tx) => deidJobById(tx, id));
  const isOwn = row !== null && row.actor_type === actor.type && row.actor_id === actor.id;
  if (!isOwn || row.state === 'receiving' || row.expires_at <= parts.clock.now()) throw new ProblemError('not_found');
  return row;
}

export function listDeidJobs(
  parts: DeidJobParts,
  tenant: TenantId,
  actor: ActorRef,
  before: { readonly at: Date; readonly id: string } | null,
  limit: number,
): Promise<DeidJobRow[]> {
  return parts.store.asTenant(tenant, (tx) => deidJobsOf(tx, actor, before, limit));
}

/** The row whenever it changed, ending with `done` or `failed`. */
export async function* followDeidJob(
  parts: DeidJobParts,
  tenant: TenantId,
  actor: ActorRef,
  id: string,
  signal: AbortSignal,
): AsyncIterable<DeidJobRow> {
  let seen = '';
  while (!signal.aborted) {
    const row = await readDeidJob(parts, tenant, actor, id);
    const look = `${row.state} ${row.lines_done}`;
    if (look !== seen) yield row;
    if (row.state === 'done' || row.state === 'failed') return;
    seen = look;
    await pause(FOLLOW_EVERY_MS, signal);
  }
}

/** Opened part by part. Errors: `not_found`; `conflict` before it is done; `content_destroyed`. */
export async function openDeidResult(
  parts: DeidJobParts,
  tenant: TenantId,
  actor: ActorRef,
  id: string,
): Promise<AsyncIterable<Uint8Array>> {
  const { state } = await readDeidJob(parts, tenant, actor, id);
  if (state !== 'done') throw new ProblemError('conflict', { state });
  const first = await resultAfter(parts, tenant, id, 0);
  return (async function* results(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let part = first; part !== null; part = await resultAfter(parts, tenant, id, part.ordinal)) yield part.bytes;
  })();
}

/** Errors: `not_found`. What is in hand of it is dropped. */
export async function discardDeidJob(
  parts: DeidJobParts,
  tenant: TenantId,
  actor: ActorRef,
  id: string,
): Promise<void> {
  await readDeidJob(parts, tenant, actor, id);
  await discard(parts, tenant, id, actor, 'asked');
}

/** The job's handler. */
export async function runDeidJob(parts: DeidJobParts, pool: DeidPool, job: JobInHand): Promise<void> {
  const { tenant } = job.payload;
  const row = await parts.store.asTenant(tenant, (tx) => beginWork(tx, job.id, parts.clock.now()));
  if (row === null) return;
  try {
    await work(parts, pool, tenant, row, job.signal);
  } catch (error) {
    if (isProblem(error) && PROBLEMS[error.code].status < 500 && error.code !== 'caller_gone')
      await parts.store.asTenant(tenant, (tx) => failJob(tx, row.id, error.code, parts.clock.now()));
    throw error;
  }
}

/** The last attempt failed or took its workers with it. */
export async function abandonDeidJob(parts: DeidJobParts, job: JobInHand): Promise<void> {
  await parts.store.asTenant(job.payload.tenant, (tx) => failJob(tx, job.id, 'internal', parts.clock.now()));
}

/** Removes what has expired and what broke off while it arrived; gives how many. */
export async function sweepDeidJobs(parts: DeidJobParts, tenant: TenantId): Promise<number> {
  const now = parts.clock.now();
  const quiet = new Date(now.getTime() - BROKEN_OFF_MS);
  const overdue = await parts.store.asTenant(tenant, (tx) => overdueJobs(tx, now, quiet, SWEPT_AT_ONCE));
  for (const { id, state } of overdue)
    await discard(parts, tenant, id, SYSTEM, state === 'receiving' ? 'broken-off' : 'expired');
  return overdue.length;
}

async function discard(
  parts: DeidJobParts,
  tenant: TenantId,
  id: string,
  actor: ActorRef,
  reason: 'asked' | 'expired' | 'broken-off',
): Promise<void> {
  await recorded(parts, tenant, async (tx, record) => {
    if (!(await deleteJob(tx, id))) return;
    await record({ kind: 'deid.discarded', actor, objects: [{ type: 'deid-job', id }], detail: { job: id, reason } });
  });
}

async function work(
  parts: DeidJobParts,
  pool: DeidPool,
  tenant: TenantId,
  row: DeidJobRow,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock } = parts;
  const sealer = await parts.keys.forTenant(tenant);
  for (;;) {
    signal.throwIfAborted();
    const part = await store.asTenant(tenant, (tx) => nextWaiting(tx, row.id));
    if (part === null) break;
    const input = await sealer.open(inputBinding(tenant, row.id, part.ordinal), sealedOf(part));
    const { bytes, counts } = await answerPart(pool, input, row.settings, clock.now(), signal);
    const sealed = sealer.seal(resultBinding(tenant, row.id, part.ordinal), 'call', bytes);
    await store.asTenant(tenant, (tx) => finishPart(tx, row.id, part.ordinal, sealed, counts, clock.now()));
  }
  await recorded(parts, tenant, async (tx, record) => {
    const at = clock.now();
    const done = await finishJob(tx, row.id, at, new Date(at.getTime() + KEPT_MS));
    if (done === null) return;
    await record({
      kind: 'text.deidentified',
      actor: { type: done.actor_type, id: done.actor_id },
      objects: [{ type: 'deid-job', id: done.id }],
      detail: {
        characters: done.characters,
        job: done.id,
        mode: done.settings.mode,
        replaced: done.replaced,
        texts: done.lines,
      },
    });
  });
}

async function resultAfter(
  { store, keys }: DeidJobParts,
  tenant: TenantId,
  id: string,
  ordinal: number,
): Promise<{ readonly ordinal: number; readonly bytes: Uint8Array } | null> {
  const part = await store.asTenant(tenant, (tx) => partAfter(tx, id, ordinal));
  if (part === null) return null;
  const sealer = await keys.forTenant(tenant);
  return {
    ordinal: part.ordinal,
    bytes: await sealer.open(resultBinding(tenant, id, part.ordinal), sealedOf(part)),
  };
}

function sealedOf(part: DeidPartRow) {
  return { ciphertext: part.ciphertext, wrap: { erasureKey: part.erasure_key, wrapped: part.wrap } };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
