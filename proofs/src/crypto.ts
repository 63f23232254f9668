// The only file that touches the platform's cryptography. A browser build replaces this file and bytes.ts, nothing else.
import { createDecipheriv, createHmac, createPublicKey, hash, timingSafeEqual, verify } from 'node:crypto';

/** SHA-256 as 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
}

/** SHA-256 as 64 lower case hex digits, the form digests have in JSON. */
export function sha256Hex(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/**
 * SHA-256 as a string of 32 characters U+0000–U+00FF, one per byte. The fastest form Node gives (a Buffer per hash costs
 * four times as much), so the verifier's inner loop uses it.
 */
export function sha256Binary(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'binary');
}

/** Says whether a 64-byte signature holds over a message. */
export type SignatureCheck = (message: Uint8Array, signature: Uint8Array) => boolean;

/** The check of a raw 32-byte Ed25519 public key (RFC 8032); null when the bytes are no key. */
export function ed25519Check(publicKey: Uint8Array): SignatureCheck | null {
  const x = Buffer.from(publicKey).toString('base64url');
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return (message, signature) => signature.length === 64 && verify(null, message, key, signature);
  } catch {
    return null;
  }
}

/** One block of HKDF-SHA-512 (RFC 5869): extract, then T(1), which is 64 bytes. Two HMACs: `hkdfSync` costs five times as much. */
export function hkdfSha512Block(secret: Uint8Array, salt: Uint8Array, info: Uint8Array): Uint8Array {
  const extracted = createHmac('sha512', salt).update(secret).digest();
  return createHmac('sha512', extracted).update(info).update(Uint8Array.of(1)).digest();
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(message).digest();
}

/** Equal content in time that depends on the lengths alone. */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** AES-256-GCM with a 16-byte tag behind the ciphertext; null when the tag does not hold. */
export function openAesGcm(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < 16) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - 16));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - 16)), decipher.final()]);
  } catch {
    return null;
  }
}
