// The port through which a transcription reaches a speech engine of this machine. Wired in main.ts and worker.ts.
import type { PublicRecord } from '#boundary/calls/call.ts';
import type { Term } from '#clinical/vocabulary/terms.ts';
import type { TextRules } from './assemble.ts';
import type { LiveJob, LiveMessage, Stretch } from './engines/messages.ts';
import type { Transcript } from './transcript.ts';

export interface SpeechJob {
  /** The in-process service that the decision chose. */
  readonly service: string;
  /** Opens the audio from its beginning; called again when a lost child is replaced. */
  readonly audio: () => AsyncIterable<Uint8Array>;
  /** Words to expect: engines that can be drawn to words are. */
  readonly terms: readonly Term[];
  /** How what was heard is written. */
  readonly rules: TextRules;
  /** Whether the text may still change once everything was heard: then speakers and marks are added by models. Not where it was told before. */
  readonly mayRevise: boolean;
  /** What an earlier attempt finished; it is not recognised again. */
  readonly heard: readonly Stretch[];
  /** Each finished stretch, in order per channel; recognition waits until the promise resolves. */
  readonly onStretch: (stretch: Stretch) => Promise<void>;
  /** Seconds of sound dealt with so far. */
  readonly onProgress: (seconds: number) => void;
  /** Channels of which stretches without words tell how far they are silent: what others say need not wait for them. */
  readonly silenceOf: number;
  readonly signal: AbortSignal;
}

export interface Heard {
  readonly transcript: Transcript;
  readonly accuracy: 'standard' | 'low';
  /** SHA-256 over the model's file digests, hex; what exactly was heard with. Null: a service elsewhere, whose files nobody here sees. */
  readonly modelDigest: string | null;
  /** The same of the models that told speakers apart and wrote marks; absent where none did. */
  readonly speakerDigests?: readonly string[];
  readonly punctuationDigests?: readonly string[];
  /** How it was carried to a recogniser: public members of the outcome. */
  readonly carried?: PublicRecord;
}

/** Errors: `engine_not_ready`, `engine_missing`, `engine_failed`, `model_unverified`, `audio_unreadable`, `audio_unusable`. */
export type Recognise = (job: SpeechJob) => Promise<Heard>;

/** One child that hears one live session. */
export interface LiveHearer {
  readonly engine: string;
  readonly model: string;
  /** SHA-256 over the model's file digests, hex. */
  readonly modelDigest: string;
  readonly accuracy: 'standard' | 'low';
  /** Aborted when the child is gone. */
  readonly gone: AbortSignal;
  /** Before any sound, once. */
  begin(job: LiveJob): Promise<void>;
  /** Resolves when there is room for more. */
  audio(bytes: Uint8Array): Promise<void>;
  tell(what: 'commit' | 'clear' | 'end'): Promise<void>;
  /** Errors: `ChildLost` when the child ended before it had heard all. */
  heard(): AsyncIterable<LiveMessage>;
  /** Ends the child. */
  release(): void;
}

/** `service`: the in-process service that the decision chose. Errors: `engine_not_ready`, `engine_missing`, `live_unavailable`, `rate_limited` when all places are taken, `engine_failed`. */
export type HearLive = (service: string) => Promise<LiveHearer>;
