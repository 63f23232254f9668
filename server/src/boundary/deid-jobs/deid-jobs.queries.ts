// Rows of de-identification jobs and of their parts. A part holds its input until it is worked on, then its result.
import { sealedColumns, type SealedRow } from '#custody/keys/sealed-json.ts';
import type { Sealed } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { DeidSettings } from './settings.ts';

export interface DeidJobRow {
  readonly id: string;
  readonly state: 'receiving' | 'queued' | 'running' | 'done' | 'failed';
  readonly settings: DeidSettings;
  readonly problem: string | null;
  readonly receipt: number;
  readonly lines: number;
  readonly lines_done: number;
  readonly lines_refused: number;
  readonly replaced: number;
  readonly characters: number;
  readonly actor_type: ActorRef['type'];
  readonly actor_id: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly expires_at: Date;
}

const COLUMNS = `id, state, settings, problem, receipt, lines, lines_done, lines_refused, replaced::float8 AS replaced,
  characters::float8 AS characters, actor_type, actor_id, created_at, updated_at, expires_at`;

/** The receipt under which parts are stored; null when the job was received already. A broken receipt's parts are gone. */
export async function beginReceipt(
  tx: Transaction,
  row: {
    readonly id: string;
    readonly settings: DeidSettings;
    readonly actor: ActorRef;
    readonly at: Date;
    readonly expires: Date;
  },
): Promise<number | null> {
  const rows = await tx.query<{ receipt: number }>(
    `INSERT INTO deid_job (tenant, id, state, settings, actor_type, actor_id, created_at, updated_at, expires_at)
     VALUES (current_setting('cordon.tenant')::uuid, $1, 'receiving', $2, $3, $4, $5, $5, $6)
     ON CONFLICT (tenant, id) DO UPDATE SET receipt = deid_job.receipt + 1, updated_at = $5 WHERE deid_job.state = 'receiving'
     RETURNING receipt`,
    [row.id, JSON.stringify(row.settings), row.actor.type, row.actor.id, row.at, row.expires],
  );
  const [begun] = rows;
  if (begun === undefined) return null;
  await tx.query('DELETE FROM deid_part WHERE job = $1', [row.id]);
  return begun.receipt;
}

