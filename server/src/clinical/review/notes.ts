// Notes at work: opened from a draft, changed by acts, signed, amended, rejected (spec clinical §6). Each step stores its
// state and the ledger entry that speaks of it in one transaction; the rules themselves are pure (review, actions, signing).
import { isProblem, ProblemError } from '@cordon/contract';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded, type RecordEntry } from '#custody/ledger/recorded.ts';
import { mustNotBeWithdrawn } from '#clinical/audio/recordings.ts';
import type { ClinicalParts } from '#clinical/encounters/encounters.ts';
import { verifySentence } from '#clinical/verification/verify.ts';
import { readTranscriptIn } from '#clinical/transcription/transcripts.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import { applyActions, type ReviewAction } from './actions.ts';
import { draftMetaIn, readDraftIn } from './drafts.ts';
import {
  digestWith,
  loadNote,
  newDigestKey,
  storeChange,
  storeNewNote,
  type LoadedNote,
  type NoteDesk,
} from './note-store.ts';
import {
  insertSignature,
  listNotes,
  noteOfDraft,
  signatureOf,
  type NoteFilter,
  type NoteMeta,
  type SignatureRow,
} from './notes.queries.ts';
import {
  currentVersion,
  openAmendment,
  openReview,
  rejectReview,
  supersede,
  type Actor,
  type Review,
} from './review.ts';
import { sign, type Signing, type SigningRules } from './signing.ts';

export interface NoteParts extends ClinicalParts {
  readonly rules: (tenant: TenantId) => SigningRules;
}

/** Who acts on a note: as the pure rules see them, and as the ledger names them. */
export interface Reviewer {
  readonly actor: Actor;
  readonly ref: ActorRef;
}

export interface StoredNote {
  readonly meta: NoteMeta;
  readonly review: Phi<Review>;
  readonly signature: SignatureRow | null;
}

/** Opens the review of a draft; a second opening, also at the same moment, gives the same note. Errors: `not_found`, `person_required`, `not_permitted`. */
export async function openNote(
  parts: NoteParts,
  tenant: TenantId,
  reviewer: Reviewer,
  draft: string,
): Promise<StoredNote> {
  try {
    return await openOnce(parts, tenant, reviewer, draft);
  } catch (error) {
    if (!isProblem(error) || error.code !== 'conflict') throw error;
    return openOnce(parts, tenant, reviewer, draft); // a colleague was faster: theirs is there now
  }
}

async function openOnce(parts: NoteParts, tenant: TenantId, reviewer: Reviewer, draft: string): Promise<StoredNote> {
  const id = await atDesk(parts, tenant, async (desk, record) => {
    const existing = await noteOfDraft(desk.tx, draft);
    if (existing !== null) return existing;
    const meta = await draftMetaIn(desk, draft);
    const note = newId();
    const key = newDigestKey();
    const about = { id: note, encounter: meta.encounter, demo: meta.demo };
    const now = parts.clock.now();
    const review = openReview(about, await readDraftIn(desk, draft), reviewer.actor, now, digestWith(key));
    await storeNewNote(desk, review, draft, key, now);
    await record(entry('review.opened', reviewer, review, { draft, version: 1, note }));
    return note;
  });
  return readNote(parts, tenant, id);
}

/** Errors: `not_found`, `content_destroyed`. */
export async function readNote(parts: NoteParts, tenant: TenantId, id: string): Promise<StoredNote> {
  const sealer = await parts.keys.forTenant(tenant);
  return parts.store.asTenant(tenant, async (tx) => {
    const { meta, review } = await loadNote({ tx, sealer, tenant }, id);
    return { meta, review: Phi.of(review), signature: await signatureOf(tx, id) };
  });
}

export function findNotes(parts: NoteParts, tenant: TenantId, filter: NoteFilter): Promise<readonly NoteMeta[]> {
  return parts.store.asTenant(tenant, (tx) => listNotes(tx, filter));
}

/** A batch of acts on the version `seen`: one new version, or nothing. Errors: as `applyActions`, `conflict`. */
export async function actOnNote(
  parts: NoteParts,
  tenant: TenantId,
  reviewer: Reviewer,
  id: string,
  acts: { readonly seen: number; readonly actions: readonly ReviewAction[] },
): Promise<StoredNote> {
  await atDesk(parts, tenant, async (desk, record) => {
    const before = await loadNote(desk, id);
    const { transcript } = await draftSource(desk, before.meta.draft);
    const digest = digestWith(before.digestKey);
    const tools = {
      verify: (sentence: Parameters<typeof verifySentence>[0]) => verifySentence(sentence, transcript),
      digest,
    };
    const now = parts.clock.now();
    const review = applyActions(before.review, acts.actions, acts.seen, reviewer.actor, now, tools);
    await storeChange(desk, before, review, now);
    const kinds = [...new Set(acts.actions.map((action) => action.kind))].toSorted();
    const detail = {
      draft: before.meta.draft,
      version: currentVersion(review).number,
      action: kinds.join('+'),
      note: id,
    };
    await record(entry('review.action', reviewer, review, { ...detail, changes: acts.actions.length }));
  });
  return readNote(parts, tenant, id);
}

