// The policy document, version 2 (docs/formats/policy.md): what a tenant's rules look like in YAML and JSON. There is no `allow`:
// rules refuse, require or prefer over what the patterns' invariants leave (spec boundary §3.2).
import { z } from 'zod';
import { Capability, DataClass, Pattern, Purpose, Zone } from './context.ts';
import { MAX_LIST_ITEMS, MAX_WORD_CHARS } from './limits.ts';
import { policyFaults } from './policy-faults.ts';

/** Rules of one document: four times what the decision's speed is measured with. */
const MAX_RULES = 1_000;
/** Regions named under one zone: the largest vendors have about sixty. */
const MAX_REGIONS = 256;
/** Zones of one tree: the countries and states of the world, and room. */
const MAX_ZONES = 512;
/** Characters of a clause or remedy that a rule names. */
const MAX_CLAUSE_CHARS = 300;
/** Weight of a preference either way. */
const MAX_WEIGHT = 1_000;

const word = z.string().min(1).max(MAX_WORD_CHARS);
const name = z.string().min(1).max(200);
const Tag = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const RuleId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);
const some = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(MAX_LIST_ITEMS);

export const Modality = z.enum(['text', 'audio', 'image']);
export const Feature = z.enum([
  'remote_tools',
  'stored_state',
  'remote_content',
  'image_input',
  'audio_input',
  'metadata',
  'prompt_cache',
]);
const Isolation = z.enum(['shared', 'dedicated', 'self-hosted']);

/** What is asked of a service's row. Every member that is there must hold; a list means one of them. */
const ServiceTest = z
  .strictObject({
    id: some(name).exactOptional(),
    vendor: some(name).exactOptional(),
    product: some(name).exactOptional(),
    model: some(name).exactOptional(),
    adapter: some(word).exactOptional(),
    pattern: some(Pattern).exactOptional(),
    isolation: some(Isolation).exactOptional(),
    accuracy: some(z.enum(['standard', 'low'])).exactOptional(),
    stage: some(z.enum(['ga', 'preview', 'unknown'])).exactOptional(),
    inProcess: z.boolean().exactOptional(),
    /** Retained at most so many days; a row that does not say does not pass. */
    retentionAtMost: z.number().int().min(0).max(36_500).exactOptional(),
    /** Zones or regions; the place lies in one of them. */
    regions: z
      .strictObject({
        inference: some(word).exactOptional(),
        storage: some(word).exactOptional(),
        support: some(word).exactOptional(),
        logs: some(word).exactOptional(),
      })
      .exactOptional(),
  })
  .meta({ id: 'PolicyServiceTest' });

/** Tests over the intent and the service, joined by `and`. */
const tests = {
  purpose: some(Purpose).exactOptional(),
  capability: some(Capability).exactOptional(),
  modality: some(Modality).exactOptional(),
  class: z.union([z.strictObject({ atLeast: DataClass }), z.strictObject({ below: DataClass })]).exactOptional(),
  tags: z.union([z.strictObject({ any: some(Tag) }), z.strictObject({ all: some(Tag) })]).exactOptional(),
  /** The zone that the data must stay in lies in one of these. */
  zone: some(Zone).exactOptional(),
  actor: z
    .strictObject({
      type: some(z.enum(['person', 'key', 'system'])).exactOptional(),
      id: some(name).exactOptional(),
    })
    .exactOptional(),
  onBehalfOf: some(z.enum(['proven', 'asserted', 'nobody'])).exactOptional(),
  patient: z.boolean().exactOptional(),
  encounter: z.boolean().exactOptional(),
  /** The request needs one of these of the service. */
  features: some(Feature).exactOptional(),
  service: ServiceTest.exactOptional(),
};

/** Conditions nest so deep and no deeper: `any` of `all` of `not` of tests says everything, and no document can go round in circles. */
const Tests = z.strictObject(tests).meta({ id: 'PolicyTests' });
const Inner = z
  .strictObject({
    ...tests,
    all: some(Tests).exactOptional(),
    any: some(Tests).exactOptional(),
    not: Tests.exactOptional(),
  })
  .meta({ id: 'PolicyInnerCondition' });
const Middle = z
  .strictObject({
    ...tests,
    all: some(Inner).exactOptional(),
    any: some(Inner).exactOptional(),
    not: Inner.exactOptional(),
  })
  .meta({ id: 'PolicyMiddleCondition' });
export const PolicyCondition = z
  .strictObject({
    ...tests,
    all: some(Middle).exactOptional(),
    any: some(Middle).exactOptional(),
    not: Middle.exactOptional(),
  })
  .meta({ id: 'PolicyCondition' });

const Step = z.enum(['deidentify', 'minimise', 'ground', 'cite', 'disclose', 'no-stream']);
const Review = z.enum(['none', 'caller', 'before-release', 'clinician']);
const Consent = z.enum(['not-needed', 'caller-attests', 'needed']);

/** What a rule adds to the obligations; the stronger of two of a kind holds. */
const Added = z
  .strictObject({
    steps: some(Step).exactOptional(),
    review: Review.exactOptional(),
    consent: Consent.exactOptional(),
  })
  .meta({ id: 'PolicyObligations' });

