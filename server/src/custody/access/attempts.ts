// Lock-out with back-off. An attempt is counted before it is checked, so that a thousand guesses at once are not one.
import { ProblemError } from '@cordon/contract';
import { clearAttempts, countAttempt, forgetAttempts, lockUntil, readAttempt } from './attempts.queries.ts';
import type { AccessContext } from './context.ts';

/** Failures before the first lock (NIST SP 800-63B-4 §3.2.2 allows far more; the second factor is six digits). */
const FREE_FAILURES = 5;
const FIRST_LOCK_MS = 30_000;
/** Doubling ends here, so that nobody is locked out for a day by a stranger. */
const LONGEST_LOCK_MS = 15 * 60_000;
/** Failures are forgotten after a day without one. */
const FORGET_AFTER_MS = 86_400_000;

export interface Attempt {
  /** Failures in a row, this one included. */
  readonly failures: number;
  /** This failure locks the address. */
  readonly locks: boolean;
}

/** Errors: `account_locked` with `retryAfter` in seconds. */
export async function beginAttempt(context: AccessContext, digest: Uint8Array): Promise<Attempt> {
  const now = context.clock.now();
  const forgetBefore = new Date(now.getTime() - FORGET_AFTER_MS);
  return context.store.asAccess(async (tx) => {
    const counted = await countAttempt(tx, { digest, now, forgetBefore });
    if (counted === null) {
      const held = await readAttempt(tx, digest);
      throw locked((held?.locked_until?.getTime() ?? now.getTime()) - now.getTime());
    }
    const lockMs = lockAfter(counted.failures);
    if (lockMs > 0) await lockUntil(tx, digest, new Date(now.getTime() + lockMs));
    if (counted.failures === 1) await forgetAttempts(tx, forgetBefore);
    return { failures: counted.failures, locks: lockMs > 0 };
  });
}

/** After success, and when an administrator unlocks. */
export async function endAttempts(context: AccessContext, digest: Uint8Array): Promise<void> {
  await context.store.asAccess((tx) => clearAttempts(tx, digest));
}

/** Milliseconds of lock after so many failures in a row. */
export function lockAfter(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(FIRST_LOCK_MS * 2 ** (failures - FREE_FAILURES), LONGEST_LOCK_MS);
}

function locked(remainingMs: number): ProblemError {
  return new ProblemError('account_locked', { retryAfter: Math.max(1, Math.ceil(remainingMs / 1000)) });
}
