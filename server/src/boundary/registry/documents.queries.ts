// Rows of documents: the wrap that opens each, and whether its bytes are all there.
import type { KeyWrap } from '#custody/keys/sealer.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface DocumentRow {
  readonly state: 'receiving' | 'stored';
  readonly erasure_key: string;
  readonly wrap: Uint8Array;
}

export async function insertDocument(tx: Transaction, id: string, at: Date, wrap: KeyWrap): Promise<void> {
  await tx.query(
    `INSERT INTO registry_document (tenant, id, state, created_at, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, 'receiving', $2, $3, $4)`,
    [id, at, wrap.erasureKey, wrap.wrapped],
  );
}

/** False: an upkeep took it for broken off. */
export async function markDocumentStored(tx: Transaction, id: string): Promise<boolean> {
  const sql = "UPDATE registry_document SET state = 'stored' WHERE id = $1 AND state = 'receiving' RETURNING id";
  return (await tx.query(sql, [id])).length > 0;
}

export async function documentById(tx: Transaction, id: string): Promise<DocumentRow | null> {
  const rows = await tx.query<DocumentRow>('SELECT state, erasure_key, wrap FROM registry_document WHERE id = $1', [
    id,
  ]);
  return rows[0] ?? null;
}

export async function deleteReceivingDocument(tx: Transaction, id: string): Promise<boolean> {
  const sql = "DELETE FROM registry_document WHERE id = $1 AND state = 'receiving' RETURNING id";
  return (await tx.query(sql, [id])).length > 0;
}

/** Ids of what has been arriving since before then. */
export async function deleteBrokenDocuments(tx: Transaction, before: Date): Promise<readonly string[]> {
  const sql = "DELETE FROM registry_document WHERE state = 'receiving' AND created_at < $1 RETURNING id::text AS id";
  return (await tx.query<{ readonly id: string }>(sql, [before])).map(({ id }) => id);
}
