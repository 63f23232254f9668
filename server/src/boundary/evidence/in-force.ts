// Method records as policy sees them, and the one that a route rests on. Pure.
import type { Basis } from '#boundary/policy/decision.ts';
import type { MethodRecord, RegistrySnapshot } from '#boundary/policy/snapshot.ts';
import type { MethodRow } from './rows.ts';

/** Records that were stated, and so may make `deidentified` of what they cover; a limited data set stays PHI (164.514(e)). */
export function policyMethods(rows: readonly MethodRow[]): MethodRecord[] {
  return rows.flatMap((row) => {
    const { id, version, kind, services, profile, fingerprint, effective, expires, ended } = row;
    if (kind === 'limited-data-set' || profile === null || fingerprint === null || effective === null) return [];
    return [{ id, version, kind, services, profile, fingerprint, effective, expires, terminated: ended !== null }];
  });
}

/** The method that a route rests on; null: it rests on an agreement, and what leaves is `minimised-phi`. */
export function methodOf({ methods = [] }: RegistrySnapshot, basis: Basis | null): MethodRecord | null {
  if (basis?.type !== 'method') return null;
  return methods.find(({ id, version }) => id === basis.id && version === basis.version) ?? null;
}
