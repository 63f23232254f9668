// API keys. As cordon_app.
import type { TenantId } from '#kernel/ids.ts';
import type { SealedRow } from '#custody/keys/sealed-json.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { KeyScopes } from './principal.ts';

export interface ApiKeyRow extends SealedRow {
  readonly id: string;
  readonly digest: Buffer;
  readonly owner: string;
  readonly default_purpose: string | null;
  readonly permissions: string[];
  readonly scopes: KeyScopes;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
}

const KEY = `k.id, k.digest, k.owner, k.default_purpose, k.permissions, k.scopes, k.created_at, k.expires_at, k.revoked_at,
  k.last_used_at, k.ciphertext, k.erasure_key, k.wrap`;

export async function insertApiKey(
  tx: Transaction,
  row: {
    readonly tenant: TenantId;
    readonly id: string;
    readonly digest: Uint8Array;
    readonly owner: string;
    readonly defaultPurpose: string | null;
    readonly permissions: readonly string[];
    readonly scopes: KeyScopes;
    readonly createdBy: string;
    readonly at: Date;
    readonly expiresAt: Date | null;
    readonly label: readonly [Uint8Array, string, Uint8Array];
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO api_key (tenant, id, digest, owner, default_purpose, permissions, scopes, created_by, created_at, expires_at,
       ciphertext, erasure_key, wrap) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      row.tenant,
      row.id,
      row.digest,
      row.owner,
      row.defaultPurpose,
      row.permissions,
      JSON.stringify(row.scopes),
      row.createdBy,
      row.at,
      row.expiresAt,
      ...row.label,
    ],
  );
}

/** A key that was not revoked and whose owner may still be here. */
export async function findApiKey(tx: Transaction, digest: Uint8Array): Promise<ApiKeyRow | null> {
  const rows = await tx.query<ApiKeyRow>(
    `SELECT ${KEY} FROM api_key k JOIN person p ON p.tenant = k.tenant AND p.id = k.owner
      WHERE k.digest = $1 AND k.revoked_at IS NULL AND p.state <> 'suspended'`,
    [digest],
  );
  return rows[0] ?? null;
}

export async function readApiKeyRow(tx: Transaction, id: string): Promise<ApiKeyRow | null> {
  const rows = await tx.query<ApiKeyRow>(`SELECT ${KEY} FROM api_key k WHERE k.id = $1`, [id]);
  return rows[0] ?? null;
}

export async function listApiKeyRows(tx: Transaction, after: string | null, limit: number): Promise<ApiKeyRow[]> {
  return tx.query<ApiKeyRow>(
    `SELECT ${KEY} FROM api_key k WHERE $1::uuid IS NULL OR k.id > $1 ORDER BY k.id LIMIT $2`,
    [after, limit],
  );
}

/** False: no such key, or it was revoked. */
export async function writeKeyBudget(tx: Transaction, id: string, budget: KeyScopes['budget']): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE api_key SET scopes = scopes || jsonb_build_object('budget', $2::jsonb) WHERE id = $1 AND revoked_at IS NULL RETURNING id`,
    [id, JSON.stringify(budget)],
  );
  return rows.length === 1;
}

/** The digest of the key that this call revoked; null when there was none to revoke. */
export async function revokeApiKeyRow(tx: Transaction, id: string, at: Date): Promise<Buffer | null> {
  const rows = await tx.query<{ digest: Buffer }>(
    'UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING digest',
    [id, at],
  );
  return rows[0]?.digest ?? null;
}

export async function markApiKeyUsed(tx: Transaction, id: string, at: Date): Promise<void> {
  await tx.query('UPDATE api_key SET last_used_at = $2 WHERE id = $1', [id, at]);
}
