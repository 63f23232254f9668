// What every engine family is inside the child: something that takes one channel's sound and gives finished stretches of words.
import type { SpokenWord } from './messages.ts';

/** `resumeAt`: sample (at 16 kHz) from which the channel can be taken up again. */
export interface FinishedStretch {
  readonly words: readonly SpokenWord[];
  readonly resumeAt: number;
}

/** One channel of one recording. Samples are 16 kHz, full scale ±1, and come in order without gaps from `startAt`. */
export interface ChannelRecogniser {
  /** Sound from just before `startAt`: brings detectors into the state they would be in, gives no words. */
  warmUp(samples: Float32Array): void;
  push(samples: Float32Array): FinishedStretch[] | Promise<FinishedStretch[]>;
  end(): FinishedStretch[] | Promise<FinishedStretch[]>;
  /** Seconds of speech so far. */
  speechSeconds(): number;
}

/** A loaded engine. */
export interface EngineFamily {
  /** Name and version, as shown in the transcript. */
  readonly engine: string;
  /** `startAt`: sample index of the first sample that will be pushed; times count from the start of the recording. */
  openChannel(startAt: number): ChannelRecogniser;
}
