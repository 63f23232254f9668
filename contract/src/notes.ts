// Review and notes on the wire: draft → in_review → signed → amended, or rejected (spec clinical §6).
import { z } from 'zod';
import { Citation, DraftSection, Omission, SourceClass, Template, Verdict, VerdictReason } from './drafts.ts';
import { Id, IdParams, IfMatch, LedgerReceipt, pageOf, pageQuery, Reason, Time } from './fields.ts';
import { MAX_ATTESTATION_CHARS, MAX_CHANGES, MAX_SENTENCE_CHARS } from './limits.ts';
import type { Route } from './route.ts';

export const NOTE_STATES = ['in_review', 'signed', 'amended', 'rejected'] as const;
export const NoteState = z.enum(NOTE_STATES).meta({ id: 'NoteState' });

const SentenceId = z.string().min(1).max(64);
const SectionId = z.string().min(1).max(64);
const SentenceText = z.string().min(1).max(MAX_SENTENCE_CHARS);

/** `open` flagged sentences stand in the way of signing. `statement` is the signer’s own word for a sentence that its source does not bear out. */
export const NoteSentence = z
  .strictObject({
    id: SentenceId,
    text: z.string(),
    source: SourceClass,
    writtenBy: z.enum(['machine', 'clinician']),
    verdict: Verdict.nullable().meta({ description: 'Null for what a clinician wrote.' }),
    reasons: z.array(VerdictReason),
    citations: z.array(Citation),
    flagged: z.boolean(),
    resolution: z.enum(['open', 'accepted', 'edited', 'rejected', 'added']),
    statement: z.string().nullable(),
  })
  .meta({ id: 'NoteSentence' });

export const NoteSection = DraftSection.extend({ sentences: z.array(NoteSentence) }).meta({ id: 'NoteSection' });

export const Signature = z
  .strictObject({
    signerId: Id,
    signer: z.string(),
    signedAt: Time,
    attestation: z.string(),
    receipt: LedgerReceipt,
  })
  .meta({ id: 'Signature' });

export const Note = z
  .strictObject({
    id: Id,
    encounterId: Id,
    draftId: Id,
    template: Template,
    state: NoteState,
    version: z.number().int().min(1),
    versionSeen: z
      .string()
      .meta({ description: 'Keyed digest of this version. Whoever signs gives back the one that was read.' }),
    demo: z.boolean(),
    amends: Id.nullable().meta({ description: 'The signed note that this one replaces once it is signed.' }),
    createdAt: Time,
    updatedAt: Time,
    sections: z.array(NoteSection),
    omissions: z.array(Omission),
    open: z.array(SentenceId).meta({ description: 'Flagged sentences that are not resolved yet.' }),
    attestationText: z.string().meta({ description: 'What the signer confirms, word for word.' }),
    signature: Signature.nullable(),
  })
  .meta({ id: 'Note' });
export type Note = z.infer<typeof Note>;

const NoteSummary = Note.pick({
  id: true,
  encounterId: true,
  draftId: true,
  template: true,
  state: true,
  version: true,
  demo: true,
  amends: true,
  createdAt: true,
  updatedAt: true,
})
  .extend({ openSentences: z.number().int().min(0) })
  .meta({ id: 'NoteSummary' });

const NoteVersion = z
  .strictObject({
    version: z.number().int().min(1),
    versionSeen: z.string(),
    state: NoteState,
    authorId: Id,
    createdAt: Time,
    changes: z.number().int().min(0),
  })
  .meta({ id: 'NoteVersion' });

/** One act on one sentence. An `accept` of an unsupported or contradicted sentence must carry the clinician’s statement. */
export const ReviewAction = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('accept'), sentence: SentenceId, statement: Reason.exactOptional() }),
    z.strictObject({
      kind: z.literal('edit'),
      sentence: SentenceId,
      text: SentenceText,
      reason: Reason.exactOptional(),
    }),
    z.strictObject({ kind: z.literal('reject'), sentence: SentenceId, reason: Reason.exactOptional() }),
    z.strictObject({
      kind: z.literal('add'),
      section: SectionId,
      after: SentenceId.exactOptional(),
      text: SentenceText,
      source: z.enum(['clinician-added', 'accepted-normal']).exactOptional(),
    }),
  ])
  .meta({ id: 'ReviewAction' });
export type ReviewAction = z.infer<typeof ReviewAction>;

export const SignRequest = z
  .strictObject({
    versionSeen: z.string().min(1).max(128),
    attestation: z.string().min(1).max(MAX_ATTESTATION_CHARS),
  })
  .meta({ id: 'SignRequest' });
export type SignRequest = z.infer<typeof SignRequest>;

/** A FHIR R4 Bundle; its inside is FHIR’s affair (docs/formats/fhir.md). */
export const FhirBundle = z
  .looseObject({
    resourceType: z.literal('Bundle'),
    type: z.enum(['transaction', 'document']),
    entry: z.array(z.looseObject({})),
  })
  .meta({ id: 'FhirBundle' });

const OPENING = ['content_destroyed', 'key_unavailable', 'sealed_object_invalid'] as const;
const ETAG = { ETag: 'Version, for If-Match.' } as const;
const note = (description: string, status: number) =>
  ({ status, description, content: [{ kind: 'json', schema: Note }], headers: ETAG }) as const;

