// Composition: the note's structure, its sections under LOINC, and who attests to it.
import type { Composition, CompositionSection } from '@medplum/fhirtypes';
import { authorReference, containedParties, ORIGIN_TAG, visitReference } from './document-reference.ts';
import { logical, uuidIdentifier } from './identity.ts';
import { hasSentences, sectionNarrative } from './narrative.ts';
import { LOINC, NOTE_TYPES } from './note-types.ts';
import type { FiledSection, SignedNote } from './signed-note.ts';

export function composition(note: SignedNote): Composition {
  const type = NOTE_TYPES[note.type];
  return {
    resourceType: 'Composition',
    meta: { tag: [ORIGIN_TAG] },
    ...containedParties(note),
    identifier: uuidIdentifier(note.versionId),
    status: note.amends === null ? 'final' : 'amended',
    type: { coding: [{ system: LOINC, ...type }], text: type.display },
    subject: logical('Patient', note.patient),
    encounter: visitReference(note),
    date: note.signedAt,
    author: [authorReference(note)],
    title: type.display,
    confidentiality: note.confidentiality,
    attester: [{ mode: 'legal', time: note.signedAt, party: authorReference(note) }],
    custodian: logical('Organization', note.custodian),
    ...(note.amends !== null && {
      relatesTo: [{ code: 'replaces', targetIdentifier: uuidIdentifier(note.amends.versionId) }],
    }),
    section: note.sections.filter(hasSentences).map(compositionSection),
  };
}

function compositionSection(section: FiledSection): CompositionSection {
  return {
    title: section.title,
    ...(section.loinc !== undefined && {
      code: { coding: [{ system: LOINC, code: section.loinc }], text: section.title },
    }),
    text: sectionNarrative(section),
  };
}
