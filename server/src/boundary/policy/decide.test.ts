import type { Policy } from '@cordon/contract';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import {
  attestation,
  baa,
  book,
  cloudChat,
  intent,
  localSpeech,
  policyWith,
  PROFILE,
  snapshot,
} from './decide.samples.ts';
import type { Decision } from './decision.ts';
import type { Intent } from './intent.ts';
import { compile } from './rulebook.ts';
import type { Agreement, MethodRecord, RegistrySnapshot, Service } from './snapshot.ts';

const ours = [localSpeech()];
const attested = [attestation()];
const chat = (change: Partial<Intent> = {}): Intent =>
  intent({ purpose: 'ehr-copilot', capability: 'generate', modality: 'text', ...change });

describe('decide', () => {
  it('allows an attested in-process service for dictation and names the attestation version', () => {
    const decision = decide(intent(), book(ours, attested));
    expect(decision).toMatchObject({ v: 2, code: 'allowed', reason: null, policy: { id: 'starter', version: 2 } });
    expect(decision.route).toEqual({
      service: 'local-speech',
      capability: 'transcribe',
      pattern: 'on-prem',
      agreement: { type: 'attestation', id: 'attestation-1', version: 3 },
      region: 'in-process',
    });
    expect(decision.obligations).toContainEqual({ kind: 'consent', basis: 'none-needed' });
  });

  it('prefers standard accuracy, and offers low accuracy only as an alternate', () => {
    const low = localSpeech({ id: 'a-low', accuracy: 'low' });
    const decision = decide(
      intent(),
      book([low, localSpeech()], [attestation({ services: ['a-low', 'local-speech'] })]),
    );
    expect(decision.route?.service).toBe('local-speech');
    expect(decision.alternates.map((route) => route.service)).toEqual(['a-low']);
  });

  it.each([
    ['agreement_missing', {}, ours, []],
    ['service_not_covered', {}, ours, [attestation({ services: ['another'] })]],
    ['agreement_expired', {}, ours, [attestation({ expires: '2026-01-01T00:00:00.000Z' })]],
    ['agreement_expired', {}, ours, [attestation({ effective: '2026-12-01T00:00:00.000Z' })]],
    ['agreement_expired', {}, ours, [attestation({ terminated: true })]],
    ['agreement_expired', { at: 'not a time' }, ours, attested],
    ['clause_missing', {}, ours, [attestation({ missingClauses: ['B-04'] })]],
    ['training_risk', {}, [localSpeech({ trainsOnContent: 'unknown' })], attested],
    ['retention_too_long', {}, [localSpeech({ retentionDays: 'unknown' })], attested],
    ['retention_too_long', {}, [localSpeech({ retentionDays: 30 })], [attestation({ retentionDays: 7 })]],
    ['service_not_covered', {}, [localSpeech({ stage: 'unknown' })], attested],
    ['service_not_covered', {}, [localSpeech({ stage: 'preview' })], attested],
    ['service_not_covered', {}, ours, [attestation({ modalities: ['text'] })]],
    ['service_not_covered', {}, ours, [attestation({ capabilities: ['generate'] })]],
    ['service_not_covered', {}, ours, [attestation({ regions: ['us'] })]],
    ['class_not_allowed', {}, [localSpeech({ dataClasses: ['public'] })], attested],
    [
      'class_not_allowed',
      { purpose: 'internal-qa', capability: 'generate', modality: 'text' },
      [localSpeech({ capability: 'generate', modality: 'text' })],
      attested,
    ],
    ['pattern_invariant_failed', {}, [localSpeech({ isolation: 'shared' })], attested],
    [
      'pattern_invariant_failed',
      {},
      [localSpeech({ isolation: 'dedicated' })],
      [attestation({ statesIsolation: false })],
    ],
    ['pattern_invariant_failed', {}, [localSpeech({ endpoint: 'http://127.0.0.1:1' })], attested],
    ['pattern_invariant_failed', {}, [localSpeech({ adapter: 'openai' })], attested],
    ['service_unknown', {}, [localSpeech({ enabled: false })], attested],
    ['service_unknown', {}, [], attested],
    ['service_unknown', { requestedService: 'other' }, ours, attested],
    ['purpose_not_allowed', { purpose: 'research' }, ours, attested],
    ['purpose_not_allowed', { purpose: 'constructor' }, ours, attested],
    ['feature_not_covered', { features: ['remote_tools'] }, ours, attested],
  ] as const)('refuses with %s: %j', (code, change, services, agreements) => {
    const decision = decide(intent(change), book(services, agreements));
    expect(decision).toMatchObject({ outcome: 'refuse', code, route: null, alternates: [], obligations: [] });
    expect(decision.reason).toMatchObject({ code });
    expect(decision.considered.every((verdict) => verdict.refused !== null)).toBe(true);
  });

  it('refuses what the credential does not allow', () => {
    const scope = intent().scope;
    const refuse = (change: Partial<typeof scope>): string =>
      decide(intent({ scope: { ...scope, ...change } }), book(ours, attested)).code;
    expect(refuse({ capabilities: ['embed'] })).toBe('capability_not_allowed');
    expect(refuse({ purposes: ['research'] })).toBe('purpose_not_allowed');
    expect(refuse({ services: [] })).toBe('service_unknown');
    expect(decide(intent({ dataClass: 'public' }), book(ours, attested)).code).toBe('class_not_allowed');
  });

  it('tells the reason of the service that came furthest, and of the one asked for', () => {
    const services = [
      cloudChat({ id: 'a', enabled: false }),
      cloudChat({ id: 'b' }),
      cloudChat({ id: 'c', dataClasses: [] }),
    ];
    expect(decide(chat(), book(services, [])).reason?.code).toBe('agreement_missing');
    expect(decide(chat({ requestedService: 'c' }), book(services, [])).reason?.code).toBe('class_not_allowed');
  });
});