export const noteRoutes = {
  openReview: {
    method: 'POST',
    path: '/api/drafts/{id}/review',
    summary: 'Open the review of a draft; opening it again answers the same note',
    tag: 'notes',
    audience: 'person',
    permission: 'review.edit',
    params: IdParams,
    replies: [note('The note under review.', 200)],
    errors: OPENING,
    ledger: { kind: 'review.opened' },
  },
  listNotes: {
    method: 'GET',
    path: '/api/notes',
    summary: 'List notes: the inbox',
    tag: 'notes',
    audience: 'both',
    permission: 'encounter.list',
    query: z.strictObject({ ...pageQuery, state: NoteState.exactOptional(), encounter: Id.exactOptional() }),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(NoteSummary) }] }],
    errors: [],
    ledger: { none: 'Ids and states; reading a note is recorded.' },
  },
  getNote: {
    method: 'GET',
    path: '/api/notes/{id}',
    summary: 'Read a note, by default its current version',
    tag: 'notes',
    audience: 'both',
    permission: 'note.read',
    params: IdParams,
    query: z.strictObject({ version: z.coerce.number().int().min(1).exactOptional() }),
    replies: [note('The note.', 200)],
    errors: OPENING,
    ledger: { kind: 'access.read' },
  },
  listNoteVersions: {
    method: 'GET',
    path: '/api/notes/{id}/versions',
    summary: 'List the versions of a note',
    tag: 'notes',
    audience: 'both',
    permission: 'review.read',
    params: IdParams,
    query: z.strictObject(pageQuery),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(NoteVersion) }] }],
    errors: [],
    ledger: { none: 'Ids, times and counts; reading a version is recorded.' },
  },
  reviewNote: {
    method: 'POST',
    path: '/api/notes/{id}/actions',
    summary: 'Accept, edit, reject or add sentences; all of them or none, as one new version',
    tag: 'notes',
    audience: 'person',
    permission: 'review.edit',
    params: IdParams,
    headers: IfMatch,
    body: {
      kind: 'json',
      schema: z.strictObject({ actions: z.array(ReviewAction).min(1).max(MAX_CHANGES) }),
    },
    replies: [note('The new version.', 200)],
    errors: [...OPENING, 'already_signed', 'conflict'],
    ledger: { kind: 'review.action' },
  },
  signNote: {
    method: 'POST',
    path: '/api/notes/{id}/sign',
    summary: 'Sign exactly the version that was seen',
    tag: 'notes',
    audience: 'person',
    permission: 'note.sign',
    params: IdParams,
    body: { kind: 'json', schema: SignRequest },
    replies: [note('The signed note.', 200)],
    errors: [
      ...OPENING,
      'consent_withdrawn',
      'reauthentication_required',
      'version_not_seen',
      'review_incomplete',
      'sentence_uncited',
      'already_signed',
      'conflict',
    ],
    ledger: { kind: 'note.signed' },
  },
  amendNote: {
    method: 'POST',
    path: '/api/notes/{id}/amend',
    summary: 'Begin an amendment: a new note under review that will replace the signed one',
    tag: 'notes',
    audience: 'person',
    permission: 'note.amend',
    params: IdParams,
    body: { kind: 'json', schema: z.strictObject({ reason: Reason }) },
    replies: [note('The amendment under review.', 201)],
    errors: [...OPENING, 'conflict'],
    ledger: { kind: 'review.opened' },
  },
  rejectNote: {
    method: 'POST',
    path: '/api/notes/{id}/reject',
    summary: 'Reject the draft as a whole',
    tag: 'notes',
    audience: 'person',
    permission: 'note.reject',
    params: IdParams,
    headers: IfMatch,
    body: { kind: 'json', schema: z.strictObject({ reason: Reason }) },
    replies: [note('The rejected note.', 200)],
    errors: [...OPENING, 'already_signed', 'conflict'],
    ledger: { kind: 'note.rejected' },
  },
  getNoteText: {
    method: 'GET',
    path: '/api/notes/{id}/text',
    summary: 'Take a signed note out as text',
    tag: 'notes',
    audience: 'both',
    permission: 'note.copy',
    params: IdParams,
    replies: [
      { status: 200, description: 'The note.', content: [{ kind: 'text', contentType: 'text/plain; charset=utf-8' }] },
    ],
    errors: [...OPENING, 'review_incomplete', 'demo_note'],
    ledger: { kind: 'export.made' },
  },
  getNoteFhir: {
    method: 'GET',
    path: '/api/notes/{id}/fhir',
    summary: 'Take a signed note out as a FHIR R4 bundle',
    tag: 'notes',
    audience: 'both',
    permission: 'fhir.read',
    params: IdParams,
    query: z.strictObject({
      form: z.enum(['transaction', 'document']).default('transaction').meta({ description: 'What the bundle is for.' }),
    }),
    replies: [
      {
        status: 200,
        description: 'The bundle.',
        content: [{ kind: 'json', schema: FhirBundle, contentType: 'application/fhir+json' }],
      },
    ],
    errors: [...OPENING, 'review_incomplete', 'sentence_uncited', 'demo_note', 'fhir_invalid'],
    ledger: { kind: 'fhir.built' },
  },
} as const satisfies Record<string, Route>;
