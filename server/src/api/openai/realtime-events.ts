// Live sessions in OpenAI's realtime event shapes: what a session tells becomes events with ids by which a client can come back, and
// what a client asks becomes commands. Pure.
import { openaiError, type ProblemError, type RealtimeClientEvent } from '@cordon/contract';
import type { Numbered } from '#clinical/live/events.ts';
import type { LiveSetup } from '#clinical/live/setup.ts';

/** A server event of the wire. */
export type Wired = { readonly type: string; readonly event_id: string } & { readonly [member: string]: unknown };

type Told = { readonly type: string } & { readonly [member: string]: unknown };

/** Milliseconds of sound before speech that belong to a turn (docs/decisions/0041). */
const PADDING_MS = 500;

/** The detector's threshold. */
const THRESHOLD = 0.3;

export interface Shown {
  readonly session: string;
  readonly setup: LiveSetup;
  readonly model: string;
}

/** An event of the session as OpenAI's events, in order. The same event always gives the same ones, with the same ids. */
export function toWire(shown: Shown, { number, event }: Numbered): readonly Wired[] {
  return told(shown, event).map((one, part) => ({ event_id: eventId(shown.session, number, part), ...one }));
}

function told(shown: Shown, event: Numbered['event']): readonly Told[] {
  const manual = shown.setup.pause === null;
  switch (event.type) {
    case 'speech-began': {
      const item_id = itemId(shown, event.item);
      return manual ? [] : [{ type: 'input_audio_buffer.speech_started', audio_start_ms: event.ms, item_id }];
    }
    case 'said':
      return [
        {
          type: 'conversation.item.input_audio_transcription.delta',
          item_id: itemId(shown, event.item),
          content_index: 0,
          delta: event.delta,
          audio_end_ms: event.heardMs,
        },
      ];
    case 'speech-ended': {
      const item_id = itemId(shown, event.item);
      return manual ? [] : [{ type: 'input_audio_buffer.speech_stopped', audio_end_ms: event.ms, item_id }];
    }
    case 'turn-ended':
      return turnEnded(shown, event);
    case 'cleared':
      return [...dropped(shown, event.item), { type: 'input_audio_buffer.cleared' }];
    case 'commit-empty':
      return [emptyCommit(null)];
    case 'finished': {
      const { encounter, recording, transcript } = event;
      return [{ type: 'cordon.session.finished', encounter, recording, transcript }];
    }
  }
}

/** The client committed where nobody had spoken. */
export function emptyCommit(clientEvent: string | null): Told {
  const error = {
    type: 'invalid_request_error',
    code: 'input_audio_buffer_commit_empty',
    message: 'Nobody spoke since the last turn.',
    param: null,
    event_id: clientEvent,
  };
  return { type: 'error', error };
}

function turnEnded(shown: Shown, event: Extract<Numbered['event'], { type: 'turn-ended' }>): readonly Told[] {
  const item_id = itemId(shown, event.item);
  const previous_item_id = event.item === 1 ? null : itemId(shown, event.item - 1);
  const item = {
    id: item_id,
    object: 'realtime.item',
    type: 'message',
    status: 'completed',
    role: 'user',
    content: [{ type: 'input_audio', transcript: null }],
  };
  return [
    { type: 'input_audio_buffer.committed', item_id, previous_item_id },
    { type: 'conversation.item.added', item, previous_item_id },
    { type: 'conversation.item.done', item, previous_item_id },
    {
      type: 'conversation.item.input_audio_transcription.completed',
      item_id,
      content_index: 0,
      transcript: event.text,
      usage: { type: 'duration', seconds: event.seconds },
    },
  ];
}

/** A turn that was being told when the client cleared it. */
function dropped(shown: Shown, item: number | null): readonly Told[] {
  if (item === null) return [];
  const error = {
    type: 'invalid_request_error',
    code: 'input_audio_buffer_cleared',
    message: 'The sound of this item was cleared.',
    param: null,
  };
  const item_id = itemId(shown, item);
  return [{ type: 'conversation.item.input_audio_transcription.failed', item_id, content_index: 0, error }];
}

