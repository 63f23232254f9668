// What will end, and when somebody has to act (spec boundary §1.2). Pure: for the API, the log, metrics and webhooks alike.
import type { Claim, RegistryWarning } from '@cordon/contract';
import { contradicted, policyAgreement } from './projection.ts';
import type { AgreementRow, ServiceRow } from './rows.ts';

/** Days before an end at which it is warned of; each is a step, the last stays until the end. */
export const WARNING_DAYS = [90, 60, 30, 7] as const;

const DAY_MS = 86_400_000;

export interface WarnedOf {
  readonly services: readonly { readonly id: string; readonly row: ServiceRow }[];
  readonly agreements: readonly { readonly id: string; readonly version: number; readonly row: AgreementRow }[];
  readonly claims: readonly Pick<Claim, 'id' | 'vendor' | 'expires' | 'state' | 'origin'>[];
}

/** Most urgent first. An agreement that ended without being renewed or terminated stays in the list, with days below zero. */
export function warningsOf({ services, agreements, claims }: WarnedOf, now: Date): RegistryWarning[] {
  return [
    ...services.flatMap(({ id, row }) => contradictions(id, row)),
    ...agreements.flatMap(({ id, version, row }) => endings(id, version, row, now)),
    ...claims.flatMap((claim) => staleness(claim, now)),
  ].toSorted((a, b) => a.daysLeft - b.daysLeft || (a.subject < b.subject ? -1 : 1));
}

function contradictions(id: string, row: ServiceRow): RegistryWarning[] {
  if (!row.enabled || contradicted(row).length === 0) return [];
  const at = row.observed?.at ?? '';
  return [{ kind: 'service_contradicted', subject: id, name: id, at, daysLeft: 0, threshold: 0 }];
}

function endings(id: string, version: number, row: AgreementRow, now: Date): RegistryWarning[] {
  const { expires, terminated } = policyAgreement(row, version);
  if (expires === null || terminated) return [];
  const name = row.name ?? id;
  const found = [endingOf('agreement_expires', { subject: id, name }, Date.parse(expires), now)];
  const notice = row.renewal?.noticeDays ?? null;
  if (notice !== null && Date.parse(expires) > now.getTime())
    found.push(endingOf('renewal_notice', { subject: id, name }, Date.parse(expires) - notice * DAY_MS, now));
  return found.filter((one) => one !== null);
}

/** Starter claims come anew with the program; only what the tenant recorded is the tenant's to look at again. */
function staleness(claim: WarnedOf['claims'][number], now: Date): RegistryWarning[] {
  if (claim.origin !== 'tenant' || claim.state === 'withdrawn') return [];
  const told = endingOf('claim_stale', { subject: claim.id, name: claim.vendor }, Date.parse(claim.expires), now);
  return told === null ? [] : [told];
}

export function endingOf(
  kind: RegistryWarning['kind'],
  of: { readonly subject: string; readonly name: string },
  at: number,
  now: Date,
): RegistryWarning | null {
  const daysLeft = Math.ceil((at - now.getTime()) / DAY_MS);
  const threshold = WARNING_DAYS.findLast((days) => daysLeft <= days);
  return threshold === undefined ? null : { kind, ...of, at: new Date(at).toISOString(), daysLeft, threshold };
}
