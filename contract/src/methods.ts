// Method records and risk measurement on the wire (spec boundary §4.6, docs/formats/method-record.md). What a person writes is `…Terms`; figures
// are computed by the house from what it is sent, never given.
import { z } from 'zod';
import { Count, Id, Label, Reason, Time } from './fields.ts';
import { MAX_LIST_ITEMS } from './limits.ts';
import { Name, ServiceId, Version } from './registry.ts';

/** 45 CFR 164.514(b)(2), (b)(1), (e). */
export const METHOD_KINDS = ['safe-harbor', 'expert-determination', 'limited-data-set'] as const;
export type MethodKind = (typeof METHOD_KINDS)[number];

/** How texts are de-identified under a record; nothing else is covered by it. */
export const DeidProfile = z
  .strictObject({
    mode: z.enum(['placeholder', 'surrogate', 'redact', 'generalise']),
    keeping: z.strictObject({
      agesUnder90: z.boolean(),
      years: z.boolean(),
      states: z.boolean(),
      facilities: z.boolean().meta({ description: 'Under Safe Harbor always false.' }),
    }),
  })
  .meta({ id: 'DeidProfile' });
export type DeidProfile = z.infer<typeof DeidProfile>;

/** The sixteen of 164.514(e)(2). */
export const DIRECT_IDENTIFIERS = [
  'names',
  'postal-address',
  'telephone',
  'fax',
  'email',
  'ssn',
  'mrn',
  'health-plan',
  'account',
  'license',
  'vehicle',
  'device',
  'url',
  'ip',
  'biometric',
  'photo',
] as const;
export type DirectIdentifier = (typeof DIRECT_IDENTIFIERS)[number];

const named = {
  name: Name.meta({ description: 'The house’s own word for it; unique among records that have not ended.' }),
  notes: Reason.nullable().default(null).meta({ description: 'Sealed.' }),
};
const running = {
  services: z.array(ServiceId).min(1).max(MAX_LIST_ITEMS),
  profile: DeidProfile,
};

const SafeHarborTerms = z.strictObject({ kind: z.literal('safe-harbor'), ...named, ...running });
const ExpertTerms = z.strictObject({
  kind: z.literal('expert-determination'),
  ...named,
  ...running,
  expert: z.strictObject({ name: Label, credentials: Reason, organisation: Label.nullable().default(null) }),
  method: Reason.meta({ description: 'The statistical or scientific methods that were applied.' }),
  recipients: Reason.meta({ description: 'The anticipated recipients that the determination speaks of.' }),
  conditions: Reason.meta({ description: 'What must hold for the risk to stay very small.' }),
  expires: Time,
});
const LimitedDataSetTerms = z.strictObject({
  kind: z.literal('limited-data-set'),
  ...named,
  agreement: Id.meta({ description: 'The data use agreement, a recorded agreement of kind `dua`.' }),
  recipient: Label.meta({ description: 'As the agreement names its recipient.' }),
  removed: z
    .partialRecord(z.enum(DIRECT_IDENTIFIERS), z.enum(['removed', 'never-held']))
    .meta({ description: 'All sixteen before it is in force.' }),
});

const terms = z.discriminatedUnion('kind', [SafeHarborTerms, ExpertTerms, LimitedDataSetTerms]);
export const MethodTerms = terms.meta({ id: 'MethodTerms' });
export type MethodTerms = z.infer<typeof MethodTerms>;

const Share = z
  .strictObject({ found: Count, of: Count, value: z.number().nullable(), low: z.number(), high: z.number() })
  .meta({ id: 'Share', description: 'Found of counted, with Wilson’s interval at 95 %.' });

const engine = { fingerprint: z.string().meta({ description: 'Of the engine that it was measured with.' }) };
const act = { by: z.string().meta({ description: 'Id of the person.' }), at: Time };

/** How much of a gold standard of the tenant’s own the engine found. No text of it is kept. */
const MethodMeasurement = z.strictObject({
  ...act,
  ...engine,
  documents: Count,
  characters: Count,
  recall: Share.meta({ description: 'Identifiers all of whose letters and digits were covered.' }),
  characterRecall: Share,
  characterPrecision: Share,
  leakFree: Share,
  overRedaction: Share,
  categories: z.array(z.strictObject({ category: z.string(), recall: Share })),
});
export type MethodMeasurement = z.infer<typeof MethodMeasurement>;

/** What a person found when reading what the engine had left. Counted by the house, from the marks that were sent. */
const MethodReview = z.strictObject({
  ...act,
  ...engine,
  texts: Count,
  characters: Count,
  replaced: Count.meta({ description: 'Places that the engine replaced in these texts.' }),
  left: Count.meta({ description: 'Marked by the reader and not covered by the engine.' }),
  covered: Count.meta({ description: 'Marked by the reader although the engine had covered them.' }),
  clean: Share.meta({ description: 'Texts in which nothing was left.' }),
  categories: z.array(z.strictObject({ category: z.string(), left: Count })),
});
export type MethodReview = z.infer<typeof MethodReview>;

const MethodStatement = z.strictObject({
  ...act,
  id: z.string(),
  text: z.string(),
  version: Version.meta({ description: 'The version of the record that was stated about.' }),
  secondPerson: z.enum(['another', 'waived', 'not-needed']),
});

