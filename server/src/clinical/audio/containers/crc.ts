// Cyclic redundancy checks of the containers, most significant bit first, no reflection, no final exclusive or.

/** One register's change per byte value. `bits`: 8, 16 or 32; `polynomial` without its highest bit. */
function tableOf(bits: number, polynomial: number): Uint32Array {
  const top = 2 ** (bits - 1);
  const mask = 2 ** bits - 1;
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let register = byte * 2 ** (bits - 8);
    for (let bit = 0; bit < 8; bit++) {
      const shifted = (register * 2) % (mask + 1);
      register = register >= top ? (shifted ^ polynomial) >>> 0 : shifted;
    }
    return register;
  });
}

const TABLE_8 = tableOf(8, 0x07);
const TABLE_16 = tableOf(16, 0x8005);
const TABLE_32 = tableOf(32, 0x04c1_1db7);

/** RFC 9639 §9.1.8, of a FLAC frame's header. */
export function crc8(bytes: Uint8Array, from: number, to: number): number {
  let register = 0;
  for (let at = from; at < to; at++) register = TABLE_8[register ^ (bytes[at] ?? 0)] ?? 0;
  return register;
}

/** RFC 9639 §9.3, of a whole FLAC frame. */
export function crc16(bytes: Uint8Array, from: number, to: number): number {
  let register = 0;
  for (let at = from; at < to; at++) {
    register = ((register << 8) & 0xffff) ^ (TABLE_16[(register >> 8) ^ (bytes[at] ?? 0)] ?? 0);
  }
  return register;
}

/** RFC 3533 §6, of an Ogg page; goes on from `register`. */
export function crc32(bytes: Uint8Array, register = 0): number {
  let value = register;
  for (let at = 0; at < bytes.length; at++) {
    value = ((value << 8) ^ (TABLE_32[((value >>> 24) ^ (bytes[at] ?? 0)) & 0xff] ?? 0)) >>> 0;
  }
  return value;
}
