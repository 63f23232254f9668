// Identifiers. Every stored thing has a UUIDv7 (RFC 9562 §5.7): random enough not to be guessed, ordered enough to index.
import { randomUUID } from 'node:crypto';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The organisation whose data is walled off. */
export type TenantId = Branded<'tenant'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The ledger that belongs to no tenant: failed sign-ins, unknown keys, installation events. Nil UUID (RFC 9562 §5.9). */
export const SYSTEM_TENANT = '00000000-0000-0000-0000-000000000000' as TenantId;

/** A new UUIDv7. `atMs`: Unix milliseconds, by default now. */
export function newId(atMs: number = Date.now()): string {
  // `randomUUID` draws from the CSPRNG for many ids at once; its 12 random bits behind the version and the 62 behind the variant stay.
  const random = randomUUID();
  const time = atMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}

export function isUuid(value: string): boolean {
  return UUID.test(value) || value === SYSTEM_TENANT;
}

/** The only way from an untrusted string to a TenantId; null when it is not a UUID. */
export function parseTenantId(value: string): TenantId | null {
  return isUuid(value) ? (value as TenantId) : null;
}

export function newTenantId(): TenantId {
  return newId() as TenantId;
}
