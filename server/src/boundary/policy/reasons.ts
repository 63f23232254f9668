// Why a service is refused: code, clause or rule, and what would change the answer (spec boundary §3.5). Constant texts: no value enters one.
import type { PolicyRule } from '@cordon/contract';
import type { Reason, RefusalCode } from './decision.ts';

function reason(code: RefusalCode, clause: string, change: string): Reason {
  return { code, because: clause, change };
}

export const because = {
  // The credential.
  scopeCapability: reason(
    'capability_not_allowed',
    'credential scope: capabilities',
    'Use a credential with this capability.',
  ),
  scopePurpose: reason('purpose_not_allowed', 'credential scope: purposes', 'Use a credential with this purpose.'),
  scopeService: reason('service_unknown', 'credential scope: services', 'Use a credential scoped to this service.'),
  scopeClass: reason(
    'class_not_allowed',
    'credential scope: lowest data class',
    'Claim a data class that the credential allows.',
  ),
  scopeZone: reason('region_not_allowed', 'credential scope: zones', 'Use a credential for the zone of this data.'),
  otherRequested: reason(
    'service_unknown',
    'another service was requested',
    'Leave the service open or name this one.',
  ),
  unregistered: reason(
    'service_unknown',
    'registry: no service with this capability and modality',
    'Register a service that can do it.',
  ),
  zonesApart: reason(
    'region_not_allowed',
    'residency: the zones demanded lie apart',
    'No place lies in all of them: treat the data of each zone by itself.',
  ),

  // The purpose.
  purposeUnknown: reason(
    'purpose_not_allowed',
    'policy: purposes',
    'Add the purpose with this capability to the policy.',
  ),
  purposeClass: reason(
    'class_not_allowed',
    'policy: highest data class of the purpose',
    'Lower the data class by a named method.',
  ),
  purposePattern: reason(
    'purpose_not_allowed',
    'policy: patterns of the purpose',
    'Allow this deployment pattern for the purpose.',
  ),
  purposeMeaning: reason(
    'purpose_not_allowed',
    'policy: patterns of the purpose; de-identified, it loses its meaning',
    'Use a pattern that may see PHI.',
  ),

  // The row.
  disabled: reason('service_unknown', 'service row: disabled', 'Enable the service.'),
  rowClass: reason('class_not_allowed', 'service row: data classes', 'Clear the service for this class.'),
  inProcessAddress: reason(
    'pattern_invariant_failed',
    'in-process service with an address',
    'Remove the endpoint: in-process means no socket.',
  ),
  noAddress: reason(
    'pattern_invariant_failed',
    'service row: no address',
    'State the endpoint: only an adapter of this process has none.',
  ),
  rawMedia: reason(
    'pattern_invariant_failed',
    'deid-cloud: text alone',
    'Only text is de-identified: use a pattern that may see the recording or image.',
  ),
  weightsUnstated: reason(
    'pattern_invariant_failed',
    'vpc: vendor manages weights only',
    'Record that the vendor keeps weights and sees no content.',
  ),
  boundaryUndeclared: reason(
    'pattern_invariant_failed',
    'network boundary: nothing declared',
    'Declare the addresses that are your own in settings.network.',
  ),
  trains: reason(
    'training_risk',
    '45 CFR 164.504(e)(2)(i)',
    'Only a service that never trains on content may see PHI.',
  ),
  stageUnknown: reason(
    'service_not_covered',
    'service row: stage unknown',
    'State whether the service is generally available.',
  ),
  retentionUnknown: reason('retention_too_long', 'service row: retention unknown', 'State the configured retention.'),
  isolation: reason(
    'pattern_invariant_failed',
    'policy: settings.isolation',
    'Use a service whose processing is not mixed with that of others.',
  ),
  features: reason('feature_not_covered', 'service row: features', 'Clear the feature for this service.'),
  region: reason('region_not_allowed', 'residency', 'Choose a service whose four regions lie in the zone.'),

  // The agreement.
  agreementMissing: reason('agreement_missing', '45 CFR 164.502(e)', 'Record an agreement that names the service.'),
  attestationMissing: reason('agreement_missing', '45 CFR 164.308(b)', 'Record an attestation that names the service.'),
  serviceNotNamed: reason(
    'service_not_covered',
    '45 CFR 164.504(e)',
    'Have the exact service named; a platform is not enough.',
  ),
  agreementExpired: reason('agreement_expired', 'agreement dates', 'Renew the agreement or attestation.'),
  clauseMissing: reason('clause_missing', '45 CFR 164.504(e)(2)', 'Have the missing clauses agreed.'),
  regionNotNamed: reason('service_not_covered', 'agreement: regions', 'Have the region of inference named.'),
  capabilityNotNamed: reason('service_not_covered', 'agreement: capabilities', 'Have the capability named.'),
  modalityNotNamed: reason('service_not_covered', 'agreement: modalities', 'Have the modality named.'),
  stageNotNamed: reason(
    'service_not_covered',
    'agreement: stages',
    'Use a generally available service, or have the preview named.',
  ),
  isolationNotStated: reason(
    'pattern_invariant_failed',
    'isolation: dedicated is a claim until the agreement says how',
    'Have the agreement say how processing is kept apart.',
  ),
  retainedLonger: reason('retention_too_long', 'agreement: retention', 'Configure the retention that was agreed.'),
} as const satisfies Readonly<Record<string, Reason>>;

export type MethodLack = 'none' | 'dates' | 'ended' | 'engine';

const METHOD_LACKS: Readonly<Record<MethodLack, { readonly because: string; readonly change: string }>> = {
  none: {
    because: 'no method record names the service',
    change: 'Record a method that names it, measured, reviewed and stated (docs/operate/de-identification.md)',
  },
  dates: { because: 'the method record has expired', change: 'Record the method anew' },
  ended: { because: 'the method record was revoked or ended', change: 'Record the method anew' },
  engine: {
    because: 'the method record was made with another engine, model or ZIP table',
    change: 'Measure and review with the engine that runs, and record the method anew',
  },
};

/** De-identified without a method in force it is still PHI, of the least kind (45 CFR 164.514(a), (b)). */
export function becauseOfMethod(code: RefusalCode, lack: MethodLack): Reason {
  const { because: clause, change } = METHOD_LACKS[lack];
  const other = 'or clear the service for minimised-phi under an agreement that names it.';
  return reason(code, `45 CFR 164.514(b): ${clause}`, `${change}, ${other}`);
}

/** 42 CFR Part 2 and psychotherapy notes need a stated rule; other tags only where the policy has one. */
export function becauseOfTag(tag: string, stated: string | undefined): Reason {
  return reason(
    'class_not_allowed',
    `policy: sensitivity ${tag}${stated === undefined ? '' : `: ${stated}`}`,
    'State in the policy which patterns may see this tag, if the law lets them.',
  );
}

export function becauseOfRule(rule: Exclude<PolicyRule, { effect: 'prefer' }>): Reason {
  return reason(
    'refused_by_rule',
    `policy rule ${rule.id}${rule.because === undefined ? '' : `: ${rule.because}`}`,
    rule.change ?? 'Change what the rule looks at, or have the rule changed.',
  );
}
