// Tenants: each its own row behind the wall; the list of ids for the installation.
import type { TenantId } from '#kernel/ids.ts';
import { parseTenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface TenantRow {
  readonly name: string;
  readonly created_at: Date;
}

/** Of several processes that start on an empty database, one at a time gets past this until its transaction ends. */
const BOOTSTRAP_LOCK = 0x636f7264; // "cord"

export async function lockBootstrap(tx: Transaction): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [BOOTSTRAP_LOCK]);
}

/** As cordon_app, under the new tenant's own wall. */
export async function insertTenant(tx: Transaction, tenant: TenantId, name: string, at: Date): Promise<void> {
  await tx.query('INSERT INTO tenant (tenant, name, created_at) VALUES ($1, $2, $3)', [tenant, name, at]);
}

export async function readTenantRow(tx: Transaction): Promise<TenantRow | null> {
  const rows = await tx.query<TenantRow>('SELECT name, created_at FROM tenant');
  return rows[0] ?? null;
}

/** As cordon_access. */
export async function listTenantIds(tx: Transaction): Promise<TenantId[]> {
  const rows = await tx.query<{ tenant: string }>('SELECT tenant FROM tenant ORDER BY created_at, tenant');
  return rows.flatMap((row) => parseTenantId(row.tenant) ?? []);
}
