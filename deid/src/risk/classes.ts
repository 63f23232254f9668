// Records grouped by their quasi-identifiers: an equivalence class is a tuple of small numbers and how many records have it. Open addressing
// over one array, so that a million classes cost some forty bytes each and nothing is kept of a record but its class.
import { RiskError } from './fault.ts';

/** Classes at most: the arrays of more do not fit into what one process is given. */
const MAX_CLASSES = 8_000_000;
const FIRST_CLASSES = 1_024;
/** Of the slots that are taken at most: beyond it, searches grow long. */
const MAX_LOAD = 0.6;

export class Classes {
  readonly width: number;
  /** Classes so far. */
  count = 0;
  /** Records so far. */
  records = 0;
  /** `width` numbers a class. */
  codes: Int32Array;
  /** Records of each class. */
  sizes: Int32Array;
  #slots: Int32Array;
  readonly #seed: number;

  /**
   * `seed`: any number; another one for every dataset of a stranger keeps him from choosing values that all fall into one slot.
   * `expected`: classes for which there is room at once; growing holds everybody up for some hundred milliseconds at a million.
   */
  constructor(width: number, seed = 0, expected = FIRST_CLASSES) {
    const room = 2 ** Math.ceil(Math.log2(Math.max(FIRST_CLASSES, expected)));
    this.width = width;
    this.#seed = seed | 0;
    this.codes = new Int32Array(room * width);
    this.sizes = new Int32Array(room);
    this.#slots = new Int32Array(2 * room).fill(-1);
  }

  /** `records` more of the class that `tuple` names from `at` on. Errors: `RiskError` `too_many_records`. */
  add(tuple: Int32Array, at = 0, records = 1): void {
    const slot = this.#slotOf(tuple, at);
    const held = this.#slots[slot] as number;
    this.records += records;
    if (held !== -1) {
      this.sizes[held] = (this.sizes[held] as number) + records;
      return;
    }
    const place = this.count;
    if (place >= MAX_CLASSES) throw new RiskError('too_many_records');
    if (place === this.sizes.length) this.#widen();
    for (let column = 0; column < this.width; column += 1)
      this.codes[place * this.width + column] = tuple[at + column] as number;
    this.sizes[place] = records;
    this.#slots[slot] = place;
    this.count = place + 1;
    if (this.count > this.#slots.length * MAX_LOAD) this.#rehash();
  }

  /** How many classes have how many records, ascending by size. */
  distribution(): readonly ClassSize[] {
    const found = new Map<number, number>();
    for (let at = 0; at < this.count; at += 1) {
      const size = this.sizes[at] as number;
      found.set(size, (found.get(size) ?? 0) + 1);
    }
    return [...found].map(([size, classes]) => ({ size, classes })).toSorted((a, b) => a.size - b.size);
  }

  /** Where it stands, or the free slot where it would. */
  #slotOf(tuple: Int32Array, from: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = this.#hash(tuple, from) & mask; ; slot = (slot + 1) & mask) {
      const held = this.#slots[slot] as number;
      if (held === -1 || this.#same(held * this.width, tuple, from)) return slot;
    }
  }

  #same(base: number, tuple: Int32Array, from: number): boolean {
    for (let column = 0; column < this.width; column += 1)
      if (this.codes[base + column] !== tuple[from + column]) return false;
    return true;
  }

  /** MurmurHash3's rounds over the numbers. */
  #hash(tuple: Int32Array, from: number): number {
    let hash = this.#seed;
    for (let column = 0; column < this.width; column += 1) {
      const mixed = Math.imul(tuple[from + column] as number, 0xcc9e2d51);
      hash ^= Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
      hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #widen(): void {
    const [codes, sizes] = [new Int32Array(this.codes.length * 2), new Int32Array(this.sizes.length * 2)];
    codes.set(this.codes);
    sizes.set(this.sizes);
    [this.codes, this.sizes] = [codes, sizes];
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    for (let place = 0; place < this.count; place += 1)
      this.#slots[this.#slotOf(this.codes, place * this.width)] = place;
  }
}

export interface ClassSize {
  /** Records in each of the classes. */
  readonly size: number;
  readonly classes: number;
}
