// What a reader of an agreement should know beside whether it authorises: the checklist and open points. Pure.
import { type AGREEMENT_FINDINGS, type AgreementTerms, type Checklist, CLAUSES, elementsOf } from '@cordon/contract';
import { breachNoticeTooLong, missingClauses, requiredOf } from './projection.ts';

type Finding = (typeof AGREEMENT_FINDINGS)[number];

/** Open points, in the order in which a buyer asks. None of them changes what policy decides. */
export function findingsOf(terms: AgreementTerms, hasDocument: boolean, registered: ReadonlySet<string>): Finding[] {
  const contract = terms.kind !== 'attestation';
  const open: Record<Finding, boolean> = {
    document_missing: contract && !hasDocument, // 45 CFR 164.308(b)(3): the assurances are documented
    unsigned: contract && terms.form === 'signed' && terms.signed === null,
    clause_unread: requiredOf(terms).some((id) => terms.clauses[id] === undefined),
    breach_notice_unknown: terms.kind === 'baa' && terms.breachNotice === null,
    breach_notice_too_long: terms.kind === 'baa' && breachNoticeTooLong(terms),
    training_not_prohibited: terms.kind === 'baa' && terms.training !== 'prohibited',
    subcontractor_without_flow_down: terms.subcontractors.some(({ flowDown }) => !flowDown),
    retention_unknown: terms.retentionDays === 'unknown',
    destruction_without_certificate: terms.kind === 'baa' && !terms.atEnd.certificate,
    service_unregistered: terms.services.some((id) => !registered.has(id)),
  };
  return (Object.keys(open) as Finding[]).filter((finding) => open[finding]);
}

/** Every element of the kind, read or not. */
export function checklistOf(terms: AgreementTerms, agreement: string, version: number): Checklist {
  const blocking = new Set(missingClauses(terms));
  const elements = elementsOf(terms.kind).map((element) => {
    const { cite, need, asks } = CLAUSES[element];
    const read = terms.clauses[element];
    return {
      element,
      cite,
      need,
      asks,
      status: read?.status ?? ('unread' as const),
      blocks: blocking.has(element),
      page: read?.page ?? null,
      reviewer: read === undefined ? null : (read.reviewer ?? terms.reviewed?.by ?? null),
      date: read === undefined ? null : (read.date ?? terms.reviewed?.on ?? null),
      quote: read?.quote ?? null,
    };
  });
  const mandatory = elements.filter(({ need }) => need === 'mandatory');
  const present = mandatory.filter(({ status, blocks }) => status === 'present' && !blocks).length;
  return { agreement, version, mandatory: { present, of: mandatory.length }, elements };
}
