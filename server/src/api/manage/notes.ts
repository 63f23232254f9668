// Review and notes over HTTP.
import type { Note as WireNote } from '@cordon/contract';
import type { Handlers } from '#api/routing/handler.ts';
import { readCursor, toPage, wholePage } from '#api/routing/page.ts';
import {
  actOnNote,
  amendNote,
  findNotes,
  openNote,
  readNote,
  rejectNote,
  signNote,
  type NoteParts,
  type StoredNote,
} from '#clinical/review/notes.ts';
import type { NoteMeta } from '#clinical/review/notes.queries.ts';
import {
  currentVersion,
  isFlagged,
  openSentences,
  type Review,
  type ReviewSection,
  type ReviewSentence,
  type ReviewVersion,
} from '#clinical/review/review.ts';
import { readDraft } from '#clinical/review/drafts.ts';
import { ProblemError } from '@cordon/contract';
import type { PersonPrincipal, Principal } from '#custody/access/principal.ts';
import type { Appended } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';
import { showCitation } from './drafts.ts';
import type { PatientGuard } from './guard.ts';
import { etagOf, versionOf } from './transcripts.ts';

type NoteHandlers = Pick<
  Handlers,
  'openReview' | 'listNotes' | 'getNote' | 'listNoteVersions' | 'reviewNote' | 'signNote' | 'amendNote' | 'rejectNote'
>;

export interface NoteApiParts extends NoteParts {
  /** The name a colleague is shown by; null when unknown. */
  readonly personName: (tenant: TenantId, person: string) => Promise<string | null>;
}

export function noteHandlers(parts: NoteApiParts, guard: PatientGuard): NoteHandlers {
  return { ...reading(parts, guard), ...acting(parts, guard) };
}

function reading(
  parts: NoteApiParts,
  guard: PatientGuard,
): Pick<NoteHandlers, 'listNotes' | 'getNote' | 'listNoteVersions'> {
  return {
    async listNotes({ query }, { principal }) {
      const rows = await findNotes(parts, principal.tenant, {
        person: principal.kind === 'person' ? principal.personId : null,
        state: query.state ?? null,
        encounter: query.encounter ?? null,
        before: readCursor(query.cursor),
        limit: query.limit + 1,
      });
      return { json: toPage(rows, query.limit, ({ created_at, id }) => ({ at: created_at, id }), showSummary) };
    },

    async getNote({ params, query }, { principal }) {
      const found = await guarded(parts, guard, principal, params.id);
      return answer(parts, principal, found, query.version ?? null);
    },

    async listNoteVersions({ params }, { principal }) {
      const found = await guarded(parts, guard, principal, params.id);
      const review = found.review.reveal();
      return { json: wholePage(review.versions, (version) => showVersion(review, version)) };
    },
  };
}

function acting(
  parts: NoteApiParts,
  guard: PatientGuard,
): Pick<NoteHandlers, 'openReview' | 'reviewNote' | 'signNote' | 'amendNote' | 'rejectNote'> {
  return {
    async openReview({ params }, { principal }) {
      const { meta } = await readDraft(parts, principal.tenant, params.id);
      await guard(principal, meta.encounter);
      return answer(parts, principal, await openNote(parts, principal.tenant, reviewer(principal), params.id), null);
    },

    async reviewNote({ params, headers, body }, { principal }) {
      await guarded(parts, guard, principal, params.id);
      const acts = { seen: versionOf(headers['if-match']), actions: body.actions };
      return answer(
        parts,
        principal,
        await actOnNote(parts, principal.tenant, reviewer(principal), params.id, acts),
        null,
      );
    },

    async signNote({ params, body }, { principal }) {
      await guarded(parts, guard, principal, params.id);
      return answer(
        parts,
        principal,
        await signNote(parts, principal.tenant, reviewer(principal), params.id, body),
        null,
      );
    },

    async amendNote({ params, body }, { principal }) {
      await guarded(parts, guard, principal, params.id);
      const made = await amendNote(parts, principal.tenant, reviewer(principal), params.id, body.reason);
      return { ...(await answer(parts, principal, made, null)), status: 201 };
    },

    async rejectNote({ params, headers, body }, { principal }) {
      await guarded(parts, guard, principal, params.id);
      const rejection = { seen: versionOf(headers['if-match']), reason: body.reason };
      return answer(
        parts,
        principal,
        await rejectNote(parts, principal.tenant, reviewer(principal), params.id, rejection),
        null,
      );
    },
  };
}

