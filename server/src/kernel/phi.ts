// Protected health information in memory. Whatever tries to print it gets a tag (I4).
import { inspect } from 'node:util';

const TAG = '[PHI]';

/** A value that will not print: toString, JSON.stringify, template strings and util.inspect all give a tag. */
export class Phi<T> {
  readonly #value: T;

  private constructor(value: T) {
    this.#value = value;
  }

  static of<T>(value: T): Phi<T> {
    return new Phi(value);
  }

  /** The value itself. Call it at the point of use, never to build a message, a log line, an URL or a file name. */
  reveal(): T {
    return this.#value;
  }

  map<U>(change: (value: T) => U): Phi<U> {
    return new Phi(change(this.#value));
  }

  toString(): string {
    return TAG;
  }

  toJSON(): string {
    return TAG;
  }

  [Symbol.toPrimitive](): string {
    return TAG;
  }

  [inspect.custom](): string {
    return TAG;
  }
}
