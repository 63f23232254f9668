// What whole tenants may use. As cordon_app, walled to the tenant.
import type { Transaction } from '#platform/store/store.ts';
import type { Budget } from './budget.ts';

export async function readBudget(tx: Transaction): Promise<Partial<Budget> | null> {
  const [row] = await tx.query<{ limits: Partial<Budget> }>('SELECT limits FROM budget');
  return row?.limits ?? null;
}

export async function writeBudget(tx: Transaction, budget: Budget, at: Date): Promise<void> {
  await tx.query(
    `INSERT INTO budget (tenant, limits, changed_at) VALUES (current_setting('cordon.tenant')::uuid, $1, $2)
     ON CONFLICT (tenant) DO UPDATE SET limits = excluded.limits, changed_at = excluded.changed_at`,
    [JSON.stringify(budget), at],
  );
}
