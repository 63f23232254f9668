// Tenants, people and API keys over HTTP.
import {
  isPermission,
  ProblemError,
  type ApiKey as WireKey,
  type ApiKeyCreate,
  type Person as WirePerson,
} from '@cordon/contract';
import type { Handlers } from '#api/routing/handler.ts';
import { readIdCursor, toIdPage } from '#api/routing/page.ts';
import {
  createApiKey,
  DEFAULT_KEY_PERMISSIONS,
  DEFAULT_KEY_SCOPES,
  listApiKeys,
  revokeApiKey,
  type ApiKey,
  type NewApiKey,
} from '#custody/access/api-keys.ts';
import type { AccessContext } from '#custody/access/context.ts';
import { acceptInvitation, confirmInvitation } from '#custody/access/invitations.ts';
import {
  invitePerson,
  listPeople,
  reinstatePerson,
  reinvite,
  setRoles,
  suspendPerson,
  type Invitation,
  type Person,
} from '#custody/access/people.ts';
import type { KeyScopes, PersonPrincipal } from '#custody/access/principal.ts';
import { createTenant, mustRunInstallation, readTenant, type Tenant } from '#custody/access/tenants.ts';
import type { TenantId } from '#kernel/ids.ts';

type PeopleHandlers = Pick<
  Handlers,
  | 'getTenant'
  | 'createTenant'
  | 'listPeople'
  | 'invitePerson'
  | 'acceptInvitation'
  | 'confirmInvitation'
  | 'setRoles'
  | 'suspendPerson'
  | 'reinstatePerson'
  | 'resetCredential'
  | 'listApiKeys'
  | 'createApiKey'
  | 'revokeApiKey'
>;

export interface PeopleApiParts {
  readonly access: AccessContext;
  /** Registers what every tenant has from its first day (policy, in-process services). */
  readonly onTenant: (tenant: TenantId) => Promise<void>;
}

export function peopleHandlers(parts: PeopleApiParts): PeopleHandlers {
  return { ...tenants(parts), ...people(parts.access), ...waysBack(parts.access), ...apiKeys(parts) };
}

function tenants({ access, onTenant }: PeopleApiParts): Pick<PeopleHandlers, 'getTenant' | 'createTenant'> {
  return {
    async getTenant(_input, { principal }) {
      return { json: showTenant(await readTenant(access, principal.tenant)) };
    },

    async createTenant({ body }, { principal }) {
      await mustRunInstallation(access, principal.tenant);
      const { tenant, invitation } = await createTenant(access, principal.actor, body);
      await onTenant(tenant.id);
      return { json: { tenant: showTenant(tenant), invitation: showInvitation(invitation) } };
    },
  };
}

function people(
  access: AccessContext,
): Pick<
  PeopleHandlers,
  'listPeople' | 'invitePerson' | 'acceptInvitation' | 'confirmInvitation' | 'setRoles' | 'suspendPerson'
> {
  return {
    async listPeople({ query }, { principal }) {
      const page = { after: readIdCursor(query.cursor), limit: query.limit + 1 };
      return { json: toIdPage(await listPeople(access, principal.tenant, page), query.limit, showPerson) };
    },

    async invitePerson({ body }, { principal }) {
      return { json: showInvitation(await invitePerson(access, principal.tenant, principal.actor, body)) };
    },

    async acceptInvitation({ body }) {
      const { personId, enrolment } = await acceptInvitation(access, body);
      return { json: { personId, secret: enrolment?.secret ?? '', uri: enrolment?.uri ?? '' } };
    },

    async confirmInvitation({ body }) {
      const { personId, recoveryCodes } = await confirmInvitation(access, body);
      return { json: { personId, recoveryCodes: [...recoveryCodes] } };
    },

    async setRoles({ params, body }, { principal }) {
      return { json: showPerson(await setRoles(access, principal, params.id, body.roles)) };
    },

    async suspendPerson({ params, body }, { principal }) {
      return { json: showPerson(await suspendPerson(access, principal, params.id, body.reason ?? null)) };
    },
  };
}

function waysBack(access: AccessContext): Pick<PeopleHandlers, 'reinstatePerson' | 'resetCredential'> {
  return {
    async reinstatePerson({ params }, { principal }) {
      return { json: showPerson(await reinstatePerson(access, principal, params.id)) };
    },

    async resetCredential({ params, body }, { principal }) {
      return { json: showInvitation(await reinvite(access, principal, params.id, body.what)) };
    },
  };
}

function apiKeys({ access }: PeopleApiParts): Pick<PeopleHandlers, 'listApiKeys' | 'createApiKey' | 'revokeApiKey'> {
  return {
    async listApiKeys({ query }, { principal }) {
      const page = { after: readIdCursor(query.cursor), limit: query.limit + 1 };
      return { json: toIdPage(await listApiKeys(access, principal.tenant, page), query.limit, showKey) };
    },

    async createApiKey({ body }, { principal }) {
      const { key, secret } = await createApiKey(access, principal, newKey(principal, body));
      return { json: { key: showKey(key), secret } };
    },

    async revokeApiKey({ params }, { principal }) {
      const key = await revokeApiKey(access, principal, params.id);
      return { json: showKey(key) };
    },
  };
}

function newKey(principal: PersonPrincipal, body: ApiKeyCreate): NewApiKey {
  const permissions = (body.permissions ?? DEFAULT_KEY_PERMISSIONS).map((name) => {
    if (!isPermission(name)) throw new ProblemError('invalid_request', { field: 'body.permissions' });
    return name;
  });
  return {
    name: body.name,
    ownerId: body.ownerId ?? principal.personId,
    defaultPurpose: body.purpose ?? null,
    permissions,
    scopes: scopesOf(body.scopes ?? {}),
    expiresAt: body.expiresAt === undefined ? null : new Date(body.expiresAt),
  };
}

function scopesOf(given: NonNullable<ApiKeyCreate['scopes']>): KeyScopes {
  const { capabilities, purposes, services, zones, cidrs, consentMode, lowestClass, budget } = DEFAULT_KEY_SCOPES;
  return {
    capabilities: given.capabilities ?? capabilities,
    purposes: given.purposes ?? purposes,
    services: given.services ?? services,
    zones: given.zones ?? zones,
    cidrs: given.cidrs ?? cidrs,
    consentMode: given.consentMode ?? consentMode,
    lowestClass: given.lowestClass ?? lowestClass,
    budget: { ...budget, ...given.budget },
  };
}

function showTenant({ id, name, createdAt }: Tenant) {
  return { id, name, createdAt: createdAt.toISOString() };
}

export function showInvitation({ personId, token, expiresAt }: Invitation) {
  return { personId, token, expiresAt: expiresAt.toISOString() };
}

function showPerson(person: Person): WirePerson {
  const { id, name, email, roles, state, lastSignInAt, createdAt } = person;
  return {
    id,
    name,
    email,
    roles: [...roles],
    state,
    lastSignInAt: lastSignInAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

function showKey(key: ApiKey): WireKey {
  const { id, name, ownerId, defaultPurpose, permissions, scopes, createdAt, expiresAt, revokedAt, lastUsedAt } = key;
  return {
    id,
    name,
    ownerId,
    purpose: defaultPurpose,
    permissions: [...permissions],
    scopes: structuredClone(scopes) as WireKey['scopes'],
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
