// Which 128-bit ids were seen and where: open addressing over typed arrays, about 28 bytes per id at 70 % load.

const EMPTY = -1;
const WORDS = 4;

export class IdTable {
  readonly #mask: number;
  readonly #words: Int32Array;
  readonly #values: Int32Array;

  /** `count`: how many ids will come at most. */
  constructor(count: number) {
    let size = 16;
    while (size * 0.7 < count) size *= 2;
    this.#mask = size - 1;
    this.#words = new Int32Array(size * WORDS);
    this.#values = new Int32Array(size).fill(EMPTY);
  }

  /** Keeps the id with a value ≥ 0; false when it was there already. */
  add(w0: number, w1: number, w2: number, w3: number, value: number): boolean {
    const place = this.#place(w0, w1, w2, w3);
    if (this.#values[place] !== EMPTY) return false;
    this.#values[place] = value;
    const at = place * WORDS;
    this.#words[at] = w0;
    this.#words[at + 1] = w1;
    this.#words[at + 2] = w2;
    this.#words[at + 3] = w3;
    return true;
  }

  /** Its value, or -1. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    return this.#values[this.#place(w0, w1, w2, w3)] ?? EMPTY;
  }

  /** Where the id is, or the empty place where it belongs. */
  #place(w0: number, w1: number, w2: number, w3: number): number {
    // The words of a random uuid are random; mixing keeps made-up ids from piling up.
    let mixed = Math.imul(w0 ^ Math.imul(w1, 0x9e3779b1) ^ Math.imul(w2, 0x85ebca6b) ^ w3, 0xc2b2ae35);
    mixed ^= mixed >>> 15;
    const words = this.#words;
    for (let place = mixed & this.#mask; ; place = (place + 1) & this.#mask) {
      if (this.#values[place] === EMPTY) return place;
      const at = place * WORDS;
      const same = words[at] === (w0 | 0) && words[at + 1] === (w1 | 0);
      if (same && words[at + 2] === (w2 | 0) && words[at + 3] === (w3 | 0)) return place;
    }
  }
}
