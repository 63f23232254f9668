// C2SP signed notes, read strictly (docs/formats/checkpoint.md). Text and signatures are parted by the last empty line.
import { fromBase64, toBase64 } from './base64.ts';
import { concat, fromHex, fromUtf8, toHex, utf8 } from './bytes.ts';
import { ed25519Check, sha256 } from './crypto.ts';
import type { SignatureCheck } from './crypto.ts';
import { FormatError } from './fault.ts';

/** Bytes of a whole note; a checkpoint with its signature has about 300. */
export const MAX_NOTE_BYTES = 65_536;
/** C2SP asks readers to accept at least 16. */
export const MAX_SIGNATURES = 64;

const ED25519 = 0x01;
const NOT_IN_A_NAME = /[\p{White_Space}+]/u;

/** A public key with its name, as in `<name>+<key id>+<base64>`. */
export interface VerifierKey {
  readonly name: string;
  /** 8 lower case hex digits. */
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly vkey: string;
  readonly check: SignatureCheck;
}

/** What signs: an Ed25519 key somewhere. */
export interface NoteSigner {
  readonly vkey: string;
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

interface SignatureLine {
  readonly name: string;
  readonly id: string;
  readonly signature: Uint8Array;
}

/** A note taken apart; nothing is verified yet. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
}

export interface VerifiedNote {
  readonly text: string;
  /** Keys whose signature holds, in the order of the lines. */
  readonly signers: readonly VerifierKey[];
}

/** Errors: `vkey_malformed`, `vkey_type_unknown`. */
export function parseVkey(vkey: string): VerifierKey {
  const [name, id, ...rest] = vkey.split('+');
  const encoded = rest.join('+'); // base64 may hold a plus
  if (name === undefined || id === undefined || !isKeyName(name) || !/^[0-9a-f]{8}$/.test(id)) {
    throw new FormatError('vkey_malformed');
  }
  const key = fromBase64(encoded);
  if (key[0] !== ED25519 || key.length !== 33) throw new FormatError('vkey_type_unknown');
  if (keyId(name, key) !== id) throw new FormatError('vkey_malformed');
  const publicKey = key.subarray(1);
  const check = ed25519Check(publicKey);
  if (check === null) throw new FormatError('vkey_malformed');
  return { name, id, publicKey, vkey, check };
}

/** The vkey of a raw 32-byte Ed25519 public key. Errors: `vkey_malformed`. */
export function makeVkey(name: string, publicKey: Uint8Array): string {
  if (!isKeyName(name) || publicKey.length !== 32) throw new FormatError('vkey_malformed');
  const key = concat(Uint8Array.of(ED25519), publicKey);
  return `${name}+${keyId(name, key)}+${toBase64(key)}`;
}

/** `text` must end with a newline. Errors: `note_malformed`, `vkey_…`. */
export async function signNote(text: string, ...signers: readonly NoteSigner[]): Promise<Uint8Array> {
  const lines: string[] = [];
  for (const signer of signers) {
    const key = parseVkey(signer.vkey);
    const signature = await signer.sign(utf8(text));
    lines.push(`\u2014 ${key.name} ${toBase64(concat(fromHex(key.id), signature))}\n`);
  }
  const note = utf8(`${text}\n${lines.join('')}`);
  parseNote(note);
  return note;
}

/** Errors: `note_malformed`, `utf8_malformed`, `base64_malformed`. */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > MAX_NOTE_BYTES) throw new FormatError('note_malformed', MAX_NOTE_BYTES);
  const whole = fromUtf8(bytes);
  const border = whole.lastIndexOf('\n\n');
  const control = bytes.findIndex((byte) => byte < 0x20 && byte !== 0x0a);
  if (control >= 0 || border < 0 || !whole.endsWith('\n')) throw new FormatError('note_malformed');
  const lines = whole.slice(border + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new FormatError('note_malformed');
  return { text: whole.slice(0, border + 1), signatures: lines.map(parseSignatureLine) };
}

/**
 * Verifies with the given keys. A line of an unknown key is left out of account, or with `unknown: 'refuse'` a fault.
 * Errors: as parseNote, and `signature_invalid`, `signature_unknown`, `signature_repeated`, `signature_missing`.
 */
export function verifyNote(
  bytes: Uint8Array,
  keys: readonly VerifierKey[],
  options: { readonly unknown: 'ignore' | 'refuse' },
): VerifiedNote {
  const note = parseNote(bytes);
  const message = utf8(note.text);
  const signers: VerifierKey[] = [];
  for (const line of note.signatures) {
    const key = keys.find((candidate) => candidate.name === line.name && candidate.id === line.id);
    if (key === undefined) {
      if (options.unknown === 'refuse') throw new FormatError('signature_unknown');
      continue;
    }
    if (signers.includes(key)) throw new FormatError('signature_repeated');
    if (!key.check(message, line.signature)) throw new FormatError('signature_invalid');
    signers.push(key);
  }
  if (signers.length === 0) throw new FormatError('signature_missing');
  return { text: note.text, signers };
}

function parseSignatureLine(line: string): SignatureLine {
  const [dash, name, encoded, ...rest] = line.split(' ');
  if (dash !== '\u2014' || name === undefined || encoded === undefined || rest.length > 0 || !isKeyName(name)) {
    throw new FormatError('note_malformed');
  }
  const blob = fromBase64(encoded);
  if (blob.length < 5) throw new FormatError('note_malformed');
  return { name, id: toHex(blob.subarray(0, 4)), signature: blob.subarray(4) };
}

function isKeyName(name: string): boolean {
  return name !== '' && !NOT_IN_A_NAME.test(name);
}

function keyId(name: string, typedKey: Uint8Array): string {
  return toHex(sha256(concat(utf8(`${name}\n`), typedKey)).subarray(0, 4));
}
