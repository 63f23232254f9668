// DocumentReference with its Binary (US Core 9 "Writing Clinical Notes"): the form that record systems file notes in.
import type { Binary, DocumentReference, Encounter, Practitioner, Reference } from '@medplum/fhirtypes';
import { logical, uuidIdentifier } from './identity.ts';
import { LOINC, NOTE_TYPES } from './note-types.ts';
import type { SignedNote } from './signed-note.ts';

/** Record systems accept exactly this spelling (domain: Oracle Health wants the charset, US Core names it). */
const NOTE_CONTENT_TYPE = 'text/plain;charset=utf-8';

/** Says of every resource here how it came to be. */
export const ORIGIN_TAG = {
  system: 'urn:cordon:fhir:CodeSystem:origin',
  code: 'ai-drafted-clinician-signed',
  display: 'Drafted by software, reviewed and signed by a clinician',
} as const;

const CATEGORY = {
  system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
  code: 'clinical-note',
  display: 'Clinical Note',
} as const;

/** The content is what its type says, with no further structure (IHE FormatCode). */
const FORMAT = {
  system: 'http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode',
  code: 'urn:ihe:iti:xds:2017:mimeTypeSufficient',
  display: 'mimeType Sufficient',
} as const;

export function noteBinary(text: string): Binary {
  return { resourceType: 'Binary', contentType: NOTE_CONTENT_TYPE, data: Buffer.from(text, 'utf8').toString('base64') };
}

/** `binaryUrl`: the fullUrl of the Binary in the same bundle. */
export function documentReference(note: SignedNote, text: string, binaryUrl: string): DocumentReference {
  const type = NOTE_TYPES[note.type];
  return {
    resourceType: 'DocumentReference',
    meta: { tag: [ORIGIN_TAG] },
    ...containedParties(note),
    identifier: [uuidIdentifier(note.versionId)],
    status: note.state === 'amended' ? 'superseded' : 'current',
    docStatus: note.amends === null ? 'final' : 'amended',
    type: { coding: [{ system: LOINC, ...type }], text: type.display },
    category: [{ coding: [CATEGORY] }],
    subject: logical('Patient', note.patient),
    date: note.signedAt,
    author: [authorReference(note)],
    authenticator: authorReference(note),
    custodian: logical('Organization', note.custodian),
    ...(note.amends !== null && { relatesTo: [{ code: 'replaces', target: replaced(note.amends.versionId) }] }),
    securityLabel: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: note.confidentiality }] },
    ],
    content: [
      {
        attachment: {
          contentType: NOTE_CONTENT_TYPE,
          url: binaryUrl,
          size: Buffer.byteLength(text, 'utf8'),
          title: type.display,
          creation: note.signedAt,
        },
        format: FORMAT,
      },
    ],
    context: { encounter: [visitReference(note)], period: visitPeriod(note) },
  };
}

/** Author and visit are contained unless the record system's own are known: US Core wants them resolvable or contained. */
export function containedParties(note: SignedNote): { contained?: (Practitioner | Encounter)[] } {
  const contained = [
    ...(note.signer.resolved === undefined ? [containedAuthor(note)] : []),
    ...(note.visit.resolved === undefined ? [containedVisit(note)] : []),
  ];
  return contained.length === 0 ? {} : { contained };
}

function containedAuthor(note: SignedNote): Practitioner {
  return {
    resourceType: 'Practitioner',
    id: 'author',
    identifier: [{ system: note.signer.system, value: note.signer.value }],
  };
}

function containedVisit(note: SignedNote): Encounter {
  return {
    resourceType: 'Encounter',
    id: 'visit',
    identifier: [{ system: note.visit.system, value: note.visit.value }],
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: note.visit.class },
    subject: logical('Patient', note.patient),
    period: visitPeriod(note),
  };
}

export function authorReference(note: SignedNote): Reference<Practitioner> {
  return { reference: '#author', ...logical('Practitioner', note.signer) };
}

export function visitReference(note: SignedNote): Reference<Encounter> {
  return { reference: '#visit', ...logical('Encounter', note.visit) };
}

function visitPeriod(note: SignedNote): { start: string; end: string } {
  return { start: note.visit.period.start, end: note.visit.period.end ?? note.signedAt };
}

function replaced(versionId: string): Reference<DocumentReference> {
  return { type: 'DocumentReference', identifier: uuidIdentifier(versionId) };
}
