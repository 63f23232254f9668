// What is said about vendors and services, what warns of an end, and what a buyer asks (spec boundary §1.2).
import { z } from 'zod';
import { Address, Day, Label, Reason, Time } from './fields.ts';
import { MAX_LIST_ITEMS, MAX_WORD_CHARS } from './limits.ts';
import { Name, ServiceId, Version } from './registry.ts';

export const CLAIM_PREDICATES = [
  'baa.coverage',
  'retention.default',
  'retention.zero-available',
  'training.default',
  'residency.processing',
  'preview.excluded',
  'human-review',
  'subprocessors',
  'eligibility',
] as const;

/** What somebody says about a vendor. It informs; only agreements authorise. */
export const ClaimTerms = z
  .strictObject({
    vendor: Label,
    product: Label,
    service: ServiceId.nullable().default(null),
    predicate: z.enum(CLAIM_PREDICATES),
    stance: z.enum(['supports', 'disputes']),
    disputes: z
      .array(Name)
      .max(MAX_LIST_ITEMS)
      .default([])
      .meta({ description: 'Ids of the claims that it contradicts.' }),
    statement: Reason,
    source: z.strictObject({
      type: z.enum([
        'executed-contract',
        'regulator',
        'vendor-terms',
        'vendor-docs',
        'vendor-support',
        'third-party',
        'project-seed',
      ]),
      title: Label,
      url: Address.nullable().default(null),
    }),
    asOf: Day,
    expires: Day,
    confidence: z.enum(['high', 'medium', 'low']),
    withdrawn: z.boolean().default(false),
  })
  .meta({ id: 'ClaimTerms' });
export type ClaimTerms = z.infer<typeof ClaimTerms>;

/** `starter` claims ship with the program, dated; a tenant’s own are kept in versions. */
export const Claim = ClaimTerms.extend({
  id: z.string().max(MAX_WORD_CHARS),
  version: Version,
  origin: z.enum(['starter', 'tenant']),
  recordedAt: Time.nullable(),
  state: z.enum(['active', 'disputed', 'stale', 'withdrawn']),
  disputedBy: z.array(z.string()),
}).meta({ id: 'Claim' });
export type Claim = z.infer<typeof Claim>;

/** What will end, and when somebody has to act. Days are whole, counted to the moment. */
export const RegistryWarning = z
  .strictObject({
    kind: z.enum(['agreement_expires', 'renewal_notice', 'claim_stale', 'service_contradicted', 'method_expires']),
    subject: z.string(),
    name: z.string(),
    at: Time,
    daysLeft: z.number().int(),
    threshold: z.number().int(),
  })
  .meta({ id: 'RegistryWarning' });
export type RegistryWarning = z.infer<typeof RegistryWarning>;

/** What a buyer asks a vendor, in the order in which it matters; every answer says where it comes from. */
export const Questionnaire = z
  .strictObject({
    service: z.string(),
    version: Version,
    questions: z.array(
      z.strictObject({
        section: z.enum(['agreement', 'deployment', 'retention', 'reports', 'audit-trail']),
        question: z.string(),
        answer: z.string(),
        verdict: z.enum(['good', 'open', 'bad']),
        from: z.enum(['agreement', 'service', 'claim', 'nobody']),
      }),
    ),
    claims: z.array(z.string()),
  })
  .meta({ id: 'Questionnaire' });
export type Questionnaire = z.infer<typeof Questionnaire>;
