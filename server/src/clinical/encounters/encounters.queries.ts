// Rows of encounters and consents. The tenant comes from the transaction (row-level security), never from a parameter.
import type { KeyWrap } from '#custody/keys/sealer.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { ConsentKind } from './consent.ts';

export interface SealedColumns {
  readonly ciphertext: Uint8Array;
  readonly wrap: KeyWrap;
}

export interface EncounterRow {
  readonly id: string;
  readonly purpose: string;
  readonly demo: boolean;
  readonly state: 'open' | 'closed';
  readonly created_by: string;
  readonly created_at: Date;
  readonly ciphertext: Uint8Array;
  readonly erasure_key: string;
  readonly wrap: Uint8Array;
}

export interface NewEncounter {
  readonly id: string;
  readonly purpose: string;
  readonly demo: boolean;
  readonly patientDigest: Uint8Array | null;
  readonly referenceDigest: Uint8Array | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly sealed: SealedColumns;
}

const ENCOUNTER_COLUMNS = 'id, purpose, demo, state, created_by, created_at, ciphertext, erasure_key, wrap';

export async function insertEncounter(tx: Transaction, row: NewEncounter): Promise<void> {
  await tx.query(
    `INSERT INTO encounter (tenant, id, purpose, demo, patient_digest, reference_digest, created_by, created_at,
       ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      row.id,
      row.purpose,
      row.demo,
      row.patientDigest,
      row.referenceDigest,
      row.createdBy,
      row.createdAt,
      row.sealed.ciphertext,
      row.sealed.wrap.erasureKey,
      row.sealed.wrap.wrapped,
    ],
  );
}

export async function encounterById(tx: Transaction, id: string): Promise<EncounterRow | null> {
  const rows = await tx.query<EncounterRow>(`SELECT ${ENCOUNTER_COLUMNS} FROM encounter WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

/** Newest first. `person` narrows to encounters that the person has a relation to; `before` is the cursor. */
export function listEncounters(
  tx: Transaction,
  person: string | null,
  before: { readonly at: Date; readonly id: string } | null,
  limit: number,
): Promise<EncounterRow[]> {
  return tx.query<EncounterRow>(
    `SELECT ${ENCOUNTER_COLUMNS} FROM encounter e
     WHERE ($1::uuid IS NULL OR e.created_by = $1 OR EXISTS (
             SELECT 1 FROM encounter_person p WHERE p.tenant = e.tenant AND p.encounter = e.id AND p.person = $1))
       AND ($2::timestamptz IS NULL OR (e.created_at, e.id) < ($2, $3::uuid))
     ORDER BY e.created_at DESC, e.id DESC LIMIT $4`,
    [person, before?.at ?? null, before?.id ?? null, limit],
  );
}

export async function insertRelation(
  tx: Transaction,
  encounter: string,
  person: string,
  relation: 'clinician' | 'reviewer' | 'creator',
  at: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO encounter_person (tenant, encounter, person, relation, added_at)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [encounter, person, relation, at],
  );
}

export async function hasRelation(tx: Transaction, encounter: string, person: string): Promise<boolean> {
  const rows = await tx.query('SELECT 1 FROM encounter_person WHERE encounter = $1 AND person = $2', [
    encounter,
    person,
  ]);
  return rows.length > 0;
}

export interface ConsentRow {
  readonly id: string;
  readonly encounter: string;
  readonly kind: ConsentKind;
  readonly recorded_by: string;
  readonly recorded_at: Date;
  readonly jurisdiction: string;
  readonly text_version: string;
  readonly withdrawn_at: Date | null;
  readonly ciphertext: Uint8Array;
  readonly erasure_key: string;
  readonly wrap: Uint8Array;
}

export interface NewConsent {
  readonly id: string;
  readonly encounter: string;
  readonly kind: ConsentKind;
  readonly recordedBy: string;
  readonly recordedAt: Date;
  readonly jurisdiction: string;
  readonly textVersion: string;
  readonly sealed: SealedColumns;
}

export async function insertConsent(tx: Transaction, row: NewConsent): Promise<void> {
  await tx.query(
    `INSERT INTO consent (tenant, id, encounter, kind, recorded_by, recorded_at, jurisdiction, text_version,
       ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      row.id,
      row.encounter,
      row.kind,
      row.recordedBy,
      row.recordedAt,
      row.jurisdiction,
      row.textVersion,
      row.sealed.ciphertext,
      row.sealed.wrap.erasureKey,
      row.sealed.wrap.wrapped,
    ],
  );
}

/** Newest first. `FOR SHARE` holds them still against a withdrawal until the caller's transaction ends. */
export function consentsOf(tx: Transaction, encounter: string, hold: boolean): Promise<ConsentRow[]> {
  return tx.query<ConsentRow>(
    `SELECT id, encounter, kind, recorded_by, recorded_at, jurisdiction, text_version, withdrawn_at,
       ciphertext, erasure_key, wrap
     FROM consent WHERE encounter = $1 ORDER BY recorded_at DESC, id DESC ${hold ? 'FOR SHARE' : ''}`,
    [encounter],
  );
}

/** Returns whether there was anything left to withdraw. */
export async function withdrawConsents(tx: Transaction, encounter: string, at: Date): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE consent SET withdrawn_at = $2 WHERE encounter = $1 AND withdrawn_at IS NULL RETURNING id',
    [encounter, at],
  );
  return rows.length > 0;
}

export async function quarantineRecordings(tx: Transaction, encounter: string): Promise<void> {
  await tx.query(
    "UPDATE recording SET state = 'quarantined' WHERE encounter = $1 AND state IN ('receiving', 'received')",
    [encounter],
  );
}
