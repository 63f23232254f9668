// API keys: credentials of programs. Shown once, stored as keyed digests, limited to what they are for (spec custody §1).
import { KEY_PERMISSIONS, PERMISSIONS, ProblemError, permissionsOf, isPermission } from '@cordon/contract';
import type { Permission } from '@cordon/contract';
import { openJson, sealJson, sealedColumns } from '#custody/keys/sealed-json.ts';
import type { Binding } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { RecordEntry } from '#custody/ledger/recorded.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import { newId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { isNetwork } from '#platform/outbound/addresses.ts';
import type { Store, Transaction } from '#platform/store/store.ts';
import type { ApiKeyRow } from './api-keys.queries.ts';
import { insertApiKey, listApiKeyRows, readApiKeyRow, revokeApiKeyRow, writeKeyBudget } from './api-keys.queries.ts';
import type { AccessContext } from './context.ts';
import { newToken } from './context.ts';
import { deleteLocator, insertLocator } from './locators.queries.ts';
import { readPerson } from './people.queries.ts';
import type { KeyPrincipal, KeyScopes, PersonPrincipal } from './principal.ts';

export interface NewApiKey {
  readonly name: string;
  /** Who answers for it. */
  readonly ownerId: string;
  readonly defaultPurpose: string | null;
  readonly permissions: readonly Permission[];
  readonly scopes: KeyScopes;
  readonly expiresAt: Date | null;
}

