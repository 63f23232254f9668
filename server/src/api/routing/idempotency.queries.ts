// Rows of requests under an idempotency key. As cordon_app, walled to the tenant.
import { sealedColumns, type SealedRow } from '#custody/keys/sealed-json.ts';
import type { Sealed } from '#custody/keys/sealer.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface KeyedRow {
  readonly id: string;
  readonly fingerprint: Uint8Array;
  readonly state: 'running' | 'done';
  readonly owner: string;
  readonly lease_until: Date;
}

export type FinishedRow = KeyedRow & SealedRow;

export interface NewKeyedRow {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly fingerprint: Uint8Array;
  readonly owner: string;
  readonly leaseUntil: Date;
  readonly expiresAt: Date;
}

export async function deleteExpired(tx: Transaction, now: Date): Promise<void> {
  await tx.query('DELETE FROM idempotency WHERE expires_at <= $1', [now]);
}

/** True for the first request under its key; one that comes at the same time waits here for the other's commit. */
export async function insertKeyed(tx: Transaction, row: NewKeyedRow): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO idempotency (tenant, id, digest, fingerprint, state, owner, lease_until, expires_at)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, 'running', $4, $5, $6)
     ON CONFLICT (tenant, digest) DO NOTHING RETURNING id`,
    [row.id, row.digest, row.fingerprint, row.owner, row.leaseUntil, row.expiresAt],
  );
  return rows.length === 1;
}

export async function lockKeyed(tx: Transaction, digest: Uint8Array): Promise<FinishedRow | null> {
  const rows = await tx.query<FinishedRow>(
    `SELECT id, fingerprint, state, owner, lease_until, ciphertext, erasure_key, wrap
       FROM idempotency WHERE digest = $1 FOR UPDATE`,
    [digest],
  );
  return rows[0] ?? null;
}

/** Takes a running request over from a process that is no more, or keeps the lease of one's own. */
export async function holdKeyed(tx: Transaction, id: string, owner: string, leaseUntil: Date): Promise<void> {
  await tx.query(`UPDATE idempotency SET owner = $2, lease_until = $3 WHERE id = $1 AND state = 'running'`, [
    id,
    owner,
    leaseUntil,
  ]);
}

export async function finishKeyed(tx: Transaction, id: string, owner: string, sealed: Sealed): Promise<void> {
  await tx.query(
    `UPDATE idempotency SET state = 'done', ciphertext = $3, erasure_key = $4, wrap = $5
      WHERE id = $1 AND owner = $2 AND state = 'running'`,
    [id, owner, ...sealedColumns(sealed)],
  );
}

/** After a refusal: nothing was done, so the key is free again. */
export async function forgetKeyed(tx: Transaction, id: string, owner: string): Promise<void> {
  await tx.query(`DELETE FROM idempotency WHERE id = $1 AND owner = $2 AND state = 'running'`, [id, owner]);
}
