// Live children: one per session, some with their models loaded in advance, so that nobody speaks into a loading engine.
import { ProblemError } from '@cordon/contract';
import type { ProcessOptions } from './engine-child.ts';
import { LiveProcess } from './live-process.ts';
import type { LiveConfig } from './live-process.ts';

export interface LivePoolOptions extends ProcessOptions {
  /** Sessions at once. */
  readonly size: number;
  /** Children that wait with their models loaded. */
  readonly spares: number;
}

export interface LivePool {
  /** A child with its model loaded. Errors: `rate_limited` when all places are taken; `engine_failed` when it does not load. */
  lease(): Promise<LiveProcess>;
  /** Ends the child. */
  release(child: LiveProcess): void;
  /** Process ids of the children at work; each leads a process group. */
  busy(): readonly number[];
  stop(): Promise<void>;
}

/** Seconds that a caller is asked to wait for a place. */
const RETRY_AFTER_SECONDS = 10;

export function createLivePool(config: LiveConfig, options: LivePoolOptions): LivePool {
  const busy = new Set<LiveProcess>();
  const spare: LiveProcess[] = [];
  let stopped = false;
  const start = (): LiveProcess => new LiveProcess(config, options);
  const warm = (): void => {
    if (stopped) return;
    while (spare.length < options.spares) {
      const child = start();
      spare.push(child);
      // One that died waiting is not replaced here, lest a broken model start children without end.
      void child.child.exited().finally(() => {
        const at = spare.indexOf(child);
        if (at >= 0) spare.splice(at, 1);
      });
    }
  };
  const release = (child: LiveProcess): void => {
    if (!busy.delete(child)) return;
    child.child.stop();
    warm();
  };
  warm();
  return {
    release,
    lease: async () => {
      if (stopped) throw new ProblemError('shutting_down');
      if (busy.size >= options.size) throw new ProblemError('rate_limited', { retryAfter: RETRY_AFTER_SECONDS });
      const child = spare.shift() ?? start();
      busy.add(child);
      try {
        await child.child.ready();
        return child;
      } catch (error) {
        release(child);
        throw error;
      } finally {
        warm();
      }
    },
    busy: () => [...busy].flatMap(({ child }) => child.pid ?? []),
    stop: async () => {
      stopped = true;
      const children = [...busy, ...spare.splice(0)].map(({ child }) => child);
      for (const child of children) child.stop();
      await Promise.all(children.map((child) => child.exited()));
    },
  };
}
