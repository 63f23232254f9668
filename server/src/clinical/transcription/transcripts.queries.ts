// Rows of transcripts: every version is kept, sealed; nothing is rewritten.
import { sealedColumns, type SealedRow } from '#custody/keys/sealed-json.ts';
import type { Sealed } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { Transaction } from '#platform/store/store.ts';

export interface TranscriptMeta {
  readonly id: string;
  readonly version: number;
  readonly encounter: string;
  readonly recording: string;
  readonly kind: 'machine' | 'corrected';
  readonly accuracy: 'standard' | 'low';
  readonly created_at: Date;
}

export type TranscriptRow = TranscriptMeta & SealedRow;

const META = 'id, version, encounter, recording, kind, accuracy, created_at';
const ALL = `${META}, ciphertext, erasure_key, wrap`;

export async function insertTranscript(
  tx: Transaction,
  meta: TranscriptMeta,
  author: ActorRef,
  sealed: Sealed,
): Promise<void> {
  await tx.query(
    `INSERT INTO transcript (tenant, id, version, encounter, recording, kind, accuracy, author_type, author_id, created_at,
       ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      meta.id,
      meta.version,
      meta.encounter,
      meta.recording,
      meta.kind,
      meta.accuracy,
      author.type,
      author.id,
      meta.created_at,
      ...sealedColumns(sealed),
    ],
  );
}

/** The named version, or the newest when null. */
export async function transcriptById(
  tx: Transaction,
  id: string,
  version: number | null,
): Promise<TranscriptRow | null> {
  const rows = await tx.query<TranscriptRow>(
    `SELECT ${ALL} FROM transcript WHERE id = $1 AND ($2::integer IS NULL OR version = $2) ORDER BY version DESC LIMIT 1`,
    [id, version],
  );
  return rows[0] ?? null;
}

/** Oldest first. */
export function transcriptVersions(tx: Transaction, id: string): Promise<TranscriptMeta[]> {
  return tx.query<TranscriptMeta>(`SELECT ${META} FROM transcript WHERE id = $1 ORDER BY version`, [id]);
}

/** The newest version of each transcript of the encounter, newest transcript first. */
export function transcriptsOf(tx: Transaction, encounter: string): Promise<TranscriptMeta[]> {
  return tx.query<TranscriptMeta>(
    `SELECT ${META} FROM (
       SELECT DISTINCT ON (id) ${META} FROM transcript WHERE encounter = $1 ORDER BY id, version DESC) newest
     ORDER BY created_at DESC, id DESC`,
    [encounter],
  );
}
