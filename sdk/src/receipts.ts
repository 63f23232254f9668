// Checks, without trusting the server, that an entry stands in the ledger: its bytes, its place, and the signed tree head.
// Apart from the rest of the SDK because it needs the cryptography of @cordon/proofs.
import {
  fromBase64,
  leafHash,
  parseCanonicalObject,
  parseVkey,
  verifyCheckpoint,
  verifyInclusion,
} from '@cordon/proofs';
import type { Checkpoint, JsonObject } from '@cordon/proofs';
import type { InclusionProof, LedgerEntry } from '@cordon/contract';

/** The answers of `GET /api/ledger/entries/{index}` and `…/proof`. */
export interface Receipt {
  readonly entry: Pick<LedgerEntry, 'index' | 'entryId' | 'header'>;
  readonly proof: InclusionProof;
}

export type ReceiptFault =
  | 'entry_differs' // the header's own index or id is not the one asked for
  | 'proof_differs' // the proof speaks of another entry or another tree
  | 'checkpoint_unsigned' // no signature of the pinned key holds
  | 'malformed'
  | 'not_included';

/** The answer does not prove what it says. Keep it as it is: it is evidence. */
export class ReceiptError extends Error {
  readonly code = 'verification_failed';
  readonly fault: ReceiptFault;

  constructor(fault: ReceiptFault, cause?: unknown) {
    super(`The receipt does not verify: ${fault}.`, cause === undefined ? undefined : { cause });
    this.name = 'ReceiptError';
    this.fault = fault;
  }
}

/** What is certain once it verified. */
export interface VerifiedReceipt {
  readonly header: JsonObject;
  readonly checkpoint: Checkpoint;
}

/**
 * Verifies a receipt against a pinned key (`log.vkey`, got once on a way of its own; a key fetched together with the
 * receipt proves nothing). `origin`, when given, is the ledger that it must come from. Errors: `ReceiptError`.
 */
export function verifyReceipt({ entry, proof }: Receipt, vkey: string, origin?: string): VerifiedReceipt {
  const bytes = new TextEncoder().encode(entry.header);
  const header = reading(() => parseCanonicalObject(bytes));
  if (header['index'] !== entry.index || header['id'] !== entry.entryId) throw new ReceiptError('entry_differs');
  if (proof.index !== entry.index) throw new ReceiptError('proof_differs');
  const checkpoint = signedHead(proof.checkpoint, vkey);
  if (checkpoint.size !== proof.treeSize || (origin !== undefined && checkpoint.origin !== origin)) {
    throw new ReceiptError('proof_differs');
  }
  const path = reading(() => proof.hashes.map(fromBase64));
  if (!verifyInclusion(leafHash(bytes), proof.index, checkpoint.size, path, checkpoint.root)) {
    throw new ReceiptError('not_included');
  }
  return { header, checkpoint: { origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root } };
}

function signedHead(note: string, vkey: string): Checkpoint {
  const key = reading(() => parseVkey(vkey.trim()));
  try {
    return verifyCheckpoint(new TextEncoder().encode(note), [key], { unknown: 'ignore' });
  } catch (cause) {
    throw new ReceiptError('checkpoint_unsigned', cause);
  }
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ReceiptError('malformed', cause);
  }
}
