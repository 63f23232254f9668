// POST /v1/audio/transcriptions: the route that applications already speak. Upload, job and answer in one request.
import {
  isProblemCode,
  ProblemError,
  TranscriptionFields,
  parseOrRefuse,
  type CallContext,
  type TranscriptionFormat,
} from '@cordon/contract';
import { madeBefore, type Exchange, type Handlers, type Reserved } from '#api/routing/handler.ts';
import { PURPOSES } from '#boundary/policy/intent.ts';
import { scopeOf } from '#boundary/policy/scope.ts';
import { readRecording, receiveRecording } from '#clinical/audio/recordings.ts';
import { recordConsent } from '#clinical/encounters/consents.ts';
import { createEncounter, findByReference, readEncounter, type Encounter } from '#clinical/encounters/encounters.ts';
import { toDiarizedJson, toJson, toSrt, toText, toVerboseJson, toVtt } from '#clinical/transcription/renderings.ts';
import type { Transcript } from '#clinical/transcription/transcript.ts';
import { derivedId } from '#clinical/fhir/identity.ts';
import type { TranscriptionRow, TranscriptionWish } from '#clinical/transcription/transcriptions.queries.ts';
import {
  followTranscription,
  newestOfRecording,
  requestTranscription,
  type TranscriptionParts,
} from '#clinical/transcription/transcriptions.ts';
import { readTranscript } from '#clinical/transcription/transcripts.ts';
import type { Principal } from '#custody/access/principal.ts';
import { isUuid } from '#kernel/ids.ts';
import { purposeOf, type PatientGuard } from '#api/manage/guard.ts';
import { showTranscription } from '#api/manage/transcripts.ts';
import { readForm, type FilePart, type Form } from './multipart.ts';

/** Names that the OpenAI service gives its own models: here they mean "what policy prefers"; the answer says what that was. */
const CALLERS_DEFAULTS: ReadonlySet<string> = new Set([
  'auto',
  'whisper-1',
  'gpt-4o-transcribe',
  'gpt-4o-mini-transcribe',
]);

/** The recognisers of this release hear English. */
const LANGUAGE = 'english';

/** A visit that the caller did not name. */
const UNNAMED_PATIENT = 'unstated';

export interface TranscribeRouteParts extends TranscriptionParts {
  /** Throws `engine_not_ready` or `engine_missing` while there is no engine. */
  readonly mustHear: () => void;
}

export function transcriptionHandlers(
  parts: TranscribeRouteParts,
  guard: PatientGuard,
): Pick<Handlers, 'createTranscription'> {
  return {
    async createTranscription({ headers }, { principal, exchange, reserved }) {
      parts.mustHear();
      const encounter = await admitVisit(parts, guard, principal, headers, reserved);
      const earlier = await madeBefore(reserved, (id) => readRecording(parts, principal.tenant, id));
      const form = await readForm(exchange, 'file', async (file, rest) => {
        if (earlier !== null) return drain(file.bytes);
        return receive(parts, principal, headers, { encounter, file, fields: rest, id: reserved.id, exchange });
      });
      const fields = parseFields(form.fields);
      const wish = wishOf(principal, encounter, headers, fields, exchange);
      const id = await jobOf(parts, principal, { id: reserved.id, again: earlier !== null }, wish);
      const done = await waitFor(parts, principal, id, exchange);
      return answer(parts, principal, done, fields);
    },
  };
}
interface Arriving {
  readonly encounter: Encounter;
  readonly file: FilePart;
  /** Resolves when the form is whole. */
  readonly fields: Promise<Form<unknown>['fields']>;
  readonly id: string;
  readonly exchange: Exchange;
}

/** Recording and job become durable together, and only when the whole form is one that can be answered. */
async function receive(
  parts: TranscribeRouteParts,
  principal: Principal,
  headers: CallContext,
  { encounter, file, fields, id, exchange }: Arriving,
): Promise<void> {
  const { tenant, actor } = principal;
  const upload = {
    id,
    encounter: encounter.id,
    contentType: file.contentType,
    audio: file.bytes,
    complete: async () => parseFields(await fields),
  };
  await receiveRecording(parts, tenant, actor, upload, async (tx, _record, recording) => {
    const wish = wishOf(principal, encounter, headers, parseFields(await fields), exchange);
    await requestTranscription(parts, tenant, tx, { encounter: encounter.id, recording, wish, actor });
  });
}

function parseFields(fields: Form<unknown>['fields']): TranscriptionFields {
  return parseOrRefuse(TranscriptionFields, { ...fields }, 'body');
}

function wishOf(
  principal: Principal,
  encounter: Encounter,
  headers: CallContext,
  fields: TranscriptionFields,
  exchange: Exchange,
): TranscriptionWish {
  return {
    service: CALLERS_DEFAULTS.has(fields.model) ? null : fields.model,
    purpose: encounter.purpose,
    scope: scopeOf(principal),
    onBehalfOf: headers['cordon-on-behalf-of'] ?? null,
    residency: headers['cordon-residency'] ?? null,
    tags: headers['cordon-tags'] ?? [],
    request: exchange.requestId,
  };
}

/** The recording's job; for a repetition (`again`) a new one in place of one that failed. */
async function jobOf(
  parts: TranscribeRouteParts,
  principal: Principal,
  { id: recording, again }: { readonly id: string; readonly again: boolean },
  wish: TranscriptionWish,
): Promise<string> {
  const { tenant, actor } = principal;
  const held = await newestOfRecording(parts, tenant, recording);
  if (held !== null && !(again && held.state === 'failed')) return held.id;
  const { encounter } = await readRecording(parts, tenant, recording);
  return parts.store.asTenant(tenant, (tx) =>
    requestTranscription(parts, tenant, tx, { encounter, recording, wish, actor }),
  );
}

