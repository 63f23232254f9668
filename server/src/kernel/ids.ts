// Identifiers. Every stored thing has a UUIDv7 (RFC 9562 §5.7): random enough not to be guessed, ordered enough to index.
import { randomBytes } from 'node:crypto';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The organisation whose data is walled off. */
export type TenantId = Branded<'tenant'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The ledger that belongs to no tenant: failed sign-ins, unknown keys, installation events. Nil UUID (RFC 9562 §5.9). */
export const SYSTEM_TENANT = '00000000-0000-0000-0000-000000000000' as TenantId;

/** A new UUIDv7. `atMs`: Unix milliseconds, by default now. */
export function newId(atMs: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(atMs, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
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
