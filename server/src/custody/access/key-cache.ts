// API keys that were read a moment ago. Every process has its own; a revocation empties the one of its own process at once.
import type { TenantId } from '#kernel/ids.ts';
import type { ApiKeyRow } from './api-keys.queries.ts';
import type { KeyPrincipal } from './principal.ts';

export interface KnownKey {
  readonly tenant: TenantId;
  readonly row: ApiKeyRow;
  /** Made of the row, once for all requests until it is read again. */
  readonly principal: KeyPrincipal;
  readonly readAtMs: number;
}

/** For so long a process may still accept a key that another process revoked. */
export const KEY_CACHE_MS = 1000;
/** Keys in use at one time in one process; more cost a read each. */
const MOST_KNOWN = 10_000;

export class KeyCache {
  readonly #known = new Map<string, KnownKey>();
  #generation = 0;

  /** What was read of the key with this digest, however old; null when nothing was. */
  get(digest: Uint8Array): KnownKey | null {
    return this.#known.get(nameOf(digest)) ?? null;
  }

  /** Give it back to `keep`: what was read before a revocation is not kept after it. */
  get generation(): number {
    return this.#generation;
  }

  keep(digest: Uint8Array, key: KnownKey, generation: number): void {
    if (generation !== this.#generation) return;
    this.#known.delete(nameOf(digest));
    this.#known.set(nameOf(digest), key);
    if (this.#known.size > MOST_KNOWN) this.#known.delete(this.#known.keys().next().value ?? '');
  }

  drop(digest: Uint8Array): void {
    this.#known.delete(nameOf(digest));
  }

  /** After a revocation or a suspension. */
  forgetAll(): void {
    this.#generation += 1;
    this.#known.clear();
  }
}

function nameOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString('base64');
}
