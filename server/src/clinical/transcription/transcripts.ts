// Transcripts as kept: the machine's version first, human corrections after it (spec clinical §2).
import { ProblemError } from '@cordon/contract';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Binding, Sealed, Sealer } from '#custody/keys/sealer.ts';
import type { ClinicalParts } from '#clinical/encounters/encounters.ts';
import type { TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import { isUniqueViolation } from '#platform/store/failures.ts';
import type { Transaction } from '#platform/store/store.ts';
import { correctWords, type WordChange } from './correct.ts';
import type { Transcript } from './transcript.ts';
import {
  insertTranscript,
  transcriptById,
  transcriptsOf,
  transcriptVersions,
  type TranscriptMeta,
  type TranscriptRow,
} from './transcripts.queries.ts';

/** Labels are what a person called a channel; nothing downstream takes them for the truth. */
export interface SpeakerLabel {
  readonly channel: number;
  readonly label: string;
}

export interface TranscriptContent {
  readonly transcript: Transcript;
  readonly speakers: readonly SpeakerLabel[];
}

export interface StoredTranscript {
  readonly meta: TranscriptMeta;
  readonly content: Phi<TranscriptContent>;
}

/** Errors: `not_found`, `content_destroyed`. */
export async function readTranscript(
  parts: ClinicalParts,
  tenant: TenantId,
  id: string,
  version: number | null,
): Promise<StoredTranscript> {
  const sealer = await parts.keys.forTenant(tenant);
  return parts.store.asTenant(tenant, (tx) => readTranscriptIn({ tx, sealer, tenant }, id, version));
}

/** In a transaction under way. Errors: `not_found`, `content_destroyed`. */
export async function readTranscriptIn(
  desk: { readonly tx: Transaction; readonly sealer: Sealer; readonly tenant: TenantId },
  id: string,
  version: number | null,
): Promise<StoredTranscript> {
  const row = await transcriptById(desk.tx, id, version);
  if (row === null) throw new ProblemError('not_found');
  return openTranscript(desk.sealer, desk.tenant, row);
}

export function listTranscripts(
  parts: ClinicalParts,
  tenant: TenantId,
  encounter: string,
): Promise<readonly TranscriptMeta[]> {
  return parts.store.asTenant(tenant, (tx) => transcriptsOf(tx, encounter));
}

export async function listVersions(
  parts: ClinicalParts,
  tenant: TenantId,
  id: string,
): Promise<readonly TranscriptMeta[]> {
  const versions = await parts.store.asTenant(tenant, (tx) => transcriptVersions(tx, id));
  if (versions.length === 0) throw new ProblemError('not_found');
  return versions;
}

export interface Correction {
  readonly words: readonly WordChange[];
  readonly speakers: readonly SpeakerLabel[];
}

/** A new version on top of `onVersion`. Errors: `not_found`, `version_mismatch`, `invalid_request`. */
export async function correctTranscript(
  parts: ClinicalParts,
  tenant: TenantId,
  actor: ActorRef,
  id: string,
  onVersion: number,
  correction: Correction,
): Promise<StoredTranscript> {
  const current = await readTranscript(parts, tenant, id, null);
  if (current.meta.version !== onVersion) throw new ProblemError('version_mismatch');
  const { transcript, speakers } = current.content.reveal();
  const renamed = new Set(correction.speakers.map((speaker) => speaker.channel));
  const content: TranscriptContent = {
    transcript: correctWords(transcript, correction.words),
    speakers: [...speakers.filter((speaker) => !renamed.has(speaker.channel)), ...correction.speakers],
  };
  const meta: TranscriptMeta = {
    ...current.meta,
    version: onVersion + 1,
    kind: 'corrected',
    created_at: parts.clock.now(),
  };
  const sealer = await parts.keys.forTenant(tenant);
  await recorded(parts, tenant, async (tx, record) => {
    const newest = await transcriptById(tx, id, null);
    if (newest?.version !== onVersion) throw new ProblemError('version_mismatch');
    try {
      await insertTranscript(tx, meta, actor, sealTranscript(sealer, tenant, meta, content));
    } catch (error) {
      if (isUniqueViolation(error)) throw new ProblemError('version_mismatch'); // a colleague was faster
      throw error;
    }
    await record({
      kind: 'transcript.corrected',
      actor,
      objects: [{ type: 'transcript', id, version: meta.version }],
      detail: { transcript: id, version: meta.version },
    });
  });
  return { meta, content: Phi.of(content) };
}

export function sealTranscript(
  sealer: Sealer,
  tenant: TenantId,
  meta: TranscriptMeta,
  content: TranscriptContent,
): Sealed {
  return sealJson(sealer, transcriptBinding(tenant, meta.id, meta.version), 'clinical', content);
}

async function openTranscript(sealer: Sealer, tenant: TenantId, row: TranscriptRow): Promise<StoredTranscript> {
  const content = await openJson<TranscriptContent>(sealer, transcriptBinding(tenant, row.id, row.version), row);
  const { id, version, encounter, recording, kind, accuracy, created_at } = row;
  return { meta: { id, version, encounter, recording, kind, accuracy, created_at }, content: Phi.of(content) };
}

function transcriptBinding(tenant: TenantId, id: string, version: number): Binding {
  return { tenant, kind: 'transcript', id, version };
}
