// Intents, registries and policies of every kind for the property tests: rules that the document's own checks accept, dates around each other,
// zones that lie in one another and apart.
import { PolicyDocument, type Policy, type PolicyCondition } from '@cordon/contract';
import fc from 'fast-check';
import { baa, cloudChat, intent, policyWith, PROFILE } from './decide.samples.ts';
import { DATA_CLASSES, type Feature, type Intent } from './intent.ts';
import type { Agreement, MethodRecord, RegistrySnapshot, Service } from './snapshot.ts';

const SERVICES = ['s1', 's2', 's3'] as const;
const MODELS = ['m1', 'm2'] as const;
const PATTERNS = ['on-prem', 'vpc', 'baa-cloud', 'deid-cloud'] as const;
const TAGS = ['part2', 'psychotherapy-notes', 'genetic', 'minor'] as const;
const FEATURES = ['remote_tools', 'stored_state', 'image_input'] as const satisfies readonly Feature[];
const PURPOSES = ['ehr-copilot', 'patient-education', 'ambient-documentation'] as const;
export const ZONES = ['us', 'us-tx', 'eu', 'eu-de', 'uk'] as const;
const PLACES = ['us-east-1', 'us-tx', 'eu-central-1', 'eu-west-1', 'eu-west-2', 'nowhere-1'] as const;
const DATES = ['2025-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z', 'never'] as const;

