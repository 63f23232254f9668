// Required bindings of FHIR R4 (4.0.1) for the elements that leave here. Servers and validators are known to accept any
// word in them; a wrong one is refused here, before it is sent. Compared in a test with the published code systems.

export interface RequiredBinding {
  /** Element path within the resource; lists are walked. */
  readonly path: string;
  readonly codes: readonly string[];
  /** Whether the element itself must be there (cardinality 1..). */
  readonly present: boolean;
  /** Id of the code system in the FHIR R4 definitions. */
  readonly system: string;
}

const DOCUMENT_STATUS = ['current', 'superseded', 'entered-in-error'];
const COMPOSITION_STATUS = ['preliminary', 'final', 'amended', 'entered-in-error'];
const RELATIONSHIP = ['replaces', 'transforms', 'signs', 'appends'];
const NARRATIVE = ['generated', 'extensions', 'additional', 'empty'];
const CONFIDENTIALITY = ['U', 'L', 'M', 'N', 'R', 'V'];
const BUNDLE_TYPE = [
  'document',
  'message',
  'transaction',
  'transaction-response',
  'batch',
  'batch-response',
  'history',
  'searchset',
  'collection',
];
const ENCOUNTER_STATUS = [
  'planned',
  'arrived',
  'triaged',
  'in-progress',
  'onleave',
  'finished',
  'cancelled',
  'entered-in-error',
  'unknown',
];

const may = (path: string, codes: readonly string[], system: string): RequiredBinding => ({
  path,
  codes,
  present: false,
  system,
});
const must = (path: string, codes: readonly string[], system: string): RequiredBinding => ({
  path,
  codes,
  present: true,
  system,
});

export const REQUIRED_BINDINGS: Readonly<Record<string, readonly RequiredBinding[]>> = {
  Bundle: [
    must('type', BUNDLE_TYPE, 'bundle-type'),
    may('entry.request.method', ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'], 'http-verb'),
  ],
  Binary: [],
  DocumentReference: [
    must('status', DOCUMENT_STATUS, 'document-reference-status'),
    may('docStatus', COMPOSITION_STATUS, 'composition-status'),
    may('relatesTo.code', RELATIONSHIP, 'document-relationship-type'),
    may('text.status', NARRATIVE, 'narrative-status'),
  ],
  Composition: [
    must('status', COMPOSITION_STATUS, 'composition-status'),
    may('confidentiality', CONFIDENTIALITY, 'v3-Confidentiality'),
    may('attester.mode', ['personal', 'professional', 'legal', 'official'], 'composition-attestation-mode'),
    may('relatesTo.code', RELATIONSHIP, 'document-relationship-type'),
    may('section.mode', ['working', 'snapshot', 'changes'], 'list-mode'),
    may('section.text.status', NARRATIVE, 'narrative-status'),
    may('text.status', NARRATIVE, 'narrative-status'),
  ],
  Provenance: [
    may('entity.role', ['derivation', 'revision', 'quotation', 'source', 'removal'], 'provenance-entity-role'),
  ],
  Consent: [
    must('status', ['draft', 'proposed', 'active', 'rejected', 'inactive', 'entered-in-error'], 'consent-state-codes'),
    may('provision.type', ['deny', 'permit'], 'consent-provision-type'),
    may('provision.data.meaning', ['instance', 'related', 'dependents', 'authoredby'], 'consent-data-meaning'),
  ],
  AuditEvent: [
    may('action', ['C', 'R', 'U', 'D', 'E'], 'audit-event-action'),
    may('outcome', ['0', '4', '8', '12'], 'audit-event-outcome'),
    may('agent.network.type', ['1', '2', '3', '4', '5'], 'network-type'),
  ],
  Encounter: [must('status', ENCOUNTER_STATUS, 'encounter-status')],
  Practitioner: [may('gender', ['male', 'female', 'other', 'unknown'], 'administrative-gender')],
};
