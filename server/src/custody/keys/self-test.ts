// Start refuses a broken cryptographic module. Real operations, because flags lie: `getFips()` can say 1 with no FIPS
// provider installed, and the next digest throws.
import { createHash, createHmac, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { ProblemError } from '@cordon/contract';
import { SYSTEM_TENANT } from '#kernel/ids.ts';
import { KEY_BYTES } from './derive.ts';
import { openWhole, sealWhole } from './envelope.ts';
import type { Binding } from './sealer.ts';

/** SHA-256("abc"), FIPS 180-4; HMAC-SHA-256 test case 2 of RFC 4231. */
const SHA256_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const HMAC_CASE_2 = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';

/** Errors: `key_unavailable` with the operation that failed. */
export function selfTest(): void {
  check('sha256', () => createHash('sha256').update('abc').digest('hex') === SHA256_ABC);
  check('hmac', () => {
    const mac = createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest('hex');
    return mac === HMAC_CASE_2;
  });
  check('envelope', envelopeHolds);
  check('ed25519', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    return verify(null, Buffer.from('abc'), publicKey, sign(null, Buffer.from('abc'), privateKey));
  });
}

function envelopeHolds(): boolean {
  const binding: Binding = { tenant: SYSTEM_TENANT, kind: 'secret', id: SYSTEM_TENANT, version: 1 };
  const key = randomBytes(KEY_BYTES);
  const sealed = sealWhole(key, binding, Buffer.from('abc'));
  return (
    openWhole(key, binding, sealed).toString() === 'abc' &&
    refuses(() => openWhole(key, { ...binding, version: 2 }, sealed))
  );
}

function refuses(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}

function check(operation: string, work: () => boolean): void {
  let holds = false;
  try {
    holds = work();
  } catch (error) {
    throw new ProblemError('key_unavailable', { reason: 'self_test', operation }, error);
  }
  if (!holds) throw new ProblemError('key_unavailable', { reason: 'self_test', operation });
}
