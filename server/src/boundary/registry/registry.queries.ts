// Rows of the registry: the newest version of each, what is sealed beside them, and how many there ever were.
import { sealedColumns, type SealedRow } from '#custody/keys/sealed-json.ts';
import type { Sealed } from '#custody/keys/sealer.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { Policy } from '@cordon/contract';
import type { PolicyOfFirstForm } from '#boundary/policy/stored.ts';
import type { AgreementRow, ServiceRow } from './rows.ts';

type RegistryTable = 'registry_service' | 'registry_agreement';

export interface VersionedRow<Row> {
  readonly id: string;
  readonly version: number;
  readonly row: Row;
}

/** A row with what is sealed beside it; nothing is where nobody typed anything. */
export interface StoredRow<Row> extends VersionedRow<Row> {
  readonly recorded_at: Date;
  readonly ciphertext: Uint8Array | null;
  readonly erasure_key: string | null;
  readonly wrap: Uint8Array | null;
}

export function newestServices(tx: Transaction): Promise<VersionedRow<ServiceRow>[]> {
  return tx.query('SELECT DISTINCT ON (id) id, version, row FROM registry_service ORDER BY id, version DESC');
}

export function newestAgreements(tx: Transaction): Promise<VersionedRow<AgreementRow>[]> {
  return tx.query('SELECT DISTINCT ON (id) id, version, row FROM registry_agreement ORDER BY id, version DESC');
}

/** `id` null: all of them. */
export function storedServices(tx: Transaction, id: string | null = null): Promise<StoredRow<ServiceRow>[]> {
  return tx.query(
    `SELECT DISTINCT ON (id) id, version, row, recorded_at, ciphertext, erasure_key, wrap FROM registry_service
     WHERE $1::text IS NULL OR id = $1 ORDER BY id, version DESC`,
    [id],
  );
}

/** `id` null: all of them. */
export function storedAgreements(tx: Transaction, id: string | null = null): Promise<StoredRow<AgreementRow>[]> {
  return tx.query(
    `SELECT DISTINCT ON (id) id, version, row, recorded_at, ciphertext, erasure_key, wrap FROM registry_agreement
     WHERE $1::text IS NULL OR id = $1 ORDER BY id, version DESC`,
    [id],
  );
}

const INSERT = {
  registry_service: `INSERT INTO registry_service (tenant, id, version, row, ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6)`,
  registry_agreement: `INSERT INTO registry_agreement (tenant, id, version, row, ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6)`,
} as const;

/** `sealed` null: nobody typed anything. */
export async function insertVersion(
  tx: Transaction,
  table: RegistryTable,
  row: ServiceRow | AgreementRow,
  sealed: Sealed | null = null,
): Promise<void> {
  const columns = sealed === null ? [null, null, null] : sealedColumns(sealed);
  await tx.query(INSERT[table], [row.id, row.version, JSON.stringify(row), ...columns]);
}

/** Serialises writers of one tenant's registry, so that two processes never make the same version. */
export async function lockRegistry(tx: Transaction): Promise<void> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('registry:' || current_setting('cordon.tenant'), 0))");
}

export async function livePolicy(tx: Transaction): Promise<Policy | PolicyOfFirstForm | null> {
  const rows = await tx.query<{ document: Policy | PolicyOfFirstForm }>(
    `SELECT document FROM policy_version
      WHERE (id, version) = (SELECT policy_id, version FROM policy_choice WHERE role = 'live' ORDER BY seq DESC LIMIT 1)`,
  );
  return rows[0]?.document ?? null;
}

export type ClaimRow = SealedRow & { readonly id: string; readonly version: number; readonly recorded_at: Date };

/** `id` null: all of them. */
export function storedClaims(tx: Transaction, id: string | null = null): Promise<ClaimRow[]> {
  return tx.query(
    `SELECT DISTINCT ON (id) id::text AS id, version, recorded_at, ciphertext, erasure_key, wrap FROM registry_claim
     WHERE $1::uuid IS NULL OR id = $1 ORDER BY id, version DESC`,
    [id],
  );
}

export async function insertClaim(tx: Transaction, id: string, version: number, sealed: Sealed): Promise<void> {
  await tx.query(
    `INSERT INTO registry_claim (tenant, id, version, ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5)`,
    [id, version, ...sealedColumns(sealed)],
  );
}
