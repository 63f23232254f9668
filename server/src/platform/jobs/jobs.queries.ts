// SQL on pg-boss's own tables that its API has no call for. Runs as cordon_jobs, which owns them.
import type { Db } from 'pg-boss';

/**
 * Lets cordon_app put jobs of its own tenant into the queues within its transaction, and nothing more: it cannot read, change or
 * delete one. cordon_jobs owns the tables and is not walled.
 */
export async function openDoorForApp(db: Db): Promise<void> {
  await db.executeSql(`
    BEGIN;
    SELECT pg_advisory_xact_lock(hashtext('cordon.jobs.door'));
    GRANT USAGE ON SCHEMA pgboss TO cordon_app;
    GRANT USAGE ON TYPE pgboss.job_state TO cordon_app;
    GRANT SELECT ON pgboss.queue TO cordon_app;
    GRANT INSERT, SELECT (id, start_after, data) ON pgboss.job_common TO cordon_app;
    GRANT EXECUTE ON FUNCTION pgboss.job_now() TO cordon_app;
    ALTER TABLE pgboss.job_common ENABLE ROW LEVEL SECURITY;
    DROP POLICY IF EXISTS own_tenant ON pgboss.job_common;
    CREATE POLICY own_tenant ON pgboss.job_common TO cordon_app
      USING ((data->>'tenant')::uuid = current_setting('cordon.tenant')::uuid)
      WITH CHECK ((data->>'tenant')::uuid = current_setting('cordon.tenant')::uuid);
    COMMIT`);
}

export async function activeJobs(db: Db, queue: string): Promise<string[]> {
  const { rows } = await db.executeSql(`SELECT id FROM pgboss.job WHERE name = $1 AND state = 'active'`, [queue]);
  return rows.map((row: { id: string }) => row.id);
}

/** Jobs that wait for their repetition are due at once. */
export async function repeatNow(db: Db, queue: string, ids: readonly string[]): Promise<void> {
  await db.executeSql(
    `UPDATE pgboss.job SET start_after = now() WHERE name = $1 AND state = 'retry' AND id = ANY($2::uuid[])`,
    [queue, [...ids]],
  );
}
