// Drafts: made from one version of a transcript, verified, sealed. A draft never leaves as a note; a review begins from it.
import { ProblemError } from '@cordon/contract';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Sealer } from '#custody/keys/sealer.ts';
import { mustNotBeWithdrawn } from '#clinical/audio/recordings.ts';
import { mustFind, type ClinicalParts } from '#clinical/encounters/encounters.ts';
import type { Draft } from '#clinical/notes/draft.ts';
import type { NoteTemplate } from '#clinical/notes/templates.ts';
import type { Transcript } from '#clinical/transcription/transcript.ts';
import { readTranscript } from '#clinical/transcription/transcripts.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { Transaction } from '#platform/store/store.ts';
import { draftById, draftsOf, insertDraft, type DraftMeta } from './drafts.queries.ts';

/** Writes the sentences and gives each its verdict. Pure for the extractive drafter; a model's drafter asks the spine. */
export type Drafter = (transcript: Transcript, template: NoteTemplate) => Draft;

export interface StoredDraft {
  readonly meta: DraftMeta;
  readonly draft: Phi<Draft>;
}

export interface DraftParts extends ClinicalParts {
  readonly drafter: Drafter;
}

/** Errors: `not_found`, `consent_withdrawn`, `draft_empty` when the transcript has nothing to say, `content_destroyed`. */
export async function createDraft(
  parts: DraftParts,
  tenant: TenantId,
  actor: ActorRef,
  transcript: string,
  template: NoteTemplate,
  id: string = newId(),
): Promise<StoredDraft> {
  const { meta: source, content } = await readTranscript(parts, tenant, transcript, null);
  const draft = parts.drafter(content.reveal().transcript, template);
  if (draft.sections.every((section) => section.sentences.length === 0)) throw new ProblemError('draft_empty');
  const sealer = await parts.keys.forTenant(tenant);
  return recorded(parts, tenant, async (tx, record) => {
    const { demo } = await mustFind(tx, source.encounter);
    await mustNotBeWithdrawn(tx, source.recording);
    const meta: DraftMeta = {
      id,
      encounter: source.encounter,
      transcript,
      transcript_version: source.version,
      template: template.id,
      drafter: draft.drafter,
      created_at: parts.clock.now(),
      demo,
    };
    await insertDraft(tx, meta, countFlagged(draft), sealJson(sealer, draftBinding(tenant, id), 'clinical', draft));
    await record({
      kind: 'draft.created',
      actor,
      objects: [
        { type: 'draft', id },
        { type: 'transcript', id: transcript, version: source.version },
      ],
      detail: { draft: id, encounter: source.encounter, generator: draft.drafter, version: 1, template: template.id },
    });
    return { meta, draft: Phi.of(draft) };
  });
}

/** Errors: `not_found`, `content_destroyed`. */
export async function readDraft(parts: ClinicalParts, tenant: TenantId, id: string): Promise<StoredDraft> {
  const sealer = await parts.keys.forTenant(tenant);
  return parts.store.asTenant(tenant, async (tx) => {
    const desk = { tx, sealer, tenant };
    return { meta: await draftMetaIn(desk, id), draft: Phi.of(await readDraftIn(desk, id)) };
  });
}

interface Desk {
  readonly tx: Transaction;
  readonly sealer: Sealer;
  readonly tenant: TenantId;
}

/** In a transaction under way. Errors: `not_found`. */
export async function draftMetaIn({ tx }: Desk, id: string): Promise<DraftMeta> {
  const row = await draftById(tx, id);
  if (row === null) throw new ProblemError('not_found');
  const { ciphertext: _ciphertext, erasure_key: _key, wrap: _wrap, ...meta } = row;
  return meta;
}

/** In a transaction under way. Errors: `not_found`, `content_destroyed`. */
export async function readDraftIn({ tx, sealer, tenant }: Desk, id: string): Promise<Draft> {
  const row = await draftById(tx, id);
  if (row === null) throw new ProblemError('not_found');
  return openJson<Draft>(sealer, draftBinding(tenant, id), row);
}

export function listDrafts(
  parts: ClinicalParts,
  tenant: TenantId,
  encounter: string,
  before: { readonly at: Date; readonly id: string } | null,
  limit: number,
): Promise<readonly DraftMeta[]> {
  return parts.store.asTenant(tenant, (tx) => draftsOf(tx, encounter, before, limit));
}

function countFlagged(draft: Draft): number {
  return draft.sections.flatMap((section) => section.sentences).filter((sentence) => sentence.verdict !== 'supported')
    .length;
}

function draftBinding(tenant: TenantId, id: string) {
  return { tenant, kind: 'draft', id, version: 1 } as const;
}
