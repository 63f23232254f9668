// Bits of a packet, least significant first, as Vorbis lays them (Vorbis I §2). Reading beyond the end gives zeroes and is remembered:
// in a packet of sound that is a regular end (§4.3), in a header it is damage.

export class LsbBits {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, from = 0) {
    this.#bytes = bytes;
    this.#at = from * 8;
    this.#end = bytes.length * 8;
  }

  /** Whether more was read than there is. */
  get exhausted(): boolean {
    return this.#at > this.#end;
  }

  /** `count`: 0 to 32. */
  read(count: number): number {
    if (count > 16) {
      const low = this.read(16);
      return low + this.read(count - 16) * 0x1_0000;
    }
    const value = this.peek() & ((1 << count) - 1);
    this.#at += count;
    return value;
  }

  flag(): boolean {
    return this.read(1) === 1;
  }

  /** The next 25 bits and perhaps more; zeroes beyond the end. */
  peek(): number {
    const index = this.#at >>> 3;
    const bytes = this.#bytes;
    const word =
      (bytes[index] ?? 0) |
      ((bytes[index + 1] ?? 0) << 8) |
      ((bytes[index + 2] ?? 0) << 16) |
      ((bytes[index + 3] ?? 0) << 24);
    return word >>> (this.#at & 7);
  }

  skip(count: number): void {
    this.#at += count;
  }
}
