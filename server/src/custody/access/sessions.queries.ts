// Sessions. As cordon_app.
import type { Role } from '@cordon/contract';
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';

export type ClientClass = 'browser' | 'program';

export interface SessionRow {
  readonly id: string;
  readonly person: string;
  readonly digest: Buffer;
  readonly opened_at: Date;
  readonly seen_at: Date;
  readonly expires_at: Date;
  readonly reauthenticated_at: Date;
  readonly client: ClientClass;
  readonly address_digest: Buffer | null;
}

/** A session with the state of its person now. */
export interface LiveSessionRow extends SessionRow {
  readonly person_state: string;
  readonly roles: Role[];
}

const SESSION =
  's.id, s.person, s.digest, s.opened_at, s.seen_at, s.expires_at, s.reauthenticated_at, s.client, s.address_digest';

export async function insertSession(
  tx: Transaction,
  row: {
    readonly tenant: TenantId;
    readonly id: string;
    readonly person: string;
    readonly digest: Uint8Array;
    readonly at: Date;
    readonly expiresAt: Date;
    readonly client: ClientClass;
    readonly addressDigest: Uint8Array | null;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO session (tenant, id, person, digest, opened_at, seen_at, expires_at, reauthenticated_at, client, address_digest)
     VALUES ($1, $2, $3, $4, $5, $5, $6, $5, $7, $8)`,
    [row.tenant, row.id, row.person, row.digest, row.at, row.expiresAt, row.client, row.addressDigest],
  );
}

export async function findSession(tx: Transaction, digest: Uint8Array): Promise<LiveSessionRow | null> {
  const rows = await tx.query<LiveSessionRow>(
    `SELECT ${SESSION}, p.state AS person_state, p.roles FROM session s JOIN person p ON p.tenant = s.tenant AND p.id = s.person
      WHERE s.digest = $1 AND s.ended_at IS NULL`,
    [digest],
  );
  return rows[0] ?? null;
}

export async function listOpenSessions(tx: Transaction, person: string | null): Promise<SessionRow[]> {
  return tx.query<SessionRow>(
    `SELECT ${SESSION} FROM session s WHERE s.ended_at IS NULL AND ($1::uuid IS NULL OR s.person = $1) ORDER BY s.seen_at DESC LIMIT 500`,
    [person],
  );
}

export async function touchSession(tx: Transaction, id: string, at: Date): Promise<void> {
  await tx.query('UPDATE session SET seen_at = $2 WHERE id = $1 AND ended_at IS NULL', [id, at]);
}

export async function markReauthenticated(tx: Transaction, id: string, at: Date): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE session SET reauthenticated_at = $2, seen_at = $2 WHERE id = $1 AND ended_at IS NULL RETURNING id',
    [id, at],
  );
  return rows.length === 1;
}

/** Ends open sessions of a person (or one of them) and forgets where their tokens belong. Returns the ids. */
export async function endSessionRows(
  tx: Transaction,
  which: { readonly person: string; readonly id: string | null; readonly except: string | null },
  end: { readonly at: Date; readonly reason: string },
): Promise<string[]> {
  const rows = await tx.query<{ id: string; digest: Buffer }>(
    `UPDATE session SET ended_at = $4, end_reason = $5
      WHERE person = $1 AND ended_at IS NULL AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <> $3)
      RETURNING id, digest`,
    [which.person, which.id, which.except, end.at, end.reason],
  );
  for (const row of rows) await tx.query(`DELETE FROM locator WHERE kind = 'session' AND digest = $1`, [row.digest]);
  return rows.map((row) => row.id);
}
