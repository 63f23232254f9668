// Policy: may this leave, to whom, in what form. Pure and total: the same intent, snapshot and policy give the same
// decision on any machine at any time (I1, docs/formats/decision.md). Refusals win; unknown means no.
import type { Decision, Obligation, Reason, RefusalCode, Route } from './decision.ts';
import { DATA_CLASSES, type DataClass, type Intent } from './intent.ts';
import type { Agreement, Policy, PurposeRule, RegistrySnapshot, Service } from './snapshot.ts';

/** Decides one call. Never throws; never reads a clock: `intent.at` is the moment that agreements are judged at. */
export function decide(intent: Intent, registry: RegistrySnapshot, policy: Policy): Decision {
  const rule = policy.purposes.find((candidate) => candidate.purpose === intent.purpose) ?? null;
  const able = registry.services.filter(
    (service) => service.capability === intent.capability && service.modality === intent.modality,
  );
  const considered = able.map((service) => judge(intent, service, rule, registry.agreements));
  const allowed = considered.filter((verdict) => verdict.route !== null).toSorted(byPreference);
  const routes = allowed.flatMap((verdict) => (verdict.route === null ? [] : [verdict.route]));
  const [route = null, ...alternates] = routes;
  return {
    v: 1,
    outcome: route === null ? 'refuse' : 'allow',
    code: route === null ? refusalCode(intent, rule, considered) : 'allowed',
    route,
    alternates,
    obligations: route === null || rule === null ? [] : obligations(rule),
    considered: considered.map((verdict) => ({ service: verdict.service.id, refused: verdict.refused })),
    registry: registry.version,
    policy: { id: policy.id, version: policy.version },
  };
}

interface Verdict {
  readonly service: Service;
  readonly refused: Reason | null;
  readonly route: Route | null;
}

function judge(intent: Intent, service: Service, rule: PurposeRule | null, agreements: readonly Agreement[]): Verdict {
  const refusal =
    refuseByCredential(intent, service) ??
    refuseByPurpose(intent, service, rule) ??
    refuseByRow(intent, service) ??
    refuseByRegion(intent, service);
  if (refusal !== null) return { service, refused: refusal, route: null };
  const authority = authorise(intent, service, agreements);
  if ('code' in authority) return { service, refused: authority, route: null };
  const agreement =
    authority.agreement === null ? null : { id: authority.agreement.id, version: authority.agreement.version };
  return {
    service,
    refused: null,
    route: {
      service: service.id,
      capability: service.capability,
      pattern: service.pattern,
      agreement,
      region: service.regions.inference,
    },
  };
}

function refuseByCredential(intent: Intent, service: Service): Reason | null {
  const { scope } = intent;
  if (scope.capabilities !== null && !scope.capabilities.includes(intent.capability))
    return reason('capability_not_allowed', 'credential scope: capabilities', 'Use a credential with this capability.');
  if (scope.purposes !== null && !scope.purposes.includes(intent.purpose))
    return reason('purpose_not_allowed', 'credential scope: purposes', 'Use a credential with this purpose.');
  if (scope.services !== null && !scope.services.includes(service.id))
    return reason('service_unknown', 'credential scope: services', 'Use a credential scoped to this service.');
  if (rank(intent.dataClass) < rank(scope.lowestDataClass))
    return reason(
      'class_not_allowed',
      'credential scope: lowest data class',
      'Claim a data class that the credential allows.',
    );
  if (intent.requestedService !== null && intent.requestedService !== service.id)
    return reason('service_unknown', 'another service was requested', 'Leave the service open or name this one.');
  return null;
}

function refuseByPurpose(intent: Intent, service: Service, rule: PurposeRule | null): Reason | null {
  if (rule === null || !rule.capabilities.includes(intent.capability))
    return reason('purpose_not_allowed', 'policy: purposes', 'Add the purpose with this capability to the policy.');
  if (rank(intent.dataClass) > rank(rule.highestDataClass))
    return reason('class_not_allowed', `policy: ${rule.purpose}`, 'Lower the data class by a named method.');
  if (!rule.patterns.includes(service.pattern))
    return reason(
      'purpose_not_allowed',
      `policy: ${rule.purpose} patterns`,
      'Allow this deployment pattern for the purpose.',
    );
  return null;
}