export const dataClass = fc.constantFrom(...DATA_CLASSES);
const zone = fc.constantFrom(...ZONES);
const tag = fc.constantFrom(...TAGS);
const feature = fc.constantFrom<Feature>(...FEATURES);
const few = <T>(items: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.uniqueArray(items, { maxLength: 3 });
/** Most of the time nothing stands in the way: what refuses everything tests nothing. */
const mostly = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 25, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const some = <T>(items: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.uniqueArray(items, { minLength: 1, maxLength: 3 });

const place = mostly<string>('us-east-1', fc.constantFrom(...PLACES));

const service: fc.Arbitrary<Service> = fc
  .record({
    id: fc.constantFrom(...SERVICES),
    model: fc.constantFrom(...MODELS),
    vendor: fc.constantFrom('Vendor', 'Other'),
    modality: mostly<Service['modality']>('text', fc.constant('audio')),
    pattern: fc.constantFrom(...PATTERNS),
    endpoint: mostly<string | null>('https://one.example/v1', fc.constant(null)),
    adapter: mostly('openai', fc.constant('local-speech')),
    trainsOnContent: mostly<Service['trainsOnContent']>('never', fc.constant('unknown')),
    stage: mostly<Service['stage']>('ga', fc.constantFrom('preview', 'unknown')),
    retentionDays: mostly<Service['retentionDays']>(0, fc.constantFrom(30, 'unknown' as const)),
    isolation: fc.constantFrom('dedicated' as const, 'self-hosted' as const, 'shared' as const),
    vendorManagesWeightsOnly: mostly(true, fc.constant(false)),
    dataClasses: mostly([...DATA_CLASSES], few(dataClass)),
    features: few(feature),
    accuracy: fc.constantFrom('standard' as const, 'low' as const),
    enabled: mostly(true, fc.constant(false)),
    regions: fc.record({ inference: place, storage: place, support: place, logs: place }),
  })
  .map((change) => cloudChat(change));

const dates = {
  effective: mostly<string>(DATES[0], fc.constantFrom(...DATES)),
  expires: mostly<string | null>(null, fc.constantFrom(...DATES)),
  terminated: mostly(false, fc.constant(true)),
};

const agreement: fc.Arbitrary<Agreement> = fc
  .record({
    ...dates,
    id: fc.uuid(),
    kind: fc.constantFrom(
      'baa' as const,
      'attestation' as const,
      'baa' as const,
      'attestation' as const,
      'dua' as const,
    ),
    services: mostly<string[]>([...SERVICES], some(fc.constantFrom(...SERVICES))),
    regions: mostly<string[]>([...ZONES], few(fc.constantFrom(...ZONES, ...PLACES))),
    modalities: fc.constantFrom(['text' as const], ['text' as const, 'audio' as const]),
    stages: fc.constantFrom(['ga' as const], ['ga' as const, 'preview' as const]),
    statesIsolation: mostly(true, fc.constant(false)),
    missingClauses: mostly<string[]>([], fc.constant(['B-01'])),
    retentionDays: mostly<number | null>(null, fc.constantFrom(30, 0)),
  })
  .map((change) => baa(change));

const method: fc.Arbitrary<MethodRecord> = fc.record({
  ...dates,
  id: fc.uuid(),
  version: fc.constant(1),
  kind: fc.constant('safe-harbor' as const),
  profile: fc.constant(PROFILE),
  fingerprint: mostly('f', fc.constant('of another engine')),
  services: some(fc.constantFrom(...SERVICES)),
});

export const registry: fc.Arbitrary<RegistrySnapshot> = fc.record({
  version: fc.constant('test'),
  services: fc.uniqueArray(service, { selector: (row) => row.id, minLength: 1, maxLength: 3 }),
  agreements: fc.array(agreement, { maxLength: 5 }),
  methods: fc.array(method, { maxLength: 2 }),
  engine: fc.constant('f'),
});

export const anyIntent: fc.Arbitrary<Intent> = fc
  .record({
    at: mostly('2026-06-01T00:00:00.000Z', fc.constantFrom(...DATES)),
    purpose: mostly<string>('ehr-copilot', fc.oneof(fc.constantFrom(...PURPOSES), fc.string())),
    dataClass,
    tags: mostly<string[]>([], few(tag)),
    features: mostly<Feature[]>([], few(feature)),
    modality: mostly<Intent['modality']>('text', fc.constant('audio')),
    residency: mostly<string | null>(null, zone),
    origins: mostly<string[]>([], few(zone)),
    patient: fc.option(fc.constant('p')),
    encounter: fc.option(fc.constant('e')),
    onBehalfOf: fc.constantFrom(null, { id: 'x', proven: true }, { id: 'x', proven: false }),
    actor: fc.constantFrom({ type: 'key' as const, id: 'k' }, { type: 'person' as const, id: 'p' }),
    requestedService: mostly<string | null>(null, fc.constantFrom(...SERVICES, ...MODELS)),
    scope: fc.record({
      capabilities: fc.constant(null),
      purposes: mostly<string[] | null>(null, fc.constant(['ehr-copilot'])),
      services: mostly<string[] | null>(null, fc.constant(['s1', 's2'])),
      zones: mostly<string[] | null>(null, fc.constantFrom(['us'], ['eu', 'uk'])),
      lowestDataClass: fc.constant('public' as const),
    }),
  })
  .map((change) => intent({ capability: 'generate', ...change }));

const serviceTest = fc.record(
  {
    id: some(fc.constantFrom<string>(...SERVICES)),
    vendor: some(fc.constantFrom('Vendor', 'Other')),
    pattern: some(fc.constantFrom(...PATTERNS)),
    isolation: some(fc.constantFrom('dedicated' as const, 'shared' as const)),
    retentionAtMost: fc.constantFrom(0, 30),
    regions: fc.record({ inference: some(fc.constantFrom<string>('us', 'eu')) }),
  },
  { requiredKeys: [] },
);

const tests = {
  purpose: some(fc.constantFrom<string>(...PURPOSES)),
  modality: some(fc.constantFrom('text' as const, 'audio' as const)),
  class: fc.oneof(
    fc.record({ atLeast: dataClass }),
    fc.record({ atLeast: dataClass }),
    fc.record({ below: dataClass }),
  ),
  tags: fc.oneof(fc.record({ any: some<string>(tag) }), fc.record({ all: some<string>(tag) })),
  zone: some<string>(zone),
  actor: fc.record({ type: some(fc.constantFrom('key' as const, 'person' as const)) }),
  onBehalfOf: some(fc.constantFrom('proven' as const, 'asserted' as const, 'nobody' as const)),
  patient: fc.boolean(),
  encounter: fc.boolean(),
  features: some(feature),
  service: serviceTest,
};

const leaf = fc.record(tests, { requiredKeys: [], noNullPrototype: true });
const nested = fc.record(
  {
    ...tests,
    any: fc.array(leaf, { minLength: 1, maxLength: 3 }),
    all: fc.array(leaf, { minLength: 1, maxLength: 2 }),
    not: leaf,
  },
  { requiredKeys: [], noNullPrototype: true },
);
const thin = (condition: PolicyCondition): PolicyCondition =>
  Object.fromEntries(Object.entries(condition).filter((_, index) => index % 4 === 0));
const condition = fc.oneof(leaf, nested, leaf.map(thin), nested.map(thin)) as fc.Arbitrary<
  Policy['rules'][number]['when'] & object
>;

const rule: fc.Arbitrary<Policy['rules'][number]> = fc.oneof(
  fc.record({ id: fc.uuid(), effect: fc.constant('refuse' as const), when: condition }),
  fc.record(
    {
      id: fc.uuid(),
      effect: fc.constant('require' as const),
      when: condition,
      service: serviceTest,
      obligations: fc.record(
        {
          steps: some(fc.constantFrom('minimise' as const, 'cite' as const, 'no-stream' as const)),
          review: fc.constantFrom('none' as const, 'caller' as const, 'clinician' as const),
          consent: fc.constantFrom('caller-attests' as const, 'needed' as const),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['id', 'effect', 'when'] },
  ),
  fc.record({
    id: fc.uuid(),
    effect: fc.constant('prefer' as const),
    when: condition,
    weight: fc.integer({ min: -3, max: 3 }),
  }),
);

/** Without the rules that a document may not have, because more protection would allow more. */
export const policy: fc.Arbitrary<Policy> = fc
  .record({
    rules: fc.oneof(
      fc.constant<Policy['rules']>([]),
      fc.array(rule, { maxLength: 2 }),
      fc.array(rule, { maxLength: 8 }),
    ),
    agreementAlways: fc.constantFrom(false, false, true),
    zone: mostly<string | null>(null, fc.constant('us')),
    isolation: mostly<Policy['settings']['isolation']>(
      ['shared', 'dedicated', 'self-hosted'],
      fc.constantFrom<Policy['settings']['isolation'][]>(['dedicated', 'self-hosted'], ['shared', 'dedicated']),
    ),
    sensitivity: fc.uniqueArray(fc.record({ tag, patterns: few(fc.constantFrom(...PATTERNS)) }), {
      selector: (one) => one.tag,
      maxLength: 3,
    }),
    patterns: mostly<Policy['purposes'][number]['patterns']>([...PATTERNS], fc.constant(['baa-cloud'])),
  })
  .map(({ rules, sensitivity, patterns, ...settings }) => {
    const purposes = policyWith({}).purposes.map((purpose) => ({ ...purpose, patterns }));
    const made = policyWith({ sensitivity, purposes }, settings);
    return { ...made, rules: rules.filter(mayStand) };
  });

function mayStand(one: Policy['rules'][number]): boolean {
  const { version: _, ...made } = policyWith({ zones: [], sensitivity: [], rules: [one] });
  return PolicyDocument.safeParse(made).success;
}
