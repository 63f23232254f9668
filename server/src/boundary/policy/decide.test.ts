import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { attestation, intent, localSpeech, snapshot } from './decide.samples.ts';
import { STARTER_POLICY } from './starter.ts';

describe('decide', () => {
  it('allows an attested in-process service for dictation and names the attestation version', () => {
    const decision = decide(intent(), snapshot([localSpeech()], [attestation()]), STARTER_POLICY);
    expect(decision.code).toBe('allowed');
    expect(decision.route).toMatchObject({
      service: 'local-speech',
      pattern: 'on-prem',
      agreement: { id: 'attestation-1', version: 3 },
    });
    expect(decision.obligations).toContainEqual({ kind: 'consent', basis: 'none-needed' });
  });

  it('prefers standard accuracy, and offers low accuracy only as an alternate', () => {
    const low = localSpeech({ id: 'a-low', accuracy: 'low' });
    const registry = snapshot([low, localSpeech()], [attestation({ services: ['a-low', 'local-speech'] })]);
    const decision = decide(intent(), registry, STARTER_POLICY);
    expect(decision.route?.service).toBe('local-speech');
    expect(decision.alternates.map((route) => route.service)).toEqual(['a-low']);
  });

  it.each([
    ['agreement_missing', {}, snapshot([localSpeech()], [])],
    ['service_not_covered', {}, snapshot([localSpeech()], [attestation({ services: ['another'] })])],
    ['agreement_expired', {}, snapshot([localSpeech()], [attestation({ expires: '2026-01-01T00:00:00.000Z' })])],
    ['agreement_expired', {}, snapshot([localSpeech()], [attestation({ terminated: true })])],
    ['clause_missing', {}, snapshot([localSpeech()], [attestation({ missingClauses: ['B-04'] })])],
    ['training_risk', {}, snapshot([localSpeech({ trainsOnContent: 'unknown' })], [attestation()])],
    ['retention_too_long', {}, snapshot([localSpeech({ retentionDays: 'unknown' })], [attestation()])],
    ['service_not_covered', {}, snapshot([localSpeech({ stage: 'preview' })], [attestation()])],
    ['class_not_allowed', {}, snapshot([localSpeech({ dataClasses: ['public'] })], [attestation()])],
    ['pattern_invariant_failed', {}, snapshot([localSpeech({ isolation: 'shared' })], [attestation()])],
    ['pattern_invariant_failed', {}, snapshot([localSpeech({ endpoint: 'http://127.0.0.1:1' })], [attestation()])],
    ['service_unknown', {}, snapshot([], [attestation()])],
    ['service_unknown', { requestedService: 'other' }, snapshot([localSpeech()], [attestation()])],
    ['purpose_not_allowed', { purpose: 'research' }, snapshot([localSpeech()], [attestation()])],
    ['feature_not_covered', { features: ['remote_tools'] }, snapshot([localSpeech()], [attestation()])],
    [
      'region_not_allowed',
      { residency: 'eu' },
      snapshot(
        [localSpeech({ regions: { inference: 'us', storage: 'us', support: 'us', logs: 'us' } })],
        [attestation()],
      ),
    ],
  ] as const)('refuses with %s', (code, change, registry) => {
    const decision = decide(intent(change), registry, STARTER_POLICY);
    expect(decision).toMatchObject({ outcome: 'refuse', code, route: null, alternates: [], obligations: [] });
    expect(decision.considered.every((verdict) => verdict.refused !== null)).toBe(true);
  });

  it('refuses what the credential does not allow', () => {
    const registry = snapshot([localSpeech()], [attestation()]);
    const scope = intent().scope;
    const refuse = (change: Partial<typeof scope>): string =>
      decide(intent({ scope: { ...scope, ...change } }), registry, STARTER_POLICY).code;
    expect(refuse({ capabilities: ['embed'] })).toBe('capability_not_allowed');
    expect(refuse({ purposes: ['research'] })).toBe('purpose_not_allowed');
    expect(refuse({ services: [] })).toBe('service_unknown');
    expect(decide(intent({ dataClass: 'public' }), registry, STARTER_POLICY).code).toBe('class_not_allowed');
  });
});
