// The OpenAI-compatible surface: shapes of `openai` 7.x, so that its official client works unchanged.
import { z } from 'zod';
import { Accuracy, CALL_HEADERS, CallContext, Capability, Pattern, REFUSALS_OF_CALLS } from './context.ts';
import { Count, Label, Seconds } from './fields.ts';
import { MAX_PROMPT_CHARS, MAX_WORD_CHARS } from './limits.ts';
import type { Route } from './route.ts';
import { Transcription } from './transcripts.ts';

/** `cordon_json` is Cordon's own full form (spoken and written text, words, segments, engine); the others are OpenAI's. */
export const TRANSCRIPTION_FORMATS = [
  'json',
  'text',
  'srt',
  'vtt',
  'verbose_json',
  'diarized_json',
  'cordon_json',
] as const;
export type TranscriptionFormat = (typeof TRANSCRIPTION_FORMATS)[number];

const Granularity = z.enum(['word', 'segment']);

/** Multipart fields arrive as text; a repeated field as a list. */
export const TranscriptionFields = z.strictObject({
  model: z.string().min(1).max(200).meta({ description: 'Id from GET /v1/models, or `auto` for what policy prefers.' }),
  language: z
    .string()
    .max(MAX_WORD_CHARS)
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .exactOptional()
    .meta({ description: 'BCP 47.' }),
  prompt: z.string().max(MAX_PROMPT_CHARS).exactOptional().meta({ description: 'Words to expect.' }),
  response_format: z.enum(TRANSCRIPTION_FORMATS).default('json'),
  temperature: z.coerce.number().min(0).max(1).exactOptional(),
  'timestamp_granularities[]': z
    .union([Granularity.transform((one) => [one]), z.array(Granularity).max(2)])
    .exactOptional(),
  chunking_strategy: z
    .string()
    .max(500)
    .exactOptional()
    .meta({ description: 'Taken for clients that must send it: recordings are always cut at pauses.' }),
  stream: z
    .enum(['true', 'false'])
    .exactOptional()
    .meta({ description: 'Server-sent events while the recording is recognised; `response_format` is `json` then.' }),
});
export type TranscriptionFields = z.infer<typeof TranscriptionFields>;

const DurationUsage = z.strictObject({ type: z.literal('duration'), seconds: Seconds });

export const OpenAITranscription = z
  .strictObject({ text: z.string(), usage: DurationUsage })
  .meta({ id: 'OpenAITranscription' });

/** With `stream=true`: text that is appended and never taken back, then all of it. */
export const OpenAITranscriptEvent = z
  .union([
    z.strictObject({ type: z.literal('transcript.text.delta'), delta: z.string() }),
    z.strictObject({
      type: z.literal('transcript.text.done'),
      text: z.string(),
      usage: DurationUsage,
      cordon: z
        .strictObject({
          transcript: z.uuid().meta({ description: 'Id of the transcript, for drafting from it.' }),
          accuracy: Accuracy,
          ledgerIndex: Count.meta({ description: 'Ledger index of the outcome.' }),
        })
        .meta({ description: 'What the headers cannot say, since they leave before the answer is whole.' }),
    }),
  ])
  .meta({ id: 'OpenAITranscriptEvent' });

/** Whisper's figures where they exist; those that an engine does not give are null, never made up. */
const OpenAISegment = z
  .strictObject({
    id: Count,
    seek: Count,
    start: Seconds,
    end: Seconds,
    text: z.string(),
    tokens: z.array(z.number().int()),
    temperature: z.number(),
    avg_logprob: z.number().nullable(),
    compression_ratio: z.number().nullable(),
    no_speech_prob: z.number().nullable(),
  })
  .meta({ id: 'OpenAITranscriptionSegment' });