function refuseByRow(intent: Intent, service: Service): Reason | null {
  if (!service.enabled) return reason('service_unknown', 'service row: disabled', 'Enable the service.');
  if (!service.dataClasses.includes(intent.dataClass))
    return reason('class_not_allowed', 'service row: data classes', 'Clear the service for this class.');
  const uncleared = intent.features.some((feature) => !service.features.includes(feature));
  if (uncleared) return reason('feature_not_covered', 'service row: features', 'Clear the feature for this service.');
  if (!carriesPhi(intent.dataClass)) return null;
  if (service.trainsOnContent !== 'never')
    return reason(
      'training_risk',
      '45 CFR 164.504(e)(2)(i)',
      'Only a service that never trains on content may see PHI.',
    );
  if (service.stage !== 'ga')
    return reason('service_not_covered', 'service row: stage', 'Use a generally available service.');
  if (service.retentionDays === 'unknown')
    return reason('retention_too_long', 'service row: retention unknown', 'State the configured retention.');
  if (service.isolation === 'shared')
    return reason('pattern_invariant_failed', 'isolation: shared', 'Use a dedicated or self-hosted service.');
  if (service.adapter.startsWith('local-') && service.endpoint !== null)
    return reason(
      'pattern_invariant_failed',
      'in-process service with an address',
      'Remove the endpoint: in-process means no socket.',
    );
  return null;
}

/** All four axes (spec boundary §3.4): inference, storage, support access and logs. */
function refuseByRegion(intent: Intent, service: Service): Reason | null {
  const { residency } = intent;
  if (residency === null) return null;
  const axes = Object.values(service.regions);
  return axes.every((region) => region === 'in-process' || region === residency || region.startsWith(`${residency}-`))
    ? null
    : reason('region_not_allowed', 'residency', 'Choose a service whose four regions lie in the zone.');
}

function authorise(
  intent: Intent,
  service: Service,
  agreements: readonly Agreement[],
): Reason | { readonly agreement: Agreement | null } {
  if (!carriesPhi(intent.dataClass)) return { agreement: null };
  const wanted = service.pattern === 'on-prem' ? 'attestation' : 'baa';
  const ofKind = agreements.filter((agreement) => agreement.kind === wanted);
  const naming = ofKind.filter((agreement) => agreement.services.includes(service.id));
  if (naming.length === 0)
    return ofKind.length === 0
      ? reason('agreement_missing', '45 CFR 164.502(e)', 'Record an agreement or attestation that names the service.')
      : reason('service_not_covered', '45 CFR 164.504(e)', 'Have the exact service named; a platform is not enough.');
  const inForce = naming.filter((agreement) => isInForce(agreement, intent.at));
  if (inForce.length === 0)
    return reason('agreement_expired', 'agreement dates', 'Renew the agreement or attestation.');
  const complete = inForce.filter((agreement) => agreement.missingClauses.length === 0);
  if (complete.length === 0)
    return reason('clause_missing', '45 CFR 164.504(e)(2)', 'Have the missing clauses agreed.');
  const covering = complete.find(
    (agreement) =>
      agreement.regions.includes(service.regions.inference) &&
      agreement.capabilities.includes(service.capability) &&
      coversRetention(agreement, service),
  );
  return covering === undefined
    ? reason(
        'service_not_covered',
        'agreement: region, capability or retention',
        'Have region, capability and retention covered.',
      )
    : { agreement: covering };
}

function coversRetention(agreement: Agreement, service: Service): boolean {
  if (agreement.retentionDays === null) return true;
  return service.retentionDays !== 'unknown' && service.retentionDays <= agreement.retentionDays;
}

/** Effective ≤ at < expiry, and not terminated. */
function isInForce(agreement: Agreement, at: string): boolean {
  if (agreement.terminated) return false;
  const moment = Date.parse(at);
  const begun = Date.parse(agreement.effective) <= moment;
  return begun && (agreement.expires === null || moment < Date.parse(agreement.expires));
}

function refusalCode(intent: Intent, rule: PurposeRule | null, considered: readonly Verdict[]): RefusalCode {
  if (rule === null) return 'purpose_not_allowed';
  const requested = considered.find((verdict) => verdict.service.id === intent.requestedService);
  const told = requested ?? considered.find((verdict) => verdict.refused?.code !== 'service_unknown');
  return told?.refused?.code ?? 'service_unknown';
}

function obligations(rule: PurposeRule): readonly Obligation[] {
  return [
    { kind: 'consent', basis: rule.consent === 'needed' ? 'per-encounter' : 'none-needed' },
    { kind: 'review', rule: rule.review },
    { kind: 'retain', class: 'clinical' },
  ];
}

/** Standard accuracy before low; then the row id, so that the order never depends on chance. */
function byPreference(left: Verdict, right: Verdict): number {
  if (left.service.accuracy !== right.service.accuracy) return left.service.accuracy === 'standard' ? -1 : 1;
  return left.service.id < right.service.id ? -1 : 1;
}

/** Everything from limited data sets upwards identifies or can identify a person (45 CFR 164.514). */
function carriesPhi(dataClass: DataClass): boolean {
  return rank(dataClass) >= rank('limited-data-set');
}

function rank(dataClass: DataClass): number {
  return DATA_CLASSES.indexOf(dataClass);
}

function reason(code: RefusalCode, because: string, change: string): Reason {
  return { code, because, change };
}
