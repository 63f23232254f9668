import { CLAUSES, elementsOf } from '@cordon/contract';
import { describe, expect, it } from 'vitest';
import { decide } from '#boundary/policy/decide.ts';
import { intent } from '#boundary/policy/decide.samples.ts';
import { compile } from '#boundary/policy/rulebook.ts';
import { STARTER_POLICY } from '#boundary/policy/starter.ts';
import { checklistOf, findingsOf } from './findings.ts';
import { agreementOf, contradicted, missingClauses, policyService, stateOf } from './projection.ts';
import { agreementTerms, allPresent, serviceTerms } from './registry.samples.ts';
import type { ServiceRow } from './rows.ts';

const ID = '01900000-0000-7000-8000-000000000001';
const row = (change: Partial<ServiceRow> = {}): ServiceRow => {
  const { notes: _notes, retentionProof: _proof, ...clear } = serviceTerms();
  return { ...clear, version: 1, observed: null, ...change };
};

describe('the checklist of 45 CFR 164.504(e) and 164.314(a)', () => {
  it('has 16 mandatory and 4 conditional elements, and 20 commercial ones that never block', () => {
    const needs = elementsOf('baa').map((id) => CLAUSES[id].need);
    expect(needs.filter((need) => need === 'mandatory')).toHaveLength(16);
    expect(needs.filter((need) => need === 'conditional')).toHaveLength(4);
    expect(needs.filter((need) => need === 'commercial')).toHaveLength(20);
    expect(missingClauses(agreementTerms())).toEqual([]);
  });

  it.each(elementsOf('baa').filter((id) => CLAUSES[id].need === 'mandatory'))(
    '%s: unread, absent, partial and not applicable are all missing',
    (id) => {
      const { [id]: _, ...others } = allPresent();
      expect(missingClauses(agreementTerms({ clauses: others }))).toEqual([id]);
      for (const status of ['absent', 'partial', 'not_applicable'] as const) {
        const clauses = { ...others, [id]: { status, page: null } };
        expect(missingClauses(agreementTerms({ clauses }))).toEqual([id]);
      }
    },
  );

  it('asks for B-16 and B-17 as soon as own use is permitted (B-03), and for no other conditional one', () => {
    const allowed = { ...allPresent(), 'B-03': { status: 'present' as const, page: 3 } };
    expect(missingClauses(agreementTerms({ clauses: allowed }))).toEqual(['B-16', 'B-17']);
    const aggregated = { ...allPresent(), 'B-04': { status: 'present' as const, page: 3 } };
    expect(missingClauses(agreementTerms({ clauses: aggregated }))).toEqual([]);
  });

  it.each([
    ['training permitted', { training: 'permitted' as const }, ['B-02']],
    ['training unknown', { training: 'unknown' as const }, ['B-02']],
    ['breach told after 61 days', { breachNotice: { within: 61, unit: 'days' as const } }, ['B-07']],
    ['breach told after 1,441 hours', { breachNotice: { within: 1_441, unit: 'hours' as const } }, ['B-07']],
    ['breach told after 60 days', { breachNotice: { within: 60, unit: 'days' as const } }, []],
    [
      'a subcontractor not bound',
      { subcontractors: [{ name: 'Sub', does: 'storage', flowDown: false }] },
      ['B-08', 'B-S2'],
    ],
    ['retention unknown', { retentionDays: 'unknown' as const }, ['retention']],
  ])('a tick does not outweigh %s', (_what, change, missing) => {
    expect(missingClauses(agreementTerms(change))).toEqual(missing);
  });

  it('reads an attestation for its own three elements, a data use agreement for its seven', () => {
    const own = { kind: 'attestation' as const, form: 'internal' as const, clauses: {}, training: 'unknown' as const };
    expect(missingClauses(agreementTerms(own))).toEqual(['H-01', 'H-02', 'H-03']);
    expect(missingClauses(agreementTerms({ ...own, clauses: allPresent('attestation') }))).toEqual([]);
    expect(missingClauses(agreementTerms({ kind: 'dua', clauses: {} }))).toHaveLength(7);
  });

  it('shows what blocks, who read it and when, and what nobody read', () => {
    const clauses = { ...allPresent(), 'B-12': { status: 'partial' as const, page: 4, reviewer: 'Q. Lawyer' } };
    const list = checklistOf(agreementTerms({ clauses }), ID, 3);
    expect(list.mandatory).toEqual({ present: 15, of: 16 });
    expect(list.elements.find(({ element }) => element === 'B-12')).toMatchObject({
      blocks: true,
      page: 4,
      reviewer: 'Q. Lawyer',
      date: '2026-01-02',
    });
    expect(list.elements.find(({ element }) => element === 'A-01')).toMatchObject({ status: 'unread', blocks: false });
  });

  it('says what is open without blocking', () => {
    const open = findingsOf(agreementTerms({ signed: null, breachNotice: null }), false, new Set());
    expect(open).toEqual([
      'document_missing',
      'unsigned',
      'breach_notice_unknown',
      'destruction_without_certificate',
      'service_unregistered',
    ]);
  });
});

describe('how an agreement stands', () => {
  const at = (day: string, change = {}) => stateOf(agreementOf(agreementTerms(change), ID, 1), new Date(day));
  it('by its dates, its end and its elements', () => {
    expect(at('2026-01-04T23:59:59.999Z')).toBe('not-yet');
    expect(at('2026-01-05T00:00:00.000Z')).toBe('in-force');
    expect(at('2126-01-05T00:00:00.000Z')).toBe('expired');
    expect(at('2027-01-01T00:00:00.000Z', { terminated: true })).toBe('terminated');
    expect(at('2027-01-01T00:00:00.000Z', { clauses: {} })).toBe('incomplete');
  });
});

describe('a probe that contradicts the row', () => {
  const seen = (finding: object) => row({ observed: { at: '2026-11-22T00:00:00.000Z', ...finding } });
  const verdict = (service: ServiceRow) => {
    const snapshot = {
      version: 'v',
      services: [policyService(service, 1)],
      agreements: [agreementOf(agreementTerms(), ID, 1)],
    };
    return decide(intent({ capability: 'generate', modality: 'text' }), compile(snapshot, STARTER_POLICY)).code;
  };

  it('stops the service, because what is contradicted is unknown', () => {
    expect(verdict(row())).toBe('allowed');
    expect(verdict(seen({ retentionDays: 30 }))).toBe('retention_too_long');
    expect(verdict(seen({ retentionDays: 'unknown' }))).toBe('retention_too_long');
    expect(verdict(seen({ trainsOnContent: 'opt-out' }))).toBe('training_risk');
    expect(verdict(seen({ trainsOnContent: 'unknown' }))).toBe('training_risk');
  });

  it('never loosens: a vendor that keeps less or trains less changes nothing', () => {
    expect(verdict(seen({ retentionDays: 0, trainsOnContent: 'never' }))).toBe('allowed');
    const strict = { ...seen({ retentionDays: 0, trainsOnContent: 'never' }), retentionDays: 'unknown' as const };
    expect(contradicted(strict)).toEqual([]);
    expect(verdict(strict)).toBe('retention_too_long');
  });
});
