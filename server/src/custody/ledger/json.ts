// Canonical JSON (docs/formats/canonical.md) as text, for what is joined or stored as text.
import { encodeCanonical } from '@cordon/proofs';
import type { Json } from '@cordon/proofs';

/** Errors: proofs' `FormatError` when the value has no canonical form. */
export function canonicalJson(value: unknown): string {
  return Buffer.from(encodeCanonical(value as Json)).toString();
}
