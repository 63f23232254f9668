// The registry's and the planner's part of the composition: what it is looked after with, and what the planner knows of a tenant's visits.
import { plannerHandlers } from '#api/manage/planner.ts';
import { registryHandlers } from '#api/manage/registry.ts';
import { measuredLengths } from '#clinical/audio/recordings.queries.ts';
import type { MeasuredInputs } from '#boundary/costs/planner/inputs.ts';
import type { Probe } from '#boundary/registry/probes.ts';
import { lookAfterRegistry, type RegistryUpkeepParts } from '#boundary/registry/upkeep.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Foundation } from './foundation.ts';

/** Milliseconds between looks at what ends soon and at what vendors say is configured: four in the last day of anything. */
const REGISTRY_UPKEEP_MS = 21_600_000;

/** Milliseconds of the past from which the planner measures. */
const MEASURED_MS = 90 * 86_400_000;
const MS_OF_MINUTE = 60_000;

export function registryService(foundation: Foundation) {
  const { registry, clock } = foundation;
  const measured = (tenant: TenantId): Promise<MeasuredInputs> => measuredVisits(foundation, tenant);
  return {
    ...registryHandlers(registryParts(foundation, NO_PROBES)),
    ...plannerHandlers({ registry, clock, measured }),
  };
}

/** Whoever edits a row asks no vendor. */
const NO_PROBES: RegistryUpkeepParts['probes'] = new Map<string, Probe>();

function registryParts(
  { store, ledger, keys, clock, blobs, log, registry }: Foundation,
  probes: RegistryUpkeepParts['probes'],
): RegistryUpkeepParts {
  return { store, ledger, keys, clock, blobs, log, probes, onChange: (tenant) => registry.changed(tenant) };
}

/** What ends soon, what vendors say is configured, uploads of documents that broke off: now and every few hours. */
export function keepRegistry(
  foundation: Foundation,
  probes: RegistryUpkeepParts['probes'],
  tenants: () => Promise<readonly TenantId[]>,
  stopping: AbortSignal,
): void {
  const { log } = foundation;
  const parts = registryParts(foundation, probes);
  const look = async (): Promise<void> => {
    for (const tenant of await tenants()) await lookAfterRegistry(parts, tenant, stopping);
  };
  const upkeep = () => look().catch((error: unknown) => log.error('registry.upkeep_failed', {}, error));
  void upkeep();
  setInterval(() => void upkeep(), REGISTRY_UPKEEP_MS).unref();
}

/** How long this tenant's recordings were: nothing of what was said. */
async function measuredVisits({ store, clock }: Foundation, tenant: TenantId): Promise<MeasuredInputs> {
  const since = new Date(clock.now().getTime() - MEASURED_MS);
  const lengths = await store.asTenant(tenant, (tx) => measuredLengths(tx, since));
  if (lengths === null) return {};
  const { count: samples, low, mean, high } = lengths;
  const spread = { low: low / MS_OF_MINUTE, base: mean / MS_OF_MINUTE, high: high / MS_OF_MINUTE };
  return { minutesPerEncounter: { samples, spread } };
}
