// From a credential's digest to the tenants it belongs to.
import type { TenantId } from '#kernel/ids.ts';
import { parseTenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';

type LocatorKind = 'email' | 'session' | 'api-key' | 'invitation';

/** As cordon_access. Usually one; an address may be known in several tenants. */
export async function findTenants(tx: Transaction, kind: LocatorKind, digest: Uint8Array): Promise<TenantId[]> {
  const rows = await tx.query<{ tenant: string }>(
    'SELECT tenant FROM locator WHERE digest = $1 AND kind = $2 ORDER BY tenant',
    [digest, kind],
  );
  return rows.flatMap((row) => parseTenantId(row.tenant) ?? []);
}

/** As cordon_app, in the transaction that makes the credential. */
export async function insertLocator(
  tx: Transaction,
  tenant: TenantId,
  kind: LocatorKind,
  digest: Uint8Array,
): Promise<void> {
  await tx.query('INSERT INTO locator (tenant, kind, digest) VALUES ($1, $2, $3)', [tenant, kind, digest]);
}

export async function deleteLocator(tx: Transaction, kind: LocatorKind, digest: Uint8Array): Promise<void> {
  await tx.query('DELETE FROM locator WHERE kind = $1 AND digest = $2', [kind, digest]);
}
