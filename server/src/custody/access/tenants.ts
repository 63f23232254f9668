// Tenants. No route lists other tenants; the list is for the house's own sweeps.
import { ProblemError } from '@cordon/contract';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import { newTenantId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { AccessContext } from './context.ts';
import type { Invitation } from './people.ts';
import { invitePersonIn } from './people.ts';
import type { Profile } from './person-secrets.ts';
import { insertTenant, listTenantIds, readTenantRow } from './tenants.queries.ts';

export interface Tenant {
  readonly id: TenantId;
  readonly name: string;
  readonly createdAt: Date;
}

/** A tenant with its keys, its ledger's first entries and an invited administrator. */
export async function createTenant(
  context: AccessContext,
  actor: ActorRef,
  request: { readonly name: string; readonly administrator: Profile },
): Promise<{ readonly tenant: Tenant; readonly invitation: Invitation }> {
  const id = newTenantId();
  const createdAt = context.clock.now();
  const invitation = await recorded(context, id, async (tx, record) => {
    await insertTenant(tx, id, request.name, createdAt);
    await record({ kind: 'tenant.created', actor, detail: { tenant: id } });
    const person = { ...request.administrator, roles: ['administrator'] } as const;
    return invitePersonIn(context, tx, record, { tenant: id, actor, person });
  });
  return { tenant: { id, name: request.name, createdAt }, invitation };
}

/** Errors: `not_found`. */
export async function readTenant(context: AccessContext, id: TenantId): Promise<Tenant> {
  const row = await context.store.asTenant(id, readTenantRow);
  if (row === null) throw new ProblemError('not_found');
  return { id, name: row.name, createdAt: row.created_at };
}

/**
 * Keys that open every tenant, and the list of tenants, are in the hands of the tenant that installed (docs/decisions/0027):
 * the officers of another must not come by a copy of what protects this one. Errors: `not_permitted`.
 */
export async function mustRunInstallation(context: AccessContext, tenant: TenantId): Promise<void> {
  const [first] = await listTenants(context);
  if (first !== tenant) throw new ProblemError('not_permitted');
}

/** Every tenant of the installation, oldest first. */
export async function listTenants(context: AccessContext): Promise<readonly TenantId[]> {
  return context.store.asAccess(listTenantIds);
}