describe('patterns are invariants', () => {
  const wide: Policy['purposes'][number]['patterns'] = ['on-prem', 'vpc', 'baa-cloud', 'deid-cloud'];
  const purposes = policyWith({}).purposes.map((purpose) => ({ ...purpose, patterns: wide }));
  const open = policyWith({ purposes, rules: [] });
  const strict = policyWith({ purposes, rules: [] }, { agreementAlways: true });
  const first = (service: Service, agreements: readonly Agreement[], policy = open): Decision =>
    decide(chat(), book([service], agreements, policy));

  it('vpc needs an agreement, a vendor that manages weights only and a declared boundary', () => {
    const vpc = cloudChat({ pattern: 'vpc', vendorManagesWeightsOnly: true });
    expect(first(vpc, [baa()]).code).toBe('allowed');
    expect(first(vpc, []).code).toBe('agreement_missing');
    expect(first(cloudChat({ pattern: 'vpc' }), [baa()]).reason?.because).toBe('vpc: vendor manages weights only');
    const nowhere = policyWith({ purposes, rules: [] }, { network: { cidrs: [], hosts: [] } });
    expect(first(vpc, [baa()], nowhere).reason?.because).toBe('network boundary: nothing declared');
  });

  it('on-prem needs an attestation, and with agreementAlways a signed agreement too', () => {
    const ownHost = cloudChat({ pattern: 'on-prem', isolation: 'self-hosted' });
    const own = attestation({ services: ['cloud-chat'], regions: ['us'], capabilities: ['generate'] });
    expect(first(ownHost, [own]).route?.agreement?.type).toBe('attestation');
    expect(first(ownHost, [baa()]).code).toBe('agreement_missing');
    expect(first(ownHost, [own], strict).code).toBe('agreement_missing');
    expect(first(ownHost, [own, baa()], strict).route?.agreement).toEqual({
      type: 'agreement',
      id: 'baa-1',
      version: 1,
    });
  });

  it('deid-cloud without a method record in force is minimised PHI and needs an agreement', () => {
    const deid = cloudChat({ pattern: 'deid-cloud' });
    expect(first(deid, []).code).toBe('agreement_missing');
    const agreed = first(deid, [baa()]);
    expect(agreed.route?.agreement?.type).toBe('agreement');
    expect(agreed.obligations).toContainEqual({ kind: 'deidentify' });
    expect(first(cloudChat({ pattern: 'deid-cloud', dataClasses: ['public', 'deidentified'] }), [baa()]).code).toBe(
      'class_not_allowed',
    );
  });

  it('deid-cloud with a method record in force needs none, unless agreements are always needed', () => {
    const deid = cloudChat({ pattern: 'deid-cloud', dataClasses: ['public', 'deidentified'], isolation: 'shared' });
    const method: MethodRecord = {
      id: 'method-1',
      version: 2,
      kind: 'safe-harbor',
      services: ['cloud-chat'],
      effective: '2026-01-01T00:00:00.000Z',
      expires: '2027-01-01T00:00:00.000Z',
      terminated: false,
      profile: PROFILE,
      fingerprint: 'f',
    };
    const under = (policy: Policy, at = '2026-11-22T12:00:00.000Z', rows: Partial<RegistrySnapshot> = {}): Decision =>
      decide(chat({ at }), compile({ ...snapshot([deid], []), methods: [method], engine: 'f', ...rows }, policy));
    expect(under(open).route?.agreement).toEqual({ type: 'method', id: 'method-1', version: 2 });
    expect(under(open).obligations).toContainEqual({ kind: 'deidentify' });
    expect(under(strict).code).toBe('agreement_missing');
    expect(under(open, '2027-01-01T00:00:00.000Z').code).toBe('class_not_allowed');
    const why = (rows: Partial<RegistrySnapshot>, at?: string): unknown => {
      const { code, reason } = under(open, at, rows);
      return [code, reason?.because, reason?.change.includes('method')];
    };
    const refused = (because: string) => ['class_not_allowed', `45 CFR 164.514(b): ${because}`, true];
    expect(why({ methods: [] })).toEqual(refused('no method record names the service'));
    expect(why({}, '2027-01-01T00:00:00.000Z')).toEqual(refused('the method record has expired'));
    expect(why({ methods: [{ ...method, terminated: true }] })).toEqual(
      refused('the method record was revoked or ended'),
    );
    const other = refused('the method record was made with another engine, model or ZIP table');
    expect(why({ engine: 'g' })).toEqual(other);
    const { engine: _, ...none } = { ...snapshot([deid], []), methods: [method], engine: 'f' };
    expect(decide(chat({}), compile(none, open)).reason?.because).toBe(other[1]);
  });

  it('no recording or image goes to deid-cloud, and a purpose that would lose its meaning says so', () => {
    const remote = localSpeech({
      ...cloudChat({ pattern: 'deid-cloud' }),
      capability: 'transcribe',
      modality: 'audio',
    });
    expect(decide(intent(), book([remote], [], open)).reason?.because).toBe('deid-cloud: text alone');
    const starter = decide(
      chat({ purpose: 'ambient-documentation' }),
      book([cloudChat({ pattern: 'deid-cloud' })], [baa()]),
    );
    expect(starter.reason).toMatchObject({ code: 'purpose_not_allowed' });
    expect(starter.reason?.because).toContain('loses its meaning');
  });

  it('a remote service cannot claim to be in this process', () => {
    const regions = { inference: 'in-process', storage: 'us', support: 'us', logs: 'us' };
    expect(first(cloudChat({ regions }), [baa()]).code).toBe('pattern_invariant_failed');
  });

  it('dedicated is a claim until the agreement says how; shared is not for PHI', () => {
    expect(first(cloudChat(), [baa({ statesIsolation: false })]).reason?.because).toContain('dedicated is a claim');
    expect(first(cloudChat({ isolation: 'shared' }), [baa()]).reason?.because).toBe('policy: settings.isolation');
    const lax = policyWith({ purposes, rules: [] }, { isolation: ['shared', 'dedicated'] });
    expect(first(cloudChat({ isolation: 'shared' }), [baa()], lax).code).toBe('allowed');
  });

  it('a preview is covered only where the agreement says so', () => {
    expect(first(cloudChat({ stage: 'preview' }), [baa()]).reason?.because).toBe('agreement: stages');
    expect(first(cloudChat({ stage: 'preview' }), [baa({ stages: ['ga', 'preview'] })]).code).toBe('allowed');
  });
});

