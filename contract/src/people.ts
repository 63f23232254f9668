// Tenants, people and API keys on the wire (spec custody §1).
import { z } from 'zod';
import { Budget, BudgetWish } from './budgets.ts';
import { CAPABILITIES, DataClass, Purpose, Zone } from './context.ts';
import { Email, Id, IdParams, Label, pageOf, pageQuery, Reason, Time } from './fields.ts';
import { MAX_LIST_ITEMS } from './limits.ts';
import type { Route } from './route.ts';
import { Invitation, NewPassword, ResetWhat, RoleName, SecondFactor } from './session.ts';

export const CONSENT_MODES = ['per-encounter', 'caller-attests'] as const;

export const Tenant = z.strictObject({ id: Id, name: Label, createdAt: Time }).meta({ id: 'Tenant' });

export const Person = z
  .strictObject({
    id: Id,
    name: Label,
    email: Email,
    roles: z.array(RoleName),
    state: z.enum(['invited', 'active', 'suspended']),
    lastSignInAt: Time.nullable(),
    createdAt: Time,
  })
  .meta({ id: 'Person' });
export type Person = z.infer<typeof Person>;

const Roles = z.array(RoleName).min(1).max(MAX_LIST_ITEMS);

/** What must be typed into an authenticator (RFC 6238); shown once. */
export const Enrolment = z
  .strictObject({ personId: Id, secret: z.string(), uri: z.string() })
  .meta({ id: 'Enrolment' });

const list = <T extends z.ZodType>(item: T): z.ZodArray<T> => z.array(item).max(MAX_LIST_ITEMS);

/** Limits of a key. An empty list means no limit of that kind. */
export const KeyScopes = z
  .strictObject({
    capabilities: list(z.enum(CAPABILITIES)),
    purposes: list(Purpose),
    services: list(z.string().min(1).max(200)),
    zones: list(Zone),
    cidrs: list(z.union([z.cidrv4(), z.cidrv6()])),
    consentMode: z.enum(CONSENT_MODES),
    lowestClass: DataClass,
    budget: Budget,
  })
  .meta({ id: 'KeyScopes' });
export type KeyScopes = z.infer<typeof KeyScopes>;

/** A key answers to an owner and a purpose; left-out scopes are the narrowest that make sense: `per-encounter`, `phi`. */
export const ApiKeyCreate = z
  .strictObject({
    name: Label,
    ownerId: Id.exactOptional(),
    purpose: Purpose.exactOptional(),
    permissions: list(z.string().min(1).max(64))
      .exactOptional()
      .meta({ description: 'Out of those a key can hold; see docs/permissions.md.' }),
    expiresAt: Time.exactOptional(),
    scopes: KeyScopes.partial().extend({ budget: BudgetWish.exactOptional() }).exactOptional(),
  })
  .meta({ id: 'ApiKeyCreate' });
export type ApiKeyCreate = z.infer<typeof ApiKeyCreate>;

