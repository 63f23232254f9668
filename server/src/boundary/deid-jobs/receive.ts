// A job as it arrives: each part is sealed before the next is read, and the job is there, with its work, exactly if all of it was.
import { ProblemError } from '@cordon/contract';
import type { Binding, Keys } from '#custody/keys/sealer.ts';
import type { ActorRef, Ledger } from '#custody/ledger/ledger.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Jobs } from '#platform/jobs/jobs.ts';
import type { Store } from '#platform/store/store.ts';
import { beginReceipt, holdReceipt, insertPart, markQueued } from './deid-jobs.queries.ts';
import { partsOf } from './lines.ts';
import type { DeidSettings } from './settings.ts';

export const DEID_QUEUE = 'deidentify';

/** Milliseconds that texts and results are kept: long enough to fetch them after a weekend, not an archive. */
export const KEPT_MS = 3 * 24 * 3_600_000;

export interface DeidJobParts {
  readonly store: Store;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly jobs: Jobs;
}

export interface DeidUpload {
  readonly id: string;
  readonly settings: DeidSettings;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Errors: `payload_too_large`; `invalid_request` for a body without a line; `conflict` when it arrives once more at the same time. */
export async function receiveDeidJob(
  parts: DeidJobParts,
  tenant: TenantId,
  actor: ActorRef,
  { id, settings, body }: DeidUpload,
): Promise<void> {
  const { store, clock, jobs } = parts;
  const at = clock.now();
  const expires = new Date(at.getTime() + KEPT_MS);
  const receipt = await store.asTenant(tenant, (tx) => beginReceipt(tx, { id, settings, actor, at, expires }));
  if (receipt === null) return;
  const sealer = await parts.keys.forTenant(tenant);
  let [ordinal, lines] = [0, 0];
  for await (const part of partsOf(body)) {
    ordinal += 1;
    lines += part.lines;
    const sealed = sealer.seal(inputBinding(tenant, id, ordinal), 'call', part.bytes);
    const place = ordinal;
    await store.asTenant(tenant, async (tx) => {
      if (!(await holdReceipt(tx, id, receipt, clock.now()))) throw new ProblemError('conflict');
      await insertPart(tx, id, place, part.lines, sealed);
    });
  }
  if (lines === 0) throw new ProblemError('invalid_request', { field: 'body', rule: 'lines' });
  await recorded(parts, tenant, async (tx, record) => {
    if (!(await holdReceipt(tx, id, receipt, clock.now()))) throw new ProblemError('conflict');
    await markQueued(tx, id, lines, clock.now());
    await jobs.enqueue(tx, DEID_QUEUE, id, { tenant, job: id });
    await record({
      kind: 'deid.requested',
      actor,
      objects: [{ type: 'deid-job', id }],
      detail: { job: id, texts: lines },
    });
  });
}

/** Input and result of a part are two versions of two objects: neither opens as the other. */
export function inputBinding(tenant: TenantId, job: string, ordinal: number): Binding {
  return { tenant, kind: 'call', id: job, version: 2 * ordinal - 1 };
}

export function resultBinding(tenant: TenantId, job: string, ordinal: number): Binding {
  return { tenant, kind: 'call', id: job, version: 2 * ordinal };
}