const ruleHead = {
  id: RuleId,
  /** Absent: always. */
  when: PolicyCondition.exactOptional(),
};
const told = {
  because: z.string().min(1).max(MAX_CLAUSE_CHARS).exactOptional(),
  change: z.string().min(1).max(MAX_CLAUSE_CHARS).exactOptional(),
};

export const PolicyRule = z
  .discriminatedUnion('effect', [
    z.strictObject({ ...ruleHead, effect: z.literal('refuse'), ...told }),
    z.strictObject({
      ...ruleHead,
      effect: z.literal('require'),
      /** The service must be such a one, else it is refused. */
      service: ServiceTest.exactOptional(),
      obligations: Added.exactOptional(),
      ...told,
    }),
    z.strictObject({
      ...ruleHead,
      effect: z.literal('prefer'),
      weight: z.number().int().min(-MAX_WEIGHT).max(MAX_WEIGHT),
    }),
  ])
  .meta({ id: 'PolicyRule' });

export const PolicyPurpose = z
  .strictObject({
    purpose: Purpose,
    capabilities: some(Capability),
    /** This class and every lower one. */
    highestDataClass: DataClass,
    patterns: z.array(Pattern).max(MAX_LIST_ITEMS),
    review: Review,
    consent: Consent,
    /** `ground`: answers are made from given sources; `cite`: and say which. */
    grounding: z.enum(['none', 'ground', 'cite']),
    steps: z.array(Step).max(MAX_LIST_ITEMS),
    retain: z.string().regex(/^[a-z][a-z-]{0,31}$/),
  })
  .meta({ id: 'PolicyPurpose' });

/** Addresses that the tenant declares as its own: what `vpc` and `on-prem` services must resolve into (spec boundary §2). */
export const NetworkBoundary = z
  .strictObject({
    cidrs: z.array(z.union([z.cidrv4(), z.cidrv6()])).max(MAX_LIST_ITEMS),
    hosts: z.array(z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/)).max(MAX_LIST_ITEMS),
  })
  .meta({ id: 'NetworkBoundary' });

const PolicySettings = z
  .strictObject({
    /** Strict: PHI goes nowhere without a signed agreement, whatever the pattern (spec boundary §1.3). */
    agreementAlways: z.boolean(),
    /** What PHI may be processed in; `dedicated` counts only where the agreement says how. */
    isolation: some(Isolation),
    /** The zone that all data of the tenant stays in; null: none is demanded by the tenant. */
    zone: Zone.nullable(),
    network: NetworkBoundary,
    /**
     * What was de-identified and found uncertain: `refuse` (when left out), or `raise` it, as it is, to another of the decision's ways
     * that may see it so.
     */
    deidUncertain: z.enum(['refuse', 'raise']).exactOptional(),
    /** `waived` holds only on an embedded installation where nobody else could approve; it is recorded at each activation. */
    secondPerson: z.enum(['required', 'waived']),
  })
  .meta({ id: 'PolicySettings' });

const PolicyZone = z
  .strictObject({
    zone: Zone,
    within: Zone.nullable(),
    /** Names that vendors give to places in it. */
    regions: z.array(word).max(MAX_REGIONS),
  })
  .meta({ id: 'PolicyZone' });

/** Data with this tag goes to these patterns alone. Without such a line, `psychotherapy-notes` and `part2` go nowhere. */
const Sensitivity = z
  .strictObject({
    tag: Tag,
    patterns: z.array(Pattern).max(MAX_LIST_ITEMS),
    because: z.string().min(1).max(MAX_CLAUSE_CHARS).exactOptional(),
  })
  .meta({ id: 'PolicySensitivity' });

const members = {
  format: z.literal(2),
  id: RuleId,
  settings: PolicySettings,
  zones: z.array(PolicyZone).max(MAX_ZONES),
  purposes: z.array(PolicyPurpose).min(1).max(MAX_LIST_ITEMS),
  sensitivity: z.array(Sensitivity).max(MAX_LIST_ITEMS),
  rules: z.array(PolicyRule).max(MAX_RULES),
};

/** As a person writes it: `docs/formats/policy.schema.json` is made from this. What it means for two members to fit is checked as well. */
export const PolicyDocument = z
  .strictObject(members)
  .check((context) => {
    for (const { path, message } of policyFaults(context.value))
      context.issues.push({ code: 'custom', path: [...path], message, input: context.value });
  })
  .meta({ id: 'PolicyDocument' });
export type PolicyDocument = z.infer<typeof PolicyDocument>;

/** A recorded version of it. */
export const Policy = z.strictObject({ ...members, version: z.number().int().min(1) }).meta({ id: 'Policy' });
export type Policy = z.infer<typeof Policy>;

export type PolicyRule = z.infer<typeof PolicyRule>;
export type PolicyPurpose = z.infer<typeof PolicyPurpose>;
export type PolicyServiceTest = z.infer<typeof ServiceTest>;
export type PolicyTests = z.infer<typeof Tests>;
export type PolicyCondition = PolicyTests & {
  readonly all?: readonly PolicyCondition[];
  readonly any?: readonly PolicyCondition[];
  readonly not?: PolicyCondition;
};