/** The note, when its encounter is one that the caller may see. */
export async function guarded(
  parts: NoteParts,
  guard: PatientGuard,
  principal: Principal,
  id: string,
): Promise<StoredNote> {
  const found = await readNote(parts, principal.tenant, id);
  await guard(principal, found.meta.encounter);
  return found;
}

/** The guard has passed, so the person has rights on the encounter. */
function reviewer(principal: PersonPrincipal) {
  return {
    ref: principal.actor,
    actor: {
      kind: 'person' as const,
      id: principal.personId,
      clinician: principal.roles.includes('clinician'),
      mayReview: principal.permissions.has('review.edit'),
      reauthenticatedAt: principal.reauthenticatedAt,
    },
  };
}

async function answer(parts: NoteApiParts, principal: Principal, found: StoredNote, number: number | null) {
  const review = found.review.reveal();
  const version = number === null ? currentVersion(review) : review.versions.find((one) => one.number === number);
  if (version === undefined) throw new ProblemError('not_found');
  return {
    json: await showNote(parts, principal, found, version),
    headers: { etag: etagOf(found.meta.version) },
    objects: [{ type: 'note', id: found.meta.id, version: version.number }],
  };
}

async function showNote(
  parts: NoteApiParts,
  principal: Principal,
  found: StoredNote,
  version: ReviewVersion,
): Promise<WireNote> {
  const review = found.review.reveal();
  return {
    ...showMeta(found.meta),
    version: version.number,
    versionSeen: version.digest,
    sections: version.sections.map(showSection),
    omissions: [...review.omissions],
    open: openSentences(review),
    attestationText: parts.rules(principal.tenant).attestationText,
    signature: await showSignature(parts, principal.tenant, found),
  };
}

async function showSignature(parts: NoteApiParts, tenant: TenantId, found: StoredNote): Promise<WireNote['signature']> {
  const { signature, review } = found;
  if (signature === null) return null;
  const signed = review.reveal().signatures.find((one) => one.by === signature.signer);
  return {
    signerId: signature.signer,
    signer: (await parts.personName(tenant, signature.signer)) ?? signature.signer,
    signedAt: signature.signed_at.toISOString(),
    attestation: signed?.attestation ?? '',
    receipt: receiptOf(await parts.ledger.settle(tenant, signature.entry)),
  };
}

function receiptOf({ entryId, index, time }: Appended) {
  return { entryId, index, time };
}

function showMeta(meta: NoteMeta) {
  return {
    id: meta.id,
    encounterId: meta.encounter,
    draftId: meta.draft,
    template: meta.template as WireNote['template'],
    state: meta.state,
    demo: meta.demo,
    amends: meta.amends,
    createdAt: meta.created_at.toISOString(),
    updatedAt: meta.updated_at.toISOString(),
  };
}

function showSummary(meta: NoteMeta) {
  return { ...showMeta(meta), version: meta.version, openSentences: meta.open_sentences };
}

function showVersion(review: Review, version: ReviewVersion) {
  const current = version.number === currentVersion(review).number;
  return {
    version: version.number,
    versionSeen: version.digest,
    state: current ? review.state : ('in_review' as const),
    authorId: version.by,
    createdAt: version.at,
    changes: version.changes.length,
  };
}

function showSection(section: ReviewSection): WireNote['sections'][number] {
  const { id, title, loinc, sentences } = section;
  return { id, title, ...(loinc === undefined ? {} : { loinc }), sentences: sentences.map(showSentence) };
}

function showSentence(sentence: ReviewSentence): WireNote['sections'][number]['sentences'][number] {
  const { id, text, source, writtenBy, verdict, resolution, reasons, citations, statement } = sentence;
  return {
    id,
    text,
    source,
    writtenBy,
    verdict,
    reasons: [...reasons],
    citations: citations.map(showCitation),
    flagged: isFlagged(sentence),
    resolution,
    statement: statement?.text ?? null,
  };
}
