// What a ledger does by itself: it says that it lives, empties the inbox, closes what the dead left, signs checkpoints within a
// second of growth, tidies the journal. Each task runs alone, and a failure waits for its next turn.
import type { TenantId } from '#kernel/ids.ts';

export interface UpkeepTask {
  readonly name: string;
  readonly everyMs: number;
  readonly work: () => Promise<void>;
}

/** Told of each failure by the task's name; the error holds no content. */
export type OnFault = (task: string, error: unknown) => void;

export interface Upkeep {
  start(): void;
  /** Waits for tasks in hand. */
  stop(): Promise<void>;
}

export function createUpkeep(tasks: readonly UpkeepTask[], onFault: OnFault): Upkeep {
  const timers: NodeJS.Timeout[] = [];
  const running = new Map<string, Promise<void>>();

  function turn(task: UpkeepTask): void {
    if (running.has(task.name)) return;
    const work = task
      .work()
      .catch((error: unknown) => onFault(task.name, error))
      .finally(() => running.delete(task.name));
    running.set(task.name, work);
  }

  return {
    start: () => {
      for (const task of tasks) timers.push(setInterval(() => turn(task), task.everyMs).unref());
    },
    stop: async () => {
      for (const timer of timers.splice(0)) clearInterval(timer);
      await Promise.all(running.values());
    },
  };
}

/** Tenants that grew since they were last taken. */
export interface GrowthNotes {
  readonly note: (tenants: readonly TenantId[]) => void;
  take(): readonly TenantId[];
}

export function createGrowthNotes(): GrowthNotes {
  let grown = new Set<TenantId>();
  return {
    note: (tenants) => {
      for (const tenant of tenants) grown.add(tenant);
    },
    take: () => {
      const taken = [...grown];
      grown = new Set();
      return taken;
    },
  };
}
