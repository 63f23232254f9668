// POST /v1/audio/transcriptions: the route that applications already speak. Upload, job and answer in one request.
import {
  isProblemCode,
  ProblemError,
  TranscriptionFields,
  parseOrRefuse,
  type CallContext,
  type TranscriptionFormat,
} from '@cordon/contract';
import { madeBefore, type Exchange, type Handlers } from '#api/routing/handler.ts';
import { readRecording, receiveRecording } from '#clinical/audio/recordings.ts';
import { countCall, type Meter } from '#boundary/limits/meter.ts';
import { decide } from '#boundary/policy/decide.ts';
import type { Encounter } from '#clinical/encounters/encounters.ts';
import { toDiarizedJson, toJson, toSrt, toText, toVerboseJson, toVtt } from '#clinical/transcription/renderings.ts';
import type { Transcript } from '#clinical/transcription/transcript.ts';
import type {
  CallSummary,
  TranscriptionRow,
  TranscriptionWish,
} from '#clinical/transcription/transcriptions.queries.ts';
import {
  followTranscription,
  newestOfRecording,
  readTranscription,
  requestTranscription,
  type TranscriptionParts,
} from '#clinical/transcription/transcriptions.ts';
import { transcribeIntent } from '#clinical/transcription/transcribe-call.ts';
import { FailedTranscription, followText } from '#clinical/transcription/streamed.ts';
import { readTranscript } from '#clinical/transcription/transcripts.ts';
import type { Principal } from '#custody/access/principal.ts';
import type { PatientGuard } from '#api/manage/guard.ts';
import { showTranscription } from '#api/manage/transcripts.ts';
import { readForm, type FilePart, type Form } from './multipart.ts';
import { admitVisit, purposeOfVisit, wishOf } from './visit.ts';

/** The recognisers of this release hear English. */
const LANGUAGE = 'english';

export interface TranscribeRouteParts extends TranscriptionParts {
  /** Throws `engine_not_ready` or `engine_missing` while there is no engine here. */
  readonly mustHear: () => void;
  readonly meter: Meter;
}

export function transcriptionHandlers(
  parts: TranscribeRouteParts,
  guard: PatientGuard,
): Pick<Handlers, 'createTranscription'> {
  return {
    async createTranscription({ headers }, { principal, exchange, reserved }) {
      await mustBeHeard(parts, principal, headers);
      await countCall(parts.meter, principal);
      const encounter = await admitVisit(parts, guard, principal, headers, reserved);
      const earlier = await madeBefore(reserved, (id) => readRecording(parts, principal.tenant, id));
      const form = await readForm(exchange, 'file', async (file, rest) => {
        if (earlier !== null) return drain(file.bytes);
        return receive(parts, principal, headers, { encounter, file, fields: rest, id: reserved.id, exchange });
      });
      const fields = parseFields(form.fields);
      const wish = {
        ...wishOf(principal, encounter, headers, fields.model, exchange.requestId),
        stream: isStream(fields),
      };
      const id = await jobOf(parts, principal, { id: reserved.id, again: earlier !== null }, wish);
      if (isStream(fields)) return streamed(parts, principal, { id, exchange });
      const done = await waitFor(parts, principal, id, exchange);
      return answer(parts, principal, done, fields);
    },
  };
}

/** Before anything is uploaded. Where policy may send the recording elsewhere, no engine is needed here. */
async function mustBeHeard(parts: TranscribeRouteParts, principal: Principal, context: CallContext): Promise<void> {
  try {
    parts.mustHear();
  } catch (error) {
    if (!(await mayGoElsewhere(parts, principal, context))) throw error;
  }
}

