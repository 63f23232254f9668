// One recording inside the listener: bytes in, stretches of sound out, channel by channel.
import { setImmediate as immediate } from 'node:timers/promises';
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import { CopyDetector, SPEAKER_BLOCK } from '#clinical/audio/speakers.ts';
import type { Decoder } from '#clinical/audio/sound.ts';
import { MeasuredReader } from '#clinical/audio/measured.ts';
import { TrackReader } from '#clinical/audio/tracks.ts';
import type { Block } from '#clinical/audio/wav.ts';
import type { Cutter, CutListener, Cutters } from './cutter.ts';
import type { AudioFacts, CutConfig, ListenJob } from './messages.ts';
import type { Outlet } from './outlet.ts';
import { GATE_WINDOW } from './speech-gate.ts';

/** Samples heard before the point of resumption, so that the voice detector is in the state it would have been in: 10 s. */
const WARM_UP_SAMPLES = 10 * ENGINE_SAMPLE_RATE;

/** Samples sent at once, about half a second: whole windows, so that engines that look at windows see the same ones. */
const SENT_SAMPLES = 16 * GATE_WINDOW;

/** Milliseconds after which a word is given while few bytes stand for much sound, lest it look like a stall. */
const WORD_MS = 1_000;

interface Channel {
  /** Null where nothing is cut. */
  readonly cutter: Cutter | null;
  /** Sample index from which this channel is heard. */
  readonly startAt: number;
}

export class Listening {
  readonly #measures: boolean;
  readonly #cutters: Cutters;
  readonly #startAt: readonly number[];
  readonly #outlet: Outlet;
  /** Where the facts alone are wanted nothing is converted. */
  readonly #tracks: TrackReader | MeasuredReader;
  #copies: CopyDetector | null = null;
  /** Null where the channel copies another: `#copyOf` says which. */
  #channels: (Channel | null)[] = [];
  #copyOf: readonly (number | null)[] = [];
  #waiting: Block = [];
  /** Samples at 16 kHz dealt with on all channels. */
  #position = 0;
  #stretches = 0;
  /** Of the recording, dealt with. */
  #bytes = 0;
  #lastWord = performance.now();

  /** `cutters`: of the same configuration. */
  constructor({ how }: CutConfig, cutters: Cutters, job: ListenJob, decoder: Decoder, outlet: Outlet) {
    this.#measures = how === 'measure';
    this.#tracks = this.#measures ? new MeasuredReader(decoder) : new TrackReader(decoder);
    this.#cutters = cutters;
    this.#startAt = job.startAt.map((seconds) => Math.round(seconds * ENGINE_SAMPLE_RATE));
    this.#outlet = outlet;
  }

  get seconds(): number {
    return this.#position / ENGINE_SAMPLE_RATE;
  }

  async push(bytes: Uint8Array): Promise<void> {
    await this.#take(this.#tracks.push(bytes));
    this.#bytes += bytes.length;
    this.#tell();
  }

  async end(): Promise<AudioFacts> {
    await this.#take(this.#tracks.end());
    this.#deal(this.#waiting);
    for (const channel of this.#channels) channel?.cutter?.end();
    const { container, encoding, sampleRate, channels, duration, levels } = this.#tracks.facts();
    this.#tracks.close();
    const perChannel = levels.map((level, index) => ({
      ...level,
      speech: this.#channels[index]?.cutter?.speechSeconds() ?? 0,
      sameAs: this.#copyOf[index] ?? null,
    }));
    return { container, encoding, sampleRate, channels, duration, perChannel };
  }

  /** A few bytes may stand for hours of sound: the server takes what they gave before there is more. */
  async #take(blocks: AsyncIterable<Block>): Promise<void> {
    for await (const block of blocks) {
      if (!this.#measures) this.#add(block);
      if (performance.now() - this.#lastWord > WORD_MS) {
        this.#tell();
        // Decoding waits for nothing, and what is told leaves only when something is waited for.
        await immediate();
      }
      await this.#outlet.drained();
    }
  }

  #tell(): void {
    this.#lastWord = performance.now();
    this.#outlet.send({ type: 'progress', bytes: this.#bytes, seconds: this.seconds });
  }

  /** Gathers blocks of a fixed length. */
  #add(block: Block): void {
    this.#waiting = this.#waiting.length === 0 ? block : this.#waiting.map((held, index) => joined(held, block[index]));
    const length = this.#waiting[0]?.length ?? 0;
    let at = 0;
    for (; at + SPEAKER_BLOCK <= length; at += SPEAKER_BLOCK) {
      this.#deal(this.#waiting.map((held) => held.subarray(at, at + SPEAKER_BLOCK)));
    }
    if (at > 0) this.#waiting = this.#waiting.map((held) => held.slice(at));
  }

  #deal(block: Block): void {
    this.#copies ??= new CopyDetector(block.length);
    this.#copyOf = this.#copies.judge(block);
    for (const [index, samples] of block.entries()) {
      if ((this.#copyOf[index] ?? null) !== null) {
        this.#channels[index] = null;
        continue;
      }
      this.#feed((this.#channels[index] ??= this.#openChannel(index)), samples);
    }
    this.#position += block[0]?.length ?? 0;
  }

  #openChannel(index: number): Channel {
    const startAt = Math.max(this.#startAt[index] ?? 0, this.#position);
    return { startAt, cutter: this.#cutters(startAt, this.#sender(index)) };
  }

  /** Sends sound in larger pieces than the cutter gives it. */
  #sender(channel: number): CutListener {
    const outlet = this.#outlet;
    const gathered = new Float32Array(SENT_SAMPLES);
    let stretch = 0;
    let length = 0;
    const flush = (): void => {
      if (length > 0) outlet.sound(stretch, gathered.subarray(0, length));
      length = 0;
    };
    return {
      open: (start) => {
        stretch = this.#stretches++;
        outlet.send({ type: 'open', stretch, channel, start });
      },
      sound: (samples) => {
        for (let at = 0; at < samples.length;) {
          const piece = samples.subarray(at, at + SENT_SAMPLES - length);
          gathered.set(piece, length);
          length += piece.length;
          at += piece.length;
          if (length === SENT_SAMPLES) flush();
        }
      },
      close: (end, resumeAt) => {
        flush();
        outlet.send({ type: 'close', stretch, end, resumeAt });
      },
    };
  }

  #feed(channel: Channel, samples: Float32Array): void {
    const skip = Math.min(samples.length, Math.max(0, channel.startAt - this.#position));
    if (skip > 0 && this.#position + skip > channel.startAt - WARM_UP_SAMPLES) {
      channel.cutter?.warmUp(samples.subarray(0, skip));
    }
    if (skip < samples.length) channel.cutter?.push(samples.subarray(skip));
  }
}

function joined(first: Float32Array, second: Float32Array | undefined): Float32Array {
  if (second === undefined || second.length === 0) return first;
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
