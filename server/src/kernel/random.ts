// Random bytes in pieces of one size, drawn many at a time: one system call for each piece costs more than a hash.
import { randomFillSync } from 'node:crypto';

/** Bytes from the system's CSPRNG, each given out once. */
export type RandomSource = () => Buffer;

/** Pieces of `bytes` each; `atOnce` of them lie in memory ahead of their use. */
export function createRandomSource(bytes: number, atOnce: number): RandomSource {
  let pool = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at >= pool.length) {
      pool = randomFillSync(Buffer.alloc(bytes * atOnce));
      at = 0;
    }
    const piece = pool.subarray(at, at + bytes);
    at += bytes;
    return piece;
  };
}
