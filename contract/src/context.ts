// Headers that carry a call's context inward and Cordon's account of it outward (spec surfaces §2).
import { z } from 'zod';
import { Idempotency } from './fields.ts';
import { MAX_LABEL_CHARS, MAX_TAGS, MAX_WORD_CHARS } from './limits.ts';
import { OpaqueReference } from './opaque.ts';

/** Token lists in headers: lower-case words, separated by commas. */
const TAG = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** The classes form a lattice, lowest first (spec boundary §3.1). Unknown data is `phi`. */
export const DATA_CLASSES = ['public', 'deidentified', 'limited-data-set', 'minimised-phi', 'phi'] as const;
export const DataClass = z.enum(DATA_CLASSES).meta({ id: 'DataClass' });
export type DataClass = z.infer<typeof DataClass>;

/** A purpose is a word of the tenant's closed list. */
export const Purpose = z
  .string()
  .regex(TAG)
  .meta({ id: 'Purpose', description: 'A purpose of the tenant’s list.', examples: ['ambient-documentation'] });

export const CAPABILITIES = ['transcribe', 'generate', 'embed'] as const;
export const Capability = z.enum(CAPABILITIES).meta({ id: 'Capability' });
export type Capability = z.infer<typeof Capability>;

export const PATTERNS = ['baa-cloud', 'deid-cloud', 'vpc', 'on-prem'] as const;
export const Pattern = z.enum(PATTERNS).meta({ id: 'Pattern', description: 'Deployment pattern of a service.' });

/** Declared by the operator for each service; low accuracy is said wherever its output is shown. */
export const Accuracy = z.enum(['standard', 'low']).meta({ id: 'Accuracy' });

const Tags = z
  .string()
  .max(MAX_TAGS * MAX_WORD_CHARS)
  .regex(/^[a-z0-9-]+(,\s*[a-z0-9-]+)*$/)
  .transform((list) => list.split(',').map((tag) => tag.trim()))
  .pipe(z.array(z.string().regex(TAG)).max(MAX_TAGS));

/** Zone of residency: `us`, `eu-de`, `us-tx`… */
export const Zone = z
  .string()
  .max(MAX_WORD_CHARS)
  .regex(/^[a-z]{2}(-[a-z0-9]{1,16})*$/);

/** Headers of a call. They can only tighten what the credential allows; defaults come from the credential. */
export const CallContext = Idempotency.extend({
  'cordon-purpose': Purpose.exactOptional(),
  'cordon-patient': OpaqueReference.exactOptional(),
  'cordon-encounter': OpaqueReference.exactOptional(),
  'cordon-data-class': DataClass.exactOptional(),
  'cordon-tags': Tags.exactOptional(),
  'cordon-residency': Zone.exactOptional(),
  'cordon-on-behalf-of': OpaqueReference.exactOptional().meta({
    description: 'Recorded as asserted; it grants nothing.',
  }),
  prefer: z.string().max(MAX_LABEL_CHARS).exactOptional(),
});
export type CallContext = z.infer<typeof CallContext>;

/** On every answer to a call that went through the boundary. */
export const CALL_HEADERS = {
  'Cordon-Decision': 'Id of the decision that allowed the call.',
  'Cordon-Service': 'The service that was called.',
  'Cordon-Pattern': 'Deployment pattern of that service.',
  'Cordon-Obligations': 'Obligations that were carried out, comma-separated.',
  'Cordon-Review': '`none`, `caller` or `before-release`.',
  'Cordon-Intent-Index': 'Ledger index of the intent.',
  'Cordon-Ledger-Index': 'Ledger index of the outcome.',
  'Cordon-Deidentified':
    'Identifiers that did not leave; of a whole answer what was restored, bent by the model and left, and unknown.',
  'Cordon-Cost': 'Cost of the call: amount and currency.',
  'Cordon-Accuracy': '`standard` or `low`: what the operator declared for the service.',
  'Cordon-Encounter': 'Id of the encounter that the call belongs to.',
  'Cordon-Transcript': 'Id of the transcript, for drafting from it.',
} as const;

/** What policy may answer to a call: every route that makes one may be refused so. */
export const REFUSALS_OF_CALLS = [
  'service_unknown',
  'agreement_missing',
  'agreement_expired',
  'service_not_covered',
  'clause_missing',
  'purpose_not_allowed',
  'class_not_allowed',
  'capability_not_allowed',
  'region_not_allowed',
  'retention_too_long',
  'training_risk',
  'feature_not_covered',
  'pattern_invariant_failed',
  'refused_by_rule',
] as const;
