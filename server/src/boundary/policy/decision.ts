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
  | 'refused_by_rule'
>;

/** Why a service was refused: the first reason found, the clause or rule behind it, and what would change the answer. */
export interface Reason {
  readonly code: RefusalCode;
  /** A regulation (45 CFR …), a policy rule id or an invariant's name. */
  readonly because: string;
  readonly change: string;
}

/** The record that authorises a route. */
export interface Basis {
  readonly type: 'agreement' | 'attestation' | 'method';
  readonly id: string;
  readonly version: number;
}

/** One allowed way for the content to go. */
export interface Route {
  readonly service: string;
  readonly capability: Capability;
  readonly pattern: Pattern;
  /** What authorises it; null only where nothing that identifies a person leaves. */
  readonly agreement: Basis | null;
  readonly region: string;
}

/** What an allowed call must do on the way in and out (spec SPEC.md, Words). */
export type Obligation =
  | { readonly kind: 'deidentify' | 'minimise' | 'ground' | 'cite' | 'disclose' | 'no-stream' }
  | { readonly kind: 'review'; readonly rule: 'before-release' | 'caller' | 'clinician' }
  | { readonly kind: 'consent'; readonly basis: 'per-encounter' | 'caller-attests' | 'none-needed' }
  | { readonly kind: 'retain'; readonly class: string };

export interface Decision {
  readonly v: 2;
  readonly outcome: 'allow' | 'refuse';
  /** `allowed`, or the code of the refusal. */
  readonly code: 'allowed' | RefusalCode;
  /** Of a refusal: the clause or rule behind it and what would change the answer; null when allowed. */
  readonly reason: Reason | null;
  readonly route: Route | null;
  /** In order of preference; each is as allowed as the route and owes nothing that the route does not. Only these may take over (I3). */
  readonly alternates: readonly Route[];
  /** What the route owes. */
  readonly obligations: readonly Obligation[];
  /** Every service of the registry with that capability and modality, and why it was refused (null: allowed), by id. */
  readonly considered: readonly { readonly service: string; readonly refused: Reason | null }[];
  /** The strictest of the zones demanded; null: none was. */
  readonly zone: string | null;
  readonly registry: string;
  readonly policy: { readonly id: string; readonly version: number };
}

/** As it is recorded: what was considered follows from intent, registry and policy, and is computed again when somebody asks (docs/formats/decision.md). */
export type RecordedDecision = Omit<Decision, 'considered'>;

export function recordedForm(decision: Decision): RecordedDecision {
  const { v, outcome, code, reason, route, alternates, obligations, zone, registry, policy } = decision;
  return { v, outcome, code, reason, route, alternates, obligations, zone, registry, policy };
}
