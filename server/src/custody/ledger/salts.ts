// Salts for facts (docs/formats/entry.md §2). Drawn many at a time: one system call for each would cost more than the hash.
import { randomFillSync } from 'node:crypto';

export interface SaltSource {
  /** 32 bytes from the system's CSPRNG, given out once. */
  next(): Buffer;
}

const SALT_BYTES = 32;
const SALTS_AT_ONCE = 128;

export function createSaltSource(): SaltSource {
  let pool = Buffer.alloc(0);
  let at = 0;
  return {
    next: () => {
      if (at >= pool.length) {
        pool = randomFillSync(Buffer.alloc(SALT_BYTES * SALTS_AT_ONCE));
        at = 0;
      }
      const salt = pool.subarray(at, at + SALT_BYTES);
      at += SALT_BYTES;
      return salt;
    },
  };
}
