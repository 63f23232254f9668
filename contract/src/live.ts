// Live transcription over WebSocket: OpenAI's realtime event shapes (`openai` 7.x), and what Cordon adds to come back without loss
// (docs/formats/live.md).
import { z } from 'zod';
import { CallContext, REFUSALS_OF_CALLS } from './context.ts';
import { MAX_WORD_CHARS } from './limits.ts';
import type { Route } from './route.ts';

/** Characters of the base64 text of one append: 2 MiB of sound, 43 s at 24 kHz. */
const MAX_APPEND_CHARS = 2_796_204;

/** Characters of a client's own event id. */
const MAX_EVENT_ID_CHARS = 128;

const Context = CallContext.omit({ 'idempotency-key': true, prefer: true });

/** Browsers cannot set headers on a WebSocket, so the context may stand in the query too; a header wins. */
export const RealtimeQuery = z.strictObject({
  intent: z.literal('transcription'),
  model: z.string().min(1).max(200).exactOptional().meta({ description: 'Id from GET /v1/models, or `auto`.' }),
  session: z.uuid().exactOptional().meta({ description: 'A session to take up again.' }),
  after: z
    .string()
    .regex(/^event_[0-9a-f]{32}_[0-9]{1,9}_[0-9]$/)
    .exactOptional()
    .meta({ description: 'Id of the last event that was seen of it.' }),
  acknowledge: z.literal('true').exactOptional().meta({ description: 'Tell how many bytes of sound are durable.' }),
  ...Context.shape,
});
export type RealtimeQuery = z.infer<typeof RealtimeQuery>;

const EventId = z.string().max(MAX_EVENT_ID_CHARS).exactOptional();

const Pcm = z.object({
  type: z.literal('audio/pcm'),
  rate: z.union([z.literal(24_000), z.literal(16_000)]).default(24_000),
});
const Telephone = z.object({ type: z.enum(['audio/pcmu', 'audio/pcma']) });

const TurnDetection = z.object({
  type: z.literal('server_vad'),
  silence_duration_ms: z.number().int().min(200).max(5_000).exactOptional(),
});

const Transcription = z.object({
  model: z.string().max(200).exactOptional(),
  language: z.string().max(MAX_WORD_CHARS).nullish(),
});

/** What is not read here (noise reduction, thresholds) does not apply, and `session.updated` says what does. */
const SessionUpdate = z.object({
  type: z.literal('session.update'),
  event_id: EventId,
  session: z.object({
    type: z.literal('transcription'),
    audio: z
      .object({
        input: z
          .object({
            format: z.union([Pcm, Telephone]).exactOptional(),
            transcription: Transcription.nullish(),
            turn_detection: TurnDetection.nullish(),
          })
          .exactOptional(),
      })
      .exactOptional(),
  }),
});

/** The form of clients before the `session.update` of today. */
const TranscriptionSessionUpdate = z.object({
  type: z.literal('transcription_session.update'),
  event_id: EventId,
  session: z.object({
    input_audio_format: z.enum(['pcm16', 'g711_ulaw', 'g711_alaw']).exactOptional(),
    input_audio_transcription: Transcription.nullish(),
    turn_detection: TurnDetection.nullish(),
  }),
});

const Append = z.object({
  type: z.literal('input_audio_buffer.append'),
  event_id: EventId,
  audio: z.base64().max(MAX_APPEND_CHARS),
  /** Cordon's: number of the first byte in the session, so that what is sent twice counts once. */
  offset: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).exactOptional(),
});

const Bare = z.object({
  type: z.enum(['input_audio_buffer.commit', 'input_audio_buffer.clear', 'cordon.session.finish']),
  event_id: EventId,
});

export const RealtimeClientEvent = z.discriminatedUnion('type', [
  SessionUpdate,
  TranscriptionSessionUpdate,
  Append,
  Bare,
]);
export type RealtimeClientEvent = z.infer<typeof RealtimeClientEvent>;

export const liveRoutes = {
  openRealtime: {
    method: 'GET',
    path: '/v1/realtime',
    summary: 'Transcribe while somebody speaks (WebSocket)',
    tag: 'openai',
    audience: 'both',
    permission: 'transcription.create',
    query: RealtimeQuery,
    headers: Context,
    replies: [
      {
        status: 101,
        description:
          'The connection speaks OpenAI’s realtime transcription events; what Cordon adds stands in docs/formats/live.md.',
        content: [],
      },
    ],
    errors: [
      'not_found',
      'phi_in_header',
      'consent_missing',
      'consent_withdrawn',
      ...REFUSALS_OF_CALLS,
      'engine_not_ready',
      'engine_missing',
      'engine_failed',
      'live_unavailable',
      'live_session_over',
      'upgrade_required',
      'conflict',
      'key_unavailable',
    ],
    ledger: { kind: 'call.intent' },
  },
} as const satisfies Record<string, Route>;
