// Rows of a tenant's vocabulary: every version is a whole list, sealed; nothing is rewritten.
import { sealedColumns, type SealedRow } from '#custody/keys/sealed-json.ts';
import type { Sealed } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface VocabularyMeta {
  readonly version: number;
  readonly terms: number;
  readonly created_at: Date;
}

export type VocabularyRow = VocabularyMeta & SealedRow;

/** The named version, or the newest when null. */
export async function vocabularyVersion(tx: Transaction, version: number | null): Promise<VocabularyRow | null> {
  const rows = await tx.query<VocabularyRow>(
    `SELECT version, terms, created_at, ciphertext, erasure_key, wrap FROM vocabulary_version
     WHERE $1::integer IS NULL OR version = $1 ORDER BY version DESC LIMIT 1`,
    [version],
  );
  return rows[0] ?? null;
}

export async function insertVocabulary(
  tx: Transaction,
  meta: VocabularyMeta,
  author: ActorRef,
  sealed: Sealed,
): Promise<void> {
  await tx.query(
    `INSERT INTO vocabulary_version (tenant, version, terms, author_type, author_id, created_at, ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6, $7, $8)`,
    [meta.version, meta.terms, author.type, author.id, meta.created_at, ...sealedColumns(sealed)],
  );
}
