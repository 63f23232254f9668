// What server and engine children say to each other, apart from the audio itself.
// The listener reads a recording and cuts it into stretches of sound; recognisers turn stretches into words.
import { PROBLEMS } from '@cordon/contract';
import type { ProblemCode, ProblemDetails } from '@cordon/contract';
import type { DiarizationConfig } from 'sherpa-onnx-node';
import type { Container } from '#clinical/audio/container.ts';
import type { OfflineConfig } from './families/offline-config.ts';

/** Descriptor on which a child's frames leave; standard output belongs to native code that may print. */
export const MESSAGES_FD = 3;

/** A word as the engine heard it. Seconds from the start of the recording. */
export interface SpokenWord {
  /** Lower case, without punctuation. */
  readonly spoken: string;
  /** With capitals and punctuation, from engines that write them. */
  readonly written?: string;
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly confidence: number;
}

/** One stretch between pauses on one channel, finished. */
export interface Stretch {
  readonly channel: number;
  readonly words: readonly SpokenWord[];
  /** Seconds: recognition of this channel can go on from here with the same result as if it had never stopped. */
  readonly resumeAt: number;
}

/** Who speaks from when to when. Seconds from the start of the recording; speakers are numbered from 0. */
export interface SpeakerTurn {
  readonly start: number;
  readonly end: number;
  readonly speaker: number;
}

/** More people than this are no visit. */
export const MAX_SPEAKERS = 16;

/** What the child measured while it read. Levels are dB relative to full scale; −Infinity is sent as −200. */
export interface AudioFacts {
  readonly container: Container;
  readonly encoding: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** Seconds. */
  readonly duration: number;
  readonly perChannel: readonly ChannelFacts[];
}

export interface ChannelFacts {
  readonly peakDb: number;
  readonly rmsDb: number;
  /** Share of samples at full scale. */
  readonly clipped: number;
  /** Seconds that were recognised as speech. */
  readonly speech: number;
  /** The channel whose copy this one is all the way, or null. */
  readonly sameAs: number | null;
}

/** Per family what its native code needs, checked by the server before it is sent. Paths are absolute and their digests verified. */
export type FamilyConfig =
  | OfflineConfig
  | {
      readonly family: 'online-transducer';
      readonly encoder: string;
      readonly decoder: string;
      readonly joiner: string;
      readonly tokens: string;
      /** Text file of the model's word pieces with their scores; null where it has none, and then it takes no hot words. */
      readonly bpeVocab: string | null;
      /** Hz the model was trained for. */
      readonly sampleRate: number;
      readonly threads: number;
    }
  | {
      readonly family: 'pocketsphinx';
      /** Absolute path of the program. */
      readonly command: string;
      readonly flavour: 'continuous' | 'live';
      readonly acousticModel: string;
      readonly languageModel: string;
      readonly dictionary: string;
    };

/** Words that the recogniser is to expect. Kept in memory only: names of people may be among them. */
export interface HotWords {
  /** One phrase per line, in the letters of the model's tokens. */
  readonly lines: string;
  /** How much each token of a phrase is favoured; natural logarithm. */
  readonly score: number;
}

/** What a recogniser child begins with. Engines that cannot use hot words leave them aside. */
export interface RecogniserConfig {
  readonly family: FamilyConfig;
  readonly hotWords: HotWords | null;
}

/** What the listener does with the sound that it decodes. */
export type CutConfig =
  /** Cuts at pauses. `vad`: absolute path of a Silero model whose digest is verified. */
  | { readonly how: 'pauses'; readonly vad: string }
  /** Each channel is one stretch from beginning to end: for engines that find pauses themselves. */
  | { readonly how: 'whole' }
  /** Nothing but measuring: no sound is given out. */
  | { readonly how: 'measure' };

/** What the child is told that tells voices apart; checked by the server, since native code trusts it. */
export type VoicesConfig = DiarizationConfig;

/** What is different for each recording. */
export interface ListenJob {
  /** Seconds per channel: what lies before is not heard again. */
  readonly startAt: readonly number[];
}

/** How the bytes of a live session lie: one channel. */
export interface LiveFormat {
  readonly encoding: 'pcm' | 'mulaw' | 'alaw';
  /** Hz. */
  readonly sampleRate: number;
}

