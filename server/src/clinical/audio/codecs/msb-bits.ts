// Bits of a byte string, most significant first, as FLAC lays them.

/** Thrown when the bytes end before the value does: more may be coming. */
export class BitsExhausted extends Error {}

export class MsbBits {
  readonly bytes: Uint8Array;
  /** Index of the next bit. */
  at = 0;
  /** Bits there are. */
  readonly end: number;

  constructor(bytes: Uint8Array, from = 0) {
    this.bytes = bytes;
    this.at = from * 8;
    this.end = bytes.length * 8;
  }

  /** The next 25 to 32 bits at the top of an int32; zeroes beyond the end. */
  peek(): number {
    const { bytes } = this;
    const index = this.at >>> 3;
    const word =
      ((bytes[index] ?? 0) << 24) |
      ((bytes[index + 1] ?? 0) << 16) |
      ((bytes[index + 2] ?? 0) << 8) |
      (bytes[index + 3] ?? 0);
    return word << (this.at & 7);
  }

  /** `count`: 0 to 33. */
  unsigned(count: number): number {
    if (count > 16) return this.unsigned(count - 16) * 0x1_0000 + this.unsigned(16);
    if (this.at + count > this.end) throw new BitsExhausted();
    const value = count === 0 ? 0 : this.peek() >>> (32 - count);
    this.at += count;
    return value;
  }

  /** Two's complement; `count`: 0 to 33. */
  signed(count: number): number {
    const value = this.unsigned(count);
    return count > 0 && value >= 2 ** (count - 1) ? value - 2 ** count : value;
  }

  /** Zeroes before the next one, which is taken too. */
  unary(): number {
    let zeroes = 0;
    for (;;) {
      const lead = Math.min(24, Math.clz32(this.peek()));
      this.at += lead;
      zeroes += lead;
      if (this.at >= this.end) throw new BitsExhausted();
      if (lead < 24) {
        this.at += 1;
        return zeroes;
      }
    }
  }
}
