// A stored, signed note as the FHIR builder takes it: gathered from encounter, consent, draft, transcript and ledger.
import type { Consent } from '#clinical/encounters/consents.ts';
import type { Encounter } from '#clinical/encounters/encounters.ts';
import type { StoredNote } from '#clinical/review/notes.ts';
import { currentVersion, type ReviewSection, type ReviewSentence } from '#clinical/review/review.ts';
import type { DraftMeta } from '#clinical/review/drafts.queries.ts';
import type { Appended } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { ConsentRecord, Endpoint, FiledSection, FiledSentence, NoteRecord, Party } from './signed-note.ts';

/** Identifier systems of references that an application gave us: its own, known to it. */
const PATIENT_SYSTEM = 'urn:cordon:identifier:patient';
const ENCOUNTER_SYSTEM = 'urn:cordon:identifier:encounter';
const URI_SYSTEM = 'urn:ietf:rfc:3986';

export interface NoteSources {
  readonly tenant: TenantId;
  readonly note: StoredNote;
  readonly encounter: Encounter;
  /** The consent that the recording was let in under; null when it is unknown. */
  readonly consent: Consent | null;
  readonly draft: DraftMeta;
  readonly recording: string;
  readonly receipt: Appended;
  readonly origin: string;
  readonly disclosure: { readonly at: Date; readonly source: Endpoint; readonly recipient: Endpoint };
}

/** Null when the note has no signature. Whether it may be filed is `asSignedNote`'s to say. */
export function noteRecord(sources: NoteSources): NoteRecord | null {
  const { note, encounter, draft, receipt } = sources;
  const { signature, meta } = note;
  const review = note.review.reveal();
  if (signature === null) return null;
  const identity = encounter.identity.reveal();
  const signedAt = signature.signed_at.toISOString();
  const end = identity.endedAt ?? signedAt;
  return {
    noteId: meta.id,
    version: signature.version,
    versionId: meta.id,
    state: meta.state,
    demo: meta.demo,
    type: 'progress',
    confidentiality: 'N',
    patient: { system: PATIENT_SYSTEM, value: identity.patient },
    visit: {
      system: ENCOUNTER_SYSTEM,
      value: identity.reference ?? encounter.id,
      class: 'AMB',
      period: { start: identity.startedAt ?? encounter.createdAt.toISOString(), end },
    },
    signer: byUuid(signature.signer),
    custodian: byUuid(sources.tenant),
    signedAt,
    attestation: review.signatures.find((one) => one.by === signature.signer)?.attestation ?? '',
    sections: currentVersion(review).sections.map(filedSection),
    draft: { id: draft.id, drafter: draft.drafter },
    transcript: { id: draft.transcript, version: draft.transcript_version },
    recording: { id: sources.recording },
    consent: consentRecord(sources.consent),
    amends: review.amends === null ? null : { versionId: review.amends.note },
    ledger: { origin: sources.origin, index: receipt.index, entryId: receipt.entryId },
    disclosure: { ...sources.disclosure, at: sources.disclosure.at.toISOString() },
  };
}

export function byUuid(id: string): Party {
  return { system: URI_SYSTEM, value: `urn:uuid:${id}` };
}

function filedSection(section: ReviewSection): FiledSection {
  const { title, loinc, sentences } = section;
  const kept = sentences.filter((sentence) => sentence.resolution !== 'rejected').map(filedSentence);
  return { title, ...(loinc === undefined ? {} : { loinc }), sentences: kept };
}

function filedSentence(sentence: ReviewSentence): FiledSentence {
  const { id, text, source, writtenBy, verdict, citations, statement } = sentence;
  const moments = citations.map(({ start, end }) => ({ start, end }));
  return { id, text, source, writtenBy, verdict, citations: moments, statement: statement?.text ?? null };
}

/** A dictation records no patient, so there is no consent of one to hand on. */
function consentRecord(consent: Consent | null): ConsentRecord | null {
  if (consent === null || consent.manner === 'dictation') return null;
  const { id, manner, obtainedAt, jurisdiction, words } = consent;
  return { id, manner, obtainedAt: obtainedAt.toISOString(), jurisdiction, textVersion: words.reveal().textVersion };
}
