// Versions of the policy and what was chosen among them. As cordon_app; insert only.
import type { Policy } from '@cordon/contract';
import type { PolicyOfFirstForm } from '#boundary/policy/stored.ts';
import type { Transaction } from '#platform/store/store.ts';

type Stored = Policy | PolicyOfFirstForm;

export interface VersionRow {
  readonly id: string;
  readonly version: number;
  readonly recorded_at: Date;
  /** Newest choice that made it live; null: it never was. */
  readonly activated_at: Date | null;
  readonly live: boolean;
  readonly shadow: boolean;
}

export async function insertPolicy(tx: Transaction, policy: Policy): Promise<void> {
  await tx.query(
    "INSERT INTO policy_version (tenant, id, version, document) VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3)",
    [policy.id, policy.version, JSON.stringify(policy)],
  );
}

export interface Choice {
  readonly role: 'live' | 'shadow';
  readonly policy: { readonly id: string; readonly version: number } | null;
  readonly askedBy: string;
  readonly approvedBy: string | null;
  readonly waived: boolean;
}

export async function insertChoice(tx: Transaction, choice: Choice): Promise<void> {
  const { role, policy, askedBy, approvedBy, waived } = choice;
  await tx.query(
    `INSERT INTO policy_choice (tenant, role, policy_id, version, chosen_at, asked_by, approved_by, waived)
      VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, clock_timestamp(), $4, $5, $6)`,
    [role, policy?.id ?? null, policy?.version ?? null, askedBy, approvedBy, waived],
  );
}

/** Version numbers are the tenant's own, whatever the policies are called. */
export async function policyOfVersion(tx: Transaction, version: number): Promise<Stored | null> {
  const rows = await tx.query<{ document: Stored }>('SELECT document FROM policy_version WHERE version = $1', [
    version,
  ]);
  return rows[0]?.document ?? null;
}

export async function newestPolicy(tx: Transaction): Promise<Stored | null> {
  const rows = await tx.query<{ document: Stored }>(
    'SELECT document FROM policy_version ORDER BY version DESC LIMIT 1',
  );
  return rows[0]?.document ?? null;
}

/** Newest first; `before` is the last version of the page before. */
export async function listVersionRows(tx: Transaction, before: number | null, limit: number): Promise<VersionRow[]> {
  return tx.query<VersionRow>(
    `WITH newest AS (SELECT DISTINCT ON (role) role, policy_id, version FROM policy_choice ORDER BY role, seq DESC)
     SELECT held.id, held.version, held.recorded_at,
            (SELECT max(chosen_at) FROM policy_choice made
              WHERE made.role = 'live' AND made.policy_id = held.id AND made.version = held.version) AS activated_at,
            EXISTS (SELECT FROM newest WHERE role = 'live' AND policy_id = held.id AND newest.version = held.version) AS live,
            EXISTS (SELECT FROM newest WHERE role = 'shadow' AND policy_id = held.id AND newest.version = held.version) AS shadow
       FROM policy_version held WHERE $1::integer IS NULL OR held.version < $1 ORDER BY held.version DESC LIMIT $2`,
    [before, limit],
  );
}

/** Serialises those who record versions of one tenant. */
export async function lockPolicies(tx: Transaction): Promise<void> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('policy:' || current_setting('cordon.tenant'), 0))");
}

/** Active people of the tenant who hold one of these roles. */
export async function countHolders(tx: Transaction, roles: readonly string[]): Promise<number> {
  const rows = await tx.query<{ people: number }>(
    `SELECT count(*) AS people FROM person WHERE state = 'active' AND roles && $1::text[]`,
    [roles],
  );
  return rows[0]?.people ?? 0;
}
