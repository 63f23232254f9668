// Checkpoints (C2SP tlog-checkpoint, docs/formats/checkpoint.md): origin, size and root hash, as the text of a signed note.
import { fromBase64, toBase64 } from './base64.ts';
import { FormatError } from './fault.ts';
import { HASH_BYTES } from './merkle.ts';
import { signNote, verifyNote } from './note.ts';
import type { NoteSigner, VerifierKey } from './note.ts';

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const ORIGIN = new RegExp(`^(cordon\\.local/${UUID}/${UUID})/(0|[1-9][0-9]{0,8})$`);
const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;

/** Name of a tenant's ledger. */
export function logName(installation: string, tenant: string): string {
  return `cordon.local/${installation}/${tenant}`;
}

/** Name of the installation's signing key. */
export function keyName(installation: string): string {
  return `cordon.local/${installation}`;
}

export function originOf(log: string, epoch: number): string {
  return `${log}/${epoch}`;
}

/** Errors: `origin_malformed`. */
export function parseOrigin(origin: string): { readonly log: string; readonly epoch: number } {
  const [, log, epoch] = ORIGIN.exec(origin) ?? [];
  if (log === undefined || epoch === undefined) throw new FormatError('origin_malformed');
  return { log, epoch: Number(epoch) };
}

export function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${toBase64(checkpoint.root)}\n`;
}

/** The text of a note as a checkpoint: exactly three lines. Errors: `checkpoint_malformed`. */
export function parseCheckpointText(text: string): Checkpoint {
  const [origin, sizeText, rootText, end, ...rest] = text.split('\n');
  if (origin === undefined || origin === '' || end !== '' || rest.length > 0) {
    throw new FormatError('checkpoint_malformed');
  }
  const size = Number(sizeText);
  if (sizeText === undefined || !SIZE.test(sizeText) || !Number.isSafeInteger(size)) {
    throw new FormatError('checkpoint_malformed');
  }
  const root = fromBase64(rootText ?? '');
  if (root.length !== HASH_BYTES) throw new FormatError('checkpoint_malformed');
  return { origin, size, root };
}

export async function signCheckpoint(checkpoint: Checkpoint, ...signers: readonly NoteSigner[]): Promise<Uint8Array> {
  return await signNote(checkpointText(checkpoint), ...signers);
}

/** Errors: those of verifyNote and parseCheckpointText. */
export function verifyCheckpoint(
  bytes: Uint8Array,
  keys: readonly VerifierKey[],
  options: { readonly unknown: 'ignore' | 'refuse' },
): Checkpoint & { readonly signers: readonly VerifierKey[] } {
  const note = verifyNote(bytes, keys, options);
  return { ...parseCheckpointText(note.text), signers: note.signers };
}

/** Place of a checkpoint in an anchor store; the newest is the last by name. */
export function anchorPath(tenant: string, epoch: number, size: number): string {
  return `${tenant}/${String(epoch).padStart(6, '0')}-${String(size).padStart(16, '0')}.checkpoint`;
}

/** The bytes that the old and the new key both sign in `log.key-changed`. */
export function keyChangeText(log: string, index: number, oldVkey: string, newVkey: string): string {
  return `cordon log key change v1\n${log}\n${index}\n${oldVkey}\n${newVkey}\n`;
}
