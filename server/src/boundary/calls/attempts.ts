// Carrying a call within what its decision allows (I3): the first choice, then the alternates in their order, and nothing else. Every
// attempt is remembered for the outcome entry.
import { isProblem, ProblemError, type ProblemCode } from '@cordon/contract';
import type { Decision, Route } from '#boundary/policy/decision.ts';
import type { PublicRecord } from './call.ts';

/** One try of one service. Integer milliseconds. */
export interface Attempt {
  readonly service: string;
  /** `ok`, or the code of what went wrong. */
  readonly code: string;
  readonly ms: number;
}

/** Attempts that one call may make in all: beyond it a caller has long stopped waiting. */
const MOST_ATTEMPTS = 4;

/** Faults of a service, after which another one may be asked. What the caller or policy did wrong is wrong everywhere. */
const FAULTS: ReadonlySet<ProblemCode> = new Set(['upstream_unavailable', 'upstream_timeout', 'upstream_invalid']);

export interface Carried<T> {
  readonly route: Route;
  readonly output: T;
}

/**
 * Tries routes in order until one answers. `spent` says that a try already gave something away (a segment was released), so that no
 * other may follow. Errors: that of the last try.
 */
export async function carryWithin<T>(
  decision: Decision,
  attempts: Attempt[],
  carry: (route: Route) => Promise<T>,
  spent: () => boolean = () => false,
): Promise<Carried<T>> {
  const routes = [decision.route, ...decision.alternates].filter((route) => route !== null).slice(0, MOST_ATTEMPTS);
  let last: unknown = new ProblemError('internal');
  for (const route of routes) {
    const begun = performance.now();
    const note = (code: string): void => {
      attempts.push({ service: route.service, code, ms: Math.round(performance.now() - begun) });
    };
    try {
      const output = await carry(route);
      note('ok');
      return { route, output };
    } catch (error) {
      note(isProblem(error) ? error.code : 'internal');
      last = error;
      if (spent() || !isProblem(error) || !FAULTS.has(error.code)) break;
    }
  }
  throw last;
}

/** For the outcome entry. The service that answered last is the one that the entry names. */
export function attemptsDetail(attempts: readonly Attempt[]): PublicRecord {
  const last = attempts.at(-1);
  return {
    ...(last === undefined ? {} : { service: last.service }),
    attempts: attempts.map(({ service, code, ms }) => ({ service, code, ms })),
  };
}