async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of bytes);
}

/**
 * The encounter that the audio belongs to: the one that `Cordon-Encounter` names (our id, or the caller's own reference),
 * else a new one. A key in mode `caller-attests` states by its call that consent exists; that statement is recorded.
 */
async function admitVisit(
  parts: TranscribeRouteParts,
  guard: PatientGuard,
  principal: Principal,
  headers: CallContext,
  reserved: Reserved,
): Promise<Encounter> {
  const { tenant, actor } = principal;
  const own = { id: derivedId(reserved.id, 'encounter'), resumed: reserved.resumed };
  const attests = principal.kind === 'key' && principal.scopes.consentMode === 'caller-attests';
  const named = headers['cordon-encounter'];
  const existing = named === undefined ? null : await findVisit(parts, tenant, named);
  if (existing !== null) await guard(principal, existing.id);
  if (existing === null && !attests) throw new ProblemError('consent_missing');
  const encounter = existing ?? (await openVisit(parts, principal, headers, own));
  if (attests && encounter.consent === 'missing') {
    const statement = {
      manner: 'caller-attests',
      by: null,
      textVersion: null,
      obtainedAt: null,
      jurisdiction: null,
    } as const;
    await recordConsent(parts, tenant, actor, encounter.id, statement);
  }
  return encounter;
}

async function findVisit(
  parts: TranscribeRouteParts,
  tenant: Principal['tenant'],
  named: string,
): Promise<Encounter | null> {
  if (isUuid(named)) return readEncounter(parts, tenant, named);
  return findByReference(parts, tenant, named);
}

async function openVisit(
  parts: TranscribeRouteParts,
  principal: Principal,
  headers: CallContext,
  own: Reserved,
): Promise<Encounter> {
  const made = await madeBefore(own, (id) => readEncounter(parts, principal.tenant, id));
  if (made !== null) return made;
  const purpose = headers['cordon-purpose'] ?? purposeOf(principal) ?? 'ambient-documentation';
  if (!(PURPOSES as readonly string[]).includes(purpose)) throw new ProblemError('purpose_not_allowed');
  return createEncounter(parts, principal.tenant, principal.actor, {
    id: own.id,
    purpose,
    demo: false,
    clinician: principal.kind === 'key' ? principal.ownerId : principal.personId,
    identity: {
      patient: headers['cordon-patient'] ?? UNNAMED_PATIENT,
      reference: headers['cordon-encounter'] ?? null,
      startedAt: null,
      endedAt: null,
    },
  });
}

async function waitFor(
  parts: TranscribeRouteParts,
  principal: Principal,
  id: string,
  exchange: Exchange,
): Promise<TranscriptionRow> {
  for await (const row of followTranscription(parts, principal.tenant, id, exchange.signal)) {
    if (row.state === 'done') return row;
    if (row.state === 'failed') throw problemOf(row.problem);
  }
  throw new ProblemError('shutting_down');
}

function problemOf(code: string | null): ProblemError {
  return new ProblemError(isProblemCode(code) ? code : 'internal');
}

async function answer(
  parts: TranscribeRouteParts,
  principal: Principal,
  row: TranscriptionRow,
  fields: TranscriptionFields,
) {
  if (row.transcript === null) throw new ProblemError('internal');
  const { content, meta } = await readTranscript(parts, principal.tenant, row.transcript, 1);
  const { transcript } = content.reveal();
  const headers = await callHeaders(parts, principal, row, meta.accuracy);
  return { headers, ...render(transcript, fields.response_format, fields['timestamp_granularities[]'] ?? []) };
}

function render(transcript: Transcript, format: TranscriptionFormat, granularities: readonly ('word' | 'segment')[]) {
  switch (format) {
    case 'json':
      return { json: toJson(transcript) };
    case 'verbose_json':
      return { json: toVerboseJson(transcript, LANGUAGE, granularities.length === 0 ? undefined : granularities) };
    case 'diarized_json':
      return { json: toDiarizedJson(transcript) };
    case 'cordon_json':
      return { json: showTranscription(transcript) };
    case 'text':
      return { text: toText(transcript), contentType: 'text/plain; charset=utf-8' };
    case 'srt':
      return { text: toSrt(transcript), contentType: 'application/x-subrip; charset=utf-8' };
    case 'vtt':
      return { text: toVtt(transcript), contentType: 'text/vtt; charset=utf-8' };
  }
}

async function callHeaders(
  parts: TranscribeRouteParts,
  principal: Principal,
  row: TranscriptionRow,
  accuracy: string,
): Promise<Record<string, string>> {
  const { call } = row;
  if (call === null) return {};
  const outcome = await parts.ledger.settle(principal.tenant, call.outcome);
  return {
    'cordon-decision': call.decision,
    'cordon-service': call.service,
    'cordon-pattern': call.pattern,
    'cordon-obligations': call.obligations.join(','),
    'cordon-review': call.review,
    'cordon-intent-index': String(call.intentIndex),
    'cordon-ledger-index': String(outcome.index),
    'cordon-accuracy': accuracy,
    'cordon-transcript': row.transcript ?? '',
    'cordon-encounter': row.encounter,
  };
}