describe('residency on four axes', () => {
  const at = (regions: Partial<Service['regions']>): Service =>
    cloudChat({ regions: { ...cloudChat().regions, ...regions } });
  const under = (change: Partial<Intent>, service: Service, policy?: Policy): string =>
    decide(chat(change), book([service], [baa({ regions: ['us', 'eu', 'uk'] })], policy)).code;

  it.each(['inference', 'storage', 'support', 'logs'] as const)('%s alone outside the zone refuses', (axis) => {
    expect(under({ residency: 'us' }, at({}))).toBe('allowed');
    expect(under({ residency: 'us' }, at({ [axis]: 'eu-central-1' }))).toBe('region_not_allowed');
    expect(under({ residency: 'us' }, at({ [axis]: 'unknown' }))).toBe('region_not_allowed');
  });

  it('EU data stays in the Union: a region is not there because it is called so', () => {
    const all = (region: string): Service =>
      cloudChat({ regions: { inference: region, storage: region, support: region, logs: region } });
    expect(under({ origins: ['eu'] }, all('eu-central-1'))).toBe('allowed');
    expect(under({ origins: ['eu'] }, all('eu-west-2'))).toBe('region_not_allowed');
    expect(under({ origins: ['eu'] }, all('us-east-1'))).toBe('region_not_allowed');
    expect(under({ origins: ['eu-de'] }, all('eu-west-3'))).toBe('region_not_allowed');
  });

  it('the strictest of tenant, caller, data and key holds; zones that lie apart refuse all', () => {
    const inTexas = policyWith({}, { zone: 'us-tx' });
    expect(under({ residency: 'us' }, at({}), inTexas)).toBe('region_not_allowed');
    expect(decide(chat({ residency: 'us' }), book([at({})], [baa()], inTexas)).zone).toBe('us-tx');
    const torn = decide(intent({ residency: 'us', origins: ['eu'] }), book(ours, attested));
    expect(torn).toMatchObject({ code: 'region_not_allowed', zone: null });
    expect(torn.reason?.because).toContain('lie apart');
    const scope = { ...intent().scope, zones: ['eu', 'uk'] };
    expect(under({ scope }, at({}))).toBe('region_not_allowed');
    expect(under({ scope, residency: 'us' }, at({}))).toBe('region_not_allowed');
    expect(under({ scope: { ...scope, zones: ['eu', 'us'] }, residency: 'us' }, at({}))).toBe('allowed');
  });
});