/** `request`: where the house's error envelope names the request. */
export function errorEvent(problem: ProblemError, request: string, clientEvent: string | null, id: string): Wired {
  const { error } = openaiError(problem, request);
  return { type: 'error', event_id: `event_${id}`, error: { ...error, ...problem.details, event_id: clientEvent } };
}

/** `received`: bytes that the session has; a client that comes back goes on after them. */
export function sessionShape(
  shown: Shown,
  { encounter, received, durable }: { readonly encounter: string; readonly received: number; readonly durable: number },
): Told {
  const { setup, session, model } = shown;
  return {
    id: session,
    object: 'realtime.transcription_session',
    type: 'transcription',
    audio: {
      input: {
        format: formatShape(setup),
        transcription: { model, language: 'en' },
        noise_reduction: null,
        turn_detection: turnDetection(setup),
      },
    },
    include: null,
    cordon: { encounter, received, durable },
  };
}

/** The form before today's: `transcription_session.updated`. */
export function oldSessionShape({ setup, model }: Shown): Omit<Told, 'type'> {
  const names = { pcm: 'pcm16', mulaw: 'g711_ulaw', alaw: 'g711_alaw' } as const;
  return {
    input_audio_format: names[setup.encoding],
    input_audio_transcription: { model, language: 'en' },
    turn_detection: turnDetection(setup),
  };
}

function formatShape({ encoding, sampleRate }: LiveSetup): object {
  switch (encoding) {
    case 'pcm':
      return { type: 'audio/pcm', rate: sampleRate };
    case 'mulaw':
      return { type: 'audio/pcmu' };
    case 'alaw':
      return { type: 'audio/pcma' };
  }
}

function turnDetection({ pause }: LiveSetup): object | null {
  if (pause === null) return null;
  const silence_duration_ms = Math.round(pause * 1000);
  return { type: 'server_vad', threshold: THRESHOLD, prefix_padding_ms: PADDING_MS, silence_duration_ms };
}

type Update = Extract<RealtimeClientEvent, { session: unknown }>;

/** The setup that an update asks for: what it leaves out stays. */
export function setupAsked(before: LiveSetup, update: Update): LiveSetup {
  if (update.type === 'transcription_session.update') {
    const { input_audio_format: format, turn_detection: turns } = update.session;
    return withTurns(format === undefined ? before : { ...before, ...OLD_FORMATS[format] }, turns);
  }
  const input = update.session.audio?.input;
  return withTurns({ ...before, ...formatAsked(input?.format) }, input?.turn_detection);
}

const OLD_FORMATS = {
  pcm16: { encoding: 'pcm', sampleRate: 24_000 },
  g711_ulaw: { encoding: 'mulaw', sampleRate: 8_000 },
  g711_alaw: { encoding: 'alaw', sampleRate: 8_000 },
} as const;

type Format = NonNullable<
  NonNullable<Extract<Update, { type: 'session.update' }>['session']['audio']>['input']
>['format'];

function formatAsked(format: Format): Partial<Pick<LiveSetup, 'encoding' | 'sampleRate'>> {
  switch (format?.type) {
    case undefined:
      return {};
    case 'audio/pcm':
      return { encoding: 'pcm', sampleRate: format.rate };
    case 'audio/pcmu':
      return OLD_FORMATS.g711_ulaw;
    case 'audio/pcma':
      return OLD_FORMATS.g711_alaw;
  }
}

function withTurns(setup: LiveSetup, turns: { readonly silence_duration_ms?: number } | null | undefined): LiveSetup {
  if (turns === undefined) return setup;
  if (turns === null) return { ...setup, pause: null };
  return { ...setup, pause: turns.silence_duration_ms === undefined ? 1 : turns.silence_duration_ms / 1000 };
}

/** Number and part of an event id of that session; null for another's. */
export function placeOf(session: string, id: string): { readonly number: number; readonly part: number } | null {
  const [, hex, number, part] = /^event_([0-9a-f]{32})_(\d+)_(\d+)$/.exec(id) ?? [];
  return hex === session.replaceAll('-', '') ? { number: Number(number), part: Number(part) } : null;
}

function eventId(session: string, number: number, part: number): string {
  return `event_${session.replaceAll('-', '')}_${String(number)}_${String(part)}`;
}

function itemId({ session }: Shown, item: number): string {
  return `item_${session.replaceAll('-', '')}_${String(item)}`;
}
