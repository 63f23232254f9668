// Transcripts over HTTP.
import { ProblemError, type Transcript as WireTranscript } from '@cordon/contract';
import type { Handlers } from '#api/routing/handler.ts';
import { wholePage } from '#api/routing/page.ts';
import type { ClinicalParts } from '#clinical/encounters/encounters.ts';
import {
  correctTranscript,
  listTranscripts,
  listVersions,
  readTranscript,
  type StoredTranscript,
} from '#clinical/transcription/transcripts.ts';
import type { Addition, Transcript } from '#clinical/transcription/transcript.ts';
import type { TranscriptMeta } from '#clinical/transcription/transcripts.queries.ts';
import type { PatientGuard } from './guard.ts';

type TranscriptHandlers = Pick<
  Handlers,
  'listTranscripts' | 'getTranscript' | 'listTranscriptVersions' | 'correctTranscript'
>;

export function transcriptHandlers(parts: ClinicalParts, guard: PatientGuard): TranscriptHandlers {
  return {
    async listTranscripts({ params }, { principal }) {
      await guard(principal, params.id);
      return { json: wholePage(await listTranscripts(parts, principal.tenant, params.id), showVersion) };
    },

    async getTranscript({ params, query }, { principal }) {
      const found = await readTranscript(parts, principal.tenant, params.id, query.version ?? null);
      await guard(principal, found.meta.encounter);
      return answer(found);
    },

    async listTranscriptVersions({ params }, { principal }) {
      const versions = await listVersions(parts, principal.tenant, params.id);
      const [first] = versions;
      if (first !== undefined) await guard(principal, first.encounter);
      return { json: wholePage(versions, showVersion) };
    },

    async correctTranscript({ params, headers, body }, { principal }) {
      const current = await readTranscript(parts, principal.tenant, params.id, null);
      await guard(principal, current.meta.encounter);
      const corrected = await correctTranscript(
        parts,
        principal.tenant,
        principal.actor,
        params.id,
        versionOf(headers['if-match']),
        { words: body.words ?? [], speakers: body.speakers ?? [] },
      );
      return answer(corrected);
    },
  };
}

function answer(found: StoredTranscript) {
  const { id, version } = found.meta;
  return {
    json: showTranscript(found),
    headers: { etag: etagOf(version) },
    objects: [{ type: 'transcript', id, version }],
  };
}

/** A version as an entity tag: `"3"`. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Errors: `version_mismatch` for a tag that no version has. */
export function versionOf(etag: string): number {
  const digits = /^"(\d{1,9})"$/.exec(etag)?.[1];
  if (digits === undefined) throw new ProblemError('version_mismatch');
  return Number(digits);
}

function showVersion(meta: TranscriptMeta) {
  return {
    id: meta.id,
    encounterId: meta.encounter,
    recordingId: meta.recording,
    version: meta.version,
    origin: meta.kind === 'machine' ? ('machine' as const) : ('human' as const),
    createdAt: meta.created_at.toISOString(),
    accuracy: meta.accuracy,
  };
}

/** The same members in lists of the wire's own. */
export function showTranscription(transcript: Transcript): WireTranscript['transcription'] {
  const { candidates, diarization, punctuation, ...heard } = transcript;
  return {
    ...heard,
    words: [...heard.words],
    segments: [...heard.segments],
    ...(diarization === undefined ? {} : { diarization: showAddition(diarization) }),
    ...(punctuation === undefined ? {} : { punctuation: showAddition(punctuation) }),
    ...(candidates === undefined ? {} : { candidates: [...candidates] }),
  };
}

function showAddition({ state, models }: Addition) {
  return { state, models: [...models] };
}

function showTranscript(found: StoredTranscript): WireTranscript {
  const { transcript, speakers } = found.content.reveal();
  return { ...showVersion(found.meta), speakers: [...speakers], transcription: showTranscription(transcript) };
}