export interface ApiKey extends NewApiKey {
  readonly id: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** What a key may do when nothing is said: transcribe, and see what became of it. */
export const DEFAULT_KEY_PERMISSIONS: readonly Permission[] = [
  'transcription.create',
  'request.read',
  'service.read',
  'model.read',
  'job.read',
  'tenant.read',
];

/** The narrowest limits that make sense. */
export const DEFAULT_KEY_SCOPES: KeyScopes = {
  capabilities: [],
  purposes: [],
  services: [],
  zones: [],
  cidrs: [],
  consentMode: 'per-encounter',
  lowestClass: 'phi',
  budget: { callsPerMinute: null, concurrent: null, centsPerMonth: null, tokensPerMonth: null },
};

/** The secret is shown once. Errors: `invalid_request` (permission no key can hold, network, expiry), `not_found` for an owner who is not here. */
export async function createApiKey(
  context: AccessContext,
  principal: PersonPrincipal,
  key: NewApiKey,
): Promise<{ readonly key: ApiKey; readonly secret: string }> {
  const { tenant, actor } = principal;
  return recorded(context, tenant, (tx, record) => createApiKeyIn(context, tx, record, { tenant, actor, key }));
}

/** The same in the caller's transaction. */
export async function createApiKeyIn(
  context: AccessContext,
  tx: Transaction,
  record: RecordEntry,
  request: { readonly tenant: TenantId; readonly actor: ActorRef; readonly key: NewApiKey },
): Promise<{ readonly key: ApiKey; readonly secret: string }> {
  const { tenant, actor, key } = request;
  const at = context.clock.now();
  refuseUnsound(key, at);
  const owner = await readPerson(tx, key.ownerId);
  if (owner === null || owner.state === 'suspended') throw new ProblemError('not_found', { field: 'ownerId' });
  // A key reads no record that its owner may not: else whoever makes keys could read what they may not (docs/decisions/0028).
  const held = permissionsOf(owner.roles);
  if (!key.permissions.every((name) => held.has(name) || PERMISSIONS[name].patientLevel !== true))
    throw new ProblemError('not_permitted', { field: 'permissions' });
  const id = newId();
  const secret = newToken('cordon_');
  const digest = context.digests.of('api-key', secret);
  const sealer = await context.keys.forTenant(tenant);
  const label = sealedColumns(sealJson(sealer, labelBinding(tenant, id), 'identity', { name: key.name }));
  const { ownerId, defaultPurpose, permissions, scopes, expiresAt } = key;
  const row = { tenant, id, digest, owner: ownerId, defaultPurpose, permissions, scopes, expiresAt, at, label };
  // The first key is made by the first start; its owner answers for it.
  await insertApiKey(tx, { ...row, createdBy: actor.type === 'person' ? actor.id : ownerId });
  await insertLocator(tx, tenant, 'api-key', digest);
  const detail = {
    key: id,
    owner: ownerId,
    permissions: [...permissions],
    consentMode: scopes.consentMode,
    lowestClass: scopes.lowestClass,
    expires: expiresAt?.toISOString() ?? null,
  };
  await record({ kind: 'apikey.created', actor, detail });
  return { key: { ...key, id, createdAt: at, revokedAt: null, lastUsedAt: null }, secret };
}

/** At once in this process, within `KEY_CACHE_MS` in others. Repeatable. Errors: `not_found`. */
export async function revokeApiKey(
  context: AccessContext,
  principal: PersonPrincipal,
  id: string,
  reason: 'revoked' | 'leaked' | 'replaced' = 'revoked',
): Promise<ApiKey> {
  const { tenant, actor } = principal;
  await recorded(context, tenant, async (tx, record) => {
    const digest = await revokeApiKeyRow(tx, id, context.clock.now());
    if (digest === null) return;
    // Without its locator a revoked key is an unknown one, in answer and in time.
    await deleteLocator(tx, 'api-key', digest);
    await record({ kind: 'apikey.revoked', actor, detail: { key: id, reason } });
  });
  context.keyCache.forgetAll();
  return readApiKey(context, tenant, id);
}

/** At once in this process, within `KEY_CACHE_MS` in others. Errors: `not_found`, also for a key that was revoked. */
export async function setKeyBudget(
  context: AccessContext,
  { tenant, actor }: PersonPrincipal,
  id: string,
  budget: KeyScopes['budget'],
): Promise<ApiKey> {
  await recorded(context, tenant, async (tx, record) => {
    if (!(await writeKeyBudget(tx, id, budget))) throw new ProblemError('not_found');
    await record({ kind: 'apikey.changed', actor, detail: { key: id, change: 'budget', ...budget } });
  });
  context.keyCache.forgetAll();
  return readApiKey(context, tenant, id);
}

/** Null: there is no such key. */
export async function budgetOfKey(store: Store, tenant: TenantId, id: string): Promise<KeyScopes['budget'] | null> {
  const row = await store.asTenant(tenant, (tx) => readApiKeyRow(tx, id));
  return row === null ? null : scopesIn(row).budget;
}

/** Errors: `not_found`, also for another tenant's. */
export async function readApiKey(context: AccessContext, tenant: TenantId, id: string): Promise<ApiKey> {
  const row = await context.store.asTenant(tenant, (tx) => readApiKeyRow(tx, id));
  if (row === null) throw new ProblemError('not_found');
  return withLabel(context, tenant, row);
}

/** A page in the order of ids; `after` is the last id of the page before. */
export async function listApiKeys(
  context: AccessContext,
  tenant: TenantId,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly ApiKey[]> {
  const rows = await context.store.asTenant(tenant, (tx) => listApiKeyRows(tx, page.after, page.limit));
  return Promise.all(rows.map((row) => withLabel(context, tenant, row)));
}

export function keyPrincipal(tenant: TenantId, row: ApiKeyRow): KeyPrincipal {
  return {
    kind: 'key',
    tenant,
    actor: { type: 'key', id: row.id },
    keyId: row.id,
    ownerId: row.owner,
    // What no key can hold any more is not held, whatever the row says.
    permissions: new Set(permissionsIn(row).filter((permission) => KEY_PERMISSIONS.includes(permission))),
    defaultPurpose: row.default_purpose,
    scopes: scopesIn(row),
    expiresAt: row.expires_at,
  };
}

function refuseUnsound(key: NewApiKey, now: Date): void {
  const unheld = key.permissions.filter((permission) => !KEY_PERMISSIONS.includes(permission));
  if (unheld.length > 0) throw new ProblemError('invalid_request', { field: 'permissions', unheld });
  if (!key.scopes.cidrs.every(isNetwork)) throw new ProblemError('invalid_request', { field: 'scopes.cidrs' });
  if (key.expiresAt !== null && key.expiresAt <= now) throw new ProblemError('invalid_request', { field: 'expiresAt' });
}

async function withLabel(context: AccessContext, tenant: TenantId, row: ApiKeyRow): Promise<ApiKey> {
  const sealer = await context.keys.forTenant(tenant);
  const { name } = await openJson<{ readonly name: string }>(sealer, labelBinding(tenant, row.id), row);
  return {
    id: row.id,
    name,
    ownerId: row.owner,
    defaultPurpose: row.default_purpose,
    permissions: permissionsIn(row),
    scopes: scopesIn(row),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  };
}

/** Rows of earlier versions name fewer limits. */
function scopesIn({ scopes }: ApiKeyRow): KeyScopes {
  return { ...scopes, budget: { ...DEFAULT_KEY_SCOPES.budget, ...scopes.budget } };
}

function permissionsIn(row: ApiKeyRow): Permission[] {
  return row.permissions.filter(isPermission);
}

function labelBinding(tenant: TenantId, id: string): Binding {
  return { tenant, kind: 'secret', id: `api-key.${id}`, version: 1 };
}
