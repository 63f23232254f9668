// Probes (spec boundary §1.2): where a vendor's own interface states what is configured, an adapter may read it. What contradicts the row
// is recorded on it, and policy then takes that member for unknown, which refuses. A probe never loosens anything that a person wrote.
import { isProblem } from '@cordon/contract';
import type { Service } from '#boundary/policy/snapshot.ts';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Log } from '#platform/log/log.ts';
import { newestServices } from './registry.queries.ts';
import { recordObservation, type RegistryParts } from './services.ts';

/** What the vendor says is configured; a member that its interface does not state is left out. */
export interface ProbeFinding {
  readonly retentionDays?: number | 'unknown';
  readonly trainsOnContent?: 'never' | 'opt-out' | 'unknown';
}

/** One adapter's way of asking. Errors: any; a probe that fails finds nothing and changes nothing. */
export type Probe = (tenant: TenantId, service: Service, signal: AbortSignal) => Promise<ProbeFinding>;

export interface ProbeParts extends RegistryParts {
  readonly clock: Clock;
  readonly log: Log;
  /** By adapter. */
  readonly probes: ReadonlyMap<string, Probe>;
}

/** Milliseconds that a vendor's configuration interface gets to answer. */
const PROBE_LIMIT_MS = 15_000;

const ACTOR = { type: 'system', id: 'probe' } as const;

/** Asks every enabled service that has a probe, one after the other. Returns how many are contradicted. */
export async function runProbes(parts: ProbeParts, tenant: TenantId, signal: AbortSignal): Promise<number> {
  if (parts.probes.size === 0) return 0;
  const rows = await parts.store.asTenant(tenant, newestServices);
  let against = 0;
  for (const { row } of rows) {
    const probe = row.enabled ? parts.probes.get(row.adapter) : undefined;
    if (probe !== undefined && !signal.aborted) against += await ask(parts, tenant, row, probe, signal);
  }
  return against;
}

async function ask(
  parts: ProbeParts,
  tenant: TenantId,
  service: Service,
  probe: Probe,
  signal: AbortSignal,
): Promise<0 | 1> {
  const { log, clock } = parts;
  try {
    const finding = await within(
      probe(tenant, service, AbortSignal.any([signal, AbortSignal.timeout(PROBE_LIMIT_MS)])),
    );
    const { retentionDays, trainsOnContent } = finding;
    const observed = {
      at: clock.now().toISOString(),
      ...(retentionDays === undefined ? {} : { retentionDays }),
      ...(trainsOnContent === undefined ? {} : { trainsOnContent }),
    };
    const against = await recordObservation(parts, tenant, ACTOR, service.id, observed);
    if (against !== null && against.length > 0) log.error('service.contradicted', { tenant, object: service.id });
    return against !== null && against.length > 0 ? 1 : 0;
  } catch (error) {
    // What a vendor answered is not repeated: its code at most.
    log.warn('service.probe_failed', { tenant, object: service.id, code: isProblem(error) ? error.code : 'unknown' });
    return 0;
  }
}

/** A probe that ignores its signal does not hold up the others. */
function within<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_done, fail) => {
    timer = setTimeout(() => fail(new Error('probe timed out')), PROBE_LIMIT_MS + 1_000);
    timer.unref();
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
