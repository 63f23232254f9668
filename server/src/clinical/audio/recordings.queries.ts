// Rows of recordings: states, sizes and audio metadata. The audio itself is a sealed blob of the same id.
import type { KeyWrap } from '#custody/keys/sealer.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface RecordingRow {
  readonly id: string;
  readonly encounter: string;
  readonly state: 'receiving' | 'stored' | 'quarantined';
  readonly content_type: string;
  readonly bytes: number;
  readonly duration_ms: number | null;
  readonly sample_rate: number | null;
  readonly channels: number | null;
  readonly codec: string | null;
  readonly consent: string;
  readonly created_at: Date;
  readonly erasure_key: string;
  readonly wrap: Uint8Array;
}

const COLUMNS = `id, encounter, state, content_type, bytes::float8 AS bytes, duration_ms::float8 AS duration_ms, sample_rate,
  channels, codec, consent, created_at, erasure_key, wrap`;

export async function insertReceiving(
  tx: Transaction,
  row: {
    readonly id: string;
    readonly encounter: string;
    readonly contentType: string;
    readonly consent: string;
    readonly createdAt: Date;
    readonly wrap: KeyWrap;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO recording (tenant, id, encounter, state, content_type, consent, created_at, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, 'receiving', $3, $4, $5, $6, $7)`,
    [row.id, row.encounter, row.contentType, row.consent, row.createdAt, row.wrap.erasureKey, row.wrap.wrapped],
  );
}

export interface AudioFacts {
  readonly bytes: number;
  readonly durationMs: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly codec: string;
}

/**
 * Returns whether the row was still waiting; a withdrawal may have quarantined it meanwhile. `begun`: when this attempt inserted it.
 * Another attempt's row has another key, under which what this one stored would never open again.
 */
export async function markStored(tx: Transaction, id: string, begun: Date, facts: AudioFacts): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE recording SET state = 'stored', bytes = $2, duration_ms = $3, sample_rate = $4, channels = $5, codec = $6
     WHERE id = $1 AND state = 'receiving' AND created_at = $7 RETURNING id`,
    [id, facts.bytes, facts.durationMs, facts.sampleRate, facts.channels, facts.codec, begun],
  );
  return rows.length === 1;
}

/** Whether it is there and not quarantined; a withdrawal then waits until the caller's transaction ends. */
export async function holdStored(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.query("SELECT id FROM recording WHERE id = $1 AND state = 'stored' FOR SHARE", [id]);
  return rows.length === 1;
}

/** Returns whether there was a recording that never became durable. */
export async function deleteReceiving(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.query("DELETE FROM recording WHERE id = $1 AND state <> 'stored' AND bytes = 0 RETURNING id", [
    id,
  ]);
  return rows.length === 1;
}

export async function recordingById(tx: Transaction, id: string): Promise<RecordingRow | null> {
  const rows = await tx.query<RecordingRow>(`SELECT ${COLUMNS} FROM recording WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

/** Newest first, a page of what arrived whole. */
export function recordingsOf(
  tx: Transaction,
  encounter: string,
  before: { readonly at: Date; readonly id: string } | null,
  limit: number,
): Promise<RecordingRow[]> {
  return tx.query<RecordingRow>(
    `SELECT ${COLUMNS} FROM recording
     WHERE encounter = $1 AND state <> 'receiving' AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $4`,
    [encounter, before?.at ?? null, before?.id ?? null, limit],
  );
}

/** Uploads that broke off with their process; returns their ids so that the blobs can go too. */
export async function deleteStale(tx: Transaction, olderThan: Date): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>(
    "DELETE FROM recording WHERE state <> 'stored' AND bytes = 0 AND created_at < $1 RETURNING id",
    [olderThan],
  );
  return rows.map((row) => row.id);
}

/** Milliseconds of what was recorded since then: mean, and the tenth of each end. Null: nothing was. */
export async function measuredLengths(
  tx: Transaction,
  since: Date,
): Promise<{ readonly count: number; readonly low: number; readonly mean: number; readonly high: number } | null> {
  const rows = await tx.query<{ count: number; low: number | null; mean: number | null; high: number | null }>(
    `SELECT count(*)::int AS count, avg(duration_ms)::float8 AS mean,
       percentile_cont(0.1) WITHIN GROUP (ORDER BY duration_ms)::float8 AS low,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY duration_ms)::float8 AS high
     FROM recording WHERE state = 'stored' AND created_at >= $1`,
    [since],
  );
  const [row] = rows;
  if (row === undefined || row.low === null || row.mean === null || row.high === null) return null;
  return { count: row.count, low: row.low, mean: row.mean, high: row.high };
}
