// Failed attempts per keyed digest. As cordon_access: counted before it is known whether the address exists.
import type { Transaction } from '#platform/store/store.ts';

export interface AttemptRow {
  readonly failures: number;
  readonly locked_until: Date | null;
}

/** Counts the attempt as failed unless the address is locked; null when it is, with nothing counted. */
export async function countAttempt(
  tx: Transaction,
  attempt: { readonly digest: Uint8Array; readonly now: Date; readonly forgetBefore: Date },
): Promise<AttemptRow | null> {
  const rows = await tx.query<AttemptRow>(
    `INSERT INTO sign_in_attempt AS a (digest, failures, last_at) VALUES ($1, 1, $2)
     ON CONFLICT (digest) DO UPDATE
       SET failures = CASE WHEN a.last_at < $3 THEN 1 ELSE a.failures + 1 END, last_at = $2
       WHERE a.locked_until IS NULL OR a.locked_until <= $2
     RETURNING failures, locked_until`,
    [attempt.digest, attempt.now, attempt.forgetBefore],
  );
  return rows[0] ?? null;
}

export async function lockUntil(tx: Transaction, digest: Uint8Array, until: Date): Promise<void> {
  await tx.query('UPDATE sign_in_attempt SET locked_until = $2 WHERE digest = $1', [digest, until]);
}

export async function readAttempt(tx: Transaction, digest: Uint8Array): Promise<AttemptRow | null> {
  const rows = await tx.query<AttemptRow>('SELECT failures, locked_until FROM sign_in_attempt WHERE digest = $1', [
    digest,
  ]);
  return rows[0] ?? null;
}

export async function clearAttempts(tx: Transaction, digest: Uint8Array): Promise<void> {
  await tx.query('DELETE FROM sign_in_attempt WHERE digest = $1', [digest]);
}

export async function forgetAttempts(tx: Transaction, before: Date): Promise<void> {
  await tx.query('DELETE FROM sign_in_attempt WHERE last_at < $1', [before]);
}
