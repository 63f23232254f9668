// This process as the others see it: a row with a heartbeat. Who stops beating is declared dead, and what it left open is
// closed by the others (recovery.ts); a process that comes back from that finds itself fenced and starts under a new id.
import { newId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import { beat, registerProcess, resign } from './process.queries.ts';

export interface Presence {
  /** Id under which this process writes now. */
  readonly id: () => string;
  /** Errors: those of the store. */
  readonly register: () => Promise<void>;
  /** Says that this process lives; registers again when it was declared dead. */
  readonly beat: () => Promise<void>;
  /** The last word of an orderly end. */
  readonly resign: () => Promise<void>;
}

export function createPresence(store: Store): Presence {
  let current = newId();
  async function register(): Promise<void> {
    const next = newId();
    await store.asLedger((tx) => registerProcess(tx, next));
    current = next;
  }
  return {
    id: () => current,
    register,
    beat: async () => {
      const id = current;
      const alive = await store.asLedger((tx) => beat(tx, id));
      if (!alive && id === current) await register();
    },
    resign: () => store.asLedger((tx) => resign(tx, current)),
  };
}
