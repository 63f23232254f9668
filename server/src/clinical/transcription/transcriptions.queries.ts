// Rows of transcriptions: the state of a recognition for people, and its finished segments for resumption.
import type { IntentScope } from '#boundary/policy/intent.ts';
import { sealedColumns, type SealedRow } from '#custody/keys/sealed-json.ts';
import type { Sealed } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface TranscriptionRow {
  readonly id: string;
  readonly encounter: string;
  readonly recording: string;
  readonly transcript: string | null;
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  readonly attempt: number;
  readonly problem: string | null;
  readonly progress_ms: number;
  readonly duration_ms: number | null;
  readonly requested: TranscriptionWish;
  readonly call: CallSummary | null;
  /** Of a streamed one, since its last attempt began. */
  readonly begun: Begun | null;
  readonly actor_type: ActorRef['type'];
  readonly actor_id: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** What the call of a finished transcription was, for the answer's headers: codes and ledger positions. */
export interface CallSummary {
  readonly decision: string;
  readonly service: string;
  readonly pattern: string;
  readonly obligations: readonly string[];
  readonly review: string;
  readonly intentIndex: number;
  /** Id of the outcome entry. */
  readonly outcome: string;
}

/** What is fixed when a streamed answer begins: what may be said of its call, and how its text is written whoever tells it. */
export interface Begun extends Omit<CallSummary, 'outcome'> {
  /** Version of the tenant's vocabulary; 0 for none. */
  readonly vocabulary: number;
  readonly dictation: boolean;
}

/** What the caller asked for: none of it is PHI. */
export interface TranscriptionWish {
  readonly service: string | null;
  readonly purpose: string;
  /** What the asking credential allows; policy holds the call to it whenever it runs. */
  readonly scope: IntentScope;
  readonly onBehalfOf: string | null;
  readonly residency: string | null;
  readonly tags: readonly string[];
  /** Id of the HTTP request that asked; its first attempt is recorded under it (`GET /api/requests/{id}`). */
  readonly request: string | null;
  /** The text is told while the recording is recognised, so the call's answer is a stream (docs/formats/stream.md). */
  readonly stream?: boolean;
}

const COLUMNS = `id, encounter, recording, transcript, state, attempt, problem, progress_ms::float8 AS progress_ms,
  duration_ms::float8 AS duration_ms, requested, call, begun, actor_type, actor_id, created_at, updated_at`;

export async function insertTranscription(
  tx: Transaction,
  row: {
    readonly id: string;
    readonly encounter: string;
    readonly recording: string;
    readonly wish: TranscriptionWish;
    readonly actor: ActorRef;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO transcription (tenant, id, encounter, recording, state, requested, actor_type, actor_id, created_at, updated_at, duration_ms)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, 'queued', $4, $5, $6, $7, $7,
       (SELECT duration_ms FROM recording WHERE id = $3))`,
    [row.id, row.encounter, row.recording, JSON.stringify(row.wish), row.actor.type, row.actor.id, row.at],
  );
}

export async function transcriptionById(tx: Transaction, id: string): Promise<TranscriptionRow | null> {
  const rows = await tx.query<TranscriptionRow>(`SELECT ${COLUMNS} FROM transcription WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

/** The newest transcription of a recording. */
export async function transcriptionOfRecording(tx: Transaction, recording: string): Promise<TranscriptionRow | null> {
  const rows = await tx.query<TranscriptionRow>(
    `SELECT ${COLUMNS} FROM transcription WHERE recording = $1 ORDER BY created_at DESC, id DESC LIMIT 1`,
    [recording],
  );
  return rows[0] ?? null;
}

/** Takes the work and counts the attempt; null when it is done, failed or unknown. The row stays locked for this transaction. */
export async function beginAttempt(tx: Transaction, id: string, at: Date): Promise<TranscriptionRow | null> {
  const rows = await tx.query<TranscriptionRow>(
    `UPDATE transcription SET state = 'running', attempt = attempt + 1, updated_at = $2
     WHERE id = $1 AND state IN ('queued', 'running') RETURNING ${COLUMNS}`,
    [id, at],
  );
  return rows[0] ?? null;
}

export async function setProgress(tx: Transaction, id: string, progressMs: number, at: Date): Promise<void> {
  await tx.query(
    `UPDATE transcription SET progress_ms = greatest(progress_ms, $2), updated_at = $3 WHERE id = $1 AND state = 'running'`,
    [id, Math.round(progressMs), at],
  );
}

export async function noteBegun(tx: Transaction, id: string, begun: Begun, at: Date): Promise<void> {
  await tx.query(`UPDATE transcription SET begun = $2, updated_at = $3 WHERE id = $1 AND state = 'running'`, [
    id,
    JSON.stringify(begun),
    at,
  ]);
}

/** Returns whether it was still open: a second worker's result is dropped (I9). */
export async function markDone(
  tx: Transaction,
  id: string,
  result: { readonly transcript: string; readonly durationMs: number; readonly call: CallSummary; readonly at: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE transcription SET state = 'done', transcript = $2, duration_ms = $3, progress_ms = $3, call = $4, updated_at = $5
     WHERE id = $1 AND state = 'running' RETURNING id`,
    [id, result.transcript, Math.round(result.durationMs), JSON.stringify(result.call), result.at],
  );
  return rows.length === 1;
}

/** Returns whether it was still open. */
export async function markFailed(tx: Transaction, id: string, problem: string, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE transcription SET state = 'failed', problem = $2, updated_at = $3
     WHERE id = $1 AND state IN ('queued', 'running') RETURNING id`,
    [id, problem, at],
  );
  return rows.length === 1;
}

export interface SegmentRow extends SealedRow {
  readonly ordinal: number;
  readonly end_ms: number;
}

/** The first writer of an ordinal wins; a repeated segment is the same segment. */
export async function insertSegment(
  tx: Transaction,
  transcription: string,
  ordinal: number,
  endMs: number,
  sealed: Sealed,
): Promise<void> {
  await tx.query(
    `INSERT INTO transcription_segment (tenant, transcription, ordinal, end_ms, ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [transcription, ordinal, Math.round(endMs), ...sealedColumns(sealed)],
  );
}

/** Those numbered higher than `after`, in order. */
export function segmentsOf(tx: Transaction, transcription: string, after = 0): Promise<SegmentRow[]> {
  return tx.query<SegmentRow>(
    `SELECT ordinal, end_ms::float8 AS end_ms, ciphertext, erasure_key, wrap FROM transcription_segment
     WHERE transcription = $1 AND ordinal > $2 ORDER BY ordinal`,
    [transcription, after],
  );
}

export async function deleteSegments(tx: Transaction, transcription: string): Promise<void> {
  await tx.query('DELETE FROM transcription_segment WHERE transcription = $1', [transcription]);
}
