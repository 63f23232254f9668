// What every engine family is inside the recogniser child: something that takes one stretch of sound and gives words.
import type { SpokenWord } from './messages.ts';

/** Words that will not change any more. `resumeAt`: sample (at 16 kHz) from which the channel can be taken up again after them. */
export interface HeardWords {
  readonly words: readonly SpokenWord[];
  readonly resumeAt: number;
}

/** One stretch of one channel. Samples are 16 kHz, full scale ±1, and come in order without gaps. */
export interface StretchHearer {
  feed(samples: Float32Array): readonly HeardWords[] | Promise<readonly HeardWords[]>;
  /** `end`: sample index after the last sample; `resumeAt`: where the channel can be taken up once this stretch is done. */
  finish(end: number, resumeAt: number): readonly HeardWords[] | Promise<readonly HeardWords[]>;
}

/** A loaded engine. */
export interface EngineFamily {
  /** Name and version, as shown in the transcript. */
  readonly engine: string;
  /** `start`: index of the stretch's first sample; times count from the start of the recording. */
  begin(start: number): StretchHearer;
}
