// EBML's numbers and small trees (RFC 8794 §4 to §7).

/** A number of variable length and the bytes it takes; `value` is null when all its bits are set, which says "unknown". */
export interface Vint {
  readonly value: number | null;
  readonly length: number;
}

/** Bytes of a number by its first byte; 0 when that is none. */
export function vintLength(first: number): number {
  return first === 0 ? 0 : Math.clz32(first) - 23;
}

/** Null when `bytes` end before the number or it is none. Numbers beyond 2^53 are rounded: larger than any file in any case. */
export function readVint(bytes: Uint8Array, at: number): Vint | null {
  const first = bytes[at] ?? 0;
  const length = vintLength(first);
  if (length === 0 || at + length > bytes.length) return null;
  const mask = 2 ** (8 - length) - 1;
  let value = first & mask;
  let ones = value === mask;
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index] ?? 0;
    value = value * 256 + byte;
    ones &&= byte === 0xff;
  }
  return { value: ones ? null : value, length };
}

export interface Element {
  /** With its marker bits, as the specifications write it. */
  readonly id: number;
  readonly body: Uint8Array;
}

/** The elements that `bytes` consist of, or null when they do not. */
export function readElements(bytes: Uint8Array): Element[] | null {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const idLength = vintLength(bytes[at] ?? 0);
    const size = readVint(bytes, at + idLength);
    if (idLength === 0 || idLength > 4 || size === null || size.value === null) return null;
    const from = at + idLength + size.length;
    if (from + size.value > bytes.length) return null;
    elements.push({ id: unsigned(bytes.subarray(at, at + idLength)), body: bytes.subarray(from, from + size.value) });
    at = from + size.value;
  }
  return elements;
}

/** Big-endian, of up to eight bytes. */
export function unsigned(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
}

/** Two's complement. */
export function signed(bytes: Uint8Array): number {
  const value = unsigned(bytes);
  return bytes.length > 0 && (bytes[0] ?? 0) >= 0x80 ? value - 2 ** (8 * bytes.length) : value;
}

/** Of four or eight bytes; 0 when there are none. */
export function float(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 4) return view.getFloat32(0);
  return bytes.length === 8 ? view.getFloat64(0) : 0;
}
