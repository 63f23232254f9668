import { ProblemError, type ProblemCode, type ProblemDetails } from '@cordon/contract';
import { describe, expect, it, test } from 'vitest';
import { SYSTEM_TENANT } from '#kernel/ids.ts';
import { afterFailure, bearingOf, type Next, type Tried } from './attempts.ts';
import { Breakers } from './breaker.ts';

const tried = (code: ProblemCode, details: ProblemDetails = {}, change: Partial<Tried> = {}): Tried => ({
  problem: new ProblemError(code, details),
  released: false,
  here: 1,
  inAll: 1,
  leftMs: 60_000,
  ...change,
});
const next = (...given: Parameters<typeof tried>): Next => afterFailure(tried(...given), 0.5);

describe('after a failed attempt', () => {
  it.each([
    ['upstream_unavailable', { reason: 'refused' }, { kind: 'again', afterMs: 200 }],
    ['upstream_timeout', { reason: 'connect' }, { kind: 'again', afterMs: 200 }],
    ['upstream_unavailable', { reason: 'status', status: 429, retryAfterMs: 2_000 }, { kind: 'again', afterMs: 2_200 }],
    ['upstream_unavailable', { reason: 'status', status: 503, retryAfterMs: 0 }, { kind: 'again', afterMs: 200 }],
    ['upstream_unavailable', { reason: 'status', status: 429, retryAfterMs: 60_000 }, { kind: 'next' }],
    ['upstream_unavailable', { reason: 'status', status: 429 }, { kind: 'next' }],
    ['upstream_unavailable', { reason: 'status', status: 500, retryAfterMs: 1 }, { kind: 'next' }],
    ['upstream_unavailable', { reason: 'closed' }, { kind: 'next' }],
    ['upstream_unavailable', { reason: 'certificate' }, { kind: 'next' }],
    ['upstream_unavailable', { reason: 'busy' }, { kind: 'next' }],
    ['upstream_timeout', { reason: 'first_byte' }, { kind: 'next' }],
    ['upstream_timeout', { reason: 'total' }, { kind: 'stop' }],
    ['upstream_invalid', { reason: 'not_json' }, { kind: 'next' }],
    ['upstream_refused', { status: 401 }, { kind: 'next' }],
    ['pattern_invariant_failed', {}, { kind: 'next' }],
    ['credential_unusable', {}, { kind: 'next' }],
    ['caller_gone', {}, { kind: 'stop' }],
    ['shutting_down', {}, { kind: 'stop' }],
    ['invalid_request', {}, { kind: 'stop' }],
    ['internal', {}, { kind: 'stop' }],
  ] as const)('%s %j: %j', (code, details, expected) => {
    expect(next(code, details)).toEqual(expected);
    expect(next(code, details, { released: true })).toEqual({ kind: 'stop' });
    expect(next(code, details, { inAll: 4 })).toEqual({ kind: 'stop' });
    expect(next(code, details, { here: 2 }).kind).not.toBe('again');
    expect(next(code, details, { leftMs: 100 }).kind).not.toBe('again');
  });
});

test.each([
  [new ProblemError('upstream_unavailable', { reason: 'refused' }), 'failed'],
  [new ProblemError('upstream_unavailable', { reason: 'busy' }), 'silent'],
  [new ProblemError('upstream_timeout'), 'failed'],
  [new ProblemError('upstream_invalid'), 'failed'],
  [new ProblemError('upstream_refused'), 'ok'],
  [new ProblemError('caller_gone'), 'silent'],
  [new Error('x'), 'silent'],
])('%o bears on health: %s', (error, bearing) => {
  expect(bearingOf(error)).toBe(bearing);
});

describe('a breaker', () => {
  const ref = { tenant: SYSTEM_TENANT, service: 's' };
  const start = () => {
    const time = { now: 1_000 };
    const breakers = new Breakers({ now: () => new Date(), monotonicMs: () => time.now });
    const fail = (times: number): void => {
      for (let each = 0; each < times; each += 1) breakers.report(ref, 'failed');
    };
    return { time, breakers, fail };
  };

  it('opens after failures in a row, and for that service alone', () => {
    const { breakers, fail } = start();
    fail(4);
    breakers.report(ref, 'ok');
    fail(4);
    expect(breakers.admit(ref)).toBe(true);
    fail(1);
    expect(breakers.admit(ref)).toBe(false);
    expect(breakers.stateOf(ref)).toBe('open');
    expect(breakers.admit({ ...ref, service: 'other' })).toBe(true);
  });

  it('is not opened by failures that lie far apart', () => {
    const { time, breakers, fail } = start();
    for (let each = 0; each < 20; each += 1) {
      fail(1);
      time.now += 61_000;
    }
    expect(breakers.admit(ref)).toBe(true);
  });

  it('lets one probe through, waits twice as long after each that fails, and closes after one that does not', () => {
    const { time, breakers, fail } = start();
    fail(5);
    for (const pause of [5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000]) {
      time.now += pause - 1;
      expect(breakers.admit(ref)).toBe(false);
      time.now += 1;
      expect(breakers.stateOf(ref)).toBe('half-open');
      expect([breakers.admit(ref), breakers.admit(ref)]).toEqual([true, false]);
      fail(1);
    }
    time.now += 120_000;
    expect(breakers.admit(ref)).toBe(true);
    breakers.report(ref, 'ok');
    expect(breakers.stateOf(ref)).toBe('closed');
    fail(4);
    expect(breakers.admit(ref)).toBe(true);
  });

  it('gives the probe to the next when one says nothing, or is lost', () => {
    const { time, breakers, fail } = start();
    fail(5);
    time.now += 5_000;
    expect(breakers.admit(ref)).toBe(true);
    breakers.report(ref, 'silent');
    expect(breakers.admit(ref)).toBe(true);
    time.now += 900_000;
    expect(breakers.admit(ref)).toBe(true);
  });

  it('counts calls that were under way when it opened once', () => {
    const { time, breakers, fail } = start();
    fail(50);
    time.now += 5_000;
    expect(breakers.admit(ref)).toBe(true);
  });
});
