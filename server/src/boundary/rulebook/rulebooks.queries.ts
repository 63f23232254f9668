// What rulebooks are made of, and the number that says whether it changed. As cordon_app.
import type { Policy } from '@cordon/contract';
import type { Agreement, Service } from '#boundary/policy/snapshot.ts';
import type { PolicyOfFirstForm } from '#boundary/policy/stored.ts';
import type { Transaction } from '#platform/store/store.ts';

type Stored = Policy | PolicyOfFirstForm;

/** Changes of the tenant's rows and choices so far. */
export async function countChanges(tx: Transaction): Promise<number> {
  const rows = await tx.query<{ changes: number }>('SELECT changes FROM rulebook_state');
  return rows[0]?.changes ?? 0;
}

/** The newest choice of each role. */
export async function chosenPolicies(
  tx: Transaction,
): Promise<{ readonly live: Stored | null; readonly shadow: Stored | null }> {
  const rows = await tx.query<{ role: 'live' | 'shadow'; document: Stored | null }>(
    `SELECT choice.role, held.document
       FROM (SELECT DISTINCT ON (role) role, policy_id, version FROM policy_choice ORDER BY role, seq DESC) choice
       LEFT JOIN policy_version held ON held.id = choice.policy_id AND held.version = choice.version`,
  );
  const of = (role: 'live' | 'shadow'): Stored | null => rows.find((row) => row.role === role)?.document ?? null;
  return { live: of('live'), shadow: of('shadow') };
}

export async function policyAt(tx: Transaction, id: string, version: number): Promise<Stored | null> {
  const rows = await tx.query<{ document: Stored }>(
    'SELECT document FROM policy_version WHERE id = $1 AND version = $2',
    [id, version],
  );
  return rows[0]?.document ?? null;
}

export type NamedRow = readonly ['service' | 'agreement' | 'method' | 'engine', string, number];

/** Kept once per version, by whoever decides with it first. */
export async function keepSnapshot(tx: Transaction, version: string, rows: readonly NamedRow[]): Promise<void> {
  await tx.query(
    `INSERT INTO registry_snapshot (tenant, version, rows)
      VALUES (current_setting('cordon.tenant')::uuid, $1, $2) ON CONFLICT DO NOTHING`,
    [version, JSON.stringify(rows)],
  );
}

export async function rowsOfSnapshot(tx: Transaction, version: string): Promise<readonly NamedRow[] | null> {
  const rows = await tx.query<{ rows: readonly NamedRow[] }>('SELECT rows FROM registry_snapshot WHERE version = $1', [
    version,
  ]);
  return rows[0]?.rows ?? null;
}

interface HeldRow<Row> {
  readonly id: string;
  readonly version: number;
  readonly row: Row;
}

const AT = {
  service: `SELECT id, version, row FROM registry_service
    WHERE (id, version) IN (SELECT * FROM unnest($1::text[], $2::integer[])) ORDER BY id`,
  agreement: `SELECT id, version, row FROM registry_agreement
    WHERE (id, version) IN (SELECT * FROM unnest($1::text[], $2::integer[])) ORDER BY id`,
} as const;

export async function servicesAt(tx: Transaction, rows: readonly NamedRow[]): Promise<HeldRow<Service>[]> {
  return tx.query<HeldRow<Service>>(AT.service, namesOfKind(rows, 'service'));
}

export async function agreementsAt(tx: Transaction, rows: readonly NamedRow[]): Promise<HeldRow<Agreement>[]> {
  return tx.query<HeldRow<Agreement>>(AT.agreement, namesOfKind(rows, 'agreement'));
}

/** Ids and versions of one kind, as two lists. */
export function namesOfKind(rows: readonly NamedRow[], kind: NamedRow[0]): [string[], number[]] {
  const ofKind = rows.filter(([one]) => one === kind);
  return [ofKind.map(([, id]) => id), ofKind.map(([, , version]) => version)];
}
