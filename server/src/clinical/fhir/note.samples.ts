// A signed note for tests: every source class, an amendment's predecessor, text that must be escaped.
import type { NoteRecord } from './signed-note.ts';

type Sentence = NoteRecord['sections'][number]['sentences'][number];

export function sampleNote(changes: Partial<NoteRecord> = {}): NoteRecord {
  return { ...NOTE, ...changes };
}

export function sentence(id: string, text: string, changes: Partial<Sentence> = {}): Sentence {
  return {
    id,
    text,
    source: 'transcript',
    writtenBy: 'machine',
    verdict: 'supported',
    citations: [],
    statement: null,
    ...changes,
  };
}

const NOTE: NoteRecord = {
  noteId: '018f3a5e-7c1d-7b3a-9f00-000000000001',
  version: 3,
  versionId: '018f3a5e-7c1d-7b3a-9f00-000000000002',
  state: 'signed',
  demo: false,
  type: 'soap',
  confidentiality: 'N',
  patient: { system: 'urn:oid:2.16.840.1.113883.3.42', value: 'mrn-0042-7731' },
  visit: {
    system: 'urn:oid:2.16.840.1.113883.3.43',
    value: 'enc-2026-000815',
    class: 'AMB',
    period: { start: '2026-11-22T09:00:00.000Z', end: '2026-11-22T09:20:00.000Z' },
  },
  signer: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' },
  custodian: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1982947230' },
  signedAt: '2026-11-22T09:31:00.000Z',
  attestation: 'I have read this note and it is mine.',
  sections: [
    {
      title: 'Subjective',
      loinc: '61150-9',
      sentences: [
        sentence('s1', 'Reports headaches for 3 days & no <vomiting>.', { citations: [{ start: 1.2, end: 3.456 }] }),
        sentence('s2', 'Is 54 years old.', { source: 'context', citations: [{ start: 0, end: 0.4 }] }),
      ],
    },
    { title: 'Objective', loinc: '61149-1', sentences: [] },
    {
      title: 'Plan',
      loinc: '18776-5',
      sentences: [
        sentence('s3', 'Stop ibuprofen.', {
          verdict: 'unsupported',
          statement: 'Said while the recorder was off.',
          citations: [{ start: 8, end: 9 }],
        }),
        sentence('s4', 'Lungs clear.', { source: 'accepted-normal', writtenBy: 'clinician', verdict: null }),
        sentence('s5', 'Call “if worse”.', { source: 'clinician-added', writtenBy: 'clinician', verdict: null }),
      ],
    },
  ],
  draft: { id: '018f3a5e-7c1d-7b3a-9f00-000000000003', drafter: 'extractive/1' },
  transcript: { id: '018f3a5e-7c1d-7b3a-9f00-000000000004', version: 1 },
  recording: { id: '018f3a5e-7c1d-7b3a-9f00-000000000005' },
  consent: {
    id: '018f3a5e-7c1d-7b3a-9f00-000000000006',
    manner: 'verbal',
    obtainedAt: '2026-11-22T08:59:00.000Z',
    jurisdiction: 'US-CA',
    textVersion: '2026-1',
  },
  amends: null,
  ledger: { origin: 'cordon.example/acme', index: 41, entryId: '018f3a5e-7c1d-7b3a-9f00-000000000007' },
  disclosure: {
    at: '2026-11-22T09:32:00.000Z',
    source: {
      party: { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:018f3a5e-7c1d-7b3a-9f00-000000000008' },
      address: 'https://cordon.example',
      addressType: 'uri',
    },
    recipient: {
      party: { system: 'urn:ietf:rfc:3986', value: 'https://ehr.example/fhir' },
      address: 'https://ehr.example/fhir',
      addressType: 'uri',
    },
  },
};
