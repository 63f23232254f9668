// What may follow a failed attempt (spec boundary §5). Pure: the spine keeps a record of each attempt and stays within the routes that
// the decision allowed; here is only whether trying again is safe and of any use.
import { isProblem, type ProblemCode, type ProblemError } from '@cordon/contract';

/** Attempts at one service for one call: a second covers a restart or a moment's overload, a third only adds to either. */
export const MOST_AT_ONE_SERVICE = 2;

/** Attempts in all for one call, however many services are allowed. */
export const MOST_IN_ALL = 4;

/** Milliseconds that a caller is kept waiting between attempts; a service that asks for more is passed over. */
const LONGEST_WAIT_MS = 5_000;

/** Milliseconds before a second attempt when the service names no time. */
const PAUSE_MS = 200;

export interface Tried {
  readonly problem: ProblemError;
  /** Anything of an answer has gone on to the caller: it cannot be begun again. */
  readonly released: boolean;
  /** Attempts at this service, this one included, and at all services. */
  readonly here: number;
  readonly inAll: number;
  /** Milliseconds left of the call's time. */
  readonly leftMs: number;
}

export type Next =
  /** The same service once more, after so many milliseconds. */
  | { readonly kind: 'again'; readonly afterMs: number }
  /** The next route that the decision allowed. */
  | { readonly kind: 'next' }
  /** The failure is the call's. */
  | { readonly kind: 'stop' };

/** Nothing had left, or the service said that it did nothing: a second attempt cannot double anything. */
const NOTHING_DONE = new Set(['refused', 'name', 'no_route', 'connect']);

/** Statuses by which a service says that it did nothing and may soon (RFC 6585 §4, RFC 9110 §15.6.4). */
const LATER = new Set([429, 503]);

/** What the service answered or lacks is its own: another may do better, the same will not. */
const ITS_OWN: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'upstream_unavailable',
  'upstream_timeout',
  'upstream_invalid',
  'upstream_refused',
  'credential_unusable',
  'pattern_invariant_failed',
  'engine_not_ready',
  'engine_missing',
  'service_unknown',
]);

/** `chance`: 0 up to 1, spreads the callers who failed at the same moment. */
export function afterFailure({ problem, released, here, inAll, leftMs }: Tried, chance: number): Next {
  const outOfTime = problem.code === 'upstream_timeout' && problem.details['reason'] === 'total';
  if (released || outOfTime || inAll >= MOST_IN_ALL || !ITS_OWN.has(problem.code)) return { kind: 'stop' };
  const wait = waitOf(problem, chance);
  const worth = wait !== null && here < MOST_AT_ONE_SERVICE && wait <= LONGEST_WAIT_MS && wait < leftMs;
  return worth ? { kind: 'again', afterMs: wait } : { kind: 'next' };
}

/** Milliseconds until the same service may be asked again; null: it is not to be. */
function waitOf({ details }: ProblemError, chance: number): number | null {
  const reason = String(details['reason']);
  const spread = Math.round(PAUSE_MS * (0.5 + chance));
  if (NOTHING_DONE.has(reason)) return spread;
  const { status, retryAfterMs } = details;
  if (reason !== 'status' || typeof status !== 'number' || !LATER.has(status)) return null;
  return typeof retryAfterMs === 'number' ? retryAfterMs + spread : null;
}

/** How an attempt bears on the service's health: `ok` and `failed` say something of it, `silent` nothing. */
export type Bearing = 'ok' | 'failed' | 'silent';

const FAILURES: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'upstream_unavailable',
  'upstream_timeout',
  'upstream_invalid',
]);

export function bearingOf(error: unknown): Bearing {
  if (!isProblem(error) || error.details['reason'] === 'busy') return 'silent';
  if (error.code === 'upstream_refused') return 'ok';
  return FAILURES.has(error.code) ? 'failed' : 'silent';
}
