// What policy answered (spec boundary §3.2, docs/formats/decision.md). Recorded with every call and recomputable from its inputs.
import type { ProblemCode } from '@cordon/contract';
import type { Capability } from './intent.ts';

export type Pattern = 'baa-cloud' | 'deid-cloud' | 'vpc' | 'on-prem';

/** Refusals are problem codes, so that the answer to a caller and the record say the same word. */
export type RefusalCode = Extract<
  ProblemCode,
  | 'service_unknown'
  | 'agreement_missing'
  | 'agreement_expired'
  | 'service_not_covered'
  | 'clause_missing'
  | 'region_not_allowed'
  | 'class_not_allowed'
  | 'purpose_not_allowed'
  | 'capability_not_allowed'
  | 'training_risk'
  | 'retention_too_long'
  | 'consent_missing'
  | 'pattern_invariant_failed'
  | 'feature_not_covered'
>;

/** Why a service was refused: the first reason found, the clause or rule behind it, and what would change the answer. */
export interface Reason {
  readonly code: RefusalCode;
  /** A regulation (45 CFR …), a policy rule id or an invariant's name. */
  readonly because: string;
  readonly change: string;
}

/** One allowed way for the content to go. */
export interface Route {
  readonly service: string;
  readonly capability: Capability;
  readonly pattern: Pattern;
  /** The agreement or attestation that authorises it; null only where the pattern needs none. */
  readonly agreement: { readonly id: string; readonly version: number } | null;
  readonly region: string;
}

/** What an allowed call must do on the way in and out (spec SPEC.md, Words). */
export type Obligation =
  | { readonly kind: 'deidentify' | 'minimise' | 'ground' | 'cite' | 'disclose' | 'no-stream' }
  | { readonly kind: 'review'; readonly rule: 'before-release' | 'caller' | 'clinician' }
  | { readonly kind: 'consent'; readonly basis: 'per-encounter' | 'caller-attests' | 'none-needed' }
  | { readonly kind: 'retain'; readonly class: string };

export interface Decision {
  readonly v: 1;
  readonly outcome: 'allow' | 'refuse';
  /** `allowed`, or the code of the refusal. */
  readonly code: 'allowed' | RefusalCode;
  readonly route: Route | null;
  /** In order of preference; each is as allowed as the route. Only these may take over (I3). */
  readonly alternates: readonly Route[];
  readonly obligations: readonly Obligation[];
  /** Every service of the registry with that capability, and why it was refused (null: allowed). */
  readonly considered: readonly { readonly service: string; readonly refused: Reason | null }[];
  readonly registry: string;
  readonly policy: { readonly id: string; readonly version: number };
}
