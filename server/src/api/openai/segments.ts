// Between a call that makes an answer and the connection that takes it: little waits here, so that a slow caller slows the service
// down instead of filling memory.
import { Readable } from 'node:stream';
import { ProblemError } from '@cordon/contract';

/** Bytes that may wait for the connection before the next segment has to: some dozens of tokens. */
const WAITING_BYTES = 16_384;

interface Put {
  readonly taken: () => void;
  readonly lost: (error: ProblemError) => void;
}

/** One reader. When it is destroyed the caller went away: what is put from then on is refused with `caller_gone`. */
export class Segments extends Readable {
  /** Resolves when there is something to read. */
  readonly first: Promise<null>;
  #begin: () => void = () => undefined;
  #waiting: Put[] = [];

  constructor() {
    super({ highWaterMark: WAITING_BYTES });
    this.first = new Promise((resolve) => {
      this.#begin = () => resolve(null);
    });
  }

  /** Resolves when there is room for more. Errors: `caller_gone`. */
  put(segment: Uint8Array): Promise<void> {
    if (this.destroyed) return Promise.reject(new ProblemError('caller_gone'));
    this.#begin();
    if (this.push(segment)) return Promise.resolve();
    return new Promise((taken, lost) => {
      this.#waiting.push({ taken, lost });
    });
  }

  end(): void {
    this.#begin();
    this.push(null);
  }

  /** Ends with a last segment that was not put. Before the first one it is not something to read: the call itself says what happened. */
  fail(last: Uint8Array): void {
    if (this.destroyed) return;
    this.push(last);
    this.push(null);
  }

  override _read(): void {
    for (const { taken } of this.#waiting.splice(0)) taken();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    for (const { lost } of this.#waiting.splice(0)) lost(new ProblemError('caller_gone'));
    done(error);
  }
}
