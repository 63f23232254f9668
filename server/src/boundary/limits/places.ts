// How many calls one credential and one tenant may have under way in this process at a time (spec boundary §5).
import { ProblemError } from '@cordon/contract';

export interface MostAtOnce {
  readonly perKey: number;
  readonly perTenant: number;
}

/** Streams are long: a clinic's application holds a few dozen; beyond that something runs away, and others would wait for it. */
export const MOST_AT_ONCE: MostAtOnce = { perKey: 256, perTenant: 1024 };

/** Seconds after which a caller may look again: about one answer's length. */
const RETRY_SECONDS = 2;

export class Places {
  readonly #most: MostAtOnce;
  readonly #taken = new Map<string, number>();

  constructor(most: MostAtOnce = MOST_AT_ONCE) {
    this.#most = most;
  }

  /** Gives what frees the place. Errors: `rate_limited`. */
  enter(tenant: string, key: string): () => void {
    const full = this.#count(tenant) >= this.#most.perTenant || this.#count(key) >= this.#most.perKey;
    if (full) throw new ProblemError('rate_limited', { retryAfter: RETRY_SECONDS, limit: 'concurrency' });
    this.#add(tenant, 1);
    this.#add(key, 1);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#add(tenant, -1);
      this.#add(key, -1);
    };
  }

  #count(name: string): number {
    return this.#taken.get(name) ?? 0;
  }

  #add(name: string, by: number): void {
    const count = this.#count(name) + by;
    if (count === 0) this.#taken.delete(name);
    else this.#taken.set(name, count);
  }
}
