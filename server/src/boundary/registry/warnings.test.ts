import { describe, expect, it } from 'vitest';
import { agreementOf } from './projection.ts';
import { agreementTerms, claimTerms, serviceTerms } from './registry.samples.ts';
import type { AgreementRow, ServiceRow } from './rows.ts';
import { warningsOf } from './warnings.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const DAY_MS = 86_400_000;
const after = (days: number, ms = 0): string => new Date(NOW.getTime() + days * DAY_MS + ms).toISOString();

function agreement(change: Parameters<typeof agreementTerms>[0] = {}) {
  const terms = agreementTerms({ effective: '2020-01-01T00:00:00Z', ...change });
  const row: AgreementRow = { ...agreementOf(terms, 'id', 1), name: terms.name, renewal: terms.renewal };
  return { id: 'id', version: 1, row };
}
const told = (change: Parameters<typeof agreementTerms>[0]) =>
  warningsOf({ services: [], agreements: [agreement(change)], claims: [] }, NOW).map(
    ({ kind, daysLeft, threshold }) => [kind, daysLeft, threshold] as const,
  );

describe('what is warned of', () => {
  it.each([
    [after(90, 1), []],
    [after(90), [['agreement_expires', 90, 90]]],
    [after(61), [['agreement_expires', 61, 90]]],
    [after(60), [['agreement_expires', 60, 60]]],
    [after(30), [['agreement_expires', 30, 30]]],
    [after(7, 1), [['agreement_expires', 8, 30]]],
    [after(7), [['agreement_expires', 7, 7]]],
    [after(0, 1), [['agreement_expires', 1, 7]]],
    [after(-3), [['agreement_expires', -3, 7]]],
    [null, []],
  ])('an end at %s: %j', (expires, expected) => {
    expect(told({ expires })).toEqual(expected);
  });

  it('not of one that was ended; of the notice that a renewal needs, before the end itself, until it has passed', () => {
    expect(told({ expires: after(5), terminated: true })).toEqual([]);
    const renewal = { automatic: true, noticeDays: 60 };
    expect(told({ expires: after(120), renewal })).toEqual([['renewal_notice', 60, 60]]);
    expect(told({ expires: after(65), renewal })).toEqual([
      ['renewal_notice', 5, 7],
      ['agreement_expires', 65, 90],
    ]);
    expect(told({ expires: after(-1), renewal })).toEqual([['agreement_expires', -1, 7]]);
  });

  it('of a contradicted service while it is enabled, and of the tenant’s own claims, not of those that ship', () => {
    const { notes: _notes, retentionProof: _proof, ...clear } = serviceTerms();
    const observed = { at: NOW.toISOString(), retentionDays: 30 };
    const row: ServiceRow = { ...clear, version: 1, observed };
    const claim = { ...claimTerms({ expires: '2026-11-30' }), id: 'c', state: 'active' as const };
    const found = warningsOf(
      {
        services: [
          { id: 'on', row },
          { id: 'off', row: { ...row, enabled: false } },
        ],
        agreements: [],
        claims: [
          { ...claim, origin: 'tenant' },
          { ...claim, id: 's', origin: 'starter' },
        ],
      },
      NOW,
    );
    expect(found.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['service_contradicted', 'on'],
      ['claim_stale', 'c'],
    ]);
  });

  it('the most urgent first, and nothing of what somebody typed but the house’s own name', () => {
    const late = agreement({ name: 'late', expires: after(80) });
    const soon = { ...agreement({ name: 'soon', expires: after(3), notes: 'Jane Canary' }), id: 'id2' };
    const found = warningsOf({ services: [], agreements: [late, soon], claims: [] }, NOW);
    expect(found.map(({ name }) => name)).toEqual(['soon', 'late']);
    expect(JSON.stringify(found)).not.toContain('Canary');
  });
});
