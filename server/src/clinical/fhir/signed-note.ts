// What a FHIR bundle is built from: one signed version of one note, with everything it must say about itself.
// Only `asSignedNote` makes a SignedNote, so that no unsigned or demonstration note can reach the builder by type.
import { ProblemError } from '@cordon/contract';
import type { NoteTypeId } from './note-types.ts';

/** A person, visit or system, by identifier and never by name (spec clinical §7). `resolved` is the address in the record system once it was matched there: `Patient/123`. */
export interface Party {
  /** URI of the identifier system: the record system's MRN system, the US NPI system, `urn:ietf:rfc:3986`… */
  readonly system: string;
  readonly value: string;
  readonly resolved?: string;
}

/** RFC 3339, UTC. */
type Time = string;

interface Visit extends Party {
  /** v3-ActCode; ambulatory unless known better. */
  readonly class: 'AMB' | 'EMER' | 'IMP' | 'HH' | 'VR';
  /** A record system wants the end with its time; when the visit has none it is the moment of signing. */
  readonly period: { readonly start: Time; readonly end?: Time };
}

/** Where a sentence comes from; travels into Provenance unchanged. */
export type SourceClass = 'transcript' | 'context' | 'accepted-normal' | 'clinician-added';

/** Seconds of the recording. */
interface CitedMoment {
  readonly start: number;
  readonly end: number;
}

export interface FiledSentence {
  readonly id: string;
  readonly text: string;
  readonly source: SourceClass;
  readonly writtenBy: 'machine' | 'clinician';
  readonly verdict: 'supported' | 'weak' | 'unsupported' | 'contradicted' | null;
  readonly citations: readonly CitedMoment[];
  /** The signer's own word for a sentence that its source does not bear out. */
  readonly statement: string | null;
}

export interface FiledSection {
  readonly title: string;
  readonly loinc?: string;
  /** Sentences that were kept, in reading order; rejected ones are not here. */
  readonly sentences: readonly FiledSentence[];
}

export interface ConsentRecord {
  readonly id: string;
  readonly manner: 'verbal' | 'written' | 'caller-attests';
  readonly obtainedAt: Time;
  /** ISO 3166-2, null when unknown. */
  readonly jurisdiction: string | null;
  readonly textVersion: string | null;
}

/** One end of the disclosure: who, and the network address (IHE BALP asks for both). */
export interface Endpoint {
  readonly party: Party;
  readonly address: string;
  readonly addressType: 'name' | 'ip' | 'uri';
}

export interface NoteRecord {
  readonly noteId: string;
  readonly version: number;
  /** UUID of this version: the identifier that the record system keeps and that makes a repeated write the same one. */
  readonly versionId: string;
  readonly state: 'in_review' | 'signed' | 'amended' | 'rejected';
  readonly demo: boolean;
  readonly type: NoteTypeId;
  readonly confidentiality: 'N' | 'R' | 'V';
  readonly patient: Party;
  readonly visit: Visit;
  readonly signer: Party;
  readonly custodian: Party;
  readonly signedAt: Time;
  /** What the signer confirmed, word for word. */
  readonly attestation: string;
  readonly sections: readonly FiledSection[];
  readonly draft: { readonly id: string; readonly drafter: string };
  readonly transcript: { readonly id: string; readonly version: number };
  readonly recording: { readonly id: string };
  /** Null for dictation: a clinician alone needs none (spec clinical §1). */
  readonly consent: ConsentRecord | null;
  /** The version that this one replaces, when it is an amendment. */
  readonly amends: { readonly versionId: string } | null;
  /** The ledger entry of the signature. */
  readonly ledger: { readonly origin: string; readonly index: number; readonly entryId: string };
  readonly disclosure: { readonly at: Time; readonly source: Endpoint; readonly recipient: Endpoint };
}

declare const fit: unique symbol;

/** A note that may be filed: signed (or signed and amended since), real, and with every machine-written sentence cited. */
export type SignedNote = NoteRecord & {
  readonly state: 'signed' | 'amended';
  readonly demo: false;
  readonly [fit]: true;
};

/** Errors: `demo_note`, `review_incomplete` (not signed, empty, or an unborne sentence without a statement), `sentence_uncited`. */
export function asSignedNote(note: NoteRecord): SignedNote {
  if (note.demo) throw new ProblemError('demo_note');
  if (note.state !== 'signed' && note.state !== 'amended')
    throw new ProblemError('review_incomplete', { state: note.state });
  const sentences = note.sections.flatMap((section) => section.sentences);
  if (sentences.length === 0) throw new ProblemError('review_incomplete', { sentences: [] });
  const uncited = sentences.filter(isUncited);
  if (uncited.length > 0) throw new ProblemError('sentence_uncited', { sentences: uncited.map(({ id }) => id) });
  const unborne = sentences.filter(needsStatement);
  if (unborne.length > 0) throw new ProblemError('review_incomplete', { sentences: unborne.map(({ id }) => id) });
  return note as SignedNote;
}

function isUncited(sentence: FiledSentence): boolean {
  return sentence.writtenBy === 'machine' && sentence.citations.length === 0;
}

function needsStatement({ verdict, writtenBy, statement }: FiledSentence): boolean {
  return writtenBy === 'machine' && (verdict === 'unsupported' || verdict === 'contradicted') && !statement?.trim();
}
