// C2SP tlog-proof: one file that proves one entry, with the entry's header in it (docs/formats/bundle.md §4).
import { fromBase64, toBase64 } from './base64.ts';
import { concat, fromUtf8, utf8 } from './bytes.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { FormatError } from './fault.ts';
import { HASH_BYTES, leafHash, verifyInclusion } from './merkle.ts';
import type { VerifierKey } from './note.ts';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^53 leaves has paths of 53 hashes. */
const MAX_PATH = 63;

export interface TlogProof {
  /** Header bytes of the entry. */
  readonly header: Uint8Array;
  readonly index: number;
  readonly path: readonly Uint8Array[];
  /** Signed note. */
  readonly checkpoint: Uint8Array;
}

export function encodeProof(proof: TlogProof): Uint8Array {
  const path = proof.path.map((hash) => `${toBase64(hash)}\n`).join('');
  const head = `${FIRST_LINE}\nextra ${toBase64(proof.header)}\nindex ${proof.index}\n${path}\n`;
  return concat(utf8(head), proof.checkpoint);
}

/** Errors: `proof_malformed`, `base64_malformed`, `utf8_malformed`. */
export function parseProof(bytes: Uint8Array): TlogProof {
  const text = fromUtf8(bytes);
  const border = text.indexOf('\n\n');
  const [first, extra, index, ...path] = text.slice(0, Math.max(border, 0)).split('\n');
  const indexText = /^index (0|[1-9][0-9]{0,15})$/.exec(index ?? '')?.[1];
  const header = /^extra (.+)$/.exec(extra ?? '')?.[1];
  if (first !== FIRST_LINE || header === undefined || indexText === undefined || path.length > MAX_PATH) {
    throw new FormatError('proof_malformed');
  }
  const hashes = path.map(fromBase64);
  if (hashes.some((hash) => hash.length !== HASH_BYTES)) throw new FormatError('proof_malformed');
  const checkpoint = utf8(text.slice(border + 2));
  return { header: fromBase64(header), index: Number(indexText), path: hashes, checkpoint };
}

/**
 * Says that the header stands at the index of the signed tree.
 * Errors: those of parseProof and verifyCheckpoint, and `proof_invalid`.
 */
export function verifyProof(
  bytes: Uint8Array,
  keys: readonly VerifierKey[],
): { readonly header: Uint8Array; readonly index: number; readonly checkpoint: Checkpoint } {
  const proof = parseProof(bytes);
  const checkpoint = verifyCheckpoint(proof.checkpoint, keys, { unknown: 'refuse' });
  const holds = verifyInclusion(leafHash(proof.header), proof.index, checkpoint.size, proof.path, checkpoint.root);
  if (!holds) throw new FormatError('proof_invalid');
  return { header: proof.header, index: proof.index, checkpoint };
}
