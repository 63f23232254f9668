// Failed sign-ins and unknown credentials go to the system ledger: the first at once, the rest counted, one entry per
// reason and minute. A flood of guesses is a number, not a flood of entries.
import { isProblem } from '@cordon/contract';
import type { Ledger } from '#custody/ledger/ledger.ts';
import type { Clock } from '#kernel/clock.ts';
import { SYSTEM_TENANT } from '#kernel/ids.ts';

export type FailureReason =
  | 'unknown-credential'
  | 'expired-credential'
  | 'network-not-allowed'
  | 'wrong-sign-in'
  | 'locked'
  | 'wrong-reauthentication'
  | 'wrong-invitation';

/** One entry per reason and this time. */
const WINDOW_MS = 60_000;

export interface FailureRecorder {
  /** Resolves when the failure is recorded or counted. Errors: those of `Ledger.append` but `ledger_read_only`. */
  record(reason: FailureReason): Promise<void>;
  /** Records what is still counted. Call every minute and when the process stops. */
  flush(): Promise<void>;
}

interface Window {
  readonly since: number;
  count: number;
}

export function failureRecorder(parts: { readonly ledger: Ledger; readonly clock: Clock }): FailureRecorder {
  const windows = new Map<FailureReason, Window>();
  const append = async (reason: FailureReason, count: number): Promise<void> => {
    const actor = { type: 'system', id: 'access' } as const;
    await parts.ledger.append({ tenant: SYSTEM_TENANT, kind: 'session.failed', actor, detail: { count, reason } });
  };
  return {
    record: async (reason) => {
      const now = parts.clock.monotonicMs();
      const window = windows.get(reason);
      if (window !== undefined && now - window.since < WINDOW_MS) {
        window.count += 1;
        return;
      }
      const opened = { since: now, count: 0 };
      windows.set(reason, opened);
      const failures = (window?.count ?? 0) + 1;
      try {
        await append(reason, failures);
      } catch (error) {
        // After a restore people sign in to reopen the ledger; a wrong password meanwhile is refused as ever, and counted on.
        if (!isProblem(error) || error.code !== 'ledger_read_only') throw error;
        opened.count += failures;
      }
    },
    flush: async () => {
      const now = parts.clock.monotonicMs();
      for (const [reason, window] of windows) {
        windows.delete(reason);
        if (window.count === 0) continue;
        windows.set(reason, { since: now, count: 0 });
        await append(reason, window.count);
      }
    },
  };
}
