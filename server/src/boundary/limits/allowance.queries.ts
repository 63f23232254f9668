// Rows of leased allowances. As cordon_app, walled to the tenant.
import type { Transaction } from '#platform/store/store.ts';

export interface Account {
  readonly holder: string;
  readonly unit: 'calls' | 'nano-dollars' | 'tokens';
  readonly windowStart: string;
}

/**
 * Takes up to `wanted` of what the limit leaves, and gives what it got: 0 when nothing is left. Rows of the account's earlier windows go.
 */
export async function leaseAllowance(
  tx: Transaction,
  { holder, unit, windowStart }: Account,
  limit: number,
  wanted: number,
): Promise<number> {
  await tx.query(
    `INSERT INTO allowance (tenant, holder, unit, window_start, taken)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, 0) ON CONFLICT DO NOTHING`,
    [holder, unit, windowStart],
  );
  const [row] = await tx.query<{ leased: number }>(
    `UPDATE allowance a SET taken = least(greatest($4::bigint, b.taken), b.taken + $5::bigint)
       FROM (SELECT taken FROM allowance WHERE holder = $1 AND unit = $2 AND window_start = $3 FOR UPDATE) b
      WHERE a.holder = $1 AND a.unit = $2 AND a.window_start = $3
      RETURNING (a.taken - b.taken)::float8 AS leased`,
    [holder, unit, windowStart, limit, wanted],
  );
  await tx.query('DELETE FROM allowance WHERE holder = $1 AND unit = $2 AND window_start < $3', [
    holder,
    unit,
    windowStart,
  ]);
  return row?.leased ?? 0;
}

/** What was leased and not used goes back. */
export async function returnAllowance(
  tx: Transaction,
  { holder, unit, windowStart }: Account,
  amount: number,
): Promise<void> {
  await tx.query(
    'UPDATE allowance SET taken = greatest(0, taken - $4::bigint) WHERE holder = $1 AND unit = $2 AND window_start = $3',
    [holder, unit, windowStart, amount],
  );
}

/** What processes have leased in the window, used or not. */
export async function takenOf(tx: Transaction, { holder, unit, windowStart }: Account): Promise<number> {
  const [row] = await tx.query<{ taken: number }>(
    'SELECT taken::float8 AS taken FROM allowance WHERE holder = $1 AND unit = $2 AND window_start = $3',
    [holder, unit, windowStart],
  );
  return row?.taken ?? 0;
}