export const ApiKey = z
  .strictObject({
    id: Id,
    name: Label,
    ownerId: Id,
    purpose: Purpose.nullable(),
    permissions: z.array(z.string()),
    scopes: KeyScopes,
    createdAt: Time,
    expiresAt: Time.nullable(),
    revokedAt: Time.nullable(),
    lastUsedAt: Time.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;

export const ApiKeyCreated = z
  .strictObject({ key: ApiKey, secret: z.string().meta({ description: 'Shown once.' }) })
  .meta({ id: 'ApiKeyCreated' });

const person = { status: 200, description: 'The person.', content: [{ kind: 'json', schema: Person }] } as const;
const FRESH = ['reauthentication_required'] as const;

export const peopleRoutes = {
  getTenant: {
    method: 'GET',
    path: '/api/tenant',
    summary: 'Read the tenant that this credential belongs to',
    tag: 'people',
    audience: 'both',
    permission: 'tenant.read',
    replies: [{ status: 200, description: 'The tenant.', content: [{ kind: 'json', schema: Tenant }] }],
    errors: [],
    ledger: { none: 'Configuration, no patient content.' },
  },
  createTenant: {
    method: 'POST',
    path: '/api/tenants',
    summary: 'Create a tenant with an invited administrator',
    tag: 'people',
    audience: 'person',
    permission: 'tenant.create',
    body: {
      kind: 'json',
      schema: z.strictObject({ name: Label, administrator: z.strictObject({ name: Label, email: Email }) }),
    },
    replies: [
      {
        status: 201,
        description: 'The tenant and its administrator’s invitation. No route lists other tenants (I6).',
        content: [{ kind: 'json', schema: z.strictObject({ tenant: Tenant, invitation: Invitation }) }],
      },
    ],
    errors: [...FRESH, 'key_unavailable'],
    ledger: { kind: 'tenant.created' },
  },
  listPeople: {
    method: 'GET',
    path: '/api/people',
    summary: 'List people and their roles',
    tag: 'people',
    audience: 'person',
    permission: 'person.read',
    query: z.strictObject(pageQuery),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(Person) }] }],
    errors: ['key_unavailable'],
    ledger: { none: 'Staff directory, no patient content.' },
  },
  invitePerson: {
    method: 'POST',
    path: '/api/people',
    summary: 'Invite a person',
    tag: 'people',
    audience: 'person',
    permission: 'person.invite',
    body: { kind: 'json', schema: z.strictObject({ name: Label, email: Email, roles: Roles }) },
    replies: [
      { status: 201, description: 'The invitation; shown once.', content: [{ kind: 'json', schema: Invitation }] },
    ],
    errors: [...FRESH, 'conflict', 'key_unavailable'],
    ledger: { kind: 'person.created' },
  },
  acceptInvitation: {
    method: 'POST',
    path: '/api/invitations/accept',
    summary: 'Choose a password and receive the authenticator’s secret',
    tag: 'people',
    audience: 'public',
    permission: null,
    body: { kind: 'json', schema: z.strictObject({ token: z.string().min(1).max(256), password: NewPassword }) },
    replies: [{ status: 200, description: 'What to enrol.', content: [{ kind: 'json', schema: Enrolment }] }],
    errors: ['unauthenticated', 'key_unavailable'],
    ledger: { none: 'Nothing holds until the code is confirmed; that is recorded.' },
  },
  confirmInvitation: {
    method: 'POST',
    path: '/api/invitations/confirm',
    summary: 'Prove the authenticator with a code; the account is active from then on',
    tag: 'people',
    audience: 'public',
    permission: null,
    body: { kind: 'json', schema: z.strictObject({ token: z.string().min(1).max(256), code: SecondFactor }) },
    replies: [
      {
        status: 200,
        description: 'Recovery codes; shown once.',
        content: [{ kind: 'json', schema: z.strictObject({ personId: Id, recoveryCodes: z.array(z.string()) }) }],
      },
    ],
    errors: ['unauthenticated', 'account_locked', 'key_unavailable'],
    ledger: { kind: 'person.changed' },
  },
  setRoles: {
    method: 'PUT',
    path: '/api/people/{id}/roles',
    summary: 'Set the roles of a person',
    tag: 'people',
    audience: 'person',
    permission: 'person.update',
    params: IdParams,
    body: { kind: 'json', schema: z.strictObject({ roles: Roles }) },
    replies: [person],
    errors: [...FRESH, 'conflict'],
    ledger: { kind: 'person.changed' },
  },
  suspendPerson: {
    method: 'POST',
    path: '/api/people/{id}/suspend',
    summary: 'Suspend a person; their sessions end at once',
    tag: 'people',
    audience: 'person',
    permission: 'person.update',
    params: IdParams,
    body: { kind: 'json', schema: z.strictObject({ reason: Reason.exactOptional() }) },
    replies: [person],
    errors: [...FRESH, 'conflict'],
    ledger: { kind: 'person.disabled' },
  },
  reinstatePerson: {
    method: 'POST',
    path: '/api/people/{id}/reinstate',
    summary: 'Let a suspended person in again',
    tag: 'people',
    audience: 'person',
    permission: 'person.update',
    params: IdParams,
    replies: [person],
    errors: [...FRESH, 'conflict'],
    ledger: { kind: 'person.changed' },
  },
  resetCredential: {
    method: 'POST',
    path: '/api/people/{id}/reset',
    summary:
      'A new way in for a person who lost password or authenticator; the old one holds until the new one is confirmed',
    tag: 'people',
    audience: 'person',
    permission: 'person.update',
    params: IdParams,
    body: { kind: 'json', schema: ResetWhat },
    replies: [
      { status: 201, description: 'The invitation; shown once.', content: [{ kind: 'json', schema: Invitation }] },
    ],
    errors: [...FRESH, 'conflict', 'key_unavailable'],
    ledger: { kind: 'person.changed' },
  },
  listApiKeys: {
    method: 'GET',
    path: '/api/api-keys',
    summary: 'List API keys, never their secrets',
    tag: 'people',
    audience: 'person',
    permission: 'apikey.read',
    query: z.strictObject(pageQuery),
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(ApiKey) }] }],
    errors: [],
    ledger: { none: 'Configuration, no patient content.' },
  },
  createApiKey: {
    method: 'POST',
    path: '/api/api-keys',
    summary: 'Create an API key',
    tag: 'people',
    audience: 'person',
    permission: 'apikey.create',
    body: { kind: 'json', schema: ApiKeyCreate },
    replies: [
      { status: 201, description: 'The key with its secret.', content: [{ kind: 'json', schema: ApiKeyCreated }] },
    ],
    errors: [...FRESH, 'conflict', 'key_unavailable'],
    ledger: { kind: 'apikey.created' },
  },
  revokeApiKey: {
    method: 'DELETE',
    path: '/api/api-keys/{id}',
    summary: 'Revoke an API key at once',
    tag: 'people',
    audience: 'person',
    permission: 'apikey.revoke',
    params: IdParams,
    replies: [{ status: 200, description: 'The revoked key.', content: [{ kind: 'json', schema: ApiKey }] }],
    errors: [],
    ledger: { kind: 'apikey.revoked' },
  },
} as const satisfies Record<string, Route>;
