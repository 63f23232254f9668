// A key under the key above it: docs/formats/envelope.md §3, and docs/formats/key-store.md §3 for the levels that only
// the key store has.
import { randomBytes } from 'node:crypto';
import { ProblemError } from '@cordon/contract';
import {
  HEAD_BYTES,
  KEY_BYTES,
  SALT_BYTES,
  TAG_BYTES,
  decrypt,
  derive,
  deriveFor,
  encrypt,
  headOf,
  invalidObject,
} from './derive.ts';

const LABEL = 'cordon key wrap v1';
const WRAP_BYTES = HEAD_BYTES + KEY_BYTES + TAG_BYTES;
/** A fresh salt gives a fresh key per wrap, so the nonce may be constant (docs/formats/envelope.md §3). */
const NONCE = new Uint8Array(12);

const LEVEL_BYTES = {
  data: 0x01,
  erasure: 0x02,
  tenant: 0x03,
  lookup: 0x04,
  installation: 0x05,
  signing: 0x06,
} as const;

export type WrapLevel = keyof typeof LEVEL_BYTES;

/** Where a wrap stands: bound into it, so that it opens nowhere else. */
export interface WrapPlace {
  readonly level: WrapLevel;
  /** Id of the wrapping key. */
  readonly by: string;
  /** Id of the wrapped key; null for a data key. */
  readonly of: string | null;
  readonly tenant: string;
}

/** Canonical JSON of the place; ids are tokens, so nothing needs an escape (docs/formats/canonical.md). */
export function wrapContext(place: WrapPlace): Buffer {
  const { by, level, of, tenant } = place;
  if (![by, of ?? 'null', tenant].every((token) => TOKEN.test(token)))
    throw new ProblemError('key_unavailable', { reason: 'key_id' });
  return Buffer.from(JSON.stringify({ by, level, of, tenant }), 'ascii');
}

const TOKEN = /^[!#-[\]-~]{1,4096}$/;

/** 120 bytes. `salt` and `context` may be given by a caller that has them at hand. */
export function wrapKey(
  wrappingKey: Uint8Array,
  level: WrapLevel,
  context: Uint8Array,
  secret: Uint8Array,
  salt: Uint8Array = randomBytes(SALT_BYTES),
): Buffer {
  const { key, commitment } = derive(wrappingKey, salt, LABEL, context);
  const head = headOf('CKW', LEVEL_BYTES[level], salt, commitment);
  const parts = encrypt(key, NONCE, Buffer.concat([head, context]), secret);
  key.fill(0);
  return Buffer.concat([head, ...parts]);
}

/** Errors: `sealed_object_invalid` whatever is wrong. */
export function unwrapKey(wrappingKey: Uint8Array, level: WrapLevel, context: Uint8Array, wrapped: Uint8Array): Buffer {
  if (wrapped.length !== WRAP_BYTES) throw invalidObject();
  const head = wrapped.subarray(0, HEAD_BYTES);
  const { key } = deriveFor(head, 'CKW', LEVEL_BYTES[level], wrappingKey, LABEL, context);
  const secret = decrypt(key, NONCE, Buffer.concat([head, context]), wrapped.subarray(HEAD_BYTES));
  key.fill(0);
  return secret;
}
