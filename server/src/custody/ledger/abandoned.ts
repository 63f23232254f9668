// Calls of this process whose intent or outcome could not be recorded, or of which that is not known: the storage was gone at that
// moment. Recovery closes what the dead left; a process that lives has to say itself which of its calls it has given up.
import { newId, type TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import { disownCalls } from './process.queries.ts';

export interface AbandonedCalls {
  /** Remembered until the storage is back; forgotten with the process, which recovery sees die. */
  readonly note: (tenant: TenantId, intentId: string) => void;
  /** Leaves them to recovery. Repeatable. Errors: those of the store; then they are kept for the next time. */
  readonly handOver: () => Promise<void>;
}

// Per transaction; the rest waits for the next turn.
const CALLS_PER_TURN = 200;

/** `process`: the id under which this process writes now. */
export function createAbandonedCalls(store: Store, process: () => string): AbandonedCalls {
  const calls = new Map<string, { readonly tenant: TenantId; readonly intentId: string }>();
  return {
    note: (tenant, intentId) => void calls.set(`${tenant} ${intentId}`, { tenant, intentId }),
    handOver: async () => {
      const turn = [...calls].slice(0, CALLS_PER_TURN);
      if (turn.length === 0) return;
      const given = turn.map(([, call]) => call);
      await store.asLedger((tx) => disownCalls(tx, process(), newId(), given));
      for (const [key] of turn) calls.delete(key);
    },
  };
}
