// Rows of live sessions, of the sound that came and of the events that were told. Whoever writes names the epoch under which it holds
// the session: a session that was withdrawn, closed or taken up elsewhere takes nothing more.
import { sealedColumns, type SealedRow } from '#custody/keys/sealed-json.ts';
import type { Sealed } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { TranscriptionWish } from '#clinical/transcription/transcriptions.queries.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { LiveSetup } from './setup.ts';

export interface LiveSessionRow {
  readonly id: string;
  readonly encounter: string;
  readonly recording: string;
  readonly state: 'open' | 'closed' | 'quarantined' | 'deleted';
  readonly epoch: number;
  readonly setup: LiveSetup;
  readonly requested: TranscriptionWish;
  readonly actor_type: ActorRef['type'];
  readonly actor_id: string;
  readonly bytes: number;
  readonly transcript: string | null;
  readonly seen_at: Date;
}

/** A session and the epoch under which it is held. */
export interface Held {
  readonly session: string;
  readonly epoch: number;
}

const COLUMNS = `id, encounter, recording, state, epoch, setup, requested, actor_type, actor_id, bytes::float8 AS bytes, transcript, seen_at`;

export async function insertSession(
  tx: Transaction,
  row: Pick<LiveSessionRow, 'id' | 'encounter' | 'recording' | 'setup' | 'requested'> & {
    readonly actor: ActorRef;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO live_session (tenant, id, encounter, recording, state, epoch, setup, requested, actor_type, actor_id, created_at, seen_at)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, 'open', 1, $4, $5, $6, $7, $8, $8)`,
    [
      row.id,
      row.encounter,
      row.recording,
      JSON.stringify(row.setup),
      JSON.stringify(row.requested),
      row.actor.type,
      row.actor.id,
      row.at,
    ],
  );
}

export async function sessionById(tx: Transaction, id: string): Promise<LiveSessionRow | null> {
  const rows = await tx.query<LiveSessionRow>(`SELECT ${COLUMNS} FROM live_session WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

/** Null when it is not open any more. */
export async function takeUp(tx: Transaction, id: string, at: Date): Promise<LiveSessionRow | null> {
  const rows = await tx.query<LiveSessionRow>(
    `UPDATE live_session SET epoch = epoch + 1, seen_at = $2 WHERE id = $1 AND state = 'open' RETURNING ${COLUMNS}`,
    [id, at],
  );
  return rows[0] ?? null;
}

/** Returns whether the session is still held. */
export async function changeSetup(tx: Transaction, held: Held, setup: LiveSetup, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE live_session SET setup = $3, seen_at = $4 WHERE id = $1 AND epoch = $2 AND state = 'open' RETURNING id`,
    [held.session, held.epoch, JSON.stringify(setup), at],
  );
  return rows.length === 1;
}

/** Returns whether the session is still held. */
export async function noteSeen(tx: Transaction, held: Held, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE live_session SET seen_at = $3 WHERE id = $1 AND epoch = $2 AND state = 'open' RETURNING id`,
    [held.session, held.epoch, at],
  );
  return rows.length === 1;
}

/** Returns whether the session was still held; if not, nothing was written. */
export async function insertSound(
  tx: Transaction,
  held: Held,
  piece: { readonly ordinal: number; readonly first: number; readonly bytes: number; readonly sealed: Sealed },
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `WITH held AS (
       UPDATE live_session SET bytes = $5, seen_at = $6 WHERE id = $1 AND epoch = $2 AND state = 'open' RETURNING tenant, id)
     INSERT INTO live_sound (tenant, session, ordinal, first_byte, bytes, ciphertext, erasure_key, wrap)
     SELECT tenant, id, $3, $4, $7, $8, $9, $10 FROM held RETURNING ordinal`,
    [
      held.session,
      held.epoch,
      piece.ordinal,
      piece.first,
      piece.first + piece.bytes,
      at,
      piece.bytes,
      ...sealedColumns(piece.sealed),
    ],
  );
  return rows.length === 1;
}

export interface SoundRow extends SealedRow {
  readonly ordinal: number;
  readonly first_byte: number;
  readonly bytes: number;
}

/** The pieces from the one that holds byte `from` on, a few at a time. */
export function soundFrom(tx: Transaction, session: string, from: number, limit: number): Promise<SoundRow[]> {
  return tx.query<SoundRow>(
    `SELECT ordinal, first_byte::float8 AS first_byte, bytes, ciphertext, erasure_key, wrap FROM live_sound
     WHERE session = $1 AND first_byte + bytes > $2 ORDER BY ordinal LIMIT $3`,
    [session, from, limit],
  );
}

export async function lastSoundOrdinal(tx: Transaction, session: string): Promise<number> {
  const rows = await tx.query<{ last: number | null }>(
    'SELECT max(ordinal) AS last FROM live_sound WHERE session = $1',
    [session],
  );
  return rows[0]?.last ?? 0;
}

