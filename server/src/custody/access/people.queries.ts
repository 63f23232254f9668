// People, what is sealed about them, their recovery codes and invitations. All as cordon_app: the wall adds the tenant.
import type { Role } from '@cordon/contract';
import type { TenantId } from '#kernel/ids.ts';
import type { SealedRow } from '#custody/keys/sealed-json.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface PersonRow {
  readonly id: string;
  readonly state: 'invited' | 'active' | 'suspended';
  readonly roles: Role[];
  readonly password_hash: string | null;
  readonly totp_step: string;
  readonly created_at: Date;
  readonly last_sign_in_at: Date | null;
}

export type SecretKind = 'profile' | 'totp' | 'totp-pending';

export interface SecretRow extends SealedRow {
  readonly version: number;
}

export interface InvitationRow {
  readonly id: string;
  readonly person: string;
  readonly purpose: 'join' | 'password' | 'authenticator';
  readonly password_hash: string | null;
}

const PERSON = 'id, state, roles, password_hash, totp_step::text, created_at, last_sign_in_at';

export async function insertPerson(
  tx: Transaction,
  row: {
    readonly tenant: TenantId;
    readonly id: string;
    readonly emailDigest: Uint8Array;
    readonly roles: readonly Role[];
    readonly at: Date;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO person (tenant, id, email_digest, state, roles, created_at) VALUES ($1, $2, $3, 'invited', $4, $5)`,
    [row.tenant, row.id, row.emailDigest, row.roles, row.at],
  );
}

export async function readPerson(tx: Transaction, id: string): Promise<PersonRow | null> {
  const rows = await tx.query<PersonRow>(`SELECT ${PERSON} FROM person WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

/** Locked until the transaction ends: roles and state are changed by one at a time. */
export async function lockPerson(tx: Transaction, id: string): Promise<PersonRow | null> {
  const rows = await tx.query<PersonRow>(`SELECT ${PERSON} FROM person WHERE id = $1 FOR UPDATE`, [id]);
  return rows[0] ?? null;
}

export async function findPersonByEmail(tx: Transaction, digest: Uint8Array): Promise<PersonRow | null> {
  const rows = await tx.query<PersonRow>(`SELECT ${PERSON} FROM person WHERE email_digest = $1`, [digest]);
  return rows[0] ?? null;
}

export async function listPeopleRows(tx: Transaction, after: string | null, limit: number): Promise<PersonRow[]> {
  return tx.query<PersonRow>(`SELECT ${PERSON} FROM person WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2`, [
    after,
    limit,
  ]);
}

export async function countActiveWithRole(tx: Transaction, role: Role): Promise<number> {
  const rows = await tx.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM (SELECT 1 FROM person WHERE state = 'active' AND $1 = ANY (roles) FOR UPDATE) AS held`,
    [role],
  );
  return rows[0]?.n ?? 0;
}

export async function updateRoles(tx: Transaction, id: string, roles: readonly Role[]): Promise<void> {
  await tx.query('UPDATE person SET roles = $2 WHERE id = $1', [id, roles]);
}

export async function updateState(tx: Transaction, id: string, state: PersonRow['state']): Promise<void> {
  await tx.query('UPDATE person SET state = $2 WHERE id = $1', [id, state]);
}

export async function updatePassword(tx: Transaction, id: string, hash: string): Promise<void> {
  await tx.query('UPDATE person SET password_hash = $2 WHERE id = $1', [id, hash]);
}

export async function markSignedIn(tx: Transaction, id: string, at: Date): Promise<void> {
  await tx.query('UPDATE person SET last_sign_in_at = $2 WHERE id = $1', [id, at]);
}

/** True for the first use of this time step or a later one than before; a code seen once is never accepted again. */
export async function spendStep(tx: Transaction, id: string, step: number): Promise<boolean> {
  const rows = await tx.query('UPDATE person SET totp_step = $2 WHERE id = $1 AND totp_step < $2 RETURNING id', [
    id,
    step,
  ]);
  return rows.length === 1;
}

export async function writeSecret(
  tx: Transaction,
  secret: {
    readonly tenant: TenantId;
    readonly person: string;
    readonly kind: SecretKind;
    readonly version: number;
    readonly columns: readonly [Uint8Array, string, Uint8Array];
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO person_secret (tenant, person, kind, version, ciphertext, erasure_key, wrap) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant, person, kind) DO UPDATE
       SET version = excluded.version, ciphertext = excluded.ciphertext, erasure_key = excluded.erasure_key, wrap = excluded.wrap`,
    [secret.tenant, secret.person, secret.kind, secret.version, ...secret.columns],
  );
}

export async function readSecret(tx: Transaction, person: string, kind: SecretKind): Promise<SecretRow | null> {
  const rows = await tx.query<SecretRow>(
    'SELECT version, ciphertext, erasure_key, wrap FROM person_secret WHERE person = $1 AND kind = $2',
    [person, kind],
  );
  return rows[0] ?? null;
}

export async function deleteSecret(tx: Transaction, person: string, kind: SecretKind): Promise<void> {
  await tx.query('DELETE FROM person_secret WHERE person = $1 AND kind = $2', [person, kind]);
}

export async function replaceRecoveryCodes(
  tx: Transaction,
  tenant: TenantId,
  person: string,
  digests: readonly Uint8Array[],
): Promise<void> {
  await tx.query('DELETE FROM recovery_code WHERE person = $1', [person]);
  for (const digest of digests) {
    await tx.query('INSERT INTO recovery_code (tenant, person, digest) VALUES ($1, $2, $3)', [tenant, person, digest]);
  }
}

/** True when the code was there; it is gone afterwards. */
export async function spendRecoveryCode(tx: Transaction, person: string, digest: Uint8Array): Promise<boolean> {
  const rows = await tx.query('DELETE FROM recovery_code WHERE person = $1 AND digest = $2 RETURNING digest', [
    person,
    digest,
  ]);
  return rows.length === 1;
}

export async function insertInvitation(
  tx: Transaction,
  row: {
    readonly tenant: TenantId;
    readonly id: string;
    readonly person: string;
    readonly purpose: InvitationRow['purpose'];
    readonly digest: Uint8Array;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await tx.query(
    'INSERT INTO invitation (tenant, id, person, purpose, digest, expires_at) VALUES ($1, $2, $3, $4, $5, $6)',
    [row.tenant, row.id, row.person, row.purpose, row.digest, row.expiresAt],
  );
}

/** Locked; null when unknown, used or expired. */
export async function lockInvitation(tx: Transaction, digest: Uint8Array, now: Date): Promise<InvitationRow | null> {
  const rows = await tx.query<InvitationRow>(
    `SELECT id, person, purpose, password_hash FROM invitation
      WHERE digest = $1 AND used_at IS NULL AND expires_at > $2 FOR UPDATE`,
    [digest, now],
  );
  return rows[0] ?? null;
}

export async function holdPassword(tx: Transaction, id: string, hash: string): Promise<void> {
  await tx.query('UPDATE invitation SET password_hash = $2 WHERE id = $1', [id, hash]);
}

/** Ends every open invitation of the person; returns their digests. */
export async function endInvitations(tx: Transaction, person: string, now: Date): Promise<Uint8Array[]> {
  const rows = await tx.query<{ digest: Buffer }>(
    'UPDATE invitation SET used_at = $2, password_hash = NULL WHERE person = $1 AND used_at IS NULL RETURNING digest',
    [person, now],
  );
  return rows.map((row) => row.digest);
}
