// One request and its answer on the wire: the limits of time and size, back-pressure, and cancelling, without a stream object between.
import { ProblemError } from '@cordon/contract';
import type { Dispatcher } from 'undici';
import type { Inbound } from './adapter.ts';
import { leaving, problemOf } from './failure.ts';
import { receivedHeaders } from './headers.ts';
import { MAX_ANSWER_BYTES } from './limits.ts';

/** Bytes that wait for a slow reader before the service is held back. */
const HELD_BYTES = 262_144;

type Controller = Dispatcher.DispatchController;

interface Waiting {
  resolve(result: IteratorResult<Uint8Array, undefined>): void;
  reject(error: ProblemError): void;
}

export class Exchange implements Dispatcher.DispatchHandler, AsyncIterableIterator<Uint8Array, undefined> {
  /** Resolves when the head of the answer is here; its body is this object. */
  readonly answered: Promise<Inbound>;
  readonly #signal: AbortSignal;
  readonly #onClose: () => void;
  readonly #timer: NodeJS.Timeout;
  #resolve!: (inbound: Inbound) => void;
  #reject!: (error: ProblemError) => void;
  #controller: Controller | null = null;
  #hasHead = false;
  #ended = false;
  #failure: ProblemError | null = null;
  #chunks: Uint8Array[] = [];
  #held = 0;
  #received = 0;
  #waiting: Waiting | null = null;

  /** `onClose` is called once, when nothing of the exchange is left on the wire. */
  constructor(signal: AbortSignal, totalMs: number, onClose: () => void) {
    this.#signal = signal;
    this.#onClose = onClose;
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(() => this.fail(new ProblemError('upstream_timeout', { reason: 'total' })), totalMs);
    signal.addEventListener('abort', this.#left, { once: true });
  }

  readonly #left = (): void => this.fail(leaving(this.#signal));

  /** Ends the exchange from this side; the connection is closed. */
  fail(problem: ProblemError): void {
    if (this.#ended || this.#failure !== null) return;
    this.#close(problem);
    this.#controller?.abort(problem);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#failure !== null) controller.abort(this.#failure);
  }

  onResponseStart(
    controller: Controller,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200 || this.#failure !== null) return;
    // An address elsewhere is not the one that was decided on, and one on the same host is not the one that was tested.
    if (status >= 300 && status < 400) return this.fail(new ProblemError('upstream_invalid', { reason: 'redirect' }));
    const coding = headers['content-encoding'];
    if (coding !== undefined && coding !== 'identity') {
      return this.fail(new ProblemError('upstream_invalid', { reason: 'encoding' }));
    }
    this.#controller = controller;
    this.#hasHead = true;
    this.#resolve({ status, headers: receivedHeaders(headers), body: this });
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#failure !== null) return;
    this.#received += chunk.length;
    if (this.#received > MAX_ANSWER_BYTES)
      return this.fail(new ProblemError('upstream_invalid', { reason: 'too_large' }));
    const waiting = this.#waiting;
    if (waiting !== null) {
      this.#waiting = null;
      waiting.resolve({ done: false, value: chunk });
      return;
    }
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held > HELD_BYTES) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#ended || this.#failure !== null) return;
    this.#ended = true;
    this.#settle();
    this.#waiting?.resolve({ done: true, value: undefined });
    this.#waiting = null;
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#ended || this.#failure !== null) return;
    this.#close(problemOf(error, this.#hasHead ? 'in-answer' : 'before-answer'));
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const chunk = this.#take();
    if (chunk !== null) return Promise.resolve({ done: false, value: chunk });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** Whoever stops reading has done with the answer: what is left of it is not fetched. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.fail(new ProblemError('caller_gone'));
    this.#chunks = [];
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** All that waits, as one piece: fewer turns for what comes in drips. */
  #take(): Uint8Array | null {
    const [first, ...rest] = this.#chunks;
    if (first === undefined) return null;
    const taken = rest.length === 0 ? first : Buffer.concat(this.#chunks, this.#held);
    this.#chunks = [];
    this.#held = 0;
    if (this.#controller?.paused === true && !this.#ended) this.#controller.resume();
    return taken;
  }

  #close(problem: ProblemError): void {
    this.#failure = problem;
    this.#chunks = [];
    this.#settle();
    this.#reject(problem);
    this.#waiting?.reject(problem);
    this.#waiting = null;
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#left);
    this.#onClose();
  }
}
