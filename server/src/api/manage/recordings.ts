// Recordings and transcription jobs over HTTP.
import { ProblemError, type Job as WireJob, type Recording as WireRecording } from '@cordon/contract';
import { madeBefore, type Handlers } from '#api/routing/handler.ts';
import { readCursor, toPage } from '#api/routing/page.ts';
import { byteRange, sliceBytes } from '#api/routing/range.ts';
import {
  listRecordings,
  openAudio,
  readRecording,
  receiveRecording,
  type Recording,
} from '#clinical/audio/recordings.ts';
import { readEncounter } from '#clinical/encounters/encounters.ts';
import { scopeOf } from '#boundary/policy/scope.ts';
import type { TranscriptionRow, TranscriptionWish } from '#clinical/transcription/transcriptions.queries.ts';
import {
  followTranscription,
  newestOfRecording,
  readTranscription,
  requestTranscription,
  transcribeOnArrival,
  type TranscriptionParts,
} from '#clinical/transcription/transcriptions.ts';
import type { Principal } from '#custody/access/principal.ts';
import type { PatientGuard } from './guard.ts';

type RecordingHandlers = Pick<
  Handlers,
  | 'uploadRecording'
  | 'listRecordings'
  | 'getRecording'
  | 'playRecording'
  | 'transcribeRecording'
  | 'getJob'
  | 'followJob'
>;

export function recordingHandlers(parts: TranscriptionParts, guard: PatientGuard): RecordingHandlers {
  return { ...uploads(parts, guard), ...listening(parts, guard), ...work(parts, guard) };
}

function uploads(
  parts: TranscriptionParts,
  guard: PatientGuard,
): Pick<RecordingHandlers, 'uploadRecording' | 'transcribeRecording'> {
  return {
    async uploadRecording({ params, query }, { principal, exchange, reserved }) {
      await guard(principal, params.id);
      const { tenant, actor } = principal;
      const { purpose } = await readEncounter(parts, tenant, params.id);
      const wish = wishOf(principal, purpose, null, exchange.requestId);
      const upload = { encounter: params.id, contentType: exchange.contentType, audio: exchange.body };
      const alongside =
        query.transcribe === 'true'
          ? transcribeOnArrival(parts, tenant, { encounter: params.id, wish, actor })
          : () => Promise.resolve();
      const recording =
        (await madeBefore(reserved, (id) => readRecording(parts, tenant, id))) ??
        (await receiveRecording(parts, tenant, actor, { ...upload, id: reserved.id }, alongside));
      return {
        json: await showRecording(parts, principal, recording),
        headers: { location: `/api/recordings/${recording.id}` },
      };
    },

    async transcribeRecording({ params, body }, { principal, exchange, reserved }) {
      const { tenant, actor } = principal;
      const recording = await readRecording(parts, tenant, params.id);
      await guard(principal, recording.encounter);
      if (recording.state === 'quarantined') throw new ProblemError('consent_withdrawn');
      const { encounter } = recording;
      const { purpose } = await readEncounter(parts, tenant, encounter);
      const wish = wishOf(principal, purpose, body.model ?? null, exchange.requestId);
      const { id } = reserved;
      if ((await madeBefore(reserved, () => readTranscription(parts, tenant, id))) === null)
        await parts.store.asTenant(tenant, (tx) =>
          requestTranscription(parts, tenant, tx, { encounter, recording: recording.id, wish, actor }, id),
        );
      return { json: showJob(await readTranscription(parts, tenant, id)), headers: { location: `/api/jobs/${id}` } };
    },
  };
}

/** `service`: an id from the registry; null leaves the choice to policy. */
function wishOf(principal: Principal, purpose: string, service: string | null, request: string): TranscriptionWish {
  return { service, purpose, scope: scopeOf(principal), onBehalfOf: null, residency: null, tags: [], request };
}

function listening(
  parts: TranscriptionParts,
  guard: PatientGuard,
): Pick<RecordingHandlers, 'listRecordings' | 'getRecording' | 'playRecording'> {
  return {
    async listRecordings({ params, query }, { principal }) {
      await guard(principal, params.id);
      const before = readCursor(query.cursor);
      const rows = await listRecordings(parts, principal.tenant, params.id, before, query.limit + 1);
      const page = toPage(
        rows,
        query.limit,
        ({ createdAt, id }) => ({ at: createdAt, id }),
        (row) => row,
      );
      const items: WireRecording[] = [];
      for (const row of page.items) items.push(await showRecording(parts, principal, row));
      return { json: { items, next: page.next } };
    },

    async getRecording({ params }, { principal }) {
      const recording = await readRecording(parts, principal.tenant, params.id);
      await guard(principal, recording.encounter);
      return { json: await showRecording(parts, principal, recording) };
    },

    async playRecording({ params, headers }, { principal }) {
      const found = await readRecording(parts, principal.tenant, params.id);
      await guard(principal, found.encounter);
      const range = byteRange(headers.range, found.bytes);
      const { recording, audio } = await openAudio(parts, principal.tenant, params.id);
      const objects = [{ type: 'recording', id: recording.id }];
      const contentType = recording.contentType;
      const common = { 'accept-ranges': 'bytes', 'content-length': String(range.end - range.start) };
      if (!range.partial) return { stream: audio, contentType, objects, headers: common };
      return {
        status: 206,
        stream: sliceBytes(audio, range.start, range.end),
        contentType,
        objects,
        headers: { ...common, 'content-range': `bytes ${range.start}-${range.end - 1}/${found.bytes}` },
      };
    },
  };
}

function work(parts: TranscriptionParts, guard: PatientGuard): Pick<RecordingHandlers, 'getJob' | 'followJob'> {
  const find = async (principal: Principal, id: string): Promise<TranscriptionRow> => {
    const row = await readTranscription(parts, principal.tenant, id);
    await guard(principal, row.encounter);
    return row;
  };
  return {
    async getJob({ params }, { principal }) {
      return { json: showJob(await find(principal, params.id)) };
    },

    async followJob({ params }, { principal, exchange }) {
      await find(principal, params.id);
      return { events: jobEvents(parts, principal, params.id, exchange.signal) };
    },
  };
}

async function* jobEvents(
  parts: TranscriptionParts,
  principal: Principal,
  id: string,
  signal: AbortSignal,
): AsyncIterable<WireJob> {
  for await (const row of followTranscription(parts, principal.tenant, id, signal)) yield showJob(row);
}

async function showRecording(
  parts: TranscriptionParts,
  principal: Principal,
  recording: Recording,
): Promise<WireRecording> {
  const job = await newestOfRecording(parts, principal.tenant, recording.id);
  return {
    id: recording.id,
    encounterId: recording.encounter,
    state: recording.state,
    contentType: recording.contentType,
    bytes: recording.bytes,
    duration: recording.durationMs / 1000,
    sampleRate: recording.sampleRate,
    channels: recording.channels,
    createdAt: recording.createdAt.toISOString(),
    jobId: job?.id ?? null,
  };
}

function showJob(row: TranscriptionRow): WireJob {
  const total = row.duration_ms ?? 0;
  return {
    id: row.id,
    kind: 'transcribe',
    state: row.state,
    progress: row.state === 'done' ? 1 : total > 0 ? Math.min(1, row.progress_ms / total) : 0,
    stage: row.state === 'running' ? 'recognising' : null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    result: row.transcript === null ? null : { type: 'transcript', id: row.transcript },
    problem: row.problem,
  };
}
