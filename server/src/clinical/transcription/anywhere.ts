// A recording heard by the service that the decision chose, in this process or elsewhere, within what the decision allows.
import type { Decided } from '#boundary/calls/call.ts';
import { carrySound, type RemoteSpeech } from '#boundary/calls/speech-call.ts';
import type { SpeechRequest } from '#boundary/egress/adapter.ts';
import type { Recording } from '#clinical/audio/recordings.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { Term } from '#clinical/vocabulary/terms.ts';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { TextRules } from './assemble.ts';
import type { Stretch } from './engines/messages.ts';
import { heardElsewhere, stretchesOf } from './remote-speech.ts';
import type { Heard } from './speech.ts';
import type { StretchKeeper } from './stretches.ts';

/** BCP 47. What recordings here are in. */
const LANGUAGE = 'en-US';

export interface Hearing {
  readonly tenant: TenantId;
  /** Who asked for it. */
  readonly actor: ActorRef;
  readonly recording: Recording;
  readonly made: Decided;
  readonly listening: { readonly terms: readonly Term[]; readonly rules: TextRules; readonly signal: AbortSignal };
  readonly stretches: StretchKeeper;
  /** Opens the sound from its beginning. */
  readonly audio: () => AsyncIterable<Uint8Array>;
  /** By an engine of this process. */
  readonly here: (service: string, stretches: StretchKeeper) => Promise<Heard>;
}

/** Once a stretch was told, no other service takes over: its text would be another. Errors: those of engines, adapters and the door. */
export async function hearAnywhere(
  parts: { readonly remote: RemoteSpeech; readonly clock: Clock },
  hearing: Hearing,
): Promise<Heard> {
  const { tenant, actor, recording, made, listening, stretches } = hearing;
  const begun = parts.clock.monotonicMs();
  let told = stretches.heard.length > 0;
  const keep = async (stretch: Stretch): Promise<void> => {
    told = true;
    await stretches.keep(stretch);
  };
  const { output, detail } = await carrySound<Heard>(parts.remote, {
    tenant,
    actor,
    durationMs: recording.durationMs,
    made,
    signal: listening.signal,
    released: () => told,
    here: (service) => hearing.here(service, { heard: stretches.heard, keep }),
    request: () => soundOf(hearing),
    elsewhere: async (heard, service) => {
      for (const stretch of stretchesOf(heard)) await keep(stretch);
      const elapsed = (parts.clock.monotonicMs() - begun) / 1000;
      const duration = recording.durationMs / 1000;
      return heardElsewhere(heard, service, { duration, elapsed, rules: listening.rules });
    },
  });
  return { ...output, carried: detail };
}

function soundOf({ recording, audio, listening }: Hearing): SpeechRequest {
  const { contentType, bytes, channels, durationMs } = recording;
  const hints = Phi.of(listening.terms.map(({ term }) => term));
  return { audio: audio(), contentType, length: bytes, channels, durationMs, language: LANGUAGE, hints };
}
