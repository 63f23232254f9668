// Services, agreements and claims on the wire (spec boundary §1, docs/formats/registry.md). What a person writes is `…Terms`;
// what is shown has the version and what the house computed beside it.
import { z } from 'zod';
import { AGREEMENT_KINDS, CLAUSE_IDS } from './clauses.ts';
import { Accuracy, Capability, DataClass, Pattern } from './context.ts';
import { Address, Count, Day, Id, Label, Reason, Time } from './fields.ts';
import { MAX_LIST_ITEMS, MAX_REASON_CHARS, MAX_WORD_CHARS } from './limits.ts';
import { Modality } from './policy.ts';
import { Price } from './prices.ts';

export const FEATURES = [
  'remote_tools',
  'stored_state',
  'remote_content',
  'image_input',
  'audio_input',
  'metadata',
  'prompt_cache',
] as const;

/** What speaks to remote services. `local-…` adapters are registered by the installation itself. */
export const REMOTE_ADAPTERS = [
  'openai',
  'azure-openai',
  'bedrock',
  'aws-transcribe',
  'vertex',
  'anthropic',
  'deepgram',
  'assemblyai',
] as const;

/** Goes into addresses, headers and the ledger: small letters, digits and `. _ : -`. */
export const ServiceId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._:-]{0,99}$/)
  .meta({ description: 'Id of a service, by which agreements and policies name it.' });

/** A zone, but for the one that only this process itself is: it satisfies every residency, so nobody may claim it. */
const Region = z
  .string()
  .max(MAX_WORD_CHARS)
  .regex(/^(?!in-process$)[a-z]{2}(-[a-z0-9]{1,16})*$/);
const ServiceRegion = z.union([z.literal('unknown'), Region]);

export const Name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/);
const Word = z.string().regex(/^[A-Za-z0-9._:/@-]{1,200}$/);
const Stage = z.enum(['ga', 'preview', 'unknown']);
export const Version = z.number().int().min(1);
const Days = z.number().int().min(0).max(36_500);
/** Reports by others about the vendor, and what its own log gives: what the vendor questionnaire asks for. */
const Assurance = z.strictObject({
  reports: z
    .array(
      z.strictObject({
        kind: z.enum(['soc2-type1', 'soc2-type2', 'hitrust', 'iso27001', 'penetration-test', 'other']),
        until: Day.meta({ description: 'End of the period that it covers.' }),
        read: z.boolean().meta({ description: 'Whether somebody here has read it.' }),
      }),
    )
    .max(MAX_LIST_ITEMS)
    .default([]),
  auditTrail: z.enum(['per-request', 'aggregate', 'none', 'unknown']).default('unknown'),
  auditFormat: Label.nullable().default(null),
});

const retention = z.union([Days, z.literal('unknown')]);

/** One exact offering: the same vendor’s other model, region or account is another row. */
export const ServiceTerms = z
  .strictObject({
    id: ServiceId,
    vendor: Label,
    product: Label,
    model: Word,
    capability: Capability,
    modality: Modality,
    adapter: z.enum(REMOTE_ADAPTERS),
    endpoint: Address,
    account: Word.nullable().default(null),
    credential: Name.nullable().default(null).meta({ description: 'Name of the secret; its value is never here.' }),
    regions: z.strictObject({
      inference: ServiceRegion,
      storage: ServiceRegion,
      support: ServiceRegion,
      logs: ServiceRegion,
    }),
    stage: Stage,
    retentionDays: retention,
    trainsOnContent: z.enum(['never', 'opt-out', 'unknown']),
    isolation: z.enum(['shared', 'dedicated', 'self-hosted']),
    pattern: Pattern,
    vendorManagesWeightsOnly: z.boolean().default(false),
    dataClasses: z.array(DataClass).max(MAX_LIST_ITEMS),
    features: z.array(z.enum(FEATURES)).max(MAX_LIST_ITEMS).default([]),
    accuracy: Accuracy.default('standard'),
    enabled: z.boolean().default(true),
    prices: z.array(Price).max(MAX_LIST_ITEMS).default([]),
    assurance: Assurance.default({ reports: [], auditTrail: 'unknown', auditFormat: null }),
    retentionProof: Reason.nullable()
      .default(null)
      .meta({ description: 'How it is known that nothing is kept: sealed.' }),
    notes: Reason.nullable().default(null).meta({ description: 'Sealed.' }),
  })
  .meta({ id: 'ServiceTerms' });
export type ServiceTerms = z.infer<typeof ServiceTerms>;

/** What a probe read from the vendor’s own interface; a member that contradicts the row counts as `unknown` for policy. */
const Observation = z.strictObject({
  at: Time,
  retentionDays: retention.exactOptional(),
  trainsOnContent: z.enum(['never', 'opt-out', 'unknown']).exactOptional(),
});

/** A service as it stands. In-process services have no endpoint, and regions of their own. */
export const Service = ServiceTerms.extend({
  id: z.string(),
  model: z.string(),
  adapter: z.string(),
  endpoint: z.string().nullable(),
  regions: z.strictObject({ inference: z.string(), storage: z.string(), support: z.string(), logs: z.string() }),
  version: Version,
  recordedAt: Time,
  observed: Observation.nullable(),
  contradicted: z
    .array(z.enum(['retentionDays', 'trainsOnContent']))
    .meta({ description: 'Members that a probe contradicts; PHI is refused until row and vendor agree.' }),
}).meta({ id: 'Service' });
export type Service = z.infer<typeof Service>;

/** One element of the checklist, as somebody read it in the document. */
const ClauseReading = z.strictObject({
  status: z.enum(['present', 'absent', 'partial', 'not_applicable']),
  page: z.number().int().min(1).max(100_000).nullable().default(null),
  reviewer: Label.exactOptional(),
  date: Day.exactOptional(),
  quote: z.string().max(500).exactOptional().meta({ description: 'A few words of the clause: sealed.' }),
});
export type ClauseReading = z.infer<typeof ClauseReading>;

