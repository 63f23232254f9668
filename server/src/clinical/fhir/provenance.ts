// Provenance: who made what of what. One record for the note as a whole, and one for each source class of its sentences.
import type {
  DocumentReference,
  Extension,
  Provenance,
  ProvenanceAgent,
  ProvenanceEntity,
  Reference,
} from '@medplum/fhirtypes';
import { inCordon, logical, uuidIdentifier } from './identity.ts';
import { elementId } from './narrative.ts';
import type { FiledSentence, SignedNote, SourceClass } from './signed-note.ts';

/** Points a Provenance at a part of a resource by its element id (HL7 FHIR extensions pack). */
const TARGET_ELEMENT = 'http://hl7.org/fhir/StructureDefinition/targetElement';
/** On an entity: which sentence rests on it (docs/formats/fhir.md). */
const CITED_BY = 'urn:cordon:fhir:StructureDefinition:cited-by';
/** On a target: what the verifier said of the sentence, and that the signer answered for it. */
const VERDICT = 'urn:cordon:fhir:StructureDefinition:verdict';
const SOURCE_CLASS = 'urn:cordon:fhir:CodeSystem:source-class';
const DRAFTER = 'urn:cordon:fhir:drafter';
const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/** `documentUrl`, `compositionUrl`: fullUrls in the same bundle. */
export function noteProvenance(note: SignedNote, documentUrl: string, compositionUrl: string): Provenance {
  return {
    resourceType: 'Provenance',
    target: [{ reference: documentUrl }, { reference: compositionUrl }],
    occurredDateTime: note.signedAt,
    recorded: note.signedAt,
    activity: {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion',
          code: 'LA',
          display: 'legally authenticated',
        },
      ],
    },
    agent: [signer(note, 'author'), signer(note, 'attester'), drafter(note)],
    entity: [
      // The machine's draft is what the signed note derives from; it stays for comparison and is never the note.
      { role: 'derivation', what: inCordon(note.draft.id), agent: [drafter(note)] },
      { role: 'source', what: inCordon(note.transcript.id) },
      { role: 'source', what: inCordon(note.recording.id) },
      ...revisionOf(note),
    ],
  };
}

function revisionOf(note: SignedNote): ProvenanceEntity[] {
  if (note.amends === null) return [];
  const what: Reference<DocumentReference> = {
    type: 'DocumentReference',
    identifier: uuidIdentifier(note.amends.versionId),
  };
  return [{ role: 'revision', what }];
}

/** One per source class that occurs, in a fixed order, so that a reader sees at once what the machine took from where. */
export function sentenceProvenances(
  note: SignedNote,
  compositionUrl: string,
): { role: string; resource: Provenance }[] {
  const sentences = note.sections.flatMap((section) => section.sentences);
  return SOURCE_CLASSES.map((source) => ({
    source,
    members: sentences.filter((sentence) => sentence.source === source),
  }))
    .filter(({ members }) => members.length > 0)
    .map(({ source, members }) => ({
      role: `provenance-${source}`,
      resource: classProvenance(note, source, members, compositionUrl),
    }));
}

const SOURCE_CLASSES: readonly SourceClass[] = ['transcript', 'context', 'accepted-normal', 'clinician-added'];

function classProvenance(
  note: SignedNote,
  source: SourceClass,
  members: readonly FiledSentence[],
  url: string,
): Provenance {
  const entity = members.flatMap((sentence) => citedMoments(note, sentence));
  const byMachine = members.some(({ writtenBy }) => writtenBy === 'machine');
  return {
    resourceType: 'Provenance',
    target: members.map((sentence) => ({ reference: url, extension: targetExtensions(sentence) })),
    recorded: note.signedAt,
    activity: { coding: [{ system: SOURCE_CLASS, code: source }] },
    agent: [signer(note, 'author'), ...(byMachine ? [drafter(note)] : [])],
    ...(entity.length > 0 && { entity }),
  };
}

function targetExtensions(sentence: FiledSentence): Extension[] {
  return [
    { url: TARGET_ELEMENT, valueUri: `#${elementId(sentence.id)}` },
    ...(sentence.verdict === null ? [] : [{ url: VERDICT, valueCode: sentence.verdict }]),
  ];
}

/** A moment of the recording as a W3C media fragment (`#t=start,end`, seconds). */
function citedMoments(note: SignedNote, sentence: FiledSentence): ProvenanceEntity[] {
  return sentence.citations.map(({ start, end }) => ({
    extension: [{ url: CITED_BY, valueUri: `#${elementId(sentence.id)}` }],
    role: 'quotation',
    what: inCordon(note.recording.id, `#t=${seconds(start)},${seconds(end)}`),
  }));
}

/** Milliseconds are as fine as a word time is. */
function seconds(time: number): string {
  return String(Math.round(time * 1000) / 1000);
}

function signer(note: SignedNote, role: 'author' | 'attester'): ProvenanceAgent {
  return { type: { coding: [{ system: PARTICIPATION, code: role }] }, who: logical('Practitioner', note.signer) };
}

function drafter(note: SignedNote): ProvenanceAgent {
  return {
    type: { coding: [{ system: PARTICIPATION, code: 'assembler' }] },
    who: logical('Device', { system: DRAFTER, value: note.draft.drafter }),
    onBehalfOf: logical('Practitioner', note.signer),
  };
}