async function mayGoElsewhere(
  { registry, clock }: TranscribeRouteParts,
  principal: Principal,
  context: CallContext,
): Promise<boolean> {
  const { tenant, actor } = principal;
  const rulebook = await registry.rulebook(tenant);
  // Of the visit and the model nothing is known yet: policy has its last word when the recording is heard.
  const wish = wishOf(
    principal,
    { purpose: context['cordon-purpose'] ?? purposeOfVisit(principal) },
    context,
    'auto',
    '',
  );
  const asked = { requested: wish, tenant, actor, encounter: null, patient: null, now: clock.now() };
  const { route, alternates } = decide(transcribeIntent(asked), rulebook);
  const allowed = new Set([route, ...alternates].map((way) => way?.service));
  return rulebook.snapshot.services.some(({ id, adapter }) => allowed.has(id) && !adapter.startsWith('local-'));
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
    const asked = parseFields(await fields);
    const wish = { ...wishOf(principal, encounter, headers, asked.model, exchange.requestId), stream: isStream(asked) };
    await requestTranscription(parts, tenant, tx, { encounter: encounter.id, recording, wish, actor });
  });
}

/** A stream has one form. */
function parseFields(fields: Form<unknown>['fields']): TranscriptionFields {
  const parsed = parseOrRefuse(TranscriptionFields, { ...fields }, 'body');
  if (!isStream(parsed)) return parsed;
  if (parsed.response_format !== 'json') throw new ProblemError('invalid_request', { field: 'body.response_format' });
  return parsed;
}

function isStream(fields: TranscriptionFields): boolean {
  return fields.stream === 'true';
}

/**
 * The answer begins when there is something to tell, so that what fails before is an ordinary refusal. By then the call was allowed;
 * what is known at the end only stands in the last event.
 */
async function streamed(
  parts: TranscribeRouteParts,
  principal: Principal,
  { id, exchange }: { readonly id: string; readonly exchange: Exchange },
) {
  const left = new AbortController();
  const events = textEvents(parts, principal, id, AbortSignal.any([exchange.signal, left.signal]));
  const first = await events.next();
  const row = await readTranscription(parts, principal.tenant, id);
  let told: typeof first | null = first;
  return {
    headers: row.begun === null ? {} : headersOf(row, row.begun),
    events: {
      next: async () => {
        const next = told ?? (await events.next());
        told = null;
        return next;
      },
      /** Whoever left is not waited for until there is something to tell. */
      return: async () => {
        left.abort();
        return events.return();
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    },
  };
}

/** OpenAI's events; the last one leaves when the outcome has its place in the ledger. */
async function* textEvents(parts: TranscribeRouteParts, { tenant }: Principal, id: string, signal: AbortSignal) {
  try {
    for await (const event of followText(parts, tenant, id, signal)) {
      if (event.type === 'delta') yield { type: 'transcript.text.delta', delta: event.delta } as const;
      else {
        const { call, transcript, text, seconds, accuracy } = event;
        const { index: ledgerIndex } = await parts.ledger.settle(tenant, call.outcome);
        const usage = { type: 'duration', seconds } as const;
        yield { type: 'transcript.text.done', text, usage, cordon: { transcript, accuracy, ledgerIndex } } as const;
      }
    }
  } catch (error) {
    throw error instanceof FailedTranscription ? problemOf(parts, error.problem) : error;
  }
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

async function waitFor(
  parts: TranscribeRouteParts,
  principal: Principal,
  id: string,
  exchange: Exchange,
): Promise<TranscriptionRow> {
  for await (const row of followTranscription(parts, principal.tenant, id, exchange.signal)) {
    if (row.state === 'done') return row;
    if (row.state === 'failed') throw problemOf(parts, row.problem);
  }
  throw new ProblemError('shutting_down');
}

function problemOf({ meter }: TranscribeRouteParts, code: string | null): ProblemError {
  if (code === 'budget_exhausted') return new ProblemError(code, { retryAfter: meter.resetSeconds() });
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
    ...headersOf(row, call),
    'cordon-ledger-index': String(outcome.index),
    'cordon-accuracy': accuracy,
    'cordon-transcript': row.transcript ?? '',
  };
}

/** What stands when the call is allowed. */
function headersOf(row: TranscriptionRow, call: Omit<CallSummary, 'outcome'>): Record<string, string> {
  return {
    'cordon-decision': call.decision,
    'cordon-service': call.service,
    'cordon-pattern': call.pattern,
    'cordon-obligations': call.obligations.join(','),
    'cordon-review': call.review,
    'cordon-intent-index': String(call.intentIndex),
    'cordon-encounter': row.encounter,
  };
}
