import { generateKeyPairSync, sign } from 'node:crypto';
import { encodeCanonical, leafHash, makeVkey, nodeHash, signCheckpoint, toBase64 } from '@cordon/proofs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ReceiptError, verifyReceipt } from './receipts.ts';
import type { Receipt } from './receipts.ts';

const ORIGIN = 'cordon.local/018f3a5e-7c1d-7b3a-9f00-000000000001/018f3a5e-7c1d-7b3a-9f00-000000000002/0';
const keys = generateKeyPairSync('ed25519');
const jwk = keys.publicKey.export({ format: 'jwk' });
const vkey = makeVkey('cordon.local/018f3a5e-7c1d-7b3a-9f00-000000000001', Buffer.from(jwk.x ?? '', 'base64url'));
const signer = { vkey, sign: (message: Uint8Array) => sign(null, message, keys.privateKey) };

const header = (index: number): Uint8Array =>
  encodeCanonical({ id: `018f3a5e-7c1d-7b3a-9f00-00000000010${index}`, index, kind: 'note.signed' });
const leaves = [0, 1, 2].map((index) => leafHash(header(index)));
const [zero, one, two] = leaves as [Uint8Array, Uint8Array, Uint8Array];
const root = nodeHash(nodeHash(zero, one), two);

let checkpoint: string;
beforeAll(async () => {
  checkpoint = new TextDecoder().decode(await signCheckpoint({ origin: ORIGIN, size: 3, root }, signer));
});

/** The receipt of entry 1 in a tree of three. */
const receipt = (): Receipt => ({
  entry: {
    index: 1,
    entryId: '018f3a5e-7c1d-7b3a-9f00-000000000101',
    header: new TextDecoder().decode(header(1)),
  },
  proof: { index: 1, treeSize: 3, leafHash: toBase64(one), hashes: [toBase64(zero), toBase64(two)], checkpoint },
});

function faultOf(spoilt: Receipt, key = vkey, origin = ORIGIN): string {
  try {
    verifyReceipt(spoilt, key, origin);
    return 'verified';
  } catch (error) {
    if (error instanceof ReceiptError) return error.fault;
    throw error;
  }
}

describe('verifyReceipt', () => {
  it('gives the header and the tree head of a receipt that holds', () => {
    const { header: held, checkpoint: head } = verifyReceipt(receipt(), `${vkey}\n`, ORIGIN);
    expect(held['kind']).toBe('note.signed');
    expect(head).toEqual({ origin: ORIGIN, size: 3, root });
  });

  it.each<[string, (good: Receipt) => Receipt, string]>([
    [
      'a changed header',
      (good) => entry(good, { header: good.entry.header.replace('signed', 'amended') }),
      'not_included',
    ],
    ['a header that is no canonical JSON', (good) => entry(good, { header: ` ${good.entry.header}` }), 'malformed'],
    ['another index', (good) => entry(good, { index: 2 }), 'entry_differs'],
    ['another id', (good) => entry(good, { entryId: '018f3a5e-7c1d-7b3a-9f00-000000000102' }), 'entry_differs'],
    ['a proof of another entry', (good) => proof(good, { index: 0 }), 'proof_differs'],
    ['a proof of another size', (good) => proof(good, { treeSize: 4 }), 'proof_differs'],
    ['a path in the wrong order', (good) => proof(good, { hashes: good.proof.hashes.toReversed() }), 'not_included'],
    ['a path cut short', (good) => proof(good, { hashes: good.proof.hashes.slice(1) }), 'not_included'],
    ['a hash that is no base64', (good) => proof(good, { hashes: ['*'] }), 'malformed'],
    [
      'a checkpoint of another size',
      (good) => proof(good, { checkpoint: checkpoint.replace('\n3\n', '\n4\n') }),
      'checkpoint_unsigned',
    ],
    [
      'a checkpoint without a signature',
      (good) => proof(good, { checkpoint: checkpoint.split('\n\n')[0] ?? '' }),
      'checkpoint_unsigned',
    ],
  ])('finds %s', (_what, spoil, fault) => {
    expect(faultOf(spoil(receipt()))).toBe(fault);
  });

  it('finds another key and another ledger', () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const otherKey = makeVkey(
      'cordon.local/018f3a5e-7c1d-7b3a-9f00-000000000001',
      Buffer.from(other.x ?? '', 'base64url'),
    );
    expect(faultOf(receipt(), otherKey)).toBe('checkpoint_unsigned');
    expect(faultOf(receipt(), vkey, `${ORIGIN}1`)).toBe('proof_differs');
    expect(faultOf(receipt(), 'no key')).toBe('malformed');
  });
});

function entry(good: Receipt, change: Partial<Receipt['entry']>): Receipt {
  return { ...good, entry: { ...good.entry, ...change } };
}

function proof(good: Receipt, change: Partial<Receipt['proof']>): Receipt {
  return { ...good, proof: { ...good.proof, ...change } };
}