/** Signs exactly the version that was seen (I7). Errors: as `checkSignable`, `conflict`. */
export async function signNote(
  parts: NoteParts,
  tenant: TenantId,
  reviewer: Reviewer,
  id: string,
  signing: Signing,
): Promise<StoredNote> {
  await atDesk(parts, tenant, async (desk, record) => {
    const before = await loadNote(desk, id);
    await mustNotBeWithdrawn(desk.tx, (await draftSource(desk, before.meta.draft)).recording);
    const now = parts.clock.now();
    const review = sign(before.review, signing, reviewer.actor, now, parts.rules(tenant));
    await storeChange(desk, before, review, now);
    if (review.state !== 'signed') return; // the first of two signatures
    const version = currentVersion(review);
    const entryId = newId();
    await insertSignature(desk.tx, id, {
      version: version.number,
      signer: reviewer.ref.id,
      signed_at: now,
      entry: entryId,
    });
    const kind = review.amends === null ? 'note.signed' : 'note.amended';
    const detail = {
      encounter: review.encounter,
      note: id,
      version: version.number,
      amends: review.amends?.note ?? null,
    };
    const body = Phi.of(Buffer.from(JSON.stringify({ digest: version.digest, attestation: signing.attestation })));
    await record({ ...entry(kind, reviewer, review, detail), entryId, body });
    if (review.amends !== null) await supersedeSigned(desk, review, now);
  });
  return readNote(parts, tenant, id);
}

/** A new note under review that will replace the signed one. Errors: `conflict` unless it is signed and not being amended. */
export async function amendNote(
  parts: NoteParts,
  tenant: TenantId,
  reviewer: Reviewer,
  id: string,
  reason: string,
): Promise<StoredNote> {
  const made = await atDesk(parts, tenant, async (desk, record) => {
    const signed = await loadNote(desk, id);
    const note = newId();
    const key = newDigestKey();
    const now = parts.clock.now();
    const review = openAmendment(signed.review, note, reason, reviewer.actor, now, digestWith(key));
    await storeNewNote(desk, review, signed.meta.draft, key, now);
    const detail = { draft: signed.meta.draft, version: 1, note, amends: id };
    await record({ ...entry('review.opened', reviewer, review, detail), body: Phi.of(Buffer.from(reason)) });
    return note;
  });
  return readNote(parts, tenant, made);
}

/** Errors: `already_signed`, `version_mismatch`, `conflict`, `not_permitted`. */
export async function rejectNote(
  parts: NoteParts,
  tenant: TenantId,
  reviewer: Reviewer,
  id: string,
  rejection: { readonly seen: number; readonly reason: string },
): Promise<StoredNote> {
  await atDesk(parts, tenant, async (desk, record) => {
    const before = await loadNote(desk, id);
    if (currentVersion(before.review).number !== rejection.seen) throw new ProblemError('version_mismatch');
    const now = parts.clock.now();
    const review = rejectReview(before.review, rejection.reason, reviewer.actor, now);
    await storeChange(desk, before, review, now);
    const detail = { encounter: review.encounter, draft: before.meta.draft, version: rejection.seen, note: id };
    await record({ ...entry('note.rejected', reviewer, review, detail), body: Phi.of(Buffer.from(rejection.reason)) });
  });
  return readNote(parts, tenant, id);
}

async function atDesk<T>(
  parts: NoteParts,
  tenant: TenantId,
  work: (desk: NoteDesk, record: RecordEntry) => Promise<T>,
): Promise<T> {
  const sealer = await parts.keys.forTenant(tenant);
  return recorded(parts, tenant, (tx, record) => work({ tx, sealer, tenant }, record));
}

/** The transcript that a draft rests on, for reading edited sentences against it, and the recording behind it. */
async function draftSource(desk: NoteDesk, draft: string) {
  const meta = await draftMetaIn(desk, draft);
  const { meta: source, content } = await readTranscriptIn(desk, meta.transcript, meta.transcript_version);
  return { transcript: content.reveal().transcript, recording: source.recording };
}

async function supersedeSigned(desk: NoteDesk, amendment: Review, now: Date): Promise<void> {
  if (amendment.amends === null) return;
  const replaced: LoadedNote = await loadNote(desk, amendment.amends.note);
  await storeChange(desk, replaced, supersede(replaced.review, amendment), now);
}

type Detail = Parameters<RecordEntry>[0]['detail'];

function entry(kind: string, reviewer: Reviewer, review: Review, detail: NonNullable<Detail>) {
  const { number } = currentVersion(review);
  const objects = [
    { type: 'encounter', id: review.encounter },
    { type: 'note', id: review.id, version: number },
  ];
  return { kind, actor: reviewer.ref, objects, detail };
}
