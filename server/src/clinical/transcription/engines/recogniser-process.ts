// A recogniser as the server sees it: stretches of sound in, words out. One recording each, of which it may hear any stretches.
import { fileURLToPath } from 'node:url';
import { ProblemError } from '@cordon/contract';
import { EngineChild } from './engine-child.ts';
import type { ProcessOptions } from './engine-child.ts';
import { encodeFrame, encodeJson, FRAME } from './frames.ts';
import type { ChildMessage, RecogniserConfig, StretchClosed, StretchOpened } from './messages.ts';

export interface RecogniserOptions extends ProcessOptions {
  /** The script of the child; tests put stand-ins here. */
  readonly script?: string;
}

export type HeardMessage = Extract<ChildMessage, { type: 'heard' }>;

/** Bytes of sound that wait in front of one recogniser: two minutes, so that it never waits for the listener. */
const AHEAD_BYTES = 120 * 16_000 * 4;

/** Bytes of sound in a second: 32-bit samples at 16 kHz. */
const SECOND_BYTES = 64_000;

/** Milliseconds of processor time per second of sound: the slowest engine measured needs one and a quarter seconds. */
const PER_SECOND_MS = 30_000;

const SCRIPT = fileURLToPath(new URL('recogniser.child.ts', import.meta.url));

export class RecogniserProcess {
  readonly #child: EngineChild;
  /** Bytes of sound written, and how many of them the child has dealt with. */
  #given = 0;
  #dealt = 0;
  /** Stretches opened, and those closed, that were not yet heard to their end. */
  #open = 0;
  #closing = 0;
  #room: PromiseWithResolvers<void> | null = null;
  #loaded = false;

  /** Starts loading at once. `config` must have been checked: native code trusts it. */
  constructor(config: RecogniserConfig, options: RecogniserOptions) {
    this.#child = new EngineChild(options.script ?? SCRIPT, config, options);
    this.#child.ready().then(
      () => (this.#loaded = true),
      () => undefined,
    );
  }

  get child(): EngineChild {
    return this.#child;
  }

  /** Whether its model is loaded. */
  get isLoaded(): boolean {
    return this.#loaded;
  }

  /** Whether nothing was given to it that it has not heard to the end. */
  get isIdle(): boolean {
    return this.#open === 0;
  }

  /** Bytes of sound that it has before it. */
  get backlog(): number {
    return this.#given - this.#dealt;
  }

  open({ stretch, start }: StretchOpened): void {
    this.#open += 1;
    this.#child.post(encodeJson(FRAME.open, { stretch, start }));
  }

  /** Resolves when there is room for more. Not when the pipe has taken it: others would wait while this one is busy. */
  async sound(body: Uint8Array): Promise<void> {
    this.#given += body.length;
    this.#child.earn((body.length / SECOND_BYTES) * PER_SECOND_MS);
    this.#child.owes();
    this.#child.post(encodeFrame(FRAME.sound, body));
    while (this.backlog > AHEAD_BYTES && !this.#child.gone.aborted) await this.#untilRoom();
  }

  close(closed: StretchClosed): void {
    this.#closing += 1;
    this.#child.owes();
    this.#child.post(encodeJson(FRAME.close, closed));
  }

  /** Tells of every stretch heard, until the child is gone; so it ends with `ChildLost` or the child's `ProblemError`, or what `listener` throws. */
  async listen(listener: (heard: HeardMessage) => void | Promise<void>): Promise<never> {
    await this.#child.ready();
    for (;;) {
      const sent = await this.#child.next();
      switch (sent.type) {
        case 'progress':
          this.#dealt = sent.bytes;
          this.#room?.resolve();
          break;
        case 'heard':
          if (sent.last) {
            this.#open -= 1;
            this.#closing -= 1;
          }
          await listener(sent);
          break;
        case 'problem':
          throw new ProblemError(sent.code, sent.details);
        case 'ready':
        case 'again':
        case 'open':
        case 'sound':
        case 'close':
        case 'done':
        case 'began':
        case 'text':
        case 'ended':
        case 'obeyed':
        case 'heardAll':
          throw this.#child.broken();
      }
      if (this.backlog <= 0 && this.#closing <= 0) this.#child.isEven();
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
