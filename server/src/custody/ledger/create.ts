// The ledger, put together (spec custody §3): what the rest of the house appends to, and what keeps it going in the background.
import type { Clock } from '#kernel/clock.ts';
import type { Keys } from '#custody/keys/sealer.ts';
import type { Store } from '#platform/store/store.ts';
import { draftEntry } from './draft.ts';
import { drainAll, enqueueDraft, settleEntry } from './inbox.ts';
import type { Ledger } from './ledger.ts';
import { createPresence } from './presence.ts';
import { createSequencer } from './sequencer.ts';

export interface LedgerOptions {
  readonly store: Store;
  readonly keys: Keys;
  readonly clock: Clock;
  /** UUID of the installation (docs/formats/checkpoint.md, Names). */
  readonly installation: string;
}

export interface RunningLedger extends Ledger {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createLedger(options: LedgerOptions): RunningLedger {
  const { store, clock, keys } = options;
  const presence = createPresence(store);
  const sequencer = createSequencer({
    store,
    clock,
    process: presence.id,
    onGrowth: () => undefined,
    onFenced: presence.beat,
  });
  const drafting = { keys, installation: options.installation };
  const inbox = { store, sequencer };
  return {
    append: async (request) => sequencer.submit(await draftEntry(drafting, request)),
    enqueue: async (tx, request) => {
      const draft = await draftEntry(drafting, request);
      await enqueueDraft(tx, presence.id(), draft);
      return { entryId: draft.entryId };
    },
    settle: (tenant, entryId) => settleEntry(inbox, tenant, entryId),
    openStream: () => Promise.reject(new Error('later')),
    start: async () => {
      await presence.register();
      await drainAll(inbox);
    },
    stop: async () => {
      await sequencer.stop();
      await presence.resign();
    },
  };
}
