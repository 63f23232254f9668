// AuditEvent of the note's leaving: IHE BALP 1.1 "Privacy Disclosure at Source", pointing at the ledger entry of the signature.
import type { AuditEvent, AuditEventAgent, AuditEventEntity, AuditEventEntityDetail } from '@medplum/fhirtypes';
import { logical } from './identity.ts';
import type { Endpoint, SignedNote } from './signed-note.ts';

const PROFILE = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source';
const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const SNOMED = 'http://snomed.info/sct';
const ENTITY_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const OBJECT_ROLE = 'http://terminology.hl7.org/CodeSystem/object-role';

const NETWORK_TYPE = { name: '1', ip: '2', uri: '5' } as const satisfies Record<Endpoint['addressType'], string>;

/** `documentUrl`: fullUrl of the DocumentReference in the same bundle. */
export function disclosureEvent(note: SignedNote, documentUrl: string): AuditEvent {
  const { at, source, recipient } = note.disclosure;
  return {
    resourceType: 'AuditEvent',
    meta: { profile: [PROFILE] },
    type: { system: DCM, code: '110106', display: 'Export' },
    subtype: [
      {
        system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle',
        code: 'disclose',
        display: 'Disclose Record Lifecycle Event',
      },
    ],
    action: 'R',
    recorded: at,
    outcome: '0',
    purposeOfEvent: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }] }],
    agent: [
      endpointAgent('110153', 'Source Role ID', source),
      endpointAgent('110152', 'Destination Role ID', recipient),
      custodian(note),
      signer(note),
    ],
    // The audit source is the disclosing system itself (BALP val-audit-source).
    source: {
      observer: logical('Device', source.party),
      type: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/security-source-type',
          code: '4',
          display: 'Application Server',
        },
      ],
    },
    entity: [patientEntity(note), documentEntity(documentUrl), ledgerEntity(note)],
  };
}

function endpointAgent(code: string, display: string, endpoint: Endpoint): AuditEventAgent {
  return {
    type: { coding: [{ system: DCM, code, display }] },
    who: logical('Device', endpoint.party),
    requestor: false,
    network: { address: endpoint.address, type: NETWORK_TYPE[endpoint.addressType] },
  };
}

function custodian(note: SignedNote): AuditEventAgent {
  return {
    type: { coding: [{ system: SNOMED, code: '159541003' }] },
    who: logical('Organization', note.custodian),
    requestor: false,
  };
}

/** The information recipient in BALP's sense of the responsible user: the clinician who signed. */
function signer(note: SignedNote): AuditEventAgent {
  return {
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
    who: logical('Practitioner', note.signer),
    requestor: true,
  };
}

function patientEntity(note: SignedNote): AuditEventEntity {
  return {
    what: logical('Patient', note.patient),
    type: { system: ENTITY_TYPE, code: '1', display: 'Person' },
    role: { system: OBJECT_ROLE, code: '1', display: 'Patient' },
  };
}

function documentEntity(documentUrl: string): AuditEventEntity {
  return {
    what: { reference: documentUrl },
    type: { system: ENTITY_TYPE, code: '2', display: 'System Object' },
    role: { system: OBJECT_ROLE, code: '3', display: 'Report' },
  };
}

/** Where a stranger can check it: `cordon verify` finds the entry by origin and index. */
function ledgerEntity({ ledger }: SignedNote): AuditEventEntity {
  const detail: AuditEventEntityDetail[] = [
    { type: 'ledger-origin', valueString: ledger.origin },
    { type: 'ledger-index', valueString: String(ledger.index) },
    { type: 'ledger-entry', valueString: ledger.entryId },
  ];
  return {
    type: { system: ENTITY_TYPE, code: '4', display: 'Other' },
    role: { system: OBJECT_ROLE, code: '13', display: 'Security Resource' },
    detail,
  };
}
