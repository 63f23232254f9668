// One data key for the bodies of one call (docs/decisions/0137): made with the first, kept for the next, wiped by whoever began it.
import type { KeyWrap, SharedKey } from './sealer.ts';
import type { ErasureKey } from './tenant-keys.ts';

export interface DataKey {
  readonly dataKey: Buffer;
  readonly wrap: KeyWrap;
}

/** What it holds is good for as long as the erasure key that wraps it is the one that seals. */
export class KeptKey implements SharedKey {
  #kept: (DataKey & { readonly by: ErasureKey }) | null = null;

  /** Null: nothing was sealed yet, or `current` is another key's successor, another month's, another class's or another tenant's. */
  under(current: ErasureKey): DataKey | null {
    return this.#kept?.by === current ? this.#kept : null;
  }

  keep({ dataKey, wrap }: DataKey, by: ErasureKey): void {
    this.wipe();
    this.#kept = { dataKey, wrap, by };
  }

  wipe(): void {
    this.#kept?.dataKey.fill(0);
    this.#kept = null;
  }
}

export function newSharedKey(): SharedKey {
  return new KeptKey();
}
