// Agreements between their stored form and what is shown: words opened, state and findings computed at the moment of reading.
import type { Agreement as ShownAgreement, AgreementTerms } from '@cordon/contract';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Binding, Sealer } from '#custody/keys/sealer.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import { findingsOf } from './findings.ts';
import { agreementOf, policyAgreement, stateOf } from './projection.ts';
import { insertVersion, type StoredRow } from './registry.queries.ts';
import { type AgreementRow, type AgreementWords, type DocumentFacts, OWN_ATTESTATION } from './rows.ts';

/** An agreement with its words opened. */
export interface HeldAgreement {
  readonly id: string;
  readonly version: number;
  readonly row: AgreementRow;
  readonly words: AgreementWords;
  readonly recordedAt: Date;
}

/** Errors: `sealed_object_invalid`, `content_destroyed`. */
export async function openAgreement(
  sealer: Sealer,
  tenant: TenantId,
  stored: StoredRow<AgreementRow>,
): Promise<HeldAgreement> {
  const { id, version, row, recorded_at: recordedAt, ciphertext, erasure_key, wrap } = stored;
  if (ciphertext === null || erasure_key === null || wrap === null)
    return { id, version, row, words: { terms: ownTerms(row), sha256: null }, recordedAt };
  const binding = bindingOf(tenant, id, version);
  const words = await openJson<AgreementWords>(sealer, binding, { ciphertext, erasure_key, wrap });
  return { id, version, row, words, recordedAt };
}

/** What a version is made of. */
export interface AgreementVersion {
  readonly id: string;
  readonly version: number;
  readonly terms: AgreementTerms;
  readonly document: DocumentFacts | null;
  readonly sha256: string | null;
}

/** Stores it; gives what policy reads of it. */
export async function insertAgreement(
  tx: Transaction,
  sealer: Sealer,
  tenant: TenantId,
  made: AgreementVersion,
): Promise<AgreementRow> {
  const { id, version, terms, document, sha256 } = made;
  const row: AgreementRow = {
    ...agreementOf(terms, id, version),
    name: terms.name,
    renewal: terms.renewal,
    document,
  };
  const words: AgreementWords = { terms, sha256 };
  await insertVersion(
    tx,
    'registry_agreement',
    row,
    sealJson(sealer, bindingOf(tenant, id, version), 'configuration', words),
  );
  return row;
}

export function showAgreement(held: HeldAgreement, now: Date, registered: ReadonlySet<string>): ShownAgreement {
  const { id, version, row, words, recordedAt } = held;
  const agreement = policyAgreement(row, version);
  const { document = null } = row;
  return {
    ...words.terms,
    id,
    version,
    recordedAt: recordedAt.toISOString(),
    document: document === null ? null : { ...document, sha256: words.sha256 ?? '' },
    state: stateOf(agreement, now),
    missingClauses: [...agreement.missingClauses],
    findings: findingsOf(words.terms, document !== null, registered),
  };
}

function bindingOf(tenant: TenantId, id: string, version: number): Binding {
  return { tenant, kind: 'registry', id: `agreement.${id}`, version };
}

/** The attestation about what runs in this process: nobody typed anything, so the row is all there is to say. */
function ownTerms(row: AgreementRow): AgreementTerms {
  const { services, regions, capabilities, modalities, stages, effective, expires, terminated } = policyAgreement(
    row,
    row.version,
  );
  return {
    name: row.name ?? OWN_ATTESTATION,
    kind: row.kind,
    form: 'internal',
    termsUrl: null,
    parties: [{ name: 'this installation', role: 'covered-entity' }],
    signed: null,
    effective,
    expires,
    renewal: { automatic: false, noticeDays: null },
    terminated,
    services: [...services],
    regions: [...regions],
    capabilities: [...capabilities],
    modalities: [...modalities],
    stages: stages.filter((stage) => stage !== 'unknown'),
    retentionDays: row.retentionDays,
    atEnd: { duty: 'unknown', withinDays: null, certificate: false },
    breachNotice: null,
    training: 'unknown',
    subcontractors: [],
    statesIsolation: row.statesIsolation ?? false,
    reviewed: null,
    clauses: {},
    notes: null,
  };
}
