// The dictionaries as one table of hashes: 6 bytes a word, no strings. Format: docs/formats/deid.md.
import type { Tokens } from '../text/tokens.ts';

const MAGIC = 0x584c4443; // `CDLX`, little-endian
const VERSION = 1;
const HEADER = 12;
const ROW = 6; // a hash of four bytes, flags of two
const MAX_WORDS = 1 << 20;

/** Errors of a model that cannot be read: it is no lexicon or no weights, or of another version. */
export class ModelError extends Error {
  constructor(what: 'lexicon' | 'tagger') {
    super(`not a ${what} of this version`);
    this.name = 'ModelError';
  }
}

export interface Lexicon {
  /** Flags of a folded word's hash (`flags.ts`); 0 for a word that is not in it. */
  flagsOf(hash: number): number;
  readonly words: number;
}

/** Errors: `ModelError`. */
export function openLexicon(bytes: Uint8Array): Lexicon {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION)
    throw new ModelError('lexicon');
  const words = view.getUint32(8, true);
  if (words > MAX_WORDS || bytes.length !== HEADER + words * ROW) throw new ModelError('lexicon');
  const size = 1 << Math.ceil(Math.log2(Math.max(16, words * 2)));
  const mask = size - 1;
  const keys = new Uint32Array(size);
  const flags = new Uint16Array(size);
  for (let row = 0; row < words; row += 1) {
    const at = HEADER + row * ROW;
    const hash = view.getUint32(at, true);
    let slot = hash & mask;
    while (flags[slot] !== 0) slot = (slot + 1) & mask;
    keys[slot] = hash;
    flags[slot] = view.getUint16(at + 4, true);
  }
  const flagsOf = (hash: number): number => {
    let slot = hash & mask;
    for (;;) {
      const found = flags[slot] as number;
      if (found === 0 || keys[slot] === hash) return found;
      slot = (slot + 1) & mask;
    }
  };
  return { flagsOf, words };
}

/** Words' hashes with their flags as bytes that `openLexicon` reads; sorted, so that equal lists give equal bytes. */
export function writeLexicon(entries: ReadonlyMap<number, number>): Uint8Array {
  const rows = [...entries].filter(([, flags]) => flags !== 0).toSorted(([a], [b]) => a - b);
  const bytes = new Uint8Array(HEADER + rows.length * ROW);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, rows.length, true);
  for (const [row, [hash, flags]] of rows.entries()) {
    view.setUint32(HEADER + row * ROW, hash, true);
    view.setUint16(HEADER + row * ROW + 4, flags, true);
  }
  return bytes;
}

/** Flags of every token; 0 for digits and marks. */
export function lookUp(tokens: Tokens, lexicon: Lexicon): Uint32Array {
  const flags = new Uint32Array(tokens.count);
  for (let at = 0; at < tokens.count; at += 1)
    if (tokens.kind[at] === 1) flags[at] = lexicon.flagsOf(tokens.hash[at] as number);
  return flags;
}
