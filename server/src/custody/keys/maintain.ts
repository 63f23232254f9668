// What the key store needs now and then: at start, daily, and after each key operation.
import { expireCopies } from './copies.ts';
import type { AppendKeyEvent } from './events.ts';
import type { KeyStore } from './keystore.ts';
import { finishRotations } from './rotate.ts';

export interface Maintained {
  /** Keys whose replacement ended with this call. */
  readonly retired: readonly string[];
  /** Copies of the key store that were destroyed because they expired. */
  readonly expired: number;
  readonly recorded: number;
}

/** Ends rotations that are due, destroys expired copies, records what happened. Repeatable; never undoes. */
export async function maintainKeys(store: KeyStore, append: AppendKeyEvent): Promise<Maintained> {
  const retired = await finishRotations(store);
  const expired = await expireCopies(store, append);
  return { retired, expired, recorded: await store.recordEvents(append) };
}
