// A live session inside its child: bytes as the client sends them become sound, sound becomes turns, turns become text that only grows.
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import { decodeFrames } from '#clinical/audio/pcm.ts';
import { createResampler } from '#clinical/audio/resample.ts';
import type { Resampler } from '#clinical/audio/resample.ts';
import { GrowingText } from '../live-text.ts';
import { cutAtPauses, loadDetector } from './cutter.ts';
import type { CutListener, Cutter } from './cutter.ts';
import type { LiveFamily, LiveTurn } from './live-transducer.ts';
import type { LiveFormat, LiveJob, LiveMessage } from './messages.ts';

/** Samples after which a turn ends in any case: a minute, as in batch recognition (docs/decisions/0041). */
const LONGEST_TURN = 60 * ENGINE_SAMPLE_RATE;

export class LiveHearing {
  readonly #family: LiveFamily;
  readonly #vad: string;
  readonly #job: LiveJob;
  readonly #send: (message: LiveMessage) => void;
  readonly #decode: Decoder;
  #cutter: Cutter;
  #turn: { readonly turn: LiveTurn; readonly text: GrowingText } | null = null;
  /** Told of the turn that was open when the session was taken up; null once that turn is found. */
  #told: string | null;
  /** Sample index after the last sample that came. */
  #position: number;
  /** Where the session can be taken up. */
  #resumeAt: number;

  constructor(family: LiveFamily, vad: string, job: LiveJob, send: (message: LiveMessage) => void) {
    this.#family = family;
    this.#vad = vad;
    this.#job = job;
    this.#send = send;
    this.#decode = new Decoder(job.format);
    this.#told = job.told;
    this.#position = job.from;
    this.#resumeAt = job.startAt;
    this.#cutter = this.#newCutter(job.startAt);
  }

  get seconds(): number {
    return this.#position / ENGINE_SAMPLE_RATE;
  }

  push(bytes: Uint8Array): void {
    this.#take(this.#decode.push(bytes));
  }

  commit(): void {
    const open = this.#turn !== null;
    this.#cutter.end();
    this.#startOver('commit', !open);
  }

  clear(): void {
    const open = this.#turn !== null;
    this.#turn = null;
    this.#startOver('clear', !open);
  }

  end(): void {
    this.#take(this.#decode.end());
    this.#cutter.end();
    this.#send({ type: 'heardAll', samples: this.#position });
  }

  #take(samples: Float32Array): void {
    const skip = Math.min(samples.length, Math.max(0, this.#job.startAt - this.#position));
    if (skip > 0) this.#cutter.warmUp(samples.subarray(0, skip));
    this.#position += samples.length;
    if (skip < samples.length) this.#cutter.push(samples.subarray(skip));
  }

  /** What comes after a commit or a clear belongs to no turn yet. */
  #startOver(what: 'commit' | 'clear', empty: boolean): void {
    this.#cutter = this.#newCutter(this.#position);
    this.#resumeAt = this.#position;
    this.#told = null;
    this.#send({ type: 'obeyed', what, empty, resumeAt: this.#resumeAt });
  }

  #newCutter(startAt: number): Cutter {
    const { pause } = this.#job;
    return pause === null
      ? cutOnDemand(startAt, LONGEST_TURN, this.#listener())
      : cutAtPauses(loadDetector(this.#vad), startAt, this.#listener(), pause);
  }

  #listener(): CutListener {
    return {
      open: (start) => {
        this.#turn = { turn: this.#family.begin(start), text: new GrowingText(this.#told ?? '') };
        this.#told = null;
        this.#send({ type: 'began', start, position: this.#position });
      },
      sound: (samples) => {
        if (this.#turn?.turn.feed(Float32Array.from(samples)) !== true) return;
        const { words, next } = this.#turn.turn.words();
        const delta = this.#turn.text.grow(words, next);
        if (delta !== '') this.#send({ type: 'text', delta, position: this.#position });
      },
      close: (end, resumeAt) => {
        if (this.#turn === null) return;
        const { turn, text } = this.#turn;
        this.#turn = null;
        this.#resumeAt = resumeAt;
        const words = turn.finish(end);
        const delta = text.end(words);
        this.#send({ type: 'ended', delta, words, end, resumeAt, position: this.#position });
      },
    };
  }
}

/** One stretch after another without a detector: each ends when it is told to, or after `longest` samples. */
function cutOnDemand(startAt: number, longest: number, listener: CutListener): Cutter {
  let position = startAt;
  let opened: number | null = null;
  const close = (): void => {
    if (opened !== null) listener.close(position, position);
    opened = null;
  };
  return {
    warmUp: () => undefined,
    push: (samples) => {
      for (let at = 0; at < samples.length;) {
        if (opened === null) listener.open((opened = position));
        const piece = samples.subarray(at, at + opened + longest - position);
        listener.sound(piece);
        position += piece.length;
        at += piece.length;
        if (position - opened >= longest) close();
      }
    },
    end: close,
    speechSeconds: () => (position - startAt) / ENGINE_SAMPLE_RATE,
  };
}

/** Bytes in any pieces to samples at the engine's rate. */
class Decoder {
  readonly #format: LiveFormat;
  readonly #resampler: Resampler;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(format: LiveFormat) {
    this.#format = format;
    this.#resampler = createResampler(format.sampleRate, ENGINE_SAMPLE_RATE);
  }

  push(bytes: Uint8Array): Float32Array {
    const width = bytesPerSample(this.#format);
    const input = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = input.length - (input.length % width);
    this.#rest = input.slice(whole);
    const { encoding } = this.#format;
    const [samples = new Float32Array(0)] = decodeFrames(input.subarray(0, whole), {
      encoding,
      bytes: width,
      channels: 1,
    });
    return this.#resampler.push(samples);
  }

  end(): Float32Array {
    return this.#resampler.end();
  }
}

export function bytesPerSample({ encoding }: LiveFormat): number {
  return encoding === 'pcm' ? 2 : 1;
}