describe('rules', () => {
  const two = [cloudChat({ id: 'a' }), cloudChat({ id: 'b', vendor: 'Other' })];
  const named = [baa({ services: ['a', 'b'] })];
  const under = (rules: Policy['rules'], change: Partial<Intent> = {}): Decision =>
    decide(chat(change), book(two, named, policyWith({ rules })));

  it('refuse, with the rule’s own clause and remedy', () => {
    const rules: Policy['rules'] = [
      {
        id: 'not-a',
        effect: 'refuse',
        when: { service: { id: ['a'] }, tags: { any: ['genetic'] } },
        because: 'house rule 7',
        change: 'Use b.',
      },
    ];
    expect(under(rules).route?.service).toBe('a');
    const tagged = under(rules, { tags: ['genetic'] });
    expect(tagged.route?.service).toBe('b');
    expect(tagged.considered[0]?.refused).toEqual({
      code: 'refused_by_rule',
      because: 'policy rule not-a: house rule 7',
      change: 'Use b.',
    });
  });

  it('require refuses what is not such a service and adds obligations; the stronger review holds', () => {
    const decision = under([
      { id: 'vendor', effect: 'require', service: { vendor: ['Other'] }, obligations: { steps: ['minimise'] } },
      { id: 'review', effect: 'require', when: { class: { atLeast: 'phi' } }, obligations: { review: 'clinician' } },
    ]);
    expect(decision.route?.service).toBe('b');
    expect(decision.obligations.map((one) => one.kind)).toEqual(['consent', 'minimise', 'review', 'retain']);
    expect(decision.obligations).toContainEqual({ kind: 'review', rule: 'clinician' });
  });

  it('prefer orders and never allows', () => {
    const rules: Policy['rules'] = [
      { id: 'b', effect: 'prefer', when: { service: { id: ['b'] }, encounter: true }, weight: 5 },
      { id: 'not-b', effect: 'refuse', when: { service: { id: ['b'] }, patient: true } },
    ];
    expect(under(rules).route?.service).toBe('a');
    expect(under(rules, { encounter: 'e' }).route?.service).toBe('b');
    expect(under(rules, { encounter: 'e', patient: 'p' })).toMatchObject({ route: { service: 'a' }, alternates: [] });
  });

  it('an alternate owes nothing that is not done for the route', () => {
    const rules: Policy['rules'] = [
      { id: 'x', effect: 'require', when: { service: { id: ['b'] } }, obligations: { steps: ['no-stream'] } },
    ];
    expect(under(rules).alternates).toEqual([]);
    expect(under(rules).considered).toContainEqual({ service: 'b', refused: null });
    expect(under(rules, { requestedService: 'b' }).obligations).toContainEqual({ kind: 'no-stream' });
  });

  it('a caller nobody knows cannot be the one who reviews', () => {
    const reviewOf = (change: Partial<Intent>): unknown =>
      under([], change).obligations.find((one) => one.kind === 'review');
    expect(reviewOf({})).toEqual({ kind: 'review', rule: 'before-release' });
    expect(reviewOf({ onBehalfOf: { id: 'x', proven: false } })).toEqual({ kind: 'review', rule: 'before-release' });
    expect(reviewOf({ onBehalfOf: { id: 'x', proven: true } })).toEqual({ kind: 'review', rule: 'caller' });
    expect(reviewOf({ actor: { type: 'person', id: 'x' } })).toEqual({ kind: 'review', rule: 'caller' });
  });

  it.each([['psychotherapy-notes'], ['part2']])('%s goes nowhere without a stated rule', (tag) => {
    const silent = policyWith({ sensitivity: [] });
    expect(decide(intent({ tags: [tag] }), book(ours, attested, silent)).code).toBe('class_not_allowed');
    expect(decide(intent({ tags: [tag] }), book(ours, attested)).code).toBe('allowed');
    expect(under([], { tags: [tag] }).reason?.because).toContain(`sensitivity ${tag}`);
  });
});
