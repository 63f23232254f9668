// Bytes to text and back, strictly. Beside crypto.ts the only file that uses Node's Buffer.
import { FormatError } from './fault.ts';

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Well-formed UTF-8 only; a byte order mark stays a character. Errors: `utf8_malformed`. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError('utf8_malformed');
  }
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

export function toHex(bytes: Uint8Array): string {
  return view(bytes).toString('hex');
}

/** One character U+0000–U+00FF per byte of [start, end). */
export function binary(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return view(bytes).latin1Slice(start, end);
}

/** The inverse of `binary`. */
export function fromBinary(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Zeroed bytes that writeBinary writes into fastest. */
export function allocate(length: number): Uint8Array {
  return Buffer.alloc(length);
}

/** The same memory without Node's Buffer around it: `subarray` of a Buffer costs several times as much. */
export function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Writes a binary string; the target must have room for it. */
export function writeBinary(target: Uint8Array, text: string, at: number): void {
  view(target).latin1Write(text, at);
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

interface BinaryBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, at: number): number;
}

function view(bytes: Uint8Array): BinaryBuffer {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer as BinaryBuffer;
}

/** Lower case hex only. Errors: `hex_malformed`. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) throw new FormatError('hex_malformed');
  return Buffer.from(text, 'hex');
}
