// Who may pass: audience, permission, freshness (spec custody §1). One place for every route; the table says what each needs.
import { PERMISSIONS, ProblemError, type Permission, type Route } from '@cordon/contract';
import type { Principal } from '#custody/access/principal.ts';
import type { Ledger } from '#custody/ledger/ledger.ts';
import type { Clock } from '#kernel/clock.ts';

/** Milliseconds that a re-authentication holds (spec custody §1: signing needs one within the last 5 minutes). */
export const FRESH_FOR_MS = 5 * 60 * 1000;

export interface AdmissionParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** Errors: `unauthenticated`, `person_required`, `not_permitted` (recorded), `reauthentication_required`. */
export async function admit(parts: AdmissionParts, route: Route, principal: Principal | null): Promise<void> {
  if (route.audience === 'public') return;
  if (principal === null) throw new ProblemError('unauthenticated');
  if (route.audience === 'person' && principal.kind !== 'person') throw new ProblemError('person_required');
  if (route.audience === 'api-key' && principal.kind !== 'key') throw new ProblemError('not_permitted');
  if (route.permission !== null) await requirePermission(parts, principal, route.permission);
}

/** Also for handlers whose request needs more than its route does (an export with content, say). */
export async function requirePermission(
  { ledger, clock }: AdmissionParts,
  principal: Principal,
  permission: Permission,
): Promise<void> {
  if (!principal.permissions.has(permission)) {
    const { tenant, actor } = principal;
    await ledger.append({ tenant, actor, kind: 'permission.denied', detail: { permission } });
    throw new ProblemError('not_permitted');
  }
  if (PERMISSIONS[permission].fresh === true) mustBeFresh(principal, clock);
}

/** Errors: `reauthentication_required`. */
export function mustBeFresh(principal: Principal, clock: Clock): void {
  if (!isFresh(principal, clock)) throw new ProblemError('reauthentication_required');
}

function isFresh(principal: Principal, clock: Clock): boolean {
  if (principal.kind === 'key') return false;
  return clock.now().getTime() - principal.reauthenticatedAt.getTime() <= FRESH_FOR_MS;
}
