// Rows of notes: the current state in one row, every version in a row of its own, one signature row per note.
import { sealedColumns, type SealedRow } from '#custody/keys/sealed-json.ts';
import type { Sealed } from '#custody/keys/sealer.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { ReviewState } from './review.ts';

export interface NoteMeta {
  readonly id: string;
  readonly encounter: string;
  readonly draft: string;
  readonly template: string;
  readonly demo: boolean;
  readonly amends: string | null;
  readonly state: ReviewState;
  readonly version: number;
  readonly open_sentences: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** Counts changes of the row; a change that was made on another count is refused. */
  readonly seal_version: number;
}

export type NoteRow = NoteMeta & SealedRow;

const META = `n.id, n.encounter, n.draft, n.template, n.demo, n.amends, n.state, n.version, n.open_sentences, n.created_at,
  n.updated_at, n.seal_version`;

export async function insertNote(tx: Transaction, meta: NoteMeta, sealed: Sealed): Promise<void> {
  await tx.query(
    `INSERT INTO note (tenant, id, encounter, draft, template, demo, amends, state, version, open_sentences, created_at,
       updated_at, seal_version, ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      meta.id,
      meta.encounter,
      meta.draft,
      meta.template,
      meta.demo,
      meta.amends,
      meta.state,
      meta.version,
      meta.open_sentences,
      meta.created_at,
      meta.updated_at,
      meta.seal_version,
      ...sealedColumns(sealed),
    ],
  );
}

/** Returns whether the row was still as it was read: `meta.seal_version` is one more than then. */
export async function updateNote(tx: Transaction, meta: NoteMeta, sealed: Sealed): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE note SET state = $2, version = $3, open_sentences = $4, updated_at = $5, seal_version = $6,
       ciphertext = $7, erasure_key = $8, wrap = $9
     WHERE id = $1 AND seal_version = $6 - 1 RETURNING id`,
    [
      meta.id,
      meta.state,
      meta.version,
      meta.open_sentences,
      meta.updated_at,
      meta.seal_version,
      ...sealedColumns(sealed),
    ],
  );
  return rows.length === 1;
}

export async function noteById(tx: Transaction, id: string): Promise<NoteRow | null> {
  const rows = await tx.query<NoteRow>(
    `SELECT ${META}, n.ciphertext, n.erasure_key, n.wrap FROM note n WHERE n.id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

/** The note that was opened from a draft; amendments are not it. */
export async function noteOfDraft(tx: Transaction, draft: string): Promise<string | null> {
  const rows = await tx.query<{ id: string }>('SELECT id FROM note WHERE draft = $1 AND amends IS NULL', [draft]);
  return rows[0]?.id ?? null;
}

export interface NoteFilter {
  /** Only notes of encounters that this person has a relation to; null for credentials that see all of the tenant. */
  readonly person: string | null;
  readonly state: string | null;
  readonly encounter: string | null;
  readonly before: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

/** Newest first. */
export function listNotes(tx: Transaction, filter: NoteFilter): Promise<NoteMeta[]> {
  return tx.query<NoteMeta>(
    `SELECT ${META} FROM note n
     WHERE ($1::uuid IS NULL OR EXISTS (
             SELECT 1 FROM encounter_person p WHERE p.tenant = n.tenant AND p.encounter = n.encounter AND p.person = $1))
       AND ($2::text IS NULL OR n.state = $2)
       AND ($3::uuid IS NULL OR n.encounter = $3)
       AND ($4::timestamptz IS NULL OR (n.created_at, n.id) < ($4, $5::uuid))
     ORDER BY n.created_at DESC, n.id DESC LIMIT $6`,
    [filter.person, filter.state, filter.encounter, filter.before?.at ?? null, filter.before?.id ?? null, filter.limit],
  );
}

export interface VersionMeta {
  readonly version: number;
  readonly author: string;
  readonly changes: number;
  readonly created_at: Date;
}

export type VersionRow = VersionMeta & SealedRow;

export async function insertVersion(tx: Transaction, note: string, meta: VersionMeta, sealed: Sealed): Promise<void> {
  await tx.query(
    `INSERT INTO note_version (tenant, note, version, author, changes, created_at, ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6, $7, $8)`,
    [note, meta.version, meta.author, meta.changes, meta.created_at, ...sealedColumns(sealed)],
  );
}

/** Oldest first. */
export function versionsOf(tx: Transaction, note: string): Promise<VersionRow[]> {
  return tx.query<VersionRow>(
    `SELECT version, author, changes, created_at, ciphertext, erasure_key, wrap FROM note_version
     WHERE note = $1 ORDER BY version`,
    [note],
  );
}

export interface SignatureRow {
  readonly version: number;
  readonly signer: string;
  readonly signed_at: Date;
  /** Id of the ledger entry `note.signed` or `note.amended`. */
  readonly entry: string;
}

export async function insertSignature(tx: Transaction, note: string, row: SignatureRow): Promise<void> {
  await tx.query(
    `INSERT INTO note_signature (tenant, note, version, signer, signed_at, entry)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5)`,
    [note, row.version, row.signer, row.signed_at, row.entry],
  );
}

export async function signatureOf(tx: Transaction, note: string): Promise<SignatureRow | null> {
  const rows = await tx.query<SignatureRow>(
    'SELECT version, signer, signed_at, entry FROM note_signature WHERE note = $1',
    [note],
  );
  return rows[0] ?? null;
}
