// The listener as the server sees it: bytes of one recording in, stretches of sound and facts about the recording out. One recording each.
import { fileURLToPath } from 'node:url';
import { ProblemError } from '@cordon/contract';
import { MAX_DURATION_SECONDS } from '#clinical/audio/limits.ts';
import { EngineChild } from './engine-child.ts';
import type { ProcessOptions } from './engine-child.ts';
import { encodeFrame, encodeJson, FRAME, MAX_FRAME_BYTES } from './frames.ts';
import type { AudioFacts, CutConfig, ListenJob, StretchClosed, StretchOpened } from './messages.ts';

export interface ListenerOptions extends ProcessOptions {
  /** The script of the child; tests put stand-ins here. */
  readonly script?: string;
}

/** Whoever takes the sound. A promise returned holds the listener back until it resolves. */
export interface SoundTaker {
  open(stretch: StretchOpened): void | Promise<void>;
  /** Body of a sound frame: number of the stretch and samples, to be passed on as it is. */
  sound(body: Uint8Array): void | Promise<void>;
  close(stretch: StretchClosed): void | Promise<void>;
  /** Seconds of the recording that were read. */
  progress(seconds: number): void;
}

/** Milliseconds of processor time per second of sound, on up to eight channels: a hundred times what decoding and the detector need. */
const PER_SECOND_MS = 10_000;

/** The same per mebibyte of the recording, for what is read and is no sound: pictures, indexes. */
const PER_MEBIBYTE_MS = 5_000;

const SCRIPT = fileURLToPath(new URL('listener.child.ts', import.meta.url));

export class ListenerProcess {
  readonly #child: EngineChild;
  /** Bytes of the recording written, by both readings together. */
  #given = 0;
  #ending = false;
  /** Seconds of sound that it has read. */
  #read = 0;
  /** Why the recording could not be had. */
  #broken: { readonly error: unknown } | null = null;

  constructor(config: CutConfig, options: ListenerOptions) {
    this.#child = new EngineChild(options.script ?? SCRIPT, config, options);
  }

  get child(): EngineChild {
    return this.#child;
  }

  /**
   * Reads one recording; the child ends with it. `audio` opens it from its beginning; it is opened again where its index comes last.
   * Memory here: one chunk at a time. Errors: `ChildLost`; the child's `ProblemError` about the audio; whatever `audio` or `taker` throws.
   */
  async run(job: ListenJob, audio: () => AsyncIterable<Uint8Array>, taker: SoundTaker): Promise<AudioFacts> {
    await this.#child.ready();
    await this.#child.write(encodeJson(FRAME.config, job));
    this.#feed(audio());
    try {
      return await this.#hear(audio, taker);
    } catch (error) {
      throw this.#broken === null ? error : this.#broken.error;
    } finally {
      this.#child.stop();
    }
  }

  async #hear(audio: () => AsyncIterable<Uint8Array>, taker: SoundTaker): Promise<AudioFacts> {
    for (let opened = 1; ;) {
      const sent = await this.#child.next();
      switch (sent.type) {
        case 'done':
          return sent.facts;
        case 'problem':
          throw new ProblemError(sent.code, sent.details);
        case 'progress':
          if (sent.bytes >= this.#given && !this.#ending) this.#child.isEven();
          this.#earn(sent.seconds);
          taker.progress(sent.seconds);
          break;
        case 'again':
          if (opened++ > 1 || !this.#ending) throw this.#child.broken();
          this.#feed(audio());
          break;
        case 'open':
          await taker.open(sent);
          break;
        case 'sound':
          await taker.sound(sent.body);
          break;
        case 'close':
          await taker.close(sent);
          break;
        case 'ready':
        case 'heard':
        case 'began':
        case 'text':
        case 'ended':
        case 'obeyed':
        case 'heardAll':
          throw this.#child.broken();
      }
    }
  }

  #earn(seconds: number): void {
    const read = Math.min(seconds, MAX_DURATION_SECONDS);
    this.#child.earn(Math.max(0, read - this.#read) * PER_SECOND_MS);
    this.#read = Math.max(this.#read, read);
  }

  #feed(audio: AsyncIterable<Uint8Array>): void {
    this.#write(audio).catch((error: unknown) => {
      // The upload broke. The child cannot go on without it; its end wakes the reader.
      this.#broken = { error };
      this.#child.stop();
    });
  }

  /** Ends early, letting go of `audio`, when the child is gone. */
  async #write(audio: AsyncIterable<Uint8Array>): Promise<void> {
    this.#ending = false;
    for await (const chunk of audio) {
      for (let at = 0; at < chunk.length; at += MAX_FRAME_BYTES) {
        if (this.#child.gone.aborted) return;
        const piece = chunk.subarray(at, at + MAX_FRAME_BYTES);
        this.#given += piece.length;
        this.#child.earn((piece.length / 1_048_576) * PER_MEBIBYTE_MS);
        this.#child.owes();
        await this.#child.write(encodeFrame(FRAME.audio, piece));
      }
    }
    this.#ending = true;
    this.#child.owes();
    await this.#child.write(encodeFrame(FRAME.end, new Uint8Array(0)));
  }
}
