// Bytes that came in any chunking, read as if they lay in one piece. What a reader waits for it bounds itself.

/** Bytes. Less than a chunk of an upload, so that it grows at most once for most files. */
const FIRST_CAPACITY = 64 * 1024;

/** Views given out are valid until the next `append`. Memory: twice the most that was held at once. */
export class Incoming {
  #held: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #offset: number;

  /** `offset`: where in the file the first byte that will be appended lies. */
  constructor(offset = 0) {
    this.#offset = offset;
  }

  /** Bytes at hand. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Where in the file the first byte at hand lies. */
  get offset(): number {
    return this.#offset;
  }

  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#held.length) this.#makeRoom(bytes.length);
    this.#held.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The byte at `index` from the first at hand; 0 beyond the end. */
  byte(index: number): number {
    const at = this.#start + index;
    return at < this.#end ? (this.#held[at] ?? 0) : 0;
  }

  uint32(index: number): number {
    return (
      this.byte(index) * 0x100_0000 +
      ((this.byte(index + 1) << 16) | (this.byte(index + 2) << 8) | this.byte(index + 3))
    );
  }

  /** Whether the bytes at `index` are these characters (latin1). */
  startsWith(text: string, index = 0): boolean {
    if (this.length < index + text.length) return false;
    for (let at = 0; at < text.length; at++) if (this.byte(index + at) !== text.charCodeAt(at)) return false;
    return true;
  }

  /** A view of what is at hand, or of its first bytes. */
  view(length = this.length): Uint8Array {
    return this.#held.subarray(this.#start, Math.min(this.#end, this.#start + length));
  }

  /** Gives the first bytes out and forgets them; fewer when there are not so many. */
  take(count: number): Uint8Array {
    const taken = this.view(count);
    this.#start += taken.length;
    this.#offset += taken.length;
    return taken;
  }

  #makeRoom(more: number): void {
    const kept = this.view();
    const needed = kept.length + more;
    const target =
      needed * 2 <= this.#held.length ? this.#held : new Uint8Array(Math.max(FIRST_CAPACITY, needed + (needed >> 1)));
    target.set(kept);
    this.#held = target;
    this.#start = 0;
    this.#end = kept.length;
  }
}
