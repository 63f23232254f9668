// Rows of drafts: written once, sealed.
import { sealedColumns, type SealedRow } from '#custody/keys/sealed-json.ts';
import type { Sealed } from '#custody/keys/sealer.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface DraftMeta {
  readonly id: string;
  readonly encounter: string;
  readonly transcript: string;
  readonly transcript_version: number;
  readonly template: string;
  readonly drafter: string;
  readonly created_at: Date;
  readonly demo: boolean;
}

export type DraftRow = DraftMeta & SealedRow;

const META = `d.id, d.encounter, d.transcript, d.transcript_version, d.template, d.drafter, d.created_at, e.demo`;
const FROM = 'FROM draft d JOIN encounter e ON e.tenant = d.tenant AND e.id = d.encounter';

export async function insertDraft(tx: Transaction, meta: DraftMeta, flagged: number, sealed: Sealed): Promise<void> {
  await tx.query(
    `INSERT INTO draft (tenant, id, encounter, transcript, transcript_version, template, drafter, flagged, created_at,
       ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      meta.id,
      meta.encounter,
      meta.transcript,
      meta.transcript_version,
      meta.template,
      meta.drafter,
      flagged,
      meta.created_at,
      ...sealedColumns(sealed),
    ],
  );
}

export async function draftById(tx: Transaction, id: string): Promise<DraftRow | null> {
  const rows = await tx.query<DraftRow>(`SELECT ${META}, d.ciphertext, d.erasure_key, d.wrap ${FROM} WHERE d.id = $1`, [
    id,
  ]);
  return rows[0] ?? null;
}

/** Newest first. */
export function draftsOf(
  tx: Transaction,
  encounter: string,
  before: { readonly at: Date; readonly id: string } | null,
  limit: number,
): Promise<DraftMeta[]> {
  return tx.query<DraftMeta>(
    `SELECT ${META} ${FROM}
     WHERE d.encounter = $1 AND ($2::timestamptz IS NULL OR (d.created_at, d.id) < ($2, $3::uuid))
     ORDER BY d.created_at DESC, d.id DESC LIMIT $4`,
    [encounter, before?.at ?? null, before?.id ?? null, limit],
  );
}
