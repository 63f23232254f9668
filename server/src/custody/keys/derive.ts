// docs/formats/envelope.md §1: whatever encrypts, encrypts under a key derived for that one use, with a commitment.
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { ProblemError } from '@cordon/contract';

export const KEY_BYTES = 32;
export const SALT_BYTES = 32;
export const TAG_BYTES = 16;
const COMMITMENT_BYTES = 32;
const COMMITMENT_AT = 40;
const SALT_AT = 8;
/** magic (3), version, mode or level, zero (3), salt (32), commitment (32): objects and key wraps begin alike. */
export const HEAD_BYTES = 72;
const VERSION = 0x01;

export interface Derived {
  readonly key: Uint8Array;
  readonly commitment: Uint8Array;
}

/** HKDF-SHA-512 to 64 bytes: key, then commitment. */
export function derive(secret: Uint8Array, salt: Uint8Array, label: string, context: Uint8Array): Derived {
  const info = Buffer.concat([Buffer.from(`${label}\n`, 'ascii'), context]);
  // A KeyObject, here and below: node:crypto takes 10 µs to find out that a Buffer is none, and 1 µs for this.
  const bytes = new Uint8Array(hkdfSync('sha512', createSecretKey(secret), salt, info, KEY_BYTES + COMMITMENT_BYTES));
  return { key: bytes.subarray(0, KEY_BYTES), commitment: bytes.subarray(KEY_BYTES) };
}

/** The first 72 bytes. `tag`: mode of an object or level of a wrapped key. */
export function headOf(magic: 'CSO' | 'CKW', tag: number, salt: Uint8Array, commitment: Uint8Array): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(magic, 0, 'ascii');
  head[3] = VERSION;
  head[4] = tag;
  head.set(salt, SALT_AT);
  head.set(commitment, COMMITMENT_AT);
  return head;
}

/** Derives for a head that was read, and compares the commitment in constant time before anything is decrypted. */
export function deriveFor(
  head: Uint8Array,
  magic: 'CSO' | 'CKW',
  tag: number,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
): Derived {
  const fixed = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SALT_AT));
  const right = head.length >= HEAD_BYTES && fixed.equals(headOf(magic, tag, NO_SALT, NO_SALT).subarray(0, SALT_AT));
  if (!right) throw invalidObject();
  const derived = derive(secret, head.subarray(SALT_AT, COMMITMENT_AT), label, context);
  if (!timingSafeEqual(derived.commitment, head.subarray(COMMITMENT_AT, HEAD_BYTES))) throw invalidObject();
  return derived;
}

const NO_SALT = new Uint8Array(SALT_BYTES);

/** AES-256-GCM: ciphertext ‖ tag. */
export function encrypt(
  key: Uint8Array | KeyObject,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Buffer[] {
  const cipher = createCipheriv('aes-256-gcm', key instanceof Uint8Array ? createSecretKey(key) : key, nonce);
  cipher.setAAD(aad);
  const body = cipher.update(plaintext);
  cipher.final();
  return [body, cipher.getAuthTag()];
}

/** Errors: `sealed_object_invalid`. */
export function decrypt(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer {
  if (sealed.length < TAG_BYTES) throw invalidObject();
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(tagAt));
  const plaintext = decipher.update(sealed.subarray(0, tagAt));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw invalidObject();
  }
  return plaintext;
}

/** One failure for every reason: a caller learns no difference between a wrong key, a wrong binding and a changed byte. */
export function invalidObject(): ProblemError {
  return new ProblemError('sealed_object_invalid');
}
