// What a credential allows, as an intent carries it. A person is bounded by permissions, a key by its scopes as well.
import type { Principal } from '#custody/access/principal.ts';
import type { Capability, IntentScope } from './intent.ts';

/** An empty list in a key's scopes means no limit of that kind (custody/access/principal.ts). */
export function scopeOf(principal: Principal): IntentScope {
  if (principal.kind === 'person')
    return { capabilities: null, purposes: null, services: null, lowestDataClass: 'phi' };
  const { capabilities, purposes, services, zones, lowestClass } = principal.scopes;
  return {
    capabilities: narrowed(capabilities) as readonly Capability[] | null,
    purposes: narrowed(purposes),
    services: narrowed(services),
    ...(zones.length === 0 ? {} : { zones }),
    lowestDataClass: lowestClass,
  };
}

function narrowed(list: readonly string[]): readonly string[] | null {
  return list.length === 0 ? null : list;
}
