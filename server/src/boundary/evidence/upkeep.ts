// What becomes of records without anybody's doing: another engine runs, and what was shown of the old one ends.
import type { TenantId } from '#kernel/ids.ts';
import type { Log } from '#platform/log/log.ts';
import { type MethodParts, revokeMethod } from './methods.ts';
import { newestMethods } from './methods.queries.ts';
import { ENGINE_CHANGED } from './standing.ts';

const SYSTEM_ACTOR = { type: 'system', id: 'upkeep' } as const;

/**
 * Ends the stated records of another engine: `decide` takes none of them already; from here on the ledger says so too, and an engine that
 * comes back does not bring them along. Returns how many ended.
 */
export async function endOutdated(parts: MethodParts, tenant: TenantId): Promise<number> {
  const rows = await parts.store.asTenant(tenant, (tx) => newestMethods(tx));
  const outdated = rows.filter(
    ({ effective, ended, fingerprint }) =>
      effective !== null && ended === null && fingerprint !== null && fingerprint !== parts.running.fingerprint,
  );
  for (const { id } of outdated) await revokeMethod(parts, tenant, SYSTEM_ACTOR, { id, reason: ENGINE_CHANGED });
  return outdated.length;
}

/** One look at a tenant. */
export async function lookAfterMethods(parts: MethodParts & { readonly log: Log }, tenant: TenantId): Promise<void> {
  const ended = await endOutdated(parts, tenant);
  if (ended > 0) parts.log.warn('method.engine_changed', { tenant, count: ended });
}
