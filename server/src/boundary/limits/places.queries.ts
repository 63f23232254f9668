// Places for calls under way, held by processes. As cordon_app, walled to the tenant.
import type { Transaction } from '#platform/store/store.ts';

export interface PlaceHolder {
  readonly holder: string;
  readonly process: string;
}

/**
 * Sets how many places this process holds, up to `wanted` and what the others leave of `most`, but never below `used`, and gives that number.
 * One process at a time decides for a holder; places whose lease has ended are free.
 */
export async function settlePlaces(
  tx: Transaction,
  { holder, process }: PlaceHolder,
  { used, wanted, most, leaseMs }: { used: number; wanted: number; most: number; leaseMs: number },
): Promise<number> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended(current_setting('cordon.tenant') || $1, 26))`, [
    holder,
  ]);
  await tx.query('DELETE FROM allowance_place WHERE holder = $1 AND lease_until < clock_timestamp()', [holder]);
  const [others] = await tx.query<{ held: number }>(
    'SELECT coalesce(sum(held), 0)::int AS held FROM allowance_place WHERE holder = $1 AND process <> $2',
    [holder, process],
  );
  const held = Math.max(used, Math.min(wanted, most - (others?.held ?? 0)));
  if (held <= 0) {
    await tx.query('DELETE FROM allowance_place WHERE holder = $1 AND process = $2', [holder, process]);
    return 0;
  }
  await tx.query(
    `INSERT INTO allowance_place (tenant, holder, process, held, lease_until)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond')
     ON CONFLICT (tenant, holder, process) DO UPDATE SET held = excluded.held, lease_until = excluded.lease_until`,
    [holder, process, held, leaseMs],
  );
  return held;
}

/** Places that processes hold, used or not. */
export async function placesHeld(tx: Transaction, holder: string): Promise<number> {
  const [row] = await tx.query<{ held: number }>(
    'SELECT coalesce(sum(held), 0)::int AS held FROM allowance_place WHERE holder = $1 AND lease_until >= clock_timestamp()',
    [holder],
  );
  return row?.held ?? 0;
}
