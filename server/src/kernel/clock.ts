// Time enters through this port, so that tests and the ledger's clock rules can hold it.
export interface Clock {
  /** Wall clock, UTC. */
  now(): Date;
  /** Milliseconds that never run backwards; only differences mean anything. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
