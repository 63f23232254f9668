// Rows of encounters and consents. The tenant comes from the transaction (row-level security), never from a parameter.
import { sealedColumns, type SealedRow } from '#custody/keys/sealed-json.ts';
import type { Sealed } from '#custody/keys/sealer.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { ConsentManner } from './consent.ts';

export interface EncounterRow extends SealedRow {
  readonly id: string;
  readonly purpose: string;
  readonly demo: boolean;
  readonly state: 'open' | 'closed';
  readonly created_by: string;
  readonly clinician: string | null;
  readonly created_at: Date;
}

export interface NewEncounter {
  readonly id: string;
  readonly purpose: string;
  readonly demo: boolean;
  readonly patientDigest: Uint8Array | null;
  readonly referenceDigest: Uint8Array | null;
  readonly createdBy: string;
  readonly clinician: string | null;
  readonly createdAt: Date;
  readonly sealed: Sealed;
}

const ENCOUNTER_COLUMNS = `e.id, e.purpose, e.demo, e.state, e.created_by, e.clinician, e.created_at,
  e.ciphertext, e.erasure_key, e.wrap`;

export async function insertEncounter(tx: Transaction, row: NewEncounter): Promise<void> {
  await tx.query(
    `INSERT INTO encounter (tenant, id, purpose, demo, patient_digest, reference_digest, created_by, clinician, created_at,
       ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      row.id,
      row.purpose,
      row.demo,
      row.patientDigest,
      row.referenceDigest,
      row.createdBy,
      row.clinician,
      row.createdAt,
      ...sealedColumns(row.sealed),
    ],
  );
}

export async function encounterById(tx: Transaction, id: string): Promise<EncounterRow | null> {
  const rows = await tx.query<EncounterRow>(`SELECT ${ENCOUNTER_COLUMNS} FROM encounter e WHERE e.id = $1`, [id]);
  return rows[0] ?? null;
}

export async function encounterByReference(tx: Transaction, digest: Uint8Array): Promise<EncounterRow | null> {
  const rows = await tx.query<EncounterRow>(
    `SELECT ${ENCOUNTER_COLUMNS} FROM encounter e WHERE e.reference_digest = $1 ORDER BY e.created_at DESC, e.id DESC LIMIT 1`,
    [digest],
  );
  return rows[0] ?? null;
}

export interface EncounterFilter {
  /** Only encounters that this person has a relation to; null for credentials that see all of the tenant. */
  readonly person: string | null;
  readonly state: string | null;
  readonly before: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

/** Newest first. */
export function listEncounters(tx: Transaction, filter: EncounterFilter): Promise<EncounterRow[]> {
  return tx.query<EncounterRow>(
    `SELECT ${ENCOUNTER_COLUMNS} FROM encounter e
     WHERE ($1::uuid IS NULL OR EXISTS (
             SELECT 1 FROM encounter_person p WHERE p.tenant = e.tenant AND p.encounter = e.id AND p.person = $1))
       AND ($2::text IS NULL OR e.state = $2)
       AND ($3::timestamptz IS NULL OR (e.created_at, e.id) < ($3, $4::uuid))
     ORDER BY e.created_at DESC, e.id DESC LIMIT $5`,
    [filter.person, filter.state, filter.before?.at ?? null, filter.before?.id ?? null, filter.limit],
  );
}

export async function insertRelation(
  tx: Transaction,
  encounter: string,
  person: string,
  relation: 'clinician' | 'reviewer',
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

export interface ConsentRow extends SealedRow {
  readonly id: string;
  readonly encounter: string;
  readonly manner: ConsentManner;
  readonly recorded_by: string;
  readonly obtained_at: Date;
  readonly recorded_at: Date;
  readonly jurisdiction: string | null;
  readonly withdrawn_at: Date | null;
}

export interface NewConsent {
  readonly id: string;
  readonly encounter: string;
  readonly manner: ConsentManner;
  readonly recordedBy: string;
  readonly obtainedAt: Date;
  readonly recordedAt: Date;
  readonly jurisdiction: string | null;
  readonly sealed: Sealed;
}

export async function insertConsent(tx: Transaction, row: NewConsent): Promise<void> {
  await tx.query(
    `INSERT INTO consent (tenant, id, encounter, manner, recorded_by, obtained_at, recorded_at, jurisdiction,
       ciphertext, erasure_key, wrap)
     VALUES (current_setting('cordon.tenant')::uuid, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      row.id,
      row.encounter,
      row.manner,
      row.recordedBy,
      row.obtainedAt,
      row.recordedAt,
      row.jurisdiction,
      ...sealedColumns(row.sealed),
    ],
  );
}

/** Newest first. `hold` keeps them still against a withdrawal until the caller's transaction ends. */
export function consentsOf(tx: Transaction, encounter: string, hold: boolean): Promise<ConsentRow[]> {
  return tx.query<ConsentRow>(
    `SELECT id, encounter, manner, recorded_by, obtained_at, recorded_at, jurisdiction, withdrawn_at,
       ciphertext, erasure_key, wrap
     FROM consent WHERE encounter = $1 ORDER BY recorded_at DESC, id DESC ${hold ? 'FOR SHARE' : ''}`,
    [encounter],
  );
}

/** The ids that were withdrawn now; empty when there was nothing left to withdraw. */
export async function withdrawConsents(tx: Transaction, encounter: string, at: Date): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>(
    'UPDATE consent SET withdrawn_at = $2 WHERE encounter = $1 AND withdrawn_at IS NULL RETURNING id',
    [encounter, at],
  );
  return rows.map((row) => row.id);
}

export async function quarantineRecordings(tx: Transaction, encounter: string): Promise<void> {
  await tx.query("UPDATE recording SET state = 'quarantined' WHERE encounter = $1", [encounter]);
  // Live sessions write under this row's lock, so none of them takes or tells anything after this commits.
  await tx.query("UPDATE live_session SET state = 'quarantined' WHERE encounter = $1 AND state = 'open'", [encounter]);
}
