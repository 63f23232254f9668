// Rows of the registry: the newest version of each, and their versions as one word.
import type { Transaction } from '#platform/store/store.ts';
import type { Policy } from '@cordon/contract';
import type { Agreement, Service } from '#boundary/policy/snapshot.ts';
import type { PolicyOfFirstForm } from '#boundary/policy/stored.ts';

export type RegistryTable = 'registry_service' | 'registry_agreement';

const NEWEST = {
  registry_service: 'SELECT DISTINCT ON (id) id, version, row FROM registry_service ORDER BY id, version DESC',
  registry_agreement: 'SELECT DISTINCT ON (id) id, version, row FROM registry_agreement ORDER BY id, version DESC',
} as const;

const INSERT = {
  registry_service:
    "INSERT INTO registry_service (tenant, id, version, row) VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3)",
  registry_agreement:
    "INSERT INTO registry_agreement (tenant, id, version, row) VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3)",
} as const;

export interface VersionedRow<Row> {
  readonly id: string;
  readonly version: number;
  readonly row: Row;
}

export function newestServices(tx: Transaction): Promise<VersionedRow<Service>[]> {
  return tx.query<VersionedRow<Service>>(NEWEST.registry_service);
}

export function newestAgreements(tx: Transaction): Promise<VersionedRow<Agreement>[]> {
  return tx.query<VersionedRow<Agreement>>(NEWEST.registry_agreement);
}

export async function insertVersion(tx: Transaction, table: RegistryTable, row: Service | Agreement): Promise<void> {
  await tx.query(INSERT[table], [row.id, row.version, JSON.stringify(row)]);
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