/** What is different for each live session, and for each child that takes it up. Sample indices at 16 kHz. */
export interface LiveJob {
  readonly format: LiveFormat;
  /** Seconds of pause that end a turn; null: turns end by `commit` alone. */
  readonly pause: number | null;
  /** Index of the first sample that will be sent. */
  readonly from: number;
  /** Index from which it is to be heard; what lies before brings the detector into its state. */
  readonly startAt: number;
  /** What was already told of the turn that begins at `startAt`: it is not told again. */
  readonly told: string;
}

/** Stretches are numbered in the order in which they begin; several may be open at once, one per channel. */
export interface StretchOpened {
  readonly stretch: number;
  readonly channel: number;
  /** Index of its first sample in the recording, at 16 kHz. */
  readonly start: number;
}

export interface StretchClosed {
  readonly stretch: number;
  /** Sample index after its last sample. */
  readonly end: number;
  /** Sample index from which the channel can be taken up once this stretch is done. */
  readonly resumeAt: number;
}

export type ChildMessage =
  /** The model is loaded. `engine`: name and version. */
  | { readonly type: 'ready'; readonly engine: string }
  /** Everything of the first `bytes` bytes of what was given was dealt with. `seconds` of the recording so far, from the listener. */
  | { readonly type: 'progress'; readonly bytes: number; readonly seconds: number }
  /** The recording is needed once more from its beginning; asked for once at most, after its end. */
  | { readonly type: 'again' }
  | ({ readonly type: 'open' } & StretchOpened)
  | ({ readonly type: 'close' } & StretchClosed)
  /** Words of a stretch; `last` when nothing more will come of it. `resumeAt`: sample index. */
  | {
      readonly type: 'heard';
      readonly stretch: number;
      readonly words: readonly SpokenWord[];
      readonly resumeAt: number;
      readonly last: boolean;
    }
  | { readonly type: 'done'; readonly facts: AudioFacts }
  | LiveMessage
  | { readonly type: 'problem'; readonly code: ProblemCode; readonly details: ProblemDetails };

/** From the children that help the recogniser: `nextOfHelp` alone takes them. */
export type HelpMessage =
  /** From the voices child: turns that will not change any more; `last` when the recording is over. A voice leaves it as a number, nothing else. */
  | { readonly type: 'turns'; readonly turns: readonly SpeakerTurn[]; readonly last: boolean }
  /** From the punctuator: each word of what it was given with its capitals and marks; null where it stays as it was spoken. */
  | { readonly type: 'marked'; readonly texts: readonly (string | null)[] };

/** From a live child. `position`: sample index up to which sound had come when this was decided. */
export type LiveMessage =
  | { readonly type: 'began'; readonly start: number; readonly position: number }
  /** What is to be appended to the turn's text; never taken back. */
  | { readonly type: 'text'; readonly delta: string; readonly position: number }
  /** The turn is over. `delta`: the last of its text. `resumeAt`: sample index from which the session can be taken up. */
  | {
      readonly type: 'ended';
      readonly delta: string;
      readonly words: readonly SpokenWord[];
      readonly end: number;
      readonly resumeAt: number;
      readonly position: number;
    }
  /** A commit or clear was dealt with; `empty`: there was no turn. */
  | { readonly type: 'obeyed'; readonly what: 'commit' | 'clear'; readonly empty: boolean; readonly resumeAt: number }
  /** All sound was heard to its end. `samples` at 16 kHz. */
  | { readonly type: 'heardAll'; readonly samples: number };

const TYPES: ReadonlySet<string> = new Set([
  'ready',
  'progress',
  'again',
  'open',
  'close',
  'heard',
  'done',
  'problem',
  'began',
  'text',
  'ended',
  'obeyed',
  'heardAll',
  'turns',
  'marked',
] satisfies (ChildMessage | HelpMessage)['type'][]);

/** The child runs native code on foreign bytes, so what it says is checked as far as we act on it. Throws SyntaxError. */
export function parseMessage(body: Uint8Array): ChildMessage | HelpMessage {
  const message = JSON.parse(Buffer.from(body).toString('utf8')) as { type?: unknown; code?: unknown };
  if (typeof message.type !== 'string' || !TYPES.has(message.type)) throw new SyntaxError('unknown message');
  if (message.type === 'problem' && !(typeof message.code === 'string' && Object.hasOwn(PROBLEMS, message.code))) {
    throw new SyntaxError('unknown problem');
  }
  return message as ChildMessage | HelpMessage;
}