export const OpenAIVerboseTranscription = z
  .strictObject({
    task: z.literal('transcribe'),
    language: z.string(),
    duration: Seconds,
    text: z.string(),
    words: z.array(z.strictObject({ word: z.string(), start: Seconds, end: Seconds })).exactOptional(),
    segments: z.array(OpenAISegment).exactOptional(),
    usage: DurationUsage,
  })
  .meta({ id: 'OpenAIVerboseTranscription' });

/**
 * One channel is one speaker: `A` is the first. On a recording of one channel speakers are told apart by their voices where the models for
 * it are installed; else it has one speaker, however many people speak on it.
 */
export const OpenAIDiarizedTranscription = z
  .strictObject({
    task: z.literal('transcribe'),
    duration: Seconds,
    text: z.string(),
    segments: z.array(
      z.strictObject({
        type: z.literal('transcript.text.segment'),
        id: z.string(),
        start: Seconds,
        end: Seconds,
        text: z.string(),
        speaker: z.string(),
      }),
    ),
    usage: DurationUsage,
  })
  .meta({ id: 'OpenAIDiarizedTranscription' });

export const OpenAIModel = z
  .strictObject({
    id: z.string(),
    object: z.literal('model'),
    created: z.number().int(),
    owned_by: z.string(),
    capability: Capability,
    pattern: Pattern,
    regions: z.array(z.string()),
    accuracy: Accuracy,
    price: Label.nullable(),
  })
  .meta({ id: 'OpenAIModel' });

/** Errors under /v1 keep OpenAI's envelope with Cordon's stable `code`. */
export const OpenAIError = z
  .strictObject({
    error: z.strictObject({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string(),
      remedy: z.string(),
      requestId: z.string(),
    }),
  })
  .meta({ id: 'OpenAIError' });

export const openaiRoutes = {
  createTranscription: {
    method: 'POST',
    path: '/v1/audio/transcriptions',
    summary: 'Transcribe a recording',
    tag: 'openai',
    audience: 'both',
    permission: 'transcription.create',
    headers: CallContext,
    body: { kind: 'multipart', fields: TranscriptionFields, file: 'file' },
    replies: [
      {
        status: 200,
        description: 'The transcript in the form that `response_format` names.',
        content: [
          {
            kind: 'json',
            schema: z.union([
              OpenAITranscription,
              OpenAIVerboseTranscription,
              OpenAIDiarizedTranscription,
              Transcription,
            ]),
          },
          { kind: 'text', contentType: 'text/plain; charset=utf-8' },
          { kind: 'text', contentType: 'application/x-subrip; charset=utf-8' },
          { kind: 'text', contentType: 'text/vtt; charset=utf-8' },
          { kind: 'events', schema: OpenAITranscriptEvent, unnamed: true },
        ],
        headers: CALL_HEADERS,
      },
    ],
    errors: [
      'phi_in_header',
      'consent_missing',
      'consent_withdrawn',
      'budget_exhausted',
      ...REFUSALS_OF_CALLS,
      'obligation_unmet',
      'audio_unreadable',
      'audio_unusable',
      'decoder_missing',
      'engine_not_ready',
      'engine_missing',
      'engine_failed',
      'upstream_unavailable',
      'upstream_timeout',
      'upstream_invalid',
      'upstream_refused',
      'model_unverified',
      'outcome_unknown',
      'key_unavailable',
      'storage_full',
      'conflict',
    ],
    ledger: { kind: 'call.intent' },
  },
  listModels: {
    method: 'GET',
    path: '/v1/models',
    summary: 'List what this credential may use now',
    tag: 'openai',
    audience: 'both',
    permission: 'service.read',
    replies: [
      {
        status: 200,
        description: 'Models, in OpenAI’s list form.',
        content: [{ kind: 'json', schema: z.strictObject({ object: z.literal('list'), data: z.array(OpenAIModel) }) }],
      },
    ],
    errors: [],
    ledger: { none: 'Reads configuration, no patient content.' },
  },
} as const satisfies Record<string, Route>;
