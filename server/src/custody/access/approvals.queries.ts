// Acts that wait for a second person. As cordon_app.
import type { TenantId } from '#kernel/ids.ts';
import type { SealedRow } from '#custody/keys/sealed-json.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface ApprovalRow extends SealedRow {
  readonly id: string;
  readonly act: string;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly expires_at: Date;
  readonly state: 'waiting' | 'approved' | 'refused' | 'done';
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
}

const APPROVAL =
  'id, act, requested_by, requested_at, expires_at, state, decided_by, decided_at, ciphertext, erasure_key, wrap';

export async function insertApproval(
  tx: Transaction,
  row: {
    readonly tenant: TenantId;
    readonly id: string;
    readonly act: string;
    readonly by: string;
    readonly at: Date;
    readonly expiresAt: Date;
    readonly request: readonly [Uint8Array, string, Uint8Array];
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO approval (tenant, id, act, requested_by, requested_at, expires_at, state, ciphertext, erasure_key, wrap)
     VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9)`,
    [row.tenant, row.id, row.act, row.by, row.at, row.expiresAt, ...row.request],
  );
}

export async function readApprovalRow(tx: Transaction, id: string): Promise<ApprovalRow | null> {
  const rows = await tx.query<ApprovalRow>(`SELECT ${APPROVAL} FROM approval WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

export async function lockApproval(tx: Transaction, id: string): Promise<ApprovalRow | null> {
  const rows = await tx.query<ApprovalRow>(`SELECT ${APPROVAL} FROM approval WHERE id = $1 FOR UPDATE`, [id]);
  return rows[0] ?? null;
}

/** A page, newest first; `before` is the last id of the page before. */
export async function listApprovalRows(tx: Transaction, before: string | null, limit: number): Promise<ApprovalRow[]> {
  return tx.query<ApprovalRow>(
    `SELECT ${APPROVAL} FROM approval WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
    [before, limit],
  );
}

export async function markDecided(
  tx: Transaction,
  id: string,
  decision: { readonly state: 'approved' | 'refused'; readonly by: string; readonly at: Date },
): Promise<void> {
  await tx.query('UPDATE approval SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1', [
    id,
    decision.state,
    decision.by,
    decision.at,
  ]);
}

/** True for the one caller that may carry the act out. */
export async function markDone(tx: Transaction, id: string, now: Date): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE approval SET state = 'done' WHERE id = $1 AND state = 'approved' AND expires_at > $2 RETURNING id`,
    [id, now],
  );
  return rows.length === 1;
}
