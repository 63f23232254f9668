// A live child as the server sees it: one session's bytes in, turns and growing text out.
import { fileURLToPath } from 'node:url';
import { ProblemError } from '@cordon/contract';
import { EngineChild } from './engine-child.ts';
import type { ProcessOptions } from './engine-child.ts';
import { encodeFrame, encodeJson, FRAME, MAX_FRAME_BYTES } from './frames.ts';
import type { FamilyConfig, LiveJob, LiveMessage } from './messages.ts';

/** What a live child loads: checked, since native code trusts it. `vad`: absolute path of a verified Silero model. */
export interface LiveConfig {
  readonly family: Extract<FamilyConfig, { family: 'online-transducer' }>;
  readonly vad: string;
}

/** Bytes of sound before the child from which on the caller waits: ten seconds at 24 kHz, so that a burst does not stop a socket. */
const AHEAD_BYTES = 480_000;

/** Milliseconds of processor time per second of sound, of which a thirtieth of a second is needed. */
const PER_SECOND_MS = 3_000;

const SCRIPT = fileURLToPath(new URL('live.child.ts', import.meta.url));
const NOTHING = new Uint8Array(0);

export class LiveProcess {
  readonly #child: EngineChild;
  /** Bytes in a second of what is given. */
  #secondBytes = 16_000;
  #given = 0;
  #dealt = 0;
  #room: PromiseWithResolvers<void> | null = null;

  /** Starts loading at once. */
  constructor(config: LiveConfig, options: ProcessOptions) {
    this.#child = new EngineChild(SCRIPT, config, { ...options, work: 'live' });
  }

  get child(): EngineChild {
    return this.#child;
  }

  /** Before any sound. */
  async begin(job: LiveJob): Promise<void> {
    const { encoding, sampleRate } = job.format;
    this.#secondBytes = encoding === 'pcm' ? 2 * sampleRate : sampleRate;
    await this.#child.write(encodeJson(FRAME.config, job));
  }

  /** Resolves when there is room for more, or the child is gone. */
  async audio(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += MAX_FRAME_BYTES) {
      const piece = bytes.subarray(at, at + MAX_FRAME_BYTES);
      this.#given += piece.length;
      this.#child.earn((piece.length / this.#secondBytes) * PER_SECOND_MS);
      this.#child.owes();
      await this.#child.write(encodeFrame(FRAME.audio, piece));
      while (this.#given - this.#dealt > AHEAD_BYTES && !this.#child.gone.aborted) await this.#untilRoom();
    }
  }

  async tell(what: 'commit' | 'clear' | 'end'): Promise<void> {
    if (what === 'end') this.#child.owes();
    await this.#child.write(encodeFrame(FRAME[what], NOTHING));
  }

  /** What is heard, ending with `heardAll`. The next is read when the last was taken. Errors: `ChildLost`; the child's `ProblemError`. */
  async *heard(): AsyncGenerator<LiveMessage, void, void> {
    for (;;) {
      const sent = await this.#child.next();
      switch (sent.type) {
        case 'progress':
          this.#dealt = sent.bytes;
          this.#room?.resolve();
          if (this.#dealt >= this.#given) this.#child.isEven();
          break;
        case 'began':
        case 'text':
        case 'ended':
        case 'obeyed':
          yield sent;
          break;
        case 'heardAll':
          yield sent;
          return;
        case 'problem':
          throw new ProblemError(sent.code, sent.details);
        case 'ready':
        case 'again':
        case 'open':
        case 'sound':
        case 'close':
        case 'heard':
        case 'done':
          throw this.#child.broken();
      }
    }
  }

  async #untilRoom(): Promise<void> {
    this.#room = Promise.withResolvers<void>();
    const leave = (): void => this.#room?.resolve();
    this.#child.gone.addEventListener('abort', leave, { once: true });
    await this.#room.promise;
    this.#child.gone.removeEventListener('abort', leave);
  }
}
