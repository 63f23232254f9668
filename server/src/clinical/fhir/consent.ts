// Consent to the recording that the note rests on. Who consented is never named: the patient stands by identifier.
import type { Consent } from '@medplum/fhirtypes';
import { logical, uuidIdentifier } from './identity.ts';
import { LOINC } from './note-types.ts';
import type { ConsentRecord, SignedNote } from './signed-note.ts';

const MANNER = 'urn:cordon:fhir:CodeSystem:consent-manner';
/** FHIR invariant ppc-1 wants a policy: the tenant's consent text, by version. */
const TEXT_POLICY = 'urn:cordon:consent-text';

export function consentResource(note: SignedNote, record: ConsentRecord): Consent {
  return {
    resourceType: 'Consent',
    identifier: [uuidIdentifier(record.id)],
    status: 'active',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [
      { coding: [{ system: LOINC, code: '59284-0', display: 'Consent Document' }] },
      { coding: [{ system: MANNER, code: record.manner }] },
    ],
    patient: logical('Patient', note.patient),
    dateTime: record.obtainedAt,
    organization: [logical('Organization', note.custodian)],
    policy: [
      {
        uri: `${TEXT_POLICY}:${encodeURIComponent(record.textVersion ?? 'unspecified')}`,
        ...(record.jurisdiction !== null && { authority: `urn:iso:std:iso:3166:-2:${record.jurisdiction}` }),
      },
    ],
    verification: [{ verified: record.manner !== 'caller-attests', verificationDate: record.obtainedAt }],
    provision: {
      type: 'permit',
      action: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentaction', code: 'collect' }] }],
      data: [
        {
          meaning: 'related',
          reference: { type: 'Encounter', identifier: { system: note.visit.system, value: note.visit.value } },
        },
      ],
    },
  };
}
