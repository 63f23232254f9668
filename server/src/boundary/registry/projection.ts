// From what was recorded to what policy reads. Pure. Whatever is unknown, unread or contradicted comes out as what policy refuses;
// nobody types the result (spec boundary §1.2).
import { type AgreementKind, type AgreementTerms, type ClauseId, CLAUSES, elementsOf } from '@cordon/contract';
import type { Agreement, Service } from '#boundary/policy/snapshot.ts';
import type { AgreementRow, AgreementState, ServiceRow } from './rows.ts';

/** Members that rows written before they existed do not have: what each meant then. */
const SERVICE_BEFORE = { account: null, credential: null, vendorManagesWeightsOnly: false } as const;
const AGREEMENT_BEFORE = { modalities: ['audio'], stages: ['ga'], statesIsolation: false } as const;

/** Calendar days within which a breach is told at most (45 CFR 164.410(b)). */
const LONGEST_BREACH_NOTICE_DAYS = 60;

const HOURS_OF_DAY = 24;

/** Members of a service that a probe may contradict. */
export type Probed = 'retentionDays' | 'trainsOnContent';

/** What a probe saw and the row does not say. A vendor that keeps less than the row says contradicts nothing. */
export function contradicted({ observed, retentionDays, trainsOnContent }: ServiceRow): Probed[] {
  if (observed === undefined || observed === null) return [];
  const found: Probed[] = [];
  if (observed.retentionDays !== undefined && keepsLonger(observed.retentionDays, retentionDays))
    found.push('retentionDays');
  if (observed.trainsOnContent !== undefined && observed.trainsOnContent !== 'never' && trainsOnContent === 'never')
    found.push('trainsOnContent');
  return found;
}

function keepsLonger(seen: number | 'unknown', stated: number | 'unknown'): boolean {
  if (stated === 'unknown') return false; // unknown is refused already
  return seen === 'unknown' || seen > stated;
}

/** The service as policy sees it: a contradicted member is unknown, and unknown means refuse. */
export function policyService(row: ServiceRow, version: number): Service {
  const { prices: _prices, assurance: _assurance, observed: _observed, ...service } = row;
  const against = contradicted(row);
  return {
    ...SERVICE_BEFORE,
    ...service,
    version,
    ...(against.includes('retentionDays') ? { retentionDays: 'unknown' as const } : {}),
    ...(against.includes('trainsOnContent') ? { trainsOnContent: 'unknown' as const } : {}),
  };
}

export function policyAgreement(row: AgreementRow, version: number): Agreement {
  const { name: _name, renewal: _renewal, document: _document, ...agreement } = row;
  return { ...AGREEMENT_BEFORE, ...agreement, version };
}

/** What policy reads of a document's terms. `id`: the house's own UUID, which the ledger names. */
export function agreementOf(terms: AgreementTerms, id: string, version: number): Agreement {
  return {
    id,
    version,
    kind: terms.kind,
    services: terms.services,
    regions: terms.regions,
    capabilities: terms.capabilities,
    modalities: terms.modalities,
    stages: terms.stages,
    statesIsolation: terms.statesIsolation,
    effective: exact(terms.effective),
    expires: terms.expires === null ? null : exact(terms.expires),
    terminated: terms.terminated,
    missingClauses: missingClauses(terms),
    retentionDays: terms.retentionDays === 'unknown' ? null : terms.retentionDays,
  };
}

/** RFC 3339, UTC, milliseconds, as the ledger writes times. */
function exact(time: string): string {
  return new Date(time).toISOString();
}

/**
 * Mandatory elements that are not present, conditional ones whose condition is, and what makes a present element hollow: a
 * subcontractor that is not bound, a breach told too late, content that may be trained on, a limit of retention nobody knows.
 */
export function missingClauses(terms: AgreementTerms): string[] {
  const missing: string[] = requiredOf(terms).filter((id) => terms.clauses[id]?.status !== 'present');
  if (terms.kind === 'baa') missing.push(...hollow(terms).filter((id) => !missing.includes(id)));
  if (terms.retentionDays === 'unknown') missing.push('retention');
  return missing;
}

/** Every element that must be present in this document. */
export function requiredOf({ kind, clauses }: Pick<AgreementTerms, 'kind' | 'clauses'>): ClauseId[] {
  return elementsOf(kind).filter((id) => {
    const { need, whenPresent } = CLAUSES[id];
    if (need === 'mandatory') return true;
    return whenPresent !== undefined && isClause(whenPresent) && clauses[whenPresent]?.status === 'present';
  });
}

function isClause(id: string): id is ClauseId {
  return Object.hasOwn(CLAUSES, id);
}

/** 164.504(e)(2)(ii)(D), 164.410(b), 164.502(a)(3): what a tick in the checklist does not outweigh. */
function hollow(terms: AgreementTerms): ClauseId[] {
  const found: ClauseId[] = [];
  if (terms.training !== 'prohibited') found.push('B-02');
  if (breachNoticeTooLong(terms)) found.push('B-07');
  if (terms.subcontractors.some(({ flowDown }) => !flowDown)) found.push('B-08', 'B-S2');
  return found;
}

export function breachNoticeTooLong({ breachNotice }: Pick<AgreementTerms, 'breachNotice'>): boolean {
  if (breachNotice === null) return false;
  const hours = breachNotice.unit === 'hours' ? breachNotice.within : breachNotice.within * HOURS_OF_DAY;
  return hours > LONGEST_BREACH_NOTICE_DAYS * HOURS_OF_DAY;
}

/** How an agreement stands at a moment. */
export function stateOf(agreement: Agreement, now: Date): AgreementState {
  const at = now.getTime();
  if (agreement.terminated) return 'terminated';
  if (Date.parse(agreement.effective) > at) return 'not-yet';
  if (agreement.expires !== null && Date.parse(agreement.expires) <= at) return 'expired';
  return agreement.missingClauses.length > 0 ? 'incomplete' : 'in-force';
}

/** The ledger has one kind of entry for contracts and one for what the house attests about itself. */
export function ledgerType(kind: AgreementKind): 'agreement' | 'attestation' {
  return kind === 'attestation' ? 'attestation' : 'agreement';
}
