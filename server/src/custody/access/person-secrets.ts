// What is sealed about a person: name and address, the authenticator's secret.
import { openJson, sealJson, sealedColumns } from '#custody/keys/sealed-json.ts';
import type { Binding } from '#custody/keys/sealer.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { AccessContext } from './context.ts';
import type { SecretKind } from './people.queries.ts';
import { readSecret, writeSecret } from './people.queries.ts';

export interface Profile {
  readonly name: string;
  readonly email: string;
}

interface SecretValue {
  readonly profile: Profile;
  readonly totp: { readonly secret: string };
  readonly 'totp-pending': { readonly secret: string };
}

/** Seals under a new version; a secret is written again when it changes. */
export async function putSecret<Kind extends SecretKind>(
  context: AccessContext,
  tx: Transaction,
  of: { readonly tenant: TenantId; readonly person: string; readonly kind: Kind },
  value: SecretValue[Kind],
): Promise<void> {
  const sealer = await context.keys.forTenant(of.tenant);
  const version = ((await readSecret(tx, of.person, of.kind))?.version ?? 0) + 1;
  const columns = sealedColumns(sealJson(sealer, bindingOf(of, version), 'identity', value));
  await writeSecret(tx, { ...of, version, columns });
}

/** Null when there is none. Errors: `key_unavailable`, `sealed_object_invalid`. */
export async function getSecret<Kind extends SecretKind>(
  context: AccessContext,
  tx: Transaction,
  of: { readonly tenant: TenantId; readonly person: string; readonly kind: Kind },
): Promise<SecretValue[Kind] | null> {
  const row = await readSecret(tx, of.person, of.kind);
  if (row === null) return null;
  const sealer = await context.keys.forTenant(of.tenant);
  return openJson<SecretValue[Kind]>(sealer, bindingOf(of, row.version), row);
}

function bindingOf(
  of: { readonly tenant: TenantId; readonly person: string; readonly kind: SecretKind },
  version: number,
): Binding {
  return { tenant: of.tenant, kind: 'secret', id: `person.${of.person}.${of.kind}`, version };
}
