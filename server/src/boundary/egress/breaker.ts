// A breaker per service: after failures in a row nobody waits for it, until a probe says that it is back. The state is this process's
// own, on purpose: each learns within a few calls, and none trusts another's word about what it can reach.
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Bearing } from './attempts.ts';

/** Failures in a row that open it: fewer would take a service away for one bad moment. */
const FAILURES = 5;

/** Milliseconds within which they must lie: what fails once an hour is not down. */
const WITHIN_MS = 60_000;

/** Milliseconds until the first probe; doubled after each that fails. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 120_000;

/** Milliseconds after which a probe that never reported is forgotten: its call was lost. */
const PROBE_LOST_MS = 900_000;

export type BreakerState = 'closed' | 'open' | 'half-open';

interface Trouble {
  failures: number;
  lastAt: number;
  /** Null while it is closed. */
  openUntil: number | null;
  pauseMs: number;
  probeAt: number | null;
}

export interface ServiceRef {
  readonly tenant: TenantId;
  readonly service: string;
}

/** Services without trouble take no memory. */
export class Breakers {
  readonly #clock: Clock;
  readonly #troubles = new Map<string, Trouble>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a call may go there now. While it is half-open one may, as the probe; every admitted call must `report`. */
  admit(ref: ServiceRef): boolean {
    const trouble = this.#troubles.get(keyOf(ref));
    if (trouble === undefined || trouble.openUntil === null) return true;
    const now = this.#clock.monotonicMs();
    const probing = trouble.probeAt !== null && now - trouble.probeAt < PROBE_LOST_MS;
    if (now < trouble.openUntil || probing) return false;
    trouble.probeAt = now;
    return true;
  }

  report(ref: ServiceRef, bearing: Bearing): void {
    const key = keyOf(ref);
    if (bearing === 'ok') this.#troubles.delete(key);
    else if (bearing === 'failed') this.#failed(key);
    else {
      const trouble = this.#troubles.get(key);
      if (trouble !== undefined) trouble.probeAt = null;
    }
  }

  stateOf(ref: ServiceRef): BreakerState {
    const trouble = this.#troubles.get(keyOf(ref));
    if (trouble === undefined || trouble.openUntil === null) return 'closed';
    return this.#clock.monotonicMs() < trouble.openUntil ? 'open' : 'half-open';
  }

  #failed(key: string): void {
    const now = this.#clock.monotonicMs();
    const known = this.#troubles.get(key);
    const trouble = known ?? { failures: 0, lastAt: now, openUntil: null, pauseMs: FIRST_PAUSE_MS, probeAt: null };
    if (known === undefined) this.#troubles.set(key, trouble);
    if (trouble.openUntil === null) {
      trouble.failures = now - trouble.lastAt > WITHIN_MS ? 1 : trouble.failures + 1;
      if (trouble.failures >= FAILURES) trouble.openUntil = now + trouble.pauseMs;
    } else if (trouble.probeAt !== null) {
      trouble.pauseMs = Math.min(trouble.pauseMs * 2, LONGEST_PAUSE_MS);
      trouble.openUntil = now + trouble.pauseMs;
      trouble.probeAt = null;
    }
    trouble.lastAt = now;
  }
}

function keyOf({ tenant, service }: ServiceRef): string {
  return `${tenant} ${service}`;
}