const Risk = z.strictObject({ max: z.number(), mean: z.number(), above: z.number() });
const measured = {
  records: Count,
  classes: Count,
  k: Count,
  unique: z.strictObject({ records: Count, share: z.number() }),
  threshold: z.number(),
  fraction: z.number().nullable(),
  prosecutor: Risk,
  journalist: Risk.nullable(),
  marketer: z.strictObject({ dataset: z.number(), population: z.number().nullable() }),
  populationUniques: z.strictObject({ byModel: z.number(), byZayatz: z.number() }).nullable(),
  sizes: z.array(z.strictObject({ from: Count, to: Count.nullable(), classes: Count, records: Count })),
};

/** Risk of re-identification over the quasi-identifiers of a dataset (docs/operate/de-identification.md). No value of it is in here. */
export const RiskReport = z
  .strictObject({
    ...measured,
    columns: z.array(z.strictObject({ name: z.string(), kind: z.string(), distinct: Count, levels: Count })),
    suggestion: z
      .strictObject({
        target: z.strictObject({ risk: z.number(), k: Count, suppression: z.number() }),
        found: z
          .strictObject({
            steps: z.array(z.strictObject({ column: z.string(), level: Count, of: Count, means: z.string() })),
            loss: z.number(),
            suppressed: Count,
            measured: z.strictObject(measured),
          })
          .nullable(),
        best: z.boolean(),
        lookedAt: Count,
        nodes: Count,
      })
      .nullable(),
  })
  .meta({ id: 'RiskReport' });
export type RiskReport = z.infer<typeof RiskReport>;

const MethodDocument = z.strictObject({
  id: Id,
  contentType: z.string(),
  bytes: Count,
  sha256: z.string().meta({ description: 'Of the file as it was sent, hexadecimal.' }),
  attachedAt: Time,
});

/** What a record still lacks before it can be stated and so be in force. */
export const METHOD_PARTS = [
  'measurement',
  'measurement_outdated',
  'recall_too_low',
  'engine_changed',
  'review',
  'review_outdated',
  'document',
  'risk',
  'expired',
  'identifiers',
  'agreement',
  'recipient',
  'statement',
] as const;
export type MethodPart = (typeof METHOD_PARTS)[number];

export const METHOD_STATES = ['draft', 'in-force', 'expired', 'engine-changed', 'agreement-ended', 'revoked'] as const;
export type MethodState = (typeof METHOD_STATES)[number];

export const REVOKE_REASONS = ['leak', 'replaced', 'withdrawn', 'other'] as const;

/** A record as it stands. */
export const MethodRecord = z
  .strictObject({
    id: Id,
    version: Version,
    recordedAt: Time,
    terms,
    state: z.enum(METHOD_STATES),
    missing: z.array(z.enum(METHOD_PARTS)).meta({ description: 'Computed, never given.' }),
    engine: z
      .strictObject({
        version: Count,
        code: z.string(),
        model: z.string(),
        zipTable: z.string(),
        fingerprint: z.string(),
      })
      .nullable()
      .meta({ description: 'What the record was made with; null of a limited data set.' }),
    measurement: MethodMeasurement.nullable(),
    review: MethodReview.nullable(),
    document: MethodDocument.nullable(),
    risk: RiskReport.extend(act).nullable(),
    statement: MethodStatement.nullable(),
    effective: Time.nullable(),
    expires: Time.nullable(),
    ended: z.strictObject({ reason: z.string(), at: Time }).nullable(),
  })
  .meta({ id: 'MethodRecord' });
export type MethodRecord = z.infer<typeof MethodRecord>;

/** A record as an auditor reads it (`?format=markdown`: the same as a document). */
export const MethodReport = z
  .strictObject({
    record: MethodRecord,
    title: z.string(),
    law: z.string(),
    standing: z.string(),
    categories: z.array(
      z.strictObject({
        letter: z.string(),
        identifier: z.string(),
        done: z.string(),
        recall: Share.nullable(),
        fails: z.string().nullable(),
      }),
    ),
    facts: z.array(z.strictObject({ name: z.string(), value: z.string() })),
    limits: z.array(z.string()),
  })
  .meta({ id: 'MethodReport' });
export type MethodReport = z.infer<typeof MethodReport>;

/** Word for word what is stated, by kind; another wording is another number. */
export const STATEMENTS = {
  'safe-harbor@1':
    'The identifiers of 45 CFR 164.514(b)(2)(i) are removed by the method that this record names. I have read the measurement and the review of the sample in the version that I state about. I have no actual knowledge that what remains could be used alone or in combination with other information to identify an individual who is a subject of the information (45 CFR 164.514(b)(2)(ii)).',
  'expert-determination@1':
    'A person with knowledge of and experience with generally accepted statistical and scientific principles has determined, and documented in the attached document, that under the stated conditions the risk is very small that an anticipated recipient could identify an individual (45 CFR 164.514(b)(1)). The method runs as this record says and its conditions hold.',
  'limited-data-set@1':
    'The sixteen direct identifiers of 45 CFR 164.514(e)(2) of the individual, and of relatives, employers and household members, are removed or were never held. The data is used and disclosed under the named data use agreement alone, for research, public health or health care operations (45 CFR 164.514(e)(3), (4)).',
} as const;
export type StatementId = keyof typeof STATEMENTS;
export const STATEMENT_IDS = Object.keys(STATEMENTS) as [StatementId, ...StatementId[]];
