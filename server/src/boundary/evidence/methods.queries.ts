// Rows of method records: the newest version of each, and those of given versions. As cordon_app; insert only.
import { sealedColumns, type SealedRow } from '#custody/keys/sealed-json.ts';
import type { Sealed } from '#custody/keys/sealer.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { MethodRow } from './rows.ts';

export interface StoredMethod extends SealedRow {
  readonly id: string;
  readonly version: number;
  readonly row: MethodRow;
  readonly recorded_at: Date;
}

/** In the order in which they were begun; `id` null: all of them. */
export function storedMethods(tx: Transaction, id: string | null = null): Promise<StoredMethod[]> {
  return tx.query(
    `SELECT DISTINCT ON (id) id::text AS id, version, row, recorded_at, ciphertext, erasure_key, wrap FROM deid_method
     WHERE $1::uuid IS NULL OR id = $1 ORDER BY id, version DESC`,
    [id],
  );
}

/** Without what is sealed: for policy, warnings and upkeep. */
export async function newestMethods(tx: Transaction): Promise<MethodRow[]> {
  const rows = await tx.query<{ row: MethodRow }>(
    'SELECT DISTINCT ON (id) row FROM deid_method ORDER BY id, version DESC',
  );
  return rows.map(({ row }) => row);
}

/** Rows of given versions, as a past decision names them. */
export async function methodsAt(
  tx: Transaction,
  ids: readonly string[],
  versions: readonly number[],
): Promise<MethodRow[]> {
  const rows = await tx.query<{ row: MethodRow }>(
    `SELECT row FROM deid_method
      WHERE (id, version) IN (SELECT * FROM unnest($1::uuid[], $2::integer[])) ORDER BY id`,
    [ids, versions],
  );
  return rows.map(({ row }) => row);
}

export async function insertMethod(tx: Transaction, row: MethodRow, sealed: Sealed): Promise<void> {
  await tx.query(
    `INSERT INTO deid_method (tenant, id, version, row, ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6)`,
    [row.id, row.version, JSON.stringify(row), ...sealedColumns(sealed)],
  );
}
