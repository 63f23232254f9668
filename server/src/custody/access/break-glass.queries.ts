// Break-glass looks. As cordon_app.
import type { TenantId } from '#kernel/ids.ts';
import type { SealedRow } from '#custody/keys/sealed-json.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface LookRow extends SealedRow {
  readonly id: string;
  readonly person: string;
  readonly encounter: string;
  readonly reason_code: 'emergency' | 'covering-colleague' | 'patient-request' | 'safety-investigation';
  readonly opened_at: Date;
  readonly until: Date;
  readonly reviewed_by: string | null;
  readonly reviewed_at: Date | null;
  readonly verdict: 'justified' | 'unjustified' | null;
}

const LOOK =
  'id, person, encounter, reason_code, opened_at, until, reviewed_by, reviewed_at, verdict, ciphertext, erasure_key, wrap';

export async function insertLook(
  tx: Transaction,
  row: {
    readonly tenant: TenantId;
    readonly id: string;
    readonly person: string;
    readonly encounter: string;
    readonly reasonCode: string;
    readonly at: Date;
    readonly until: Date;
    readonly reason: readonly [Uint8Array, string, Uint8Array];
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO break_glass (tenant, id, person, encounter, reason_code, opened_at, until, ciphertext, erasure_key, wrap)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [row.tenant, row.id, row.person, row.encounter, row.reasonCode, row.at, row.until, ...row.reason],
  );
}

export async function isLookOpen(tx: Transaction, person: string, encounter: string, now: Date): Promise<boolean> {
  const rows = await tx.query(
    'SELECT 1 FROM break_glass WHERE person = $1 AND encounter = $2 AND opened_at <= $3 AND until > $3 LIMIT 1',
    [person, encounter, now],
  );
  return rows.length > 0;
}

export async function listLookRows(tx: Transaction, unreviewed: boolean, limit: number): Promise<LookRow[]> {
  return tx.query<LookRow>(
    `SELECT ${LOOK} FROM break_glass WHERE NOT $1 OR reviewed_at IS NULL ORDER BY opened_at LIMIT $2`,
    [unreviewed, limit],
  );
}

export async function lockLook(tx: Transaction, id: string): Promise<LookRow | null> {
  const rows = await tx.query<LookRow>(`SELECT ${LOOK} FROM break_glass WHERE id = $1 FOR UPDATE`, [id]);
  return rows[0] ?? null;
}

export async function markReviewed(
  tx: Transaction,
  id: string,
  review: { readonly by: string; readonly at: Date; readonly verdict: 'justified' | 'unjustified' },
): Promise<void> {
  await tx.query('UPDATE break_glass SET reviewed_by = $2, reviewed_at = $3, verdict = $4 WHERE id = $1', [
    id,
    review.by,
    review.at,
    review.verdict,
  ]);
}
