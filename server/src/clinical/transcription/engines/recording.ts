// One recording inside the child: bytes in, stretches of words out, channel by channel.
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import { CopyDetector, SPEAKER_BLOCK } from '#clinical/audio/speakers.ts';
import { TrackReader } from '#clinical/audio/tracks.ts';
import type { Block } from '#clinical/audio/wav.ts';
import type { ChannelRecogniser, EngineFamily, FinishedStretch } from './channel.ts';
import type { AudioFacts, JobConfig, Stretch } from './messages.ts';

/** Samples heard before the point of resumption, so that the voice detector is in the state it would have been in: 10 s. */
const WARM_UP_SAMPLES = 10 * ENGINE_SAMPLE_RATE;

interface Channel {
  readonly recogniser: ChannelRecogniser;
  /** Sample index from which this channel is recognised. */
  readonly startAt: number;
}

export class Recording {
  readonly #family: EngineFamily;
  readonly #startAt: readonly number[];
  readonly #emit: (stretch: Stretch) => void;
  readonly #tracks = new TrackReader();
  #copies: CopyDetector | null = null;
  /** Null where the channel copies another: `#copyOf` says which. */
  #channels: (Channel | null)[] = [];
  #copyOf: readonly (number | null)[] = [];
  #waiting: Block = [];
  /** Samples at 16 kHz dealt with on all channels. */
  #position = 0;

  constructor(family: EngineFamily, job: JobConfig, emit: (stretch: Stretch) => void) {
    this.#family = family;
    this.#startAt = job.startAt.map((seconds) => Math.round(seconds * ENGINE_SAMPLE_RATE));
    this.#emit = emit;
  }

  get seconds(): number {
    return this.#position / ENGINE_SAMPLE_RATE;
  }

  async push(bytes: Uint8Array): Promise<void> {
    for (const block of this.#tracks.push(bytes)) await this.#add(block);
  }

  async end(): Promise<AudioFacts> {
    const { tail, facts } = this.#tracks.end();
    await this.#add(tail);
    await this.#deal(this.#waiting);
    for (const [index, channel] of this.#channels.entries()) {
      if (channel !== null) this.#report(index, await channel.recogniser.end());
    }
    const { container, encoding, sampleRate, channels, duration, levels } = facts;
    const perChannel = levels.map((level, index) => ({
      ...level,
      speech: this.#channels[index]?.recogniser.speechSeconds() ?? 0,
      sameAs: this.#copyOf[index] ?? null,
    }));
    return { container, encoding, sampleRate, channels, duration, perChannel };
  }

  /** Gathers blocks of a fixed length. */
  async #add(block: Block): Promise<void> {
    this.#waiting = this.#waiting.length === 0 ? block : this.#waiting.map((held, index) => joined(held, block[index]));
    const length = this.#waiting[0]?.length ?? 0;
    let at = 0;
    for (; at + SPEAKER_BLOCK <= length; at += SPEAKER_BLOCK) {
      await this.#deal(this.#waiting.map((held) => held.subarray(at, at + SPEAKER_BLOCK)));
    }
    if (at > 0) this.#waiting = this.#waiting.map((held) => held.slice(at));
  }

  async #deal(block: Block): Promise<void> {
    this.#copies ??= new CopyDetector(block.length);
    this.#copyOf = this.#copies.judge(block);
    for (const [index, samples] of block.entries()) {
      if ((this.#copyOf[index] ?? null) !== null) {
        this.#channels[index] = null;
        continue;
      }
      const channel = (this.#channels[index] ??= this.#open(index));
      await this.#feed(index, channel, samples);
    }
    this.#position += block[0]?.length ?? 0;
  }

  #open(index: number): Channel {
    const startAt = Math.max(this.#startAt[index] ?? 0, this.#position);
    return { startAt, recogniser: this.#family.openChannel(startAt) };
  }

  async #feed(index: number, channel: Channel, samples: Float32Array): Promise<void> {
    const skip = Math.min(samples.length, Math.max(0, channel.startAt - this.#position));
    if (skip > 0 && this.#position + skip > channel.startAt - WARM_UP_SAMPLES) {
      channel.recogniser.warmUp(samples.subarray(0, skip));
    }
    if (skip < samples.length) this.#report(index, await channel.recogniser.push(samples.subarray(skip)));
  }

  #report(channel: number, finished: readonly FinishedStretch[]): void {
    for (const { words, resumeAt } of finished) {
      this.#emit({ channel, words, resumeAt: resumeAt / ENGINE_SAMPLE_RATE });
    }
  }
}

function joined(first: Float32Array, second: Float32Array | undefined): Float32Array {
  if (second === undefined || second.length === 0) return first;
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
