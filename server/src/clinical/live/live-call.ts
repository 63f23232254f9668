// A live session as the spine takes it: one call from the first sound to the last word; for each process that takes the session up, a call
// of its own.
import type { StreamCall, StreamKeepContext, Emit } from '#boundary/calls/call.ts';
import type { Numbered } from './events.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { SpokenWord } from '#clinical/transcription/engines/messages.ts';
import { token, transcribeIntent } from '#clinical/transcription/transcribe-call.ts';
import type { LiveSessionRow } from './live.queries.ts';

/** What a session came to. */
export interface LiveHeard {
  readonly engine: string;
  readonly model: string;
  readonly modelDigest: string;
  readonly accuracy: 'standard' | 'low';
  readonly turns: readonly { readonly words: readonly SpokenWord[]; readonly resumeAt: number }[];
  readonly audioMs: number;
}

export interface LiveCallParts {
  readonly row: LiveSessionRow;
  readonly tenant: TenantId;
  /** Keyed digest of the patient's reference, hex. */
  readonly patient: string;
  readonly now: Date;
  readonly hear: (service: string, emit: Emit) => Promise<LiveHeard>;
  readonly release: () => Promise<void>;
  readonly keep: (context: StreamKeepContext, heard: LiveHeard) => Promise<void>;
}

export function liveCall(wish: LiveCallParts): StreamCall<null, LiveHeard> {
  const { row } = wish;
  const { requested, setup } = row;
  const actor: ActorRef = { type: row.actor_type, id: row.actor_id };
  return {
    intent: transcribeIntent({ ...wish, requested, actor, encounter: row.encounter }),
    ...(row.epoch === 1 && requested.request !== null ? { intentId: requested.request } : {}),
    request: Phi.of(Buffer.from(JSON.stringify({ live: row.id, recording: row.recording, setup, requested }))),
    objects: [
      { type: 'encounter', id: row.encounter },
      { type: 'live-session', id: row.id },
    ],
    requestDetail: {
      capability: 'transcribe',
      attempt: row.epoch,
      audio: { live: true, sampleRate: setup.sampleRate },
    },
    facts: { encounter: row.encounter, patient: wish.patient, application: actor.id },
    content: null,
    steps: () => [],
    lookAgain: () => undefined,
    carry: ({ route }, _content, emit) => wish.hear(route.service, emit),
    release: () => wish.release(),
    describe: ({ engine, model, modelDigest, audioMs, turns }) => ({
      engine: token(engine),
      model: token(model),
      modelDigest,
      audioMs,
      words: turns.reduce((sum, turn) => sum + turn.words.length, 0),
    }),
    keep: wish.keep,
  };
}

/** Events as they stand in the ledger's frames: one JSON document a line (docs/formats/live.md §4). */
export function asFrame(events: readonly Numbered[]): Uint8Array {
  return Buffer.from(events.map(({ number, event }) => `${JSON.stringify({ number, ...shown(event) })}\n`).join(''));
}

/** Words and positions are for taking the session up; they do not leave. */
function shown(event: Numbered['event']): object {
  if (event.type !== 'turn-ended') return event;
  const { words: _words, resumeAt: _resumeAt, ...rest } = event;
  return rest;
}