const Clauses = z.partialRecord(z.enum(CLAUSE_IDS), ClauseReading);

/** A contract, or the house’s own attestation about its hosts. What is not said is missing. */
export const AgreementTerms = z
  .strictObject({
    name: Name.meta({ description: 'The house’s own word for it; unique.' }),
    kind: z.enum(AGREEMENT_KINDS),
    form: z
      .enum(['signed', 'incorporated', 'internal'])
      .meta({ description: '`incorporated`: part of the vendor’s terms, at `termsUrl`.' }),
    termsUrl: Address.nullable().default(null),
    parties: z
      .array(
        z.strictObject({
          name: Label,
          role: z.enum(['covered-entity', 'business-associate', 'subcontractor', 'recipient']),
        }),
      )
      .min(1)
      .max(MAX_LIST_ITEMS),
    signed: Day.nullable().default(null),
    effective: Time,
    expires: Time.nullable(),
    renewal: z
      .strictObject({ automatic: z.boolean(), noticeDays: Days.nullable() })
      .default({ automatic: false, noticeDays: null }),
    terminated: z.boolean().default(false),
    services: z.array(ServiceId).max(MAX_LIST_ITEMS),
    regions: z.array(Region).max(MAX_LIST_ITEMS),
    capabilities: z.array(Capability).max(MAX_LIST_ITEMS),
    modalities: z.array(Modality).max(MAX_LIST_ITEMS),
    stages: z
      .array(z.enum(['ga', 'preview']))
      .max(MAX_LIST_ITEMS)
      .default(['ga']),
    retentionDays: retention.nullable().meta({ description: 'Null: the document sets no limit.' }),
    atEnd: z
      .strictObject({
        duty: z.enum(['return', 'destroy', 'return-or-destroy', 'unknown']),
        withinDays: Days.nullable(),
        certificate: z.boolean(),
      })
      .default({ duty: 'unknown', withinDays: null, certificate: false }),
    breachNotice: z
      .strictObject({ within: z.number().int().min(0).max(10_000), unit: z.enum(['hours', 'days']) })
      .nullable()
      .default(null),
    training: z.enum(['prohibited', 'permitted', 'unknown']).default('unknown'),
    subcontractors: z
      .array(z.strictObject({ name: Label, does: Label, flowDown: z.boolean() }))
      .max(MAX_LIST_ITEMS)
      .default([]),
    statesIsolation: z.boolean().default(false),
    reviewed: z.strictObject({ by: Label, on: Day }).nullable().default(null),
    clauses: Clauses.default({}),
    notes: z.string().max(MAX_REASON_CHARS).nullable().default(null).meta({ description: 'Sealed.' }),
  })
  .meta({ id: 'AgreementTerms' });
export type AgreementTerms = z.infer<typeof AgreementTerms>;

const Document = z.strictObject({
  id: Id,
  contentType: z.string(),
  bytes: Count,
  sha256: z.string().meta({ description: 'Of the file as it was sent, hexadecimal.' }),
  attachedAt: Time,
});

export const AGREEMENT_FINDINGS = [
  'document_missing',
  'unsigned',
  'clause_unread',
  'breach_notice_unknown',
  'breach_notice_too_long',
  'training_not_prohibited',
  'subcontractor_without_flow_down',
  'retention_unknown',
  'destruction_without_certificate',
  'service_unregistered',
] as const;

/** An agreement as it stands. The installation's own attestation has services and a region of its own. */
export const Agreement = AgreementTerms.extend({
  services: z.array(z.string()),
  regions: z.array(z.string()),
  id: Id,
  version: Version,
  recordedAt: Time,
  document: Document.nullable(),
  state: z.enum(['in-force', 'not-yet', 'expired', 'terminated', 'incomplete']),
  missingClauses: z
    .array(z.string())
    .meta({ description: 'Why it authorises nothing, if any: computed, never given.' }),
  findings: z.array(z.enum(AGREEMENT_FINDINGS)),
}).meta({ id: 'Agreement' });
export type Agreement = z.infer<typeof Agreement>;

/** One element of the checklist, with what the law asks for. */
export const Checklist = z
  .strictObject({
    agreement: Id,
    version: Version,
    mandatory: z.strictObject({ present: Count, of: Count }),
    elements: z.array(
      z.strictObject({
        element: z.enum(CLAUSE_IDS),
        cite: z.string(),
        need: z.enum(['mandatory', 'conditional', 'commercial']),
        asks: z.string(),
        status: z.enum(['present', 'absent', 'partial', 'not_applicable', 'unread']),
        blocks: z.boolean(),
        page: z.number().int().nullable(),
        reviewer: z.string().nullable(),
        date: z.string().nullable(),
        quote: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Checklist' });
export type Checklist = z.infer<typeof Checklist>;

/** What one row of an import does, or would do. Values of sealed members are not shown. */
export const RegistryChanges = z
  .strictObject({
    applied: z.boolean(),
    changes: z.array(
      z.strictObject({
        id: z.string(),
        change: z.enum(['created', 'changed', 'unchanged']),
        version: Version,
        fields: z.array(z.strictObject({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
      }),
    ),
  })
  .meta({ id: 'RegistryChanges' });
export type RegistryChanges = z.infer<typeof RegistryChanges>;

/** Files of services and agreements in YAML (docs/formats/registry.md). */
export const ServicesFile = z.strictObject({
  services: z.array(ServiceTerms).max(1_000),
});
export const AgreementsFile = z.strictObject({
  agreements: z.array(AgreementTerms).max(1_000),
});