/** Whether this receipt is still the one; the row stays locked for this transaction. */
export async function holdReceipt(tx: Transaction, id: string, receipt: number, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE deid_job SET updated_at = $3 WHERE id = $1 AND receipt = $2 AND state = 'receiving' RETURNING id`,
    [id, receipt, at],
  );
  return rows.length === 1;
}

export async function insertPart(
  tx: Transaction,
  job: string,
  ordinal: number,
  lines: number,
  sealed: Sealed,
): Promise<void> {
  await tx.query(
    `INSERT INTO deid_part (tenant, job, ordinal, state, lines, ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, 'waiting', $3, $4, $5, $6)`,
    [job, ordinal, lines, ...sealedColumns(sealed)],
  );
}

export async function markQueued(tx: Transaction, id: string, lines: number, at: Date): Promise<void> {
  await tx.query(`UPDATE deid_job SET state = 'queued', lines = $2, updated_at = $3 WHERE id = $1`, [id, lines, at]);
}

export async function deidJobById(tx: Transaction, id: string): Promise<DeidJobRow | null> {
  const rows = await tx.query<DeidJobRow>(`SELECT ${COLUMNS} FROM deid_job WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

/** Received ones, newest first, those behind `before`. */
export function deidJobsOf(
  tx: Transaction,
  actor: ActorRef,
  before: { readonly at: Date; readonly id: string } | null,
  limit: number,
): Promise<DeidJobRow[]> {
  return tx.query<DeidJobRow>(
    `SELECT ${COLUMNS} FROM deid_job WHERE actor_type = $1 AND actor_id = $2 AND state <> 'receiving'
       AND ($3::timestamptz IS NULL OR (date_trunc('milliseconds', created_at), id) < ($3, $4::uuid))
     ORDER BY date_trunc('milliseconds', created_at) DESC, id DESC LIMIT $5`,
    [actor.type, actor.id, before?.at ?? null, before?.id ?? null, limit],
  );
}

/** Takes the work; null when it is done, failed, gone or expired. */
export async function beginWork(tx: Transaction, id: string, at: Date): Promise<DeidJobRow | null> {
  const rows = await tx.query<DeidJobRow>(
    `UPDATE deid_job SET state = 'running', updated_at = $2
     WHERE id = $1 AND state IN ('queued', 'running') AND expires_at > $2 RETURNING ${COLUMNS}`,
    [id, at],
  );
  return rows[0] ?? null;
}

export interface DeidPartRow extends SealedRow {
  readonly ordinal: number;
  readonly state: 'waiting' | 'done';
  readonly lines: number;
}

const PART_COLUMNS = 'ordinal, state, lines, ciphertext, erasure_key, wrap';

export async function nextWaiting(tx: Transaction, job: string): Promise<DeidPartRow | null> {
  const rows = await tx.query<DeidPartRow>(
    `SELECT ${PART_COLUMNS} FROM deid_part WHERE job = $1 AND state = 'waiting' ORDER BY ordinal LIMIT 1`,
    [job],
  );
  return rows[0] ?? null;
}

export async function partAfter(tx: Transaction, job: string, ordinal: number): Promise<DeidPartRow | null> {
  const rows = await tx.query<DeidPartRow>(
    `SELECT ${PART_COLUMNS} FROM deid_part WHERE job = $1 AND ordinal > $2 ORDER BY ordinal LIMIT 1`,
    [job, ordinal],
  );
  return rows[0] ?? null;
}

export interface PartCounts {
  readonly lines: number;
  readonly refused: number;
  readonly replaced: number;
  readonly characters: number;
}

/** The result takes the input's place. The first worker wins: what a second one made is dropped, and counts nothing. */
export async function finishPart(
  tx: Transaction,
  job: string,
  ordinal: number,
  sealed: Sealed,
  counts: PartCounts,
  at: Date,
): Promise<void> {
  const rows = await tx.query(
    `UPDATE deid_part SET state = 'done', ciphertext = $3, erasure_key = $4, wrap = $5
     WHERE job = $1 AND ordinal = $2 AND state = 'waiting' RETURNING ordinal`,
    [job, ordinal, ...sealedColumns(sealed)],
  );
  if (rows.length === 0) return;
  await tx.query(
    `UPDATE deid_job SET lines_done = lines_done + $2, lines_refused = lines_refused + $3, replaced = replaced + $4,
       characters = characters + $5, updated_at = $6 WHERE id = $1`,
    [job, counts.lines, counts.refused, counts.replaced, counts.characters, at],
  );
}

/** The row if it was still open and has no part left to do. */
export async function finishJob(tx: Transaction, id: string, at: Date, expires: Date): Promise<DeidJobRow | null> {
  const rows = await tx.query<DeidJobRow>(
    `UPDATE deid_job SET state = 'done', updated_at = $2, expires_at = $3 WHERE id = $1 AND state = 'running'
       AND NOT EXISTS (SELECT 1 FROM deid_part p WHERE p.job = $1 AND p.state = 'waiting') RETURNING ${COLUMNS}`,
    [id, at, expires],
  );
  return rows[0] ?? null;
}

/** What it had is of no use to anybody: its parts go at once. */
export async function failJob(tx: Transaction, id: string, problem: string, at: Date): Promise<void> {
  const rows = await tx.query(
    `UPDATE deid_job SET state = 'failed', problem = $2, updated_at = $3
     WHERE id = $1 AND state IN ('queued', 'running') RETURNING id`,
    [id, problem, at],
  );
  if (rows.length === 1) await tx.query('DELETE FROM deid_part WHERE job = $1', [id]);
}

/** Whether there was one. Its parts go with it. */
export async function deleteJob(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.query('DELETE FROM deid_job WHERE id = $1 RETURNING id', [id]);
  return rows.length === 1;
}

/** Expired ones, and those whose upload broke off: nothing came since `quiet`. */
export function overdueJobs(
  tx: Transaction,
  now: Date,
  quiet: Date,
  limit: number,
): Promise<{ id: string; state: string }[]> {
  return tx.query(
    `SELECT id, state FROM deid_job WHERE expires_at <= $1 OR (state = 'receiving' AND updated_at < $2)
     ORDER BY expires_at LIMIT $3`,
    [now, quiet, limit],
  );
}