/** Returns whether the session was still held; if not, nothing was written. A withdrawal waits for this or wins over it. */
export async function insertEvents(
  tx: Transaction,
  held: Held,
  events: readonly { readonly ordinal: number; readonly sealed: Sealed }[],
): Promise<boolean> {
  const found = await tx.query(
    "SELECT id FROM live_session WHERE id = $1 AND epoch = $2 AND state = 'open' FOR SHARE",
    [held.session, held.epoch],
  );
  if (found.length === 0) return false;
  const columns = events.map(({ sealed }) => sealedColumns(sealed));
  await tx.query(
    `INSERT INTO live_event (tenant, session, ordinal, ciphertext, erasure_key, wrap)
     SELECT current_setting('cordon.tenant')::uuid, $1, * FROM unnest($2::integer[], $3::bytea[], $4::text[], $5::bytea[])`,
    [
      held.session,
      events.map(({ ordinal }) => ordinal),
      columns.map(([ciphertext]) => ciphertext),
      columns.map(([, key]) => key),
      columns.map(([, , wrap]) => wrap),
    ],
  );
  return true;
}

export interface EventRow extends SealedRow {
  readonly ordinal: number;
}

export function eventsAfter(tx: Transaction, session: string, after: number, limit: number): Promise<EventRow[]> {
  return tx.query<EventRow>(
    `SELECT ordinal, ciphertext, erasure_key, wrap FROM live_event WHERE session = $1 AND ordinal > $2 ORDER BY ordinal LIMIT $3`,
    [session, after, limit],
  );
}

/** 0 when it has told nothing. */
export async function lastEventNumber(tx: Transaction, session: string): Promise<number> {
  const rows = await tx.query<{ last: number | null }>(
    'SELECT max(ordinal) AS last FROM live_event WHERE session = $1',
    [session],
  );
  return rows[0]?.last ?? 0;
}

/** Its sound became a recording, or was too short for one. Returns whether it was still open (and held, when `epoch` is given). */
export async function closeSession(
  tx: Transaction,
  session: string,
  epoch: number | null,
  transcript: string | null,
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE live_session SET state = 'closed', transcript = $3, seen_at = $4
     WHERE id = $1 AND ($2::integer IS NULL OR epoch = $2) AND state = 'open' RETURNING id`,
    [session, epoch, transcript, at],
  );
  if (rows.length === 1) await tx.query('DELETE FROM live_sound WHERE session = $1', [session]);
  return rows.length === 1;
}

/** Open sessions of which nothing was heard since. */
export function abandonedSessions(tx: Transaction, seenBefore: Date): Promise<LiveSessionRow[]> {
  return tx.query<LiveSessionRow>(
    `SELECT ${COLUMNS} FROM live_session WHERE state = 'open' AND seen_at < $1 ORDER BY seen_at LIMIT 100`,
    [seenBefore],
  );
}

/** Sessions of encounters of which no consent was withdrawn since: what is kept of them has waited long enough. */
export function withdrawnSessions(tx: Transaction, before: Date): Promise<Pick<LiveSessionRow, 'id' | 'encounter'>[]> {
  return tx.query<Pick<LiveSessionRow, 'id' | 'encounter'>>(
    `SELECT s.id, s.encounter FROM live_session s WHERE s.state = 'quarantined'
     AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.encounter = s.encounter AND c.withdrawn_at >= $1) LIMIT 100`,
    [before],
  );
}

/** Returns whether it was still to be deleted. */
export async function markDeleted(tx: Transaction, session: string, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE live_session SET state = 'deleted', seen_at = $2 WHERE id = $1 AND state = 'quarantined' RETURNING id`,
    [session, at],
  );
  return rows.length === 1;
}

/** Sound and events of a session that is marked so. Returns how many there were. */
export async function deleteContent(
  tx: Transaction,
  session: string,
): Promise<{ readonly pieces: number; readonly bytes: number; readonly events: number }> {
  const pieces = await tx.query<{ bytes: number }>('DELETE FROM live_sound WHERE session = $1 RETURNING bytes', [
    session,
  ]);
  const events = await tx.query('DELETE FROM live_event WHERE session = $1 RETURNING ordinal', [session]);
  return {
    pieces: pieces.length,
    bytes: pieces.reduce((sum, piece) => sum + piece.bytes, 0),
    events: events.length,
  };
}

/** Events of sessions that ended before: their text stands in the transcript, and nobody comes back for them. */
export async function deleteOldEvents(tx: Transaction, endedBefore: Date): Promise<void> {
  await tx.query(
    `DELETE FROM live_event e USING live_session s
     WHERE s.tenant = e.tenant AND s.id = e.session AND s.state = 'closed' AND s.seen_at < $1`,
    [endedBefore],
  );
}
