// Carrying a call within what its decision allows (I3): the first choice, then the alternates in their order, and nothing else. Every
// attempt is remembered for the outcome entry.
import { setTimeout as sleep } from 'node:timers/promises';
import { isProblem, ProblemError } from '@cordon/contract';
import { afterFailure, bearingOf, type Next } from '#boundary/egress/attempts.ts';
import type { Breakers } from '#boundary/egress/breaker.ts';
import type { Decision, Route } from '#boundary/policy/decision.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { PublicRecord } from './call.ts';

/** One try of one service. Integer milliseconds. */
export interface Attempt {
  readonly service: string;
  /** `ok`, the code of what went wrong, or `breaker_open`: it was passed over. */
  readonly code: string;
  readonly ms: number;
}

export interface Carried<T> {
  readonly route: Route;
  readonly output: T;
}

export interface Carrying<T> {
  readonly breakers: Breakers;
  readonly tenant: TenantId;
  readonly decision: Decision;
  /** Added to as they are made. */
  readonly attempts: Attempt[];
  readonly carry: (route: Route) => Promise<T>;
  /** Anything of an answer went on: no other try may follow. */
  readonly released: () => boolean;
  readonly signal: AbortSignal;
}

/** Milliseconds after which no new attempt is begun: callers have given up. */
const PATIENCE_MS = 120_000;

/** Errors: that of the last try; `upstream_unavailable` where every service is passed over. */
export async function carryWithin<T>(carrying: Carrying<T>): Promise<Carried<T>> {
  const { decision, attempts, breakers, tenant } = carrying;
  const until = performance.now() + PATIENCE_MS;
  let last: unknown = null;
  for (const route of [decision.route, ...decision.alternates]) {
    if (route === null) continue;
    for (let here = 1; ; here++) {
      const ref = { tenant, service: route.service };
      if (!breakers.admit(ref)) {
        attempts.push({ service: route.service, code: 'breaker_open', ms: 0 });
        break;
      }
      const tried = await tryOnce(carrying, route);
      breakers.report(ref, 'error' in tried ? bearingOf(tried.error) : 'ok');
      if (!('error' in tried)) return tried;
      last = tried.error;
      const next = nextOf(carrying, tried.error, here, until);
      if (next.kind === 'stop') throw last;
      if (next.kind === 'next') break;
      await pause(next.afterMs, carrying.signal);
    }
  }
  throw last ?? new ProblemError('upstream_unavailable', { reason: 'breaker_open' });
}

async function tryOnce<T>(
  { attempts, carry }: Carrying<T>,
  route: Route,
): Promise<Carried<T> | { readonly error: unknown }> {
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
    return { error };
  }
}

function nextOf<T>({ attempts, released }: Carrying<T>, error: unknown, here: number, until: number): Next {
  if (!isProblem(error)) return { kind: 'stop' };
  const inAll = attempts.filter((attempt) => attempt.code !== 'breaker_open').length;
  const leftMs = until - performance.now();
  return afterFailure({ problem: error, released: released(), here, inAll, leftMs }, Math.random());
}

/** Errors: `caller_gone`. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw new ProblemError('caller_gone');
  }
}

/** For the outcome entry. The service that was asked last is the one that the entry names. */
export function attemptsDetail(attempts: readonly Attempt[]): PublicRecord {
  const last = attempts.findLast((attempt) => attempt.code !== 'breaker_open');
  return {
    ...(last === undefined ? {} : { service: last.service }),
    attempts: attempts.map(({ service, code, ms }) => ({ service, code, ms })),
  };
}
