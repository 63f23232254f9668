// Sealed JSON in three columns: ciphertext, erasure_key, wrap. What most domains keep of a thing that is PHI.
import type { Binding, RetentionClass, Sealed, Sealer } from './sealer.ts';

/** The three columns as they come back from a row. */
export interface SealedRow {
  readonly ciphertext: Uint8Array;
  readonly erasure_key: string;
  readonly wrap: Uint8Array;
}

export function sealJson(sealer: Sealer, binding: Binding, retention: RetentionClass, value: unknown): Sealed {
  return sealer.seal(binding, retention, Buffer.from(JSON.stringify(value)));
}

/** The value as it was sealed; the caller states its type, which authenticated encryption under our own key vouches for. Errors: as `Sealer.open`. */
export async function openJson<T>(sealer: Sealer, binding: Binding, row: SealedRow): Promise<T> {
  const sealed = { ciphertext: row.ciphertext, wrap: { erasureKey: row.erasure_key, wrapped: row.wrap } };
  return JSON.parse(Buffer.from(await sealer.open(binding, sealed)).toString()) as T;
}

/** The column values for an INSERT, in the order ciphertext, erasure_key, wrap. */
export function sealedColumns(sealed: Sealed): readonly [Uint8Array, string, Uint8Array] {
  return [sealed.ciphertext, sealed.wrap.erasureKey, sealed.wrap.wrapped];
}
