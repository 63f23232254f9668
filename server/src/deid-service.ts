// Jobs of de-identification, composed for main.ts and worker.ts: an engine of their own, so that a long job keeps no request waiting.
import { createDeidPool } from '#boundary/deidentify/pool.ts';
import { abandonDeidJob, runDeidJob, sweepDeidJobs } from '#boundary/deid-jobs/deid-jobs.ts';
import { DEID_QUEUE } from '#boundary/deid-jobs/receive.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Foundation } from './foundation.ts';

/** Milliseconds between looks at what has expired. */
const SWEEP_EVERY_MS = 600_000;

/** One thread, and nothing in place: what nobody waits for does not hold up those who wait. */
export async function workDeidJobs(foundation: Foundation): Promise<void> {
  const pool = createDeidPool({ workers: 1, inPlace: 0 });
  await foundation.jobs.work(
    DEID_QUEUE,
    (job) => runDeidJob(foundation, pool, job),
    (job) => abandonDeidJob(foundation, job),
  );
}

/** Texts and results whose time is over are deleted. */
export function sweepDeid(foundation: Foundation, tenants: () => Promise<readonly TenantId[]>): void {
  const { log } = foundation;
  const look = async (): Promise<void> => {
    for (const tenant of await tenants())
      await sweepDeidJobs(foundation, tenant).catch((error: unknown) =>
        log.error('deid.sweep_failed', { tenant }, error),
      );
  };
  const upkeep = (): Promise<void> => look().catch((error: unknown) => log.error('deid.sweep_failed', {}, error));
  void upkeep();
  setInterval(() => void upkeep(), SWEEP_EVERY_MS).unref();
}
