// Strict base64 (docs/formats/canonical.md): one text per byte string. Node's own decoder skips what it does not know.
import { FormatError } from './fault.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const FORM = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** RFC 4648 §4 with padding. Errors: `base64_malformed`. */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !FORM.test(text)) throw new FormatError('base64_malformed');
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const unused = padding === 2 ? 0x0f : padding === 1 ? 0x03 : 0;
  const last = ALPHABET.indexOf(text.charAt(text.length - 1 - padding));
  if (unused !== 0 && (last & unused) !== 0) throw new FormatError('base64_malformed');
  return bytes;
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
