// First start: a tenant, its administrator and an API key, so that the first call works within the minute.
// docs/decisions/0025 says which roles the first person gets and why.
import { randomBytes } from 'node:crypto';
import { KEY_PERMISSIONS } from '@cordon/contract';
import type { Role } from '@cordon/contract';
import type { RecordEntry } from '#custody/ledger/recorded.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import { newTenantId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import { DEFAULT_KEY_SCOPES, createApiKeyIn } from './api-keys.ts';
import { newRecoveryCodes, newTotpSecret, recoveryDigest } from './codes.ts';
import type { AccessContext } from './context.ts';
import { replaceRecoveryCodes, updatePassword, updateState } from './people.queries.ts';
import { addPerson } from './people.ts';
import { putSecret } from './person-secrets.ts';
import { insertTenant, listTenantIds, lockBootstrap } from './tenants.queries.ts';

/** What the first start writes into `credentials.json` (spec surfaces §1); the recovery codes with it. */
export interface FirstCredentials {
  readonly tenant: TenantId;
  readonly apiKey: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  /** Base32. */
  readonly adminTotpSecret: string;
  readonly adminRecoveryCodes: readonly string[];
  readonly adminId: string;
}

export interface FirstStart {
  readonly tenantName: string;
  readonly adminName: string;
  readonly adminEmail: string;
  /** Called before anything is committed: credentials that could not be kept belong to nobody. May be called again by a later start. */
  readonly deliver: (credentials: FirstCredentials) => Promise<void>;
}

/** One person runs a small practice alone; all roles but those that only watch. More people take them over one by one. */
const FIRST_ROLES: readonly Role[] = [
  'administrator',
  'clinician',
  'privacy_officer',
  'security_officer',
  'operator',
  'developer',
];
/** 144 bits in 24 characters. */
const PASSWORD_BYTES = 18;

/** Null when there is a tenant already. Several processes may call it at once: one creates. */
export async function firstStart(context: AccessContext, request: FirstStart): Promise<FirstCredentials | null> {
  const tenant = newTenantId();
  return recorded(context, tenant, async (tx, record) => {
    await lockBootstrap(tx);
    if ((await context.store.asAccess(listTenantIds)).length > 0) return null;
    await insertTenant(tx, tenant, request.tenantName, context.clock.now());
    const actor = { type: 'system', id: 'first-start' } as const;
    await record({ kind: 'tenant.created', actor, detail: { tenant } });
    const admin = await createAdministrator(context, tx, record, { tenant, request });
    const { secret: apiKey } = await createApiKeyIn(context, tx, record, {
      tenant,
      actor,
      key: {
        name: 'First key',
        ownerId: admin.adminId,
        defaultPurpose: 'ambient-documentation',
        permissions: KEY_PERMISSIONS,
        scopes: { ...DEFAULT_KEY_SCOPES, consentMode: 'caller-attests' },
        expiresAt: null,
      },
    });
    const credentials = { tenant, apiKey, adminEmail: request.adminEmail, ...admin };
    await request.deliver(credentials);
    return credentials;
  });
}

async function createAdministrator(
  context: AccessContext,
  tx: Transaction,
  record: RecordEntry,
  { tenant, request }: { readonly tenant: TenantId; readonly request: FirstStart },
): Promise<Pick<FirstCredentials, 'adminId' | 'adminPassword' | 'adminTotpSecret' | 'adminRecoveryCodes'>> {
  const actor = { type: 'system', id: 'first-start' } as const;
  const person = { name: request.adminName, email: request.adminEmail, roles: FIRST_ROLES };
  const id = await addPerson(context, tx, record, { tenant, actor, person });
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const secret = newTotpSecret();
  const codes = newRecoveryCodes();
  await updatePassword(tx, id, await context.passwords.hash(password, []));
  await putSecret(context, tx, { tenant, person: id, kind: 'totp' }, { secret });
  const digests = codes.map((code) => recoveryDigest(context.digests, id, code));
  await replaceRecoveryCodes(tx, tenant, id, digests);
  await updateState(tx, id, 'active');
  await record({ kind: 'person.changed', actor, detail: { person: id, change: 'joined' } });
  return { adminId: id, adminPassword: password, adminTotpSecret: secret, adminRecoveryCodes: codes };
}
