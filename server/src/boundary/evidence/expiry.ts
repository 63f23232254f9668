// Method records that end soon, in the one list of what does (spec boundary §1.2).
import type { RegistryWarning } from '@cordon/contract';
import { endingOf } from '#boundary/registry/warnings.ts';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import { newestMethods } from './methods.queries.ts';

/** Records that end within 90 days, or have ended by their date alone. */
export async function methodWarnings(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  tenant: TenantId,
): Promise<RegistryWarning[]> {
  const rows = await store.asTenant(tenant, (tx) => newestMethods(tx));
  return rows.flatMap(({ id, name, effective, expires, ended }) => {
    if (effective === null || expires === null || ended !== null) return [];
    const told = endingOf('method_expires', { subject: id, name }, Date.parse(expires), clock.now());
    return told === null ? [] : [told];
  });
}
