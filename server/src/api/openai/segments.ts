// Between a call that makes an answer and the connection that takes it: one segment waits at most, so that a slow caller slows the
// service down instead of filling memory.
import { ProblemError } from '@cordon/contract';

type Item = { readonly segment: Uint8Array; readonly taken: () => void; readonly lost: (error: ProblemError) => void };

/** One reader. Leaving the loop early is the caller going away: what is put from then on is refused with `caller_gone`. */
export class Segments implements AsyncIterable<Uint8Array> {
  /** Resolves when there is something to read. */
  readonly first: Promise<null>;
  #begin: () => void = () => undefined;
  readonly #waiting: Item[] = [];
  #last: Uint8Array | null = null;
  #ended = false;
  #left = false;
  #wake: () => void = () => undefined;

  constructor() {
    this.first = new Promise((resolve) => {
      this.#begin = () => resolve(null);
    });
  }

  /** Resolves when the reader has come for the segment. Errors: `caller_gone`. */
  put(segment: Uint8Array): Promise<void> {
    if (this.#left) return Promise.reject(new ProblemError('caller_gone'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ segment, taken: resolve, lost: reject });
      this.#begin();
      this.#wake();
    });
  }

  end(): void {
    this.#ended = true;
    this.#begin();
    this.#wake();
  }

  /** Ends with a last segment that was not put. Before the first one it is not something to read: the call itself says what happened. */
  fail(last: Uint8Array): void {
    this.#last = last;
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) {
        const item = this.#waiting.shift();
        if (item !== undefined) {
          item.taken();
          yield item.segment;
        } else if (this.#ended) {
          if (this.#last !== null) yield this.#last;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.#left = true;
      for (const item of this.#waiting.splice(0)) item.lost(new ProblemError('caller_gone'));
    }
  }
}
