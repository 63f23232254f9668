// What is looked at regularly: what ends soon, what vendors' own interfaces say, uploads that broke off.
import type { RegistryWarning } from '@cordon/contract';
import { methodWarnings } from '#boundary/evidence/expiry.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Log } from '#platform/log/log.ts';
import type { AgreementParts } from './agreements.ts';
import { listClaims } from './claims.ts';
import { type DocumentParts, sweepBrokenDocuments } from './documents.ts';
import { type Probe, runProbes } from './probes.ts';
import { newestAgreements, newestServices } from './registry.queries.ts';
import { warningsOf } from './warnings.ts';

export interface RegistryUpkeepParts extends DocumentParts {
  readonly log: Log;
  /** By adapter. */
  readonly probes: ReadonlyMap<string, Probe>;
}

/** Everything that ends soon or is contradicted, most urgent first: for the API, metrics and webhooks. */
export async function currentWarnings(
  parts: Omit<AgreementParts, 'onChange'>,
  tenant: TenantId,
): Promise<RegistryWarning[]> {
  const { services, agreements } = await parts.store.asTenant(tenant, async (tx) => ({
    services: await newestServices(tx),
    agreements: await newestAgreements(tx),
  }));
  const claims = await listClaims(parts, tenant);
  const found = warningsOf({ services, agreements, claims }, parts.clock.now());
  return [...found, ...(await methodWarnings(parts, tenant))].toSorted((a, b) => a.daysLeft - b.daysLeft);
}

/** One look at a tenant. Each warning is logged by its kind, id and days: no name, no text. */
export async function lookAfterRegistry(
  parts: RegistryUpkeepParts,
  tenant: TenantId,
  signal: AbortSignal,
): Promise<void> {
  const { log } = parts;
  const broken = await sweepBrokenDocuments(parts, tenant);
  if (broken > 0) log.warn('document.broken_uploads_removed', { tenant, count: broken });
  await runProbes(parts, tenant, signal);
  for (const { kind, subject, daysLeft } of await currentWarnings(parts, tenant)) {
    log.warn('registry.warning', { tenant, reason: kind, object: subject, count: daysLeft });
  }
}
